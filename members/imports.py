"""Lists that come in as files: holders of the Erasmus charter, the alliance's universities, fields of education.

An organisation is found again by its PIC, then by its Erasmus code, so no list ever makes a second one. Rows that a
later list no longer has are marked, never deleted: projects and agreements name them.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from django.db import connection, transaction

from ground import text
from ground.search import search_value
from members.models import FieldOfEducation, Identifier, Membership, Organisation, Scheme, University
from members.models.organisation import PATTERNS

DATA = Path(__file__).parent / "data"
# The Commission's code for Greece; Kosovo stays XK, as everywhere in the EU's lists.
_COUNTRIES = {"EL": "GR", "UK": "GB"}
_LIST_SCHEMES = (Scheme.PIC, Scheme.ERASMUS, Scheme.OID)
_LOCK = 7_110_204  # any constant: two imports at once would each see the other's rows too late
_BATCH = 500


class ListError(Exception):
    """The file cannot be taken over; the text says which line and why."""


@dataclass
class Counts:
    """What an import did."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0

    def __str__(self) -> str:
        return f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged, {self.gone} gone"


@dataclass(frozen=True)
class Charter:
    """One holder of the Erasmus Charter for Higher Education, as the list gives it."""

    name: str
    street: str
    post_code: str
    city: str
    country: str
    website: str
    charter_from: dt.date
    charter_until: dt.date
    charter_proposal: str
    codes: tuple[tuple[str, str], ...]

    @property
    def pic(self) -> str:
        return dict(self.codes)[Scheme.PIC]

    @property
    def erasmus(self) -> str:
        return dict(self.codes)[Scheme.ERASMUS]


_NAME_FIELDS = ("name", "street", "post_code", "city", "country", "website")
_CHARTER_FIELDS = ("charter_from", "charter_until", "charter_proposal")
_COLUMNS = {
    "erasmus_code", "pic", "oid", "legal_name", "street", "post_code", "city", "country", "website", "eche_start",
    "eche_end", "proposal_number",
}  # fmt: skip


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _web(value: str) -> str:
    """An address as it may become a link: http or https, or nothing."""
    address = re.sub(r"^(https?)://", lambda scheme: scheme[0].lower(), value.strip(), flags=re.IGNORECASE)
    return address if address.startswith(("http://", "https://")) else ""


def _charter(row: dict[str, str], line: int) -> Charter:
    codes = [(Scheme.PIC, row["pic"].strip()), (Scheme.ERASMUS, row["erasmus_code"].rstrip())]
    if row["oid"].strip():
        codes.append((Scheme.OID, row["oid"].strip()))
    for scheme, value in codes:
        if not PATTERNS[scheme].fullmatch(value):
            raise ListError(f"Line {line}: “{value}” is not a valid {Scheme(scheme).label}.")
    try:
        begins, ends = dt.date.fromisoformat(row["eche_start"]), dt.date.fromisoformat(row["eche_end"])
    except ValueError as error:
        raise ListError(f"Line {line}: {error}.") from error
    country = row["country"].strip()
    return Charter(
        name=_one_line(row["legal_name"])[:300],
        street=_one_line(row["street"])[:300],
        post_code=_one_line(row["post_code"])[:30],
        city=_one_line(row["city"])[:150],
        country=_COUNTRIES.get(country, country),
        website=_web(row["website"])[:300],
        charter_from=begins,
        charter_until=ends,
        charter_proposal=row["proposal_number"].strip()[:20],
        codes=tuple((str(scheme), value) for scheme, value in codes),
    )


def read_charters(lines: Iterable[str]) -> Iterator[Charter]:
    """The rows of the list of charter holders.

    In: the lines of a CSV file with the columns of the Commission's release. Raises ListError with the line
    when a column is missing, a code is not one, or a PIC or an Erasmus code comes twice.
    """
    reader = csv.DictReader(lines, strict=True)
    if missing := sorted(_COLUMNS - set(reader.fieldnames or ())):
        raise ListError(f"The file lacks these columns: {', '.join(missing)}.")
    seen: set[tuple[str, str]] = set()
    try:
        for row in reader:
            if None in row.values() or None in row:
                raise ListError(f"Line {reader.line_num}: the number of values is wrong.")
            charter = _charter(row, reader.line_num)
            for code in charter.codes[:2]:
                if code in seen:
                    raise ListError(f"Line {reader.line_num}: “{code[1]}” comes twice.")
                seen.add(code)
            yield charter
    except csv.Error as error:
        raise ListError(f"Line {reader.line_num}: {error}.") from error


class _Known:
    """The organisations and codes that are stored, for finding the one that a row means."""

    def __init__(self, pics: set[str]) -> None:
        self.pics = pics  # of the list: who carries one of them is meant by that row alone
        self.organisations = Organisation.objects.defer("search").in_bulk()
        rows = Identifier.objects.filter(scheme__in=_LIST_SCHEMES)
        self.codes = {(i.organisation_id, i.scheme): i for i in rows}
        self.owner = {(i.scheme, i.value): i.organisation_id for i in rows if i.scheme != Scheme.OID}
        # The office looks after members and their schools: their names and addresses stay as it wrote them.
        members = set(University.objects.values_list("organisation", flat=True))
        self.kept = members | {pk for pk, row in self.organisations.items() if row.parent_id}

    def find(self, charter: Charter) -> Organisation | None:
        """The organisation with the row's PIC, else with its Erasmus code."""
        pk = self.owner.get((Scheme.PIC, charter.pic))
        if pk is None:
            pk = self.owner.get((Scheme.ERASMUS, charter.erasmus))
            held = self.codes.get((pk, Scheme.PIC)) if pk else None
            if held is not None and held.value in self.pics:
                return None
        return None if pk is None else self.organisations[pk]


