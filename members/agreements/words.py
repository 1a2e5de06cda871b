"""What a version says, in the words of the reader's language: lines of a label and a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground import languages
from ground.templatetags.ground_tags import number
from members.agreements import stored
from members.agreements.content import (
    ConditionContent,
    FieldContent,
    LanguageContent,
    SideContent,
    VersionContent,
)
from members.agreements.stored import SIDE_TEXTS
from members.models import (
    AgreementSide,
    AgreementVersion,
    Condition,
    Eqf,
    FieldOfEducation,
    Kind,
    OrganisationalUnit,
    University,
    VersionSide,
)
from members.models.agreement import CODES
from members.models.exchange import STUDENT_KINDS

YEARS = gettext_lazy("academic years")
FIELDS = gettext_lazy("fields")
LANGUAGES = gettext_lazy("languages")
DIRECTION = gettext_lazy("who sends and who receives")


@dataclass(frozen=True)
class Line:
    """One thing that is said: `key` is stable, `label` and `value` are words; an empty value says nothing. Of a
    `code` every sign counts, spaces too."""

    key: str
    label: str
    value: str
    code: bool = False


@dataclass
class Names:
    """The universities, units and fields that contents name; at most three queries."""

    universities: dict[Any, University] = field(default_factory=dict)
    units: dict[Any, OrganisationalUnit] = field(default_factory=dict)
    fields: dict[str, FieldOfEducation] = field(default_factory=dict)
    codes: dict[Any, list[Line]] = field(default_factory=dict)

    @classmethod
    def of(cls, *contents: VersionContent) -> Names:
        conditions = [condition for content in contents for condition in content.conditions]
        sides = [side for content in contents for side in content.sides]
        units: set[Any] = {side.unit for side in sides}
        units |= {unit for c in conditions for unit in (c.sending_unit, c.receiving_unit)}
        codes = {f.code for c in conditions for f in c.fields} | {
            x.field for c in conditions for x in c.languages
        }
        universities = University.objects.for_list().filter(uuid__in={side.university for side in sides})
        return cls(
            {university.uuid: university for university in universities},
            {unit.uuid: unit for unit in OrganisationalUnit.objects.filter(uuid__in=units - {None})},
            FieldOfEducation.objects.in_bulk(codes - {""}),
        )

    @classmethod
    def stored(cls, rows: Iterable[Any], sides: Iterable[AgreementSide]) -> Names:
        """Those that versions name which came `with_content`, between `sides` which came `for_pages`; no query."""
        found, both = list(rows), {side.university.uuid: side for side in sides}
        universities = {uuid: side.university for uuid, side in both.items()}
        codes = {uuid: _codes(side) for uuid, side in both.items()}
        return cls(universities, stored.units(found), stored.fields(found), codes)

    def university(self, content: VersionContent, place: int) -> str:
        """The short name of the university at that place."""
        return next((str(self.universities[s.university]) for s in content.sides if s.place == place), "")

    def full(self, side: SideContent) -> str:
        """The full name of the university of a side."""
        return self.universities[side.university].name_shown

    def unit(self, unit: Any) -> str:
        return str(self.units[unit]) if unit in self.units else ""

    def field_of(self, code: str) -> str:
        return str(self.fields[code]) if code in self.fields else code


def terms(content: VersionContent) -> list[Line]:
    """What holds for the whole version."""
    return [
        Line("years", _first_up(YEARS), span(content.first_year, content.last_year)),
        Line("remarks", _label(AgreementVersion, "remarks"), content.remarks),
    ]


def side_lines(side: SideContent, names: Names) -> list[Line]:
    """What the version says of one side."""
    lines = [Line("unit", _label(VersionSide, "unit"), names.unit(side.unit))]
    return lines + [Line(name, _label(VersionSide, name), getattr(side, name)) for name in SIDE_TEXTS]


def _codes(side: Any) -> list[Line]:
    """By which codes the programme knows the university of a side: Erasmus code, PIC, OID, those that there are."""
    known = {row["scheme"]: row["value"] for row in side.stored_codes}
    return [Line(one, str(one.label), known[one], code=True) for one in CODES if one in known]


def condition_title(condition: ConditionContent, content: VersionContent, names: Names) -> str:
    """ "Student studies: KTU → UA"."""
    return f"{Kind(condition.kind).label}: {direction(condition, content, names)}"


def direction(condition: ConditionContent, content: VersionContent, names: Names) -> str:
    """ "KTU → UA"."""
    places = (condition.sends, condition.receives)
    return " → ".join(names.university(content, place) for place in places)


def condition_lines(condition: ConditionContent, content: VersionContent, names: Names) -> list[Line]:
    """What the version says of one flow, in the order in which people read it."""
    students = condition.kind in STUDENT_KINDS
    yes_or_no = _("Yes") if condition.blended else _("No")
    values = [
        ("kind", _label(Condition, "kind"), str(Kind(condition.kind).label)),
        ("direction", _first_up(DIRECTION), direction(condition, content, names)),
        ("sending_unit", _label(Condition, "sending_unit"), names.unit(condition.sending_unit)),
        ("receiving_unit", _label(Condition, "receiving_unit"), names.unit(condition.receiving_unit)),
        ("years", _first_up(YEARS), span(condition.first_year, condition.last_year)),
        ("places", _label(Condition, "places"), number(condition.places)),
        ("months", _label(Condition, "months"), _amount(condition.months)),
        ("days", _label(Condition, "days"), _amount(condition.days)),
        ("blended", _label(Condition, "blended"), yes_or_no if students else ""),
        (
            "levels",
            _label(Condition, "levels"),
            ", ".join(str(Eqf(x).label) for x in sorted(condition.levels)),
        ),
        ("fields", _first_up(FIELDS), _joined(_field(f, names) for f in condition.fields)),
        ("languages", _first_up(LANGUAGES), _joined(_language(x, names) for x in condition.languages)),
        ("remarks", _label(Condition, "remarks"), condition.remarks),
    ]
    return [Line(*value) for value in values]


def span(first: str, last: str) -> str:
    """ "2027/2028 – 2029/2030", or the one year."""
    return first if first == last else f"{first} – {last}"


def _field(named: FieldContent, names: Names) -> str:
    words = names.field_of(named.code)
    return f"{words} ({named.clarification})" if named.clarification else words


def _language(skill: LanguageContent, names: Names) -> str:
    words = f"{languages.name(skill.language)} {skill.level}".strip()
    return f"{words} ({names.field_of(skill.field)})" if skill.field else words


def _joined(values: Iterable[str]) -> str:
    return "; ".join(sorted(values))


def _amount(value: Decimal | None) -> str:
    return "" if value is None else number(value)


def _label(model: Any, name: str) -> str:
    return _first_up(model._meta.get_field(name).verbose_name)


def _first_up(words: str | Promise) -> str:
    said = str(words)
    return said[:1].upper() + said[1:]
