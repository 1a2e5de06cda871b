"""The whole form of a draft: as stored, as typed with one more row, or as sent and checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.db.models.functions import Length
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground import clock, languages
from members.agreements.checks import MOST_CONDITIONS
from members.agreements.content import (
    ConditionContent,
    FieldContent,
    LanguageContent,
    SideContent,
    VersionContent,
    read,
)
from members.forms.agreement_rows import (
    ConditionForm,
    FieldForm,
    LanguageForm,
    SideForm,
    Supply,
    TermsForm,
    unit_options,
    year_options,
)
from members.forms.agreement_typed import (
    MOST_IN_ALL,
    Row,
    fits,
    flat,
    identifier,
    may_add,
    may_copy,
    may_widen,
    stepped,
    stored,
    typed,
)
from members.models import AgreementVersion, FieldOfEducation, OrganisationalUnit

DETAILED = 4  # digits of a detailed field
_TOO_WIDE = gettext_lazy("All conditions together have at most %(count)d fields and languages.")


@dataclass
class ConditionPart:
    """The form of one condition with the forms of its fields and languages; each has a blank one to write in."""

    number: int
    form: ConditionForm
    fields: list[FieldForm]
    languages: list[LanguageForm]
    may_copy: bool = True

    @property
    def forms(self) -> list[forms.Form]:
        return [self.form, *self.fields, *self.languages]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and the id of the field in which it is."""

    href: str
    words: str


