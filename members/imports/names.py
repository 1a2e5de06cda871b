"""Names that people give organisations and no list of charter holders has: with diacritics, and in Lithuanian."""

from __future__ import annotations

from django.db import transaction

from members.imports.lists import rows_of_file
from members.imports.merging import Counts
from members.models import Organisation, Scheme, University


@transaction.atomic
def load_names() -> Counts:
    """Take over the names of the alliance's universities and of partners from the shipped files.

    Organisations are found by their codes and never made here. A name that somebody wrote stays: only one that is
    empty, or is still the one of the list of charter holders, changes.
    """
    counts = Counts()
    universities = {row.slug: row.organisation for row in University.objects.select_related("organisation")}
    for row in rows_of_file("eciu_on_the_portal.csv"):
        if member := universities.get(row["slug"]):
            _count(counts, _name_lithuanian(member, row["lithuanian_name"]))
    for row in rows_of_file("names_of_partners.csv"):
        if partner := _find(row):
            _count(counts, _name(partner, row))
    return counts


def _count(counts: Counts, changed: bool) -> None:
    if changed:
        counts.changed += 1
    else:
        counts.unchanged += 1


def _find(row: dict[str, str]) -> Organisation | None:
    """The organisation with the row's PIC, else with its Erasmus code."""
    for scheme, value in ((Scheme.PIC, row["pic"]), (Scheme.ERASMUS, row["erasmus_code"])):
        if found := Organisation.objects.with_code(scheme, value):
            return found
    return None


def _name(organisation: Organisation, row: dict[str, str]) -> bool:
    """Give it its names and its city, unless it has a name in its own language already; out: whether it changed."""
    if organisation.local_name:
        return _name_lithuanian(organisation, row["lithuanian_name"])
    for field in ("name", "local_name", "local_language", "lithuanian_name", "city"):
        setattr(organisation, field, row[field])
    organisation.save()
    return True


def _name_lithuanian(organisation: Organisation, name: str) -> bool:
    if organisation.lithuanian_name or not name:
        return False
    organisation.lithuanian_name = name
    organisation.save()
    return True
