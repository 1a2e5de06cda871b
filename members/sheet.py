"""Everything that this room has of one university, read with the university in one query.

The small tables come as arrays of objects, and are turned into records that templates can ask for translated fields.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import languages, richtext
from ground.templatetags.ground_tags import in_language
from members import directory
from members.models import (
    Centre,
    Contact,
    Eqf,
    Factsheet,
    FactsheetTerm,
    FieldOfEducation,
    Figure,
    Identifier,
    Membership,
    MembershipKind,
    Organisation,
    OrganisationalUnit,
    Scheme,
    TeachingLanguage,
    Term,
)
from members.models.university import UniversityQuerySet

TEXTS: dict[str, Promise] = {
    "priorities": _("International priorities"),
    "strategy": _("Strategy"),
    "history": _("History"),
}
MEANING: dict[str, Promise] = {
    Scheme.ERASMUS: _("Names the university in the Erasmus+ programme; its spaces count."),
    Scheme.PIC: _("Participant number in the funding portal of the European Commission."),
    Scheme.OID: _("Organisation number in Erasmus+ and the European Solidarity Corps."),
    Scheme.SCHAC: _("Domain by which academic networks know the university."),
    Scheme.ROR: _("Number in the Research Organization Registry."),
    Scheme.NATIONAL: _("Code in the registers of its country."),
}
_OWN = OuterRef("organisation")
_HERE = OuterRef("pk")


@dataclass(frozen=True)
class Code:
    """A code of the university with what it is for; `href` where it is an address itself."""

    name: Any
    value: str
    meaning: Any

    @property
    def href(self) -> str:
        return self.value if self.value.startswith("https://") else ""


@dataclass(frozen=True)
class Text:
    """One text of the profile. `lang` is said where it isn't the page's; `own` is the same in the own language."""

    name: str
    title: Any
    html: str
    lang: str
    own: str = ""
    own_language: str = ""

    @property
    def own_name(self) -> str:
        """The name of the own language, in the language of the page."""
        return languages.name(self.own_language)


@dataclass(frozen=True)
class Taught:
    """A language of teaching with the levels at which it is used (none: not said)."""

    name: str
    levels: list[Any]


@dataclass(frozen=True)
class Deadline:
    """The next day until which partners nominate, or students apply."""

    title: Any
    term: Any
    year: str
    until: dt.date


@dataclass(frozen=True)
class Sheet:
    """The university with its rows, as far as the person may see them."""

    university: Any
    codes: list[Code]
    memberships: list[Membership]
    figures: list[Figure]
    texts: list[Text]
    fields: list[Any]
    taught: list[Taught]
    units: list[Any]
    contacts: list[Any]
    centres: list[Centre]
    schools: list[Any]
    factsheets: list[Factsheet] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)

    @property
    def standing(self) -> Any:
        """The kind of the membership in force, in words."""
        standing = self.university.standing
        return MembershipKind(standing).label if standing else ""


def rows_of(rows: QuerySet[Any], *names: str) -> ArraySubquery:
    """`rows` as an array of objects with `names`, so that they come with their owner in one query."""
    written = JSONObject(**{name.replace("__", "_"): F(name) for name in names})
    return ArraySubquery(rows.annotate(row=written).values("row"))


def with_rows(universities: UniversityQuerySet, user: Any, day: dt.date) -> UniversityQuerySet:
    """`universities` with everything that `read` needs; contacts and factsheets as `user` may see them."""
    rows = universities.with_standing(day).select_related("organisation", "own_profile")
    return rows.defer("organisation__search").annotate(**_facts(), **_inside(user), **_told(user))


def _facts() -> dict[str, ArraySubquery]:
    codes = rows_of(Identifier.objects.filter(organisation=OuterRef("pk")), "scheme", "value")
    schools = Organisation.objects.filter(parent=_OWN).annotate(codes=codes).order_by("sort_key", "pk")
    memberships = Membership.objects.filter(university=_HERE).order_by(F("valid_from").asc(nulls_first=True))
    figures = Figure.objects.filter(university=_HERE).order_by("kind", "-year")
    fields = FieldOfEducation.objects.filter(universities=_HERE).order_by("code")
    taught = TeachingLanguage.objects.filter(university=_HERE).order_by("language", "level")
    return {
        "identifiers": rows_of(Identifier.objects.filter(organisation=_OWN), "scheme", "value"),
        "memberships_held": rows_of(memberships, "kind", "valid_from", "valid_until"),
        "figures_given": rows_of(figures, "kind", "value", "qualifier", "year"),
        "schools": rows_of(schools, "name", "city", "website", "codes"),
        "fields_taught": rows_of(fields, "code", "name_en", "name_lt"),
        "languages_taught": rows_of(taught, "language", "level"),
    }


def _inside(user: Any) -> dict[str, ArraySubquery]:
    contacts = Contact.objects.visible_to(user).filter(university=_HERE).order_by("name", "pk")
    units = OrganisationalUnit.objects.filter(university=_HERE).order_by("sort_key", "pk")
    centres = Centre.objects.visible_to(user).filter(host=_OWN).order_by("slug")
    return {
        "contacts_seen": rows_of(
            contacts, "name", "lithuanian_name", "duty", "subject_en", "subject_lt", "email", "phone", "is_public",
            "unit_id",
        ),
        "units_kept": rows_of(
            units, "id", "parent_id", "name_en", "name_lt", "description_en", "description_lt", "website"
        ),
        "centres_hosted": rows_of(centres, "slug", "name_en", "name_lt", "founded_on"),
    }  # fmt: skip


def _told(user: Any) -> dict[str, ArraySubquery]:
    sheets = Factsheet.objects.visible_to(user).filter(university=_HERE).order_by("-year")
    terms = FactsheetTerm.objects.filter(
        factsheet__in=Factsheet.objects.published(), factsheet__university=_HERE
    )
    terms = terms.order_by("factsheet__year", "term")
    return {
        "sheets_kept": rows_of(sheets, "year", "is_published"),
        "terms_told": rows_of(terms, "term", "nomination_until", "application_until", "factsheet__year"),
    }


def read(found: Any, today: dt.date) -> Sheet:
    """The sheet of a university that `with_rows` found; `today` is the university's own date."""
    contacts = [_contact(row) for row in found.contacts_seen]
    units = tree([SimpleNamespace(**row) for row in found.units_kept], contacts)
    return Sheet(
        university=found,
        codes=[_code(row) for row in found.identifiers],
        memberships=[_membership(row) for row in found.memberships_held],
        figures=directory.in_order(Figure(**row) for row in _newest(found.figures_given)),
        texts=list(_texts(found)),
        fields=[SimpleNamespace(**row) for row in found.fields_taught],
        taught=_taught(found.languages_taught),
        units=units,
        contacts=[contact for contact in contacts if contact.unit_id is None],
        centres=[Centre(**row) for row in found.centres_hosted],
        schools=[_school(row) for row in found.schools],
        factsheets=[Factsheet(university=found, **row) for row in found.sheets_kept],
        deadlines=list(_deadlines(found.terms_told, today)),
    )


