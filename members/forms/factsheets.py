"""The whole form of a factsheet: as stored, as typed with one more row, or as sent and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ground import languages
from ground.forms import DateField, PortalForm
from members.factsheets import checks, content
from members.factsheets.content import (
    DATES,
    NUMBERS,
    WEBSITES,
    FactsheetContent,
    LanguageContent,
    TermContent,
)
from members.models import Contact, Factsheet, FactsheetLanguage, Term
from members.models.factsheet import FACTSHEET_TEXTS

Typed = dict[str, list[str]]
_INCOMPLETE = gettext_lazy("This part of the form did not arrive whole. Load the page again.")
_TEXT_LABELS = {
    "application": (gettext_lazy("How to apply, in English"), gettext_lazy("How to apply, in Lithuanian")),
    "housing": (gettext_lazy("Housing, in English"), gettext_lazy("Housing, in Lithuanian")),
    "visa": (gettext_lazy("Visa, in English"), gettext_lazy("Visa, in Lithuanian")),
    "insurance": (gettext_lazy("Insurance, in English"), gettext_lazy("Insurance, in Lithuanian")),
    "accessibility": (
        gettext_lazy("Accessibility and inclusion, in English"),
        gettext_lazy("Accessibility and inclusion, in Lithuanian"),
    ),
    "costs": (gettext_lazy("Cost of living, in English"), gettext_lazy("Cost of living, in Lithuanian")),
    "grading": (gettext_lazy("Grades, in English"), gettext_lazy("Grades, in Lithuanian")),
    "more": (gettext_lazy("Further requirements, in English"), gettext_lazy("Further requirements, in Lithuanian")),
}  # fmt: skip
_LINES = (*WEBSITES, *NUMBERS)


class FactsheetForm(PortalForm):
    """What holds for the whole year: texts in both languages, websites, numbers, whom to ask."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": _INCOMPLETE})
    contacts = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Whom to ask"), required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Everybody sees those that are public. An internal contact stays internal."),
        error_messages={"invalid_choice": gettext_lazy("Choose contacts of your own university.")},
    )  # fmt: skip

    optional_unsaid = True

    def __init__(self, *args: Any, contacts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contacts"].choices = contacts  # type: ignore[attr-defined]

    @property
    def pairs(self) -> dict[str, list[Any]]:
        """The two languages of each text."""
        return {name: [self[f"{name}_en"], self[f"{name}_lt"]] for name in FACTSHEET_TEXTS}


def _field(name: str) -> forms.Field:
    """The field of one of a factsheet's columns, as the model words it."""
    column: Any = Factsheet._meta.get_field(name)
    about = {"label": capfirst(column.verbose_name), "help_text": column.help_text, "required": False}
    if name in NUMBERS:
        return forms.IntegerField(**about, widget=forms.NumberInput(attrs={"data-width": "narrow"}))
    return forms.CharField(
        **about, max_length=column.max_length, widget=forms.URLInput(attrs={"autocomplete": "off"})
    )


def _texts() -> Mapping[str, forms.Field]:
    return {
        f"{name}_{code}": forms.CharField(
            label=label, required=False, widget=forms.Textarea(attrs={"rows": "5", "lang": code})
        )
        for name, labels in _TEXT_LABELS.items()
        for code, label in zip(("en", "lt"), labels, strict=True)
    }


FactsheetForm.base_fields |= {**_texts(), **{name: _field(name) for name in _LINES}}


class TermForm(PortalForm):
    """The dates of one term; without any there is no such term."""

    nomination_until = DateField(label=gettext_lazy("Nominations until"), required=False)
    application_until = DateField(label=gettext_lazy("Applications until"), required=False)
    starts_on = DateField(label=gettext_lazy("Begins on"), required=False)
    ends_on = DateField(label=gettext_lazy("Ends on"), required=False)
    to_check = forms.BooleanField(label=gettext_lazy("These dates are still to be checked"), required=False)
    optional_unsaid = True

    def __init__(self, *args: Any, term: Term, copied: bool, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"term-{term.value}", **kwargs)
        self.term = term
        self.copied = copied
        if not copied:
            del self.fields["to_check"]

    @property
    def said(self) -> TermContent:
        return TermContent(self.term.value, **{name: self.cleaned_data.get(name) for name in DATES},
                           to_check=self.cleaned_data.get("to_check", False))  # fmt: skip


class LanguageForm(PortalForm):
    """A language that people need; a row without a language is none."""

    whom = forms.ChoiceField(
        label=pgettext_lazy("language requirement", "For"),
        choices=FactsheetLanguage.Whom.choices,
        required=False,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Level"), required=False)
    note_en = forms.CharField(label=gettext_lazy("Note, in English"), required=False, max_length=200)
    note_lt = forms.CharField(label=gettext_lazy("Note, in Lithuanian"), required=False, max_length=200)
    optional_unsaid = True

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"languages-{number}", **kwargs)
        self.number = number
        levels = FactsheetLanguage._meta.get_field("level").choices or []
        self.fields["language"].choices = [("", _("None")), *languages.choices()]  # type: ignore[attr-defined]
        self.fields["level"].choices = [("", _("Choose")), *levels]  # type: ignore[attr-defined]

    @property
    def said(self) -> LanguageContent | None:
        data = self.cleaned_data
        if not data.get("language"):
            return None
        whom = data.get("whom") or FactsheetLanguage.Whom.STUDENTS.value
        notes = {name: data.get(name, "") for name in ("note_en", "note_lt")}
        return LanguageContent(whom, data["language"], data.get("level", ""), **notes)


class Editor:
    """The form of `factsheet` with all its rows.

    `sent` is checked; `typed_in` is shown again as it is, after `step` ("add-languages": one more row,
    "remove-languages-2": that one less). Without either, what is stored is shown.
    """

    def __init__(
        self, factsheet: Factsheet, *, sent: QueryDict | None = None, typed_in: QueryDict | None = None,
        step: str = "",
    ) -> None:  # fmt: skip
        self.factsheet = factsheet
        self.stored = content.read(factsheet)
        self.gaps = checks.gaps(self.stored)
        data = sent if sent is not None else typed_in
        typed = typed_of(data) if data is not None else flat(self.stored)
        if data is None:
            typed["version"] = [str(factsheet.version)]
        numbers = _row_numbers(typed)
        free = max(numbers, default=-1) + 1
        kept = [number for number in numbers if step != f"remove-languages-{number}"]
        if step == "add-languages" or not kept:
            kept.append(free)
        self._make(data if sent is not None else None, typed, kept)

    def _make(self, bound: QueryDict | None, typed: Typed, numbers: list[int]) -> None:
        first = {name: values[0] for name, values in typed.items() if values}
        about: dict[str, Any] = {"initial": first | {"contacts": typed.get("contacts", [])}}
        self.form = FactsheetForm(bound, contacts=contact_choices(self.factsheet), **about)
        copied = {row.term for row in self.stored.terms if row.to_check}
        self.terms = [
            TermForm(bound, term=term, copied=term in copied, initial=_below(first, f"term-{term.value}-"))
            for term in Term
        ]
        self.languages = [
            LanguageForm(bound, number=number, initial=_below(first, f"languages-{number}-"))
            for number in numbers
        ]

    @property
    def forms(self) -> list[PortalForm]:
        return [self.form, *self.terms, *self.languages]

    def is_valid(self) -> bool:
        """Whether all of it can be read; every part is looked at, so that all errors show at once."""
        return not [form for form in self.forms if not form.is_valid()]

    @property
    def said(self) -> FactsheetContent:
        """What a valid form says."""
        data = self.form.cleaned_data
        return content.settled(
            FactsheetContent(
                {name: data.get(name) for name in content.FIELDS},
                tuple(form.said for form in self.terms),
                tuple(row for form in self.languages if (row := form.said)),
                frozenset(data["contacts"]),
            )
        )

    @property
    def seen(self) -> int:
        """The version from which the form was filled."""
        version: int = self.form.cleaned_data["version"]
        return version

    def refuse(self, places: checks.Places) -> None:
        """Say beside the fields why it can't be saved."""
        rows = self._rows_as_counted()
        for place, sentences in places.items():
            kind, *rest = place.split(".")
            form: PortalForm = self.form
            if kind == "terms":
                form = next((one for one in self.terms if one.term == rest[0]), form)
            elif kind == "languages" and rest:
                form = rows[int(rest[0])]
            name = (rest or [kind])[-1]
            for words in sentences:
                form.add_error(name if name in form.fields else None, words)

    def _rows_as_counted(self) -> list[LanguageForm]:
        """The rows in the order in which `said` has them."""
        order = {(row.whom, row.language): at for at, row in enumerate(self.said.languages)}
        given = [(form, row) for form in self.languages if (row := form.said)]
        return [form for form, row in sorted(given, key=lambda pair: order[pair[1].whom, pair[1].language])]

    def refuse_whole(self, sentences: list[str]) -> None:
        """Say above the form why it can't be saved."""
        for words in sentences:
            self.form.add_error(None, words)


def contact_choices(factsheet: Factsheet) -> list[tuple[str, str]]:
    """The university's own contacts, with what of them is internal said."""
    internal = _("internal: not shown to others")
    rows = Contact.objects.filter(university=factsheet.university_id).order_by("name", "pk")
    return [
        (
            str(row.uuid),
            f"{row.name_shown} · {row.get_duty_display()}" + ("" if row.is_public else f" ({internal})"),
        )
        for row in rows
    ]


def flat(said: FactsheetContent) -> Typed:
    """What a factsheet says as a form would send it."""
    sent: Typed = {name: [_typed(value)] for name, value in said.fields.items()}
    for row in said.terms:
        sent |= {f"term-{row.term}-{name}": [_typed(getattr(row, name))] for name in DATES}
        if row.to_check:
            sent[f"term-{row.term}-to_check"] = ["on"]
    for number, language in enumerate(said.languages):
        names = ("whom", "language", "level", "note_en", "note_lt")
        sent |= {f"languages-{number}-{name}": [getattr(language, name)] for name in names}
    sent["contacts"] = sorted(map(str, said.contacts))
    return sent


def _typed(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def typed_of(data: QueryDict) -> Typed:
    """What was sent, without what no text has."""
    return {name: [value.replace("\x00", "") for value in values] for name, values in data.lists()}


def _row_numbers(typed: Typed) -> list[int]:
    """The numbers of the rows of languages that were sent; more than anybody needs are left out."""
    found = {int(m[1]) for name in typed if (m := re.fullmatch(r"languages-([0-9]{1,3})-language", name))}
    return sorted(found)[: checks.MOST_LANGUAGES + 5]


def _below(values: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}


class StartForm(PortalForm):
    """For which academic year, and from what."""

    year = forms.ChoiceField(label=gettext_lazy("Academic year"))
    begin = forms.ChoiceField(
        label=gettext_lazy("Begin with"), widget=forms.RadioSelect, initial="copy",
        choices=[
            ("copy", gettext_lazy("The factsheet of the year before, its dates a year later")),
            ("empty", gettext_lazy("An empty factsheet")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, years: list[str], begun: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [year for year in years if year not in begun]
        self.fields["year"].choices = [(year, year) for year in free]  # type: ignore[attr-defined]
        following = [year for year in free if year > max(begun, default="")]
        self.initial["year"] = next(iter(following or free), "")
        self.initial["begin"] = "copy" if begun else "empty"

    def refuse(self, places: checks.Places) -> None:
        for place, sentences in places.items():
            for words in sentences:
                self.add_error("begin" if place == "copied" else "year", words)
