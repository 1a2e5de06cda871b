"""The rows of a call's form: languages, documents, questions, criteria, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from ground import languages
from ground.forms import PortalForm
from members.models.exchange import Cefr, Eqf
from members.models.factsheet import Term
from mobility.editing.offering import Source, with_others
from mobility.models import Question
from mobility.models.place import MOST_SEATS

MOST_OPTIONS = 30


@dataclass(frozen=True)
class Supply:
    """What the rows choose from, read once: agreements' conditions by origin, names of fields by code."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)  # of places that are stored, by their key
    languages: Sequence[tuple[str, str]] = field(default_factory=list)


def supplied_languages() -> list[tuple[str, str]]:
    return [("", _("Choose")), *languages.choices()]


class Row(PortalForm):
    """One row. A new one in which nothing that tells is written is no row."""

    telling: tuple[str, ...] = ()
    optional_unsaid = True
    fresh = False
    key = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)

    def __init__(self, *args: Any, supply: Supply, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supply = supply

    @property
    def shown(self) -> list[list[Any]]:
        """The visible fields in their order; the two languages of one text together."""
        fields = {bound.name: bound for bound in self.visible_fields()}
        pairs = {name: f"{name.removesuffix('_en')}_lt" for name in fields if name.endswith("_en")}
        return [
            [bound, fields[pairs[name]]] if name in pairs else [bound]
            for name, bound in fields.items()
            if name not in pairs.values()
        ]

    @property
    def title(self) -> str:
        """What the row is about, where it can't be told from its fields."""
        return ""

    @property
    def summary(self) -> str:
        """What the row says, in one line for while it is folded; empty where nothing is written yet."""
        return " · ".join(words for words in self._summed() if words)

    def _summed(self) -> list[str]:
        return []

    @property
    def is_open(self) -> bool:
        """Whether it starts unfolded: it was just added, says nothing yet, or something in it is wrong."""
        return self.fresh or (self.is_bound and bool(self.errors)) or not self.summary

    def _now(self, name: str) -> str:
        """What the field says now, in the words of its choices."""
        value = str(self[name].value() or "")
        choices = getattr(self.fields[name], "choices", ())
        return str({str(key): words for key, words in choices}.get(value, value)) if value else ""

    def _either(self, name: str) -> str:
        """A text in the reader's language, else in the other one."""
        codes = sorted(("en", "lt"), key=lambda code: code != get_language())
        return next((words for code in codes if (words := self._now(f"{name}_{code}").strip())), "")[:120]

    def _one_at_least(self, name: str, words: str) -> None:
        if not (self.cleaned_data.get(f"{name}_en") or self.cleaned_data.get(f"{name}_lt")):
            self.add_error(f"{name}_en", words)


def _number(label: Any, least: int, most: int, **more: Any) -> forms.IntegerField:
    words = gettext_lazy("Enter a whole number, such as 3.")
    widget = forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short", "autocomplete": "off"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=widget, error_messages={"invalid": words}, **more
    )


