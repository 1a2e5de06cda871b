"""The pages on which a university is edited, part by part."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground import languages, text
from ground.forms import PortalForm, PortalModelForm
from ground.templatetags.ground_tags import ZONES, zone_words
from members.editing import Clash, Part, Values, marks
from members.editing.parts import (
    ADDRESS,
    IDENTITY,
    KEPT_BY_OFFICE,
    LANGUAGES,
    OWN,
    PROFILE,
    TEXTS,
    keeps_identity,
)
from members.forms import coordinates
from members.forms.university_rows import TABLES
from members.models import FieldOfEducation, Organisation, Scheme, University

SEEN = "seen"
_LABELS = {
    "summary_en": gettext_lazy("In one sentence, in English"),
    "summary_lt": gettext_lazy("In one sentence, in Lithuanian"),
    "priorities_en": gettext_lazy("International priorities, in English"),
    "priorities_lt": gettext_lazy("International priorities, in Lithuanian"),
    "strategy_en": gettext_lazy("Strategy, in English"),
    "strategy_lt": gettext_lazy("Strategy, in Lithuanian"),
    "history_en": gettext_lazy("History, in English"),
    "history_lt": gettext_lazy("History, in Lithuanian"),
}
_MARKDOWN = gettext_lazy(
    "Plain text. An empty line begins a paragraph; *stars* stress, - begins a list item."
)


class ProfileForm(PortalModelForm):
    """The texts, both languages side by side, and those in the university's own language."""

    own_language = forms.ChoiceField(
        label=gettext_lazy("Own language"), required=False,
        help_text=gettext_lazy("Only where it is neither English nor Lithuanian."),
    )  # fmt: skip
    own_summary = forms.CharField(
        label=gettext_lazy("In one sentence"), required=False, widget=forms.Textarea(attrs={"rows": "3"})
    )
    own_priorities = forms.CharField(
        label=gettext_lazy("International priorities"), required=False, widget=forms.Textarea
    )
    own_strategy = forms.CharField(label=gettext_lazy("Strategy"), required=False, widget=forms.Textarea)
    own_history = forms.CharField(label=gettext_lazy("History"), required=False, widget=forms.Textarea)

    class Meta:
        model = University
        fields = list(PROFILE)
        labels = _LABELS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(code, name) for code, name in languages.choices() if code not in LANGUAGES]
        self.fields["own_language"].choices = [("", _("None")), *offered]  # type: ignore[attr-defined]
        for name in TEXTS[1:]:
            self.fields[f"{name}_en"].help_text = _MARKDOWN if name == "priorities" else ""
        for name in ("summary_en", "summary_lt"):
            self.fields[name].widget.attrs["rows"] = "3"

    @property
    def pairs(self) -> list[list[Any]]:
        return [[self[f"{name}_en"], self[f"{name}_lt"]] for name in TEXTS]

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        return [(_("In the university's own language"), [self[name] for name in OWN])]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("own_language") and any(data.get(name) for name in OWN[1:]):
            self.add_error("own_language", _("Say which language these texts are in."))
        return data


