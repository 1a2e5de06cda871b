"""The lists that ship with the portal: fields of education, the alliance's universities, charter holders."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import astuple, dataclass
from pathlib import Path

from django.db import transaction

from members.imports.merging import Counts, import_charters
from members.imports.reading import read_charters
from members.models import (
    EmailDomain,
    FieldOfEducation,
    Identifier,
    Membership,
    Organisation,
    Scheme,
    University,
)

DATA = Path(__file__).parent.parent / "data"


def rows_of_file(name: str) -> list[dict[str, str]]:
    """The rows of a shipped file."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_fields() -> Counts:
    """Take over the fields of education of ISCED-F 2013 from the shipped file."""
    stored = {pk: names for pk, *names in FieldOfEducation.objects.values_list("pk", "name_en", "name_lt")}
    new: list[FieldOfEducation] = []
    known: list[FieldOfEducation] = []
    changed: list[FieldOfEducation] = []
    for row in rows_of_file("isced_f_2013.csv"):
        code, names = row["code"], [row["label_en"], row["label_lt"]]
        parent = {2: None, 3: row["broad"], 4: row["narrow"]}[len(code)]
        field = FieldOfEducation(code=code, name_en=names[0], name_lt=names[1], parent_id=parent)
        (known if code in stored else new).append(field)
        if code in stored and stored[code] != names:
            changed.append(field)
    FieldOfEducation.objects.bulk_create(sorted(new, key=lambda field: len(field.code)))
    FieldOfEducation.objects.bulk_update(changed, ["name_en", "name_lt"])
    return Counts(len(new), len(changed), len(known) - len(changed))


@dataclass(frozen=True)
class _Codes:
    """The codes of a row of the alliance's own lists."""

    pic: str
    erasmus: str
    oid: str
    schac: str
    ror: str

    def given(self) -> list[tuple[str, str]]:
        schemes = (Scheme.PIC, Scheme.ERASMUS, Scheme.OID, Scheme.SCHAC, Scheme.ROR)
        return [(scheme, value) for scheme, value in zip(schemes, astuple(self), strict=True) if value]

    def find(self) -> Organisation | None:
        """The organisation that carries the first of these codes that is known (an OID may be shared)."""
        for scheme, value in self.given():
            if scheme != Scheme.OID and (row := Organisation.objects.with_code(scheme, value)):
                return row
        return None

    def write(self, organisation: Organisation) -> None:
        for scheme, value in self.given():
            Identifier.objects.get_or_create(
                organisation=organisation, scheme=scheme, defaults={"value": value}
            )


def _codes(row: dict[str, str]) -> _Codes:
    domain = row.get("schac_domain") or row.get("domain") or ""
    return _Codes(row["pic"], row["erasmus_code"], row["oid"], domain, row["ror"])


def _organisation(row: dict[str, str], **fields: object) -> Organisation:
    """The organisation of a row of the alliance's own lists, made or found again, with its codes."""
    codes = _codes(row)
    organisation = codes.find() or Organisation(kind=Organisation.Kind.HIGHER_EDUCATION)
    values = {key: row[key] for key in ("name", "city", "country", "website")}
    for name, value in {**values, "short_name": row["short"], **fields}.items():
        setattr(organisation, name, value)
    organisation.save()
    codes.write(organisation)
    return organisation


def _member(row: dict[str, str], here: dict[str, str]) -> None:
    is_group = not (row["erasmus_code"] or row["ror"])
    fields: dict[str, object] = {"local_name": row["local_name"], "local_language": here["local_language"]}
    fields |= {"lithuanian_name": here["lithuanian_name"]}
    if is_group:
        fields |= {"kind": Organisation.Kind.GROUP, "city": ""}
    university = University.objects.create(
        organisation=_organisation(row, **fields),
        slug=here["slug"],
        zone=here["zone"],
        latitude=row["lat"] or None,
        longitude=row["lon"] or None,
    )
    Membership.objects.create(university=university, kind=row["role"])


@transaction.atomic
def load_members() -> Counts:
    """Take over the alliance's universities and the schools of its group from the shipped files.

    What is there already stays as the office has it since. When a membership began is not known, so both its ends
    are empty.
    """
    here = {row["short"]: row for row in rows_of_file("eciu_on_the_portal.csv")}
    there = set(University.objects.values_list("slug", flat=True))
    counts = Counts()
    for row in rows_of_file("eciu_members.csv"):
        if here[row["short"]]["slug"] in there:
            counts.unchanged += 1
        else:
            _member(row, here[row["short"]])
            counts.new += 1
    parents = {u.organisation.name: u.organisation for u in University.objects.select_related("organisation")}
    for row in rows_of_file("eciu_insa_schools.csv"):
        school = _codes(row).find()
        if school is not None and school.parent_id:
            counts.unchanged += 1
        else:
            _organisation(row, parent=parents[row["parent"]])
            counts.new += 1
    return counts


@transaction.atomic
def load_email_domains() -> Counts:
    """Take over the e-mail domains of the alliance's universities from the shipped file.

    A university that has a domain already keeps what the office made of them: removed ones don't come back, and a
    domain that was given to another university stays there.
    """
    waiting = University.objects.filter(email_domains__isnull=True)
    universities = {row.slug: row for row in waiting.select_for_update(of=("self",), no_key=True)}
    taken = set(EmailDomain.objects.values_list("domain", flat=True))
    rows = rows_of_file("eciu_email_domains.csv")
    new = [
        EmailDomain(university=universities[row["slug"]], domain=row["domain"])
        for row in rows
        if row["slug"] in universities and row["domain"] not in taken
    ]
    EmailDomain.objects.bulk_create(new)
    return Counts(len(new), 0, len(rows) - len(new))


def load_charters(*, day: dt.date) -> Counts:
    """Take over the shipped list of charter holders."""
    with (DATA / "eche_accredited_heis_2026-04-08.csv").open(encoding="utf-8-sig", newline="") as file:
        return import_charters(read_charters(file), day=day)
