"""The schools of a group: what of each is edited, and which of it the office keeps."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from members.editing.parts import ADDRESS, KEPT_BY_OFFICE, keeps_identity, table, write_table
from members.editing.values import Values
from members.models import Identifier, Organisation, University

PLACE = (*ADDRESS, "country")


def names_it(school: Organisation, by: Any, university: University) -> bool:
    """Whether `by` gives the legal name, Erasmus code and PIC: of a new school whoever adds it, later the office."""
    return school.pk is None or keeps_identity(by, university)


def read(school: Organisation, identity: bool) -> dict[str, Any]:
    """What is stored of a school; with `identity` also what the office keeps."""
    names = (*(("name",) if identity else ()), *PLACE)
    return {name: getattr(school, name) for name in names} | {
        "identifiers": table(_codes(school, identity), "scheme", "value")
    }


def write(school: Organisation, values: Values, identity: bool) -> None:
    """Store what `read` gives. Raises PermissionDenied where that holds what only the office changes."""
    kept = KEPT_BY_OFFICE & {row["scheme"] for row in values["identifiers"]}
    if not identity and ("name" in values or kept):
        raise PermissionDenied
    for name in (*(("name",) if identity else ()), *PLACE):
        setattr(school, name, values[name])
    school.save()
    write_table(_codes(school, identity), values["identifiers"], organisation=school)


def _codes(school: Organisation, identity: bool) -> QuerySet[Identifier]:
    rows = Identifier.objects.filter(organisation=school.pk)
    return rows if identity else rows.exclude(scheme__in=KEPT_BY_OFFICE)