class Editor:
    """The form of the draft `version`, which says `content` (else it is read).

    `sent` is checked; `typed_in` is shown again as it is, after `step`. Without either, what is stored is shown.
    """

    def __init__(
        self, version: AgreementVersion, content: VersionContent | None = None, *, sent: QueryDict | None = None,
        typed_in: QueryDict | None = None, step: str = "",
    ) -> None:  # fmt: skip
        self.version = version
        self.content = content or read(version)
        self.sides = list(version.agreement.sides.all())
        self.is_bound = sent is not None
        self.part = ""
        data = sent if sent is not None else typed_in
        self.row = stored(self.content) if data is None else typed(data)
        if typed_in is not None:
            self.row, self.part = stepped(self.row, step)
        self.data = flat(self.row)
        self.supply = self._supply()
        self._make()

    def _make(self) -> None:
        given: dict[str, Any] = {"supply": self.supply}
        is_change = bool(self.version.agreement.current_id)
        self.terms = self._form(TermsForm, "terms", self.row["terms"], is_change=is_change, **given)
        self.side_forms = [
            self._form(SideForm, f"sides-{place}", row, place=place, **given)
            for place, row in self.row["sides"].items()
        ]
        self.conditions = [self._condition(i, row) for i, row in enumerate(self.row["conditions"])]

    def _form(self, made: Any, prefix: str, initial: Row, **given: Any) -> Any:
        return made(self.data if self.is_bound else None, prefix=prefix, initial=initial, **given)

    def _condition(self, i: int, row: Row) -> ConditionPart:
        prefix, given = f"conditions-{i}", {"supply": self.supply}
        form = self._form(ConditionForm, prefix, row, **given)
        rows: dict[str, list[Any]] = {}
        for kind, made in (("fields", FieldForm), ("languages", LanguageForm)):
            shown = [self._named(one) for one in row[kind]]
            found = [self._form(made, f"{prefix}-{kind}-{j}", one, **given) for j, one in enumerate(shown)]
            more = 2 if row.get(f"more_{kind[:-1]}") else 1
            for j in range(len(found), len(found) + more):
                found.append(made(None, prefix=f"{prefix}-{kind}-{j}", **given))
            rows[kind] = found
        copied = may_copy(self.row["conditions"], i)
        return ConditionPart(i, form, rows["fields"], rows["languages"], may_copy=copied)

    @property
    def years(self) -> tuple[str, str]:
        """The first and last year as they stand in the form; of one that is none of the list, what is stored."""
        offered = {value for value, _words in self.supply.years}
        first, last = (self.row["terms"][name] for name in ("first_year", "last_year"))
        return (
            first if first in offered else self.content.first_year,
            last if last in offered else self.content.last_year,
        )

    @property
    def may_add(self) -> bool:
        return may_add(self.row["conditions"])

    @property
    def may_widen(self) -> bool:
        return may_widen(self.row["conditions"])

    @property
    def full(self) -> list[str]:
        """Of what there can be no more, in words, beside the buttons that are missing then."""
        said = []
        if not self.may_add:
            said.append(_("An agreement has at most %(count)d conditions.") % {"count": MOST_CONDITIONS})
        if not self.may_widen:
            said.append(_TOO_WIDE % {"count": MOST_IN_ALL})
        return said

    def _named(self, row: Row) -> Row:
        """The code of a field with its name, as the list offers it."""
        return {
            name: self.supply.fields.get(value, value) if name in ("code", "field") else value
            for name, value in row.items()
        }

    def _supply(self) -> Supply:
        """One query for the units of both sides, one for the fields."""
        units: dict[int, list[OrganisationalUnit]] = {side.place: [] for side in self.sides}
        places = {side.university_id: side.place for side in self.sides}
        for unit in OrganisationalUnit.objects.filter(university__in=places).order_by("sort_key", "pk"):
            units[places[unit.university_id]].append(unit)
        detailed = FieldOfEducation.objects.annotate(digits=Length("code")).filter(digits=DETAILED)
        today = clock.today(settings.TIME_ZONE)
        kept = [self.content.first_year, self.content.last_year]
        kept += [year for c in self.content.conditions for year in (c.first_year, c.last_year)]
        return Supply(
            years=year_options(today, *kept),
            sides={side.place: str(side.university) for side in self.sides},
            units={place: unit_options(rows) for place, rows in units.items()},
            fields={field.code: str(field) for field in detailed},
            languages=languages.choices(),
        )

    @classmethod
    def with_gaps(
        cls, version: AgreementVersion, content: VersionContent, places: dict[str, list[str]]
    ) -> Editor:
        """The form as stored, with what the draft lacks said beside the fields."""
        editor = cls(version, content, sent=flat(stored(content)))
        if editor.is_valid():
            editor.refuse(places)
        return editor

    @property
    def titled_sides(self) -> list[tuple[Any, SideForm]]:
        """Each side with its form."""
        return [(side.university, form) for side, form in zip(self.sides, self.side_forms, strict=True)]

    def is_valid(self) -> bool:
        """Whether all of it has the right shape; every part is checked, so that all errors show at once."""
        found = [self.terms, *self.side_forms]
        found += [form for part in self.conditions for form in part.forms if form.is_bound]
        valid = all([form.is_valid() for form in found])  # noqa: C419 - every part is asked, so that all errors show
        if not fits(self.row["conditions"]):
            self.terms.add_error(None, _TOO_WIDE % {"count": MOST_IN_ALL})
            return False
        return valid

    def cleaned(self) -> VersionContent:
        """What `actions.agreements.write` takes, of a valid form."""
        terms = self.terms.cleaned_data
        sides = tuple(
            SideContent(place=side.place, university=side.university.uuid, unit=identifier(form.cleaned_data["unit"]),
                        **{n: v for n, v in form.cleaned_data.items() if n != "unit"})
            for side, form in zip(self.sides, self.side_forms, strict=True)
        )  # fmt: skip
        return replace(
            self.content, first_year=terms["first_year"], last_year=terms["last_year"], remarks=terms["remarks"],
            reason=terms.get("reason", self.content.reason), sides=sides,
            conditions=tuple(_content(part, terms) for part in self.conditions),
        )  # fmt: skip

    @property
    def left_out(self) -> list[str]:
        """Of a valid form, in words what was left out since the kind of its condition doesn't have it."""
        words = _("Condition %(number)d: left out what its kind does not have (%(names)s).")
        return [
            words % {"number": part.number + 1, "names": ", ".join(part.form.left_out)}
            for part in self.conditions
            if part.form.left_out
        ]

    def refuse(self, places: dict[str, list[str]]) -> None:
        """Say beside the fields what `members/agreements/checks.py` found at its places."""
        for place, words in places.items():
            form, name = self._at(place)
            for one in words:
                form.add_error(name if name in form.fields else None, one)

    def _at(self, place: str) -> tuple[Any, str]:
        """The form and the field that a place names."""
        match place.split("."):
            case ["sides", number, name]:
                return self.side_forms[int(number) - 1], name
            case ["conditions", number, name]:
                return self.conditions[int(number)].form, name
            case ["conditions", number, "fields", at, name]:
                return self.conditions[int(number)].fields[int(at)], name
            case ["conditions", number, "languages", at, name]:
                return self.conditions[int(number)].languages[int(at)], name
            case _:
                return self.terms, place

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, in the order of the page."""
        if not self.is_bound:
            return []
        found = _problems(self.terms, part="conditions")
        for university, form in self.titled_sides:
            found += _problems(form, f"{university}: ")
        for part in self.conditions:
            for form in part.forms:
                found += _problems(form, f"{part.number + 1}. ", f"condition-{part.number}")
        return found


def anchor(place: str) -> str:
    """The id of the field that a place of the checks names, on the page of the form."""
    match place.split("."):
        case ["conditions"]:
            return "conditions"
        case ["conditions", number, "languages"]:
            return f"id_conditions-{number}-languages-0-language"
        case ["conditions", number, "levels"]:
            return f"id_conditions-{number}-levels_0"
        case ["sides" | "conditions", *_rest]:
            return f"id_{place.replace('.', '-')}"
        case _:
            return f"id_terms-{place}"


def _problems(form: Any, before: str = "", part: str = "") -> list[Problem]:
    """What is wrong in a form; what is wrong with the whole of it leads to the id `part`."""
    if not form.is_bound:
        return []
    found = [Problem(part, f"{before}{words}") for words in form.non_field_errors()]
    for name, errors in form.errors.items():
        if name in form.fields:
            field = form[name]
            href = field.id_for_label or f"{field.auto_id}_0"
            found += [Problem(href, f"{before}{_named(field, str(words))}") for words in errors]
    return found


def _named(field: Any, words: str) -> str:
    return words if str(field.label) in words else f"{field.label}: {words}"


def _content(part: ConditionPart, terms: dict[str, Any]) -> ConditionContent:
    said = part.form.cleaned_data
    return ConditionContent(
        kind=said["kind"], sends=int(said["sends"]), places=said["places"], months=said["months"], days=said["days"],
        first_year=said["first_year"] or terms["first_year"], last_year=said["last_year"] or terms["last_year"],
        blended=said["blended"], levels=tuple(sorted(int(level) for level in said["levels"])),
        fields=tuple(
            FieldContent(f.cleaned_data["code"], f.cleaned_data["clarification"]) for f in part.fields if f.is_bound
        ),
        languages=tuple(LanguageContent(**_skill(f)) for f in part.languages if f.is_bound),
        sending_unit=identifier(said["sending_unit"]), receiving_unit=identifier(said["receiving_unit"]),
        remarks=said["remarks"], origin=identifier(said["origin"]),
    )  # fmt: skip


def _skill(form: LanguageForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("language", "level", "field")}