def _take_over(organisation: Organisation, charter: Charter, *, keep_names: bool) -> bool:
    """Set the fields that the list knows; whether anything changed."""
    names = _CHARTER_FIELDS if keep_names else (*_NAME_FIELDS, *_CHARTER_FIELDS)
    before = [getattr(organisation, name) for name in names]
    after = [getattr(charter, name) for name in names]
    for name, value in zip(names, after, strict=True):
        setattr(organisation, name, value)
    was_gone, organisation.charter_gone_on = organisation.charter_gone_on, None
    _keys(organisation)
    return before != after or was_gone is not None


def _keys(organisation: Organisation) -> None:
    """The stored keys for order and search (bulk writes pass by `save`)."""
    o = organisation
    o.sort_key = text.sort_key(o.name)
    o.search = search_value([o.name, o.local_name, o.short_name, o.city])


def _settle_codes(matched: list[tuple[Organisation, Charter]], known: _Known) -> set[int]:
    """Bring the codes in line with the list; out: keys of organisations whose codes changed.

    The list decides: a code that another organisation had moves, one that was replaced goes.
    """
    old: set[int] = set()
    fresh: list[Identifier] = []
    touched: set[int] = set()
    by_value = {(i.scheme, i.value): i.pk for i in known.codes.values() if i.scheme != Scheme.OID}
    for organisation, charter in matched:
        for scheme, value in charter.codes:
            held = known.codes.get((organisation.pk, scheme))
            if held is not None and held.value == value:
                continue
            old.update(pk for pk in (held.pk if held else None, by_value.get((scheme, value))) if pk)
            fresh.append(Identifier(organisation=organisation, scheme=scheme, value=value))
            touched.add(organisation.pk)
    Identifier.objects.filter(pk__in=old).delete()
    Identifier.objects.bulk_create(fresh, batch_size=_BATCH)
    return touched


def _mark_gone(known: _Known, matched: set[int], day: dt.date) -> int:
    gone = [
        pk
        for pk, row in known.organisations.items()
        if row.charter_until and not row.charter_gone_on and pk not in matched
    ]
    for start in range(0, len(gone), _BATCH):
        Organisation.objects.filter(pk__in=gone[start : start + _BATCH]).update(charter_gone_on=day)
    return len(gone)


def _match(
    rows: list[Charter], known: _Known
) -> tuple[list[tuple[Organisation, Charter]], dict[int, Organisation]]:
    """Each row with its organisation, new or stored, brought up to date; and the stored ones that differ."""
    pairs, changed = [], {}
    for charter in rows:
        organisation = known.find(charter) or Organisation(kind=Organisation.Kind.HIGHER_EDUCATION)
        differs = _take_over(organisation, charter, keep_names=organisation.pk in known.kept)
        pairs.append((organisation, charter))
        if differs and organisation.pk is not None:
            changed[organisation.pk] = organisation
    return pairs, changed


@transaction.atomic
def import_charters(charters: Iterable[Charter], *, day: dt.date) -> Counts:
    """Take over the list of charter holders; organisations that it no longer has are marked as gone on `day`.

    Out: what changed. Raises ListError when the list is empty, or what `charters` raises; nothing is stored then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    rows = list(charters)
    if not rows:
        raise ListError("The list is empty.")
    known = _Known({charter.pic for charter in rows})
    pairs, changed = _match(rows, known)
    new = [organisation for organisation, _ in pairs if organisation.pk is None]
    Organisation.objects.bulk_create(new, batch_size=_BATCH)
    Organisation.objects.bulk_update(
        changed.values(),
        [*_NAME_FIELDS, *_CHARTER_FIELDS, "charter_gone_on", "sort_key", "search"],
        batch_size=100,
    )
    fresh = {organisation.pk for organisation in new}
    recoded = _settle_codes(pairs, known) - fresh
    matched = {organisation.pk for organisation, _ in pairs}
    gone = _mark_gone(known, matched, day)
    altered = len(changed.keys() | recoded)
    return Counts(len(new), altered, len(pairs) - len(new) - altered, gone)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_fields() -> Counts:
    """Take over the fields of education of ISCED-F 2013 from the shipped file."""
    stored = {pk: names for pk, *names in FieldOfEducation.objects.values_list("pk", "name_en", "name_lt")}
    new: list[FieldOfEducation] = []
    known: list[FieldOfEducation] = []
    changed: list[FieldOfEducation] = []
    for row in _rows("isced_f_2013.csv"):
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
            if scheme != Scheme.OID and (row := Organisation.objects.by_identifier(scheme, value).first()):
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
    here = {row["short"]: row for row in _rows("eciu_on_the_portal.csv")}
    there = set(University.objects.values_list("slug", flat=True))
    counts = Counts()
    for row in _rows("eciu_members.csv"):
        if here[row["short"]]["slug"] in there:
            counts.unchanged += 1
        else:
            _member(row, here[row["short"]])
            counts.new += 1
    parents = {u.organisation.name: u.organisation for u in University.objects.select_related("organisation")}
    for row in _rows("eciu_insa_schools.csv"):
        school = _codes(row).find()
        if school is not None and school.parent_id:
            counts.unchanged += 1
        else:
            _organisation(row, parent=parents[row["parent"]])
            counts.new += 1
    return counts


def load_charters(*, day: dt.date) -> Counts:
    """Take over the shipped list of charter holders."""
    with (DATA / "eche_accredited_heis_2026-04-08.csv").open(encoding="utf-8-sig", newline="") as file:
        return import_charters(read_charters(file), day=day)