def tree(units: list[Any], contacts: Iterable[Any] = ()) -> list[Any]:
    """The units that are part of no other, each with its `parts` and its contacts as `people`."""
    rows = {unit.id: unit for unit in units}
    for unit in units:
        unit.parts, unit.people = [], []
    for unit in units:
        if unit.parent_id in rows:
            rows[unit.parent_id].parts.append(unit)
    for contact in contacts:
        if contact.unit_id in rows:
            rows[contact.unit_id].people.append(contact)
    return [unit for unit in units if unit.parent_id not in rows]


def flat(units: Iterable[Any], depth: int = 0) -> Iterator[tuple[int, Any]]:
    """A tree as lines: how deep each unit lies, and the unit; parts come right after what they are part of."""
    for unit in units:
        yield depth, unit
        yield from flat(unit.parts, depth + 1)


def _code(row: dict[str, Any]) -> Code:
    return Code(Scheme(row["scheme"]).label, row["value"], MEANING[row["scheme"]])


def _school(row: dict[str, Any]) -> Any:
    return SimpleNamespace(**row | {"codes": [_code(code) for code in row["codes"]]})


def _contact(row: dict[str, Any]) -> Any:
    duty = "" if row["duty"] == "other" else Contact.Duty(row["duty"]).label
    name = Contact(name=row["name"], lithuanian_name=row["lithuanian_name"]).name_shown
    return SimpleNamespace(**row | {"duty": duty, "name": name})


def _newest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each kind the first, which is the newest."""
    by_kind: dict[str, dict[str, Any]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], row)
    return list(by_kind.values())


def _membership(row: dict[str, Any]) -> Membership:
    """The row with real dates: JSON has none."""
    return Membership(
        kind=MembershipKind(row["kind"]),
        valid_from=_day(row["valid_from"]),
        valid_until=_day(row["valid_until"]),
    )


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _texts(found: Any) -> Iterator[Text]:
    """The texts that there are: in the language of the page, in the portal's other one, or in the own language."""
    own = getattr(found, "own_profile", None)
    for name, title in TEXTS.items():
        words, lang = in_language(found, name)
        other = str(getattr(own, name, "")) if own else ""
        if words:
            yield Text(name, title, richtext.render(words), lang, richtext.render(other),
                       own.language if own and other else "")  # fmt: skip
        elif own and other:
            yield Text(name, title, richtext.render(other), own.language)


def _taught(rows: list[dict[str, Any]]) -> list[Taught]:
    levels: dict[str, list[Any]] = {}
    for row in rows:
        named = levels.setdefault(row["language"], [])
        if row["level"]:
            named.append(Eqf(row["level"]).label)
    return [Taught(languages.name(code), found) for code, found in levels.items()]


def _deadlines(rows: list[dict[str, Any]], today: dt.date) -> Iterator[Deadline]:
    """The next deadline of each kind that has not passed."""
    for name, title in (("nomination_until", _("Next nominations until")),
                        ("application_until", _("Next applications until"))):  # fmt: skip
        coming = [(day, row) for row in rows if (day := _day(row[name])) and day >= today]
        if coming:
            until, row = min(coming, key=lambda pair: pair[0])
            yield Deadline(title, Term(row["term"]).label, row["factsheet_year"], until)