class LanguageRow(Row):
    telling = ("language",)
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    level = forms.ChoiceField(
        label=gettext_lazy("Level at least"), choices=[(c.value, c.label) for c in Cefr if c != Cefr.NATIVE],
        initial="B2", widget=forms.Select(attrs={"data-width": "narrow"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = self.supply.languages  # type: ignore[attr-defined]

    def _summed(self) -> list[str]:
        return [self._now("language") and f"{self._now('language')} {self._now('level')}"]


class _Named(Row):
    telling = ("name_en", "name_lt", "hint_en", "hint_lt")
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=150, required=False)
    name_lt = forms.CharField(label=gettext_lazy("Name in Lithuanian"), max_length=150, required=False)
    hint_en = forms.CharField(label=gettext_lazy("Hint in English"), max_length=300, required=False)
    hint_lt = forms.CharField(label=gettext_lazy("Hint in Lithuanian"), max_length=300, required=False)

    def clean(self) -> None:
        self._one_at_least("name", _("Give a name, in at least one language."))

    def _summed(self) -> list[str]:
        return [self._either("name")]


class DocumentRow(_Named):
    is_required = forms.BooleanField(label=gettext_lazy("Needed to submit"), required=False, initial=True)


class CriterionRow(_Named):
    weight = _number(gettext_lazy("Weight"), 1, 100, initial=1)
    most = _number(gettext_lazy("Points at most"), 1, 100, initial=10)

    def _summed(self) -> list[str]:
        """Name, weight, scale."""
        name, told = self._either("name"), {"weight": self._now("weight"), "most": self._now("most")}
        return [name, name and _("weight %(weight)s, up to %(most)s points") % told]


class LinesField(forms.CharField):
    """Several answers, one in each line."""

    widget = forms.Textarea(attrs={"rows": "4"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in str(super().clean(value) or "").splitlines()]
        made = [line for line in lines if line]
        if len(made) > MOST_OPTIONS or any(len(line) > 150 for line in made):
            raise ValidationError(_("Give at most 30 answers of at most 150 characters, one in each line."))
        for line in made:
            if made.count(line) > 1:
                raise ValidationError(_("The answer “%(answer)s” stands there twice.") % {"answer": line})
        return made


class QuestionRow(Row):
    telling = ("text_en", "text_lt", "hint_en", "hint_lt", "options_en", "options_lt")
    text_en = forms.CharField(label=gettext_lazy("Question in English"), max_length=300, required=False)
    text_lt = forms.CharField(label=gettext_lazy("Question in Lithuanian"), max_length=300, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Answered by"), choices=Question.Kind.choices)
    hint_en = forms.CharField(label=gettext_lazy("Hint in English"), max_length=300, required=False)
    hint_lt = forms.CharField(label=gettext_lazy("Hint in Lithuanian"), max_length=300, required=False)
    options_en = LinesField(
        label=gettext_lazy("Answers to choose, in English, one in each line"), required=False
    )
    options_lt = LinesField(
        label=gettext_lazy("Answers to choose, in Lithuanian, one in each line"), required=False
    )
    is_required = forms.BooleanField(label=gettext_lazy("Needed to submit"), required=False, initial=True)

    def _summed(self) -> list[str]:
        text = self._either("text")
        return [text, text and self._now("kind")]

    def clean(self) -> None:
        self._one_at_least("text", _("Write the question, in at least one language."))
        en, lt = self.cleaned_data.get("options_en"), self.cleaned_data.get("options_lt")
        if en is None or lt is None:
            return
        chooses = self.cleaned_data.get("kind") in (Question.Kind.CHOICE, Question.Kind.CHOICES)
        if not chooses:
            self.cleaned_data["options_en"] = self.cleaned_data["options_lt"] = []
        elif max(len(en), len(lt)) < 2:
            self.add_error("options_en", _("Give two answers to choose from at least."))
        elif en and lt and len(en) != len(lt):
            self.add_error("options_lt", _("Give as many answers in both languages, in the same order."))


class PlaceRow(Row):
    """Seats out of a condition of an agreement. The host follows from it."""

    telling = ("origin", "capacity")
    origin = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    field_id = forms.ChoiceField(label=gettext_lazy("Field of education"), required=False)
    level = forms.TypedChoiceField(
        label=gettext_lazy("Level"), choices=[("", gettext_lazy("Any")), *Eqf.choices], coerce=int, required=False,
        empty_value="", widget=forms.Select(attrs={"data-width": "narrow"}),
    )  # fmt: skip
    term_code = forms.ChoiceField(
        label=gettext_lazy("Term"), choices=[("", gettext_lazy("Any")), *Term.choices], required=False,
        widget=forms.Select(attrs={"data-width": "narrow"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language of instruction"))
    language_level = forms.ChoiceField(
        label=gettext_lazy("Level of language"), choices=Cefr.choices, initial="B2",
        widget=forms.Select(attrs={"data-width": "narrow"}),
    )  # fmt: skip
    capacity = _number(gettext_lazy("Seats"), 1, MOST_SEATS)
    is_offered = forms.BooleanField(label=gettext_lazy("Offered"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = self.supply.sources.get(str(self["origin"].value() or ""))
        wanted = self.source.fields if self.source else []
        now = str(self["field_id"].value() or "")
        codes = wanted or list(self.supply.fields)
        if now and now not in codes:
            codes = [now, *codes]
        named = [(code, self.supply.fields.get(code, code)) for code in codes]
        self.fields["field_id"].choices = [("", _("Any")), *named]  # type: ignore[attr-defined]
        self.fields["language"].choices = self.supply.languages  # type: ignore[attr-defined]

    @property
    def title(self) -> str:
        return self.source.words if self.source else self.supply.hosts.get(str(self["key"].value() or ""), "")

    def _summed(self) -> list[str]:
        """Field, level, term, language, seats."""
        said = [self._now(name) for name in ("field_id", "level", "term_code")]
        skill = f"{self._now('language')} {self._now('language_level')}".strip()
        seats = self._now("capacity")
        if not seats:
            return []
        number = int(seats) if seats.isascii() and seats.isdigit() and len(seats) < 6 else 2
        told = ngettext("%(number)s seat", "%(number)s seats", number) % {"number": seats[:10]}
        return [*said, skill, told, "" if self["is_offered"].value() else _("Withdrawn")]

    def clean(self) -> None:
        """The level and the field are those that the agreement names, if it names any."""
        given = self.cleaned_data
        if self.source is None:
            if given.get("key", "") not in self.supply.hosts:
                raise ValidationError(
                    _(
                        "No agreement for this place is in force. Remove the place, or add it from an agreement."
                    )
                )
            return
        levels = self.source.condition.levels
        if levels and given.get("level") and given["level"] not in levels:
            self.add_error("level", _("The agreement does not hold for this level."))
        fields = self.source.fields
        if fields and given.get("field_id") and given["field_id"] not in fields:
            self.add_error("field_id", _("The agreement does not hold for this field."))


def fit(places: Sequence[Any]) -> bool:
    """Whether the seats of `places` (checked rows) are left of their agreements; says in the last row where not."""
    last: dict[str, Any] = {}
    seats: dict[str, int] = {}
    for row in places:
        if row.source is not None and row.cleaned_data["is_offered"]:
            last[row.source.origin] = row
            seats[row.source.origin] = seats.get(row.source.origin, 0) + row.cleaned_data["capacity"]
    over = [row for origin, row in last.items() if seats[origin] > row.source.left]
    for row in over:
        words = _(
            "The agreement has %(places)d seats a year, and %(left)d are left for this call: it offers %(offered)d."
        )
        told = {"places": row.source.condition.places, "left": row.source.left}
        refusal = words % (told | {"offered": seats[row.source.origin]})
        row.add_error("capacity", f"{refusal} {with_others(row.source)}".strip())
    return not over


def each_once(rows: Sequence[Any]) -> bool:
    """Whether each language stands once in `rows` (checked rows of languages); says where one comes again."""
    seen: set[str] = set()
    twice = []
    for row in rows:
        language = row.cleaned_data["language"]
        twice += [row] if language in seen else []
        seen.add(language)
    for row in twice:
        row.add_error("language", _("This language is already given."))
    return not twice


SETS: dict[str, type[Row]] = {
    "places": PlaceRow,
    "languages": LanguageRow,
    "documents": DocumentRow,
    "questions": QuestionRow,
    "criteria": CriterionRow,
}
MOST = {"places": 200, "languages": 10, "documents": 20, "questions": 30, "criteria": 20}