class FactsForm(PortalModelForm):
    """Names, address and place."""

    local_language = forms.ChoiceField(label=gettext_lazy("Language of this name"), required=False)
    latitude = coordinates.latitude()
    longitude = coordinates.longitude()

    class Meta:
        model = Organisation
        fields = [*IDENTITY, *(name for name in ADDRESS if name != "local_language")]

    field_order = [
        "name",
        "local_name",
        "local_language",
        "lithuanian_name",
        "short_name",
        "kind",
        "website",
        "street",
        "post_code",
        "city",
    ]

    def __init__(self, *args: Any, identity: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in IDENTITY:
            if not identity and name in self.fields:
                del self.fields[name]
        self.fields["local_language"].choices = [("", _("Choose")), *languages.choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        coordinates.both_or_none(self)
        if data.get("local_name") and not data.get("local_language"):
            self.add_error("local_language", _("Say which language the name is in."))
        return data


class StudiesForm(PortalForm):
    """Fields of education, by broad field; what was looked for is shown, what is ticked stays."""

    fields_ = forms.MultipleChoiceField(label=gettext_lazy("Fields of education"), required=False)

    def __init__(self, *args: Any, sought: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sought = " ".join(sought.split())[:100]
        self.records = list(FieldOfEducation.objects.order_by("code"))
        field = self.fields.pop("fields_")
        field.choices = [(one.code, one.code) for one in self.records]  # type: ignore[attr-defined]
        self.fields["fields"] = field

    @property
    def ticked(self) -> set[str]:
        return {str(value) for value in self["fields"].value() or ()}

    @property
    def chosen(self) -> list[FieldOfEducation]:
        return [one for one in self.records if one.code in self.ticked]

    @property
    def choices(self) -> list[dict[str, Any]]:
        """Broad fields with those below; only what was looked for, where something was. Never what is chosen."""
        words = text.fold(self.sought).split()
        groups: dict[str, dict[str, Any]] = {}
        for one in self.records:
            group = groups.setdefault(one.code[:2], {"title": one, "fields": [], "open": bool(words)})
            folded = text.fold(f"{one.code} {one.name_en} {one.name_lt}")  # type: ignore[attr-defined]
            if one.code not in self.ticked and all(word in folded for word in words):
                group["fields"].append(one)
        return [group for group in groups.values() if group["fields"]]


class PortalPartForm(PortalForm):
    """In which time the deadlines of the university are."""

    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Its deadlines end by the clocks of this place."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial.get("zone", "")
        named = {zone: str(words) for zone, words in ZONES.items()} | {kept: zone_words(kept)}
        self.fields["zone"].choices = sorted(named.items(), key=lambda one: one[1])  # type: ignore[attr-defined]


class Comment(PortalForm):
    comment = forms.CharField(
        label=gettext_lazy("Why?"), max_length=200, required=False,
        help_text=gettext_lazy("One line for the history of the university."),
    )  # fmt: skip


def filled_table(
    name: str, sent: QueryDict | None, shown: Values, organisation_id: int | None, identity: bool
) -> Any:
    """A table from what was sent or is shown; who doesn't keep the identity of the organisation sees not its codes."""
    made = TABLES[name](sent, prefix=name, initial=shown[name])
    if name in ("identifiers", "domains"):
        made.organisation_id = organisation_id
    if name == "identifiers" and not identity:
        made.schemes = tuple(scheme for scheme in Scheme.values if scheme not in KEPT_BY_OFFICE)
    return made


class PartEditor:
    """The form and the table of one part, filled from what is stored, from what was sent, or from `values`."""

    def __init__(
        self, part: Part, university: University, by: Any, sent: QueryDict | None = None,
        values: Values | None = None, seen: Mapping[str, str] | None = None,
        comment: str = "",
    ) -> None:  # fmt: skip
        self.part, self.university, self.by = part, university, by
        stored = part.read(university, by)
        shown = {**stored, **(values or {})}
        self.seen = read_marks(sent) if sent is not None else dict(seen or marks(stored))
        self.form = self._form(sent, shown)
        identity = keeps_identity(by, university)
        self.tables = {
            name: filled_table(name, sent, shown, university.organisation_id, identity)
            for name in TABLES
            if name in stored
        }
        self.comment = Comment(sent, initial={"comment": comment})

    def _form(self, sent: QueryDict | None, shown: Values) -> Any:
        if self.part.name == "profile":
            return ProfileForm(sent, instance=copy.copy(self.university), initial=shown)
        if self.part.name == "facts":
            identity = keeps_identity(self.by, self.university)
            organisation = copy.copy(self.university.organisation)
            return FactsForm(sent, instance=organisation, initial=shown, identity=identity)
        if self.part.name == "portal":
            return PortalPartForm(sent, initial=shown)
        if self.part.name == "studies":
            return StudiesForm(sent, initial=shown, sought=(sent or {}).get("sought", ""))
        return None

    @property
    def forms(self) -> list[Any]:
        return [one for one in (self.form, *self.tables.values(), self.comment) if one is not None]

    def is_valid(self) -> bool:
        found = [one.is_valid() for one in self.forms]  # all of them, so that every mistake is said at once
        return all(found)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the part."""
        own = dict(self.form.cleaned_data) if self.form is not None else {}
        return own | {name: rows.rows for name, rows in self.tables.items()}

    @property
    def marks(self) -> str:
        return json.dumps(self.seen)

    def looking(self) -> PartEditor:
        """The same page with what was typed, before anything is checked: something was only looked for."""
        for rows in self.tables.values():
            rows._errors, rows._non_form_errors = [], ErrorList()
        for one in (self.form, self.comment, *(form for rows in self.tables.values() for form in rows.forms)):
            one._errors, one.cleaned_data = ErrorDict(), {}
        return self

    def refuse(self, words: str) -> None:
        """Say why the database refuses what was typed, at the top of the form."""
        self.comment.add_error(None, words)

    def told(self, clashes: list[Clash]) -> list[dict[str, Any]]:
        """What two people changed, in words: the label, what was typed, what is stored."""
        return [
            {"label": self.label(one.name), "mine": in_words(one.mine), "theirs": in_words(one.theirs)}
            for one in clashes
        ]

    def label(self, name: str) -> Any:
        if name in self.tables:
            return self.tables[name].title
        return self.form.fields[name].label


def read_marks(sent: QueryDict) -> dict[str, str]:
    """The marks that the page carried; none where they can't be read, so that nothing is taken for unchanged."""
    try:
        found = json.loads(sent.get(SEEN, ""))
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(mark) for name, mark in found.items()} if isinstance(found, dict) else {}


def in_words(value: Any) -> list[str]:
    """A value as lines of text."""
    if isinstance(value, list | tuple | set):
        return [
            " · ".join(str(v) for v in one.values() if v not in (None, ""))
            if isinstance(one, Mapping)
            else str(one)
            for one in value
        ]
    return [] if value in (None, "") else str(value).splitlines()
