"""Languages and wishes: pages that are lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F, FilteredRelation, Q
from django.forms.renderers import get_default_renderer
from django.http import QueryDict
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ground import languages
from ground.forms import PortalForm
from mobility import answers
from mobility.models import Application, Cefr, Place
from mobility.writing.told import told_by

_language_choices = lazy(lambda: [("", _("Choose")), *languages.choices()], list)
MOST_LANGUAGES = 10


class LanguageForm(PortalForm):
    optional_unsaid = True

    language = forms.ChoiceField(label=_("Language"), required=False, choices=_language_choices)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("Choose")), *Cefr.choices])

    def clean(self) -> None:
        given = self.cleaned_data
        if given.get("language") and "level" in given and not given["level"]:
            self.add_error("level", _("Choose the level too."))
        if given.get("level") and "language" in given and not given["language"]:
            self.add_error("language", _("Choose the language too."))


class LanguagesForm(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of language and level; a row without a language is no row. `typed` is a draft: shown, not checked."""

    form = LanguageForm
    renderer = None
    can_order = can_delete = can_delete_extra = edit_only = False
    min_num, validate_min, validate_max = 0, False, True
    max_num, absolute_max = MOST_LANGUAGES, MOST_LANGUAGES + 2

    def __init__(self, data: Any = None, *, application: Application, typed: QueryDict | None = None) -> None:
        self.renderer = get_default_renderer()
        self.application = application
        stored = application.languages.order_by("pk") if data is None else []  # what was sent is shown then
        self.shown = [[row.language, row.level] for row in stored]
        rows = _typed_rows(typed) if typed is not None else self.shown
        self.extra = 1 if rows else 2
        super().__init__(data, initial=[{"language": language, "level": level} for language, level in rows])

    def clean(self) -> None:
        given = [language for language, _level in self.values()]
        if len(given) != len(set(given)):
            raise forms.ValidationError(_("A language stands here twice. Keep one of the rows."))

    def values(self) -> list[tuple[str, str]]:
        """Language and level of each row that has them."""
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        return [(row["language"], row["level"]) for row in rows if row.get("language") and row.get("level")]

    def told(self) -> list[tuple[str, str]]:
        """What was typed, by label."""
        return [line for form in self.forms for line in told_by(form)]


def _typed_rows(typed: QueryDict) -> list[list[str]]:
    rows = [
        [typed.get(f"form-{n}-{name}", "") for name in ("language", "level")] for n in range(MOST_LANGUAGES)
    ]
    while rows and rows[-1] == ["", ""]:
        rows.pop()
    return rows


class PlaceField(forms.ChoiceField):
    """A place by its identifier. Whether the call still offers it is asked when it is saved, under its lock."""

    def valid_value(self, value: Any) -> bool:
        try:
            return str(UUID(str(value))) == value
        except ValueError:
            return False


class WishesForm(PortalForm):
    """As many lists of places as the call lets an applicant rank, best first; gaps are closed."""

    optional_unsaid = True

    def __init__(self, data: Any = None, *, application: Application, typed: QueryDict | None = None) -> None:
        self.application = application
        self.most = application.call.max_wishes
        super().__init__(data, initial=self._initial(typed) if data is None else {})
        for n in range(1, self.most + 1):
            label = gettext("Wish %(rank)s") % {"rank": n}
            self.fields[f"wish_{n}"] = PlaceField(label=label, required=False, choices=self._choices)

    def _initial(self, typed: QueryDict | None) -> dict[str, str]:
        if typed is None:
            return {f"wish_{n}": key for n, key in enumerate(self.shown, 1)}
        return {f"wish_{n}": typed.get(f"wish_{n}", "") for n in range(1, self.most + 1)}

    @cached_property
    def places(self) -> dict[str, Any]:
        """Every place of the call by its identifier, with its rank among the wishes that are stored."""
        mine = FilteredRelation("wishes", condition=Q(wishes__application=self.application))
        rows = Place.objects.for_table().filter(call=self.application.call_id)
        return {str(place.uuid): place for place in rows.annotate(mine=mine, rank=F("mine__rank"))}

    @cached_property
    def shown(self) -> list[str]:
        """The wishes that are stored, best first."""
        ranked = sorted((place for place in self.places.values() if place.rank), key=lambda place: place.rank)
        return [str(place.uuid) for place in ranked]

    def _choices(self) -> list[Any]:
        """Those that are offered, by host; what was chosen and is withdrawn stays, and says so."""
        by_host: dict[str, list[tuple[str, str]]] = {}
        chosen = {str(self[name].value()) for name in self.fields}
        for key, place in self.places.items():
            words = answers.place_words(answers.place_facts(place))
            if place.is_offered:
                by_host.setdefault(place.host.name, []).append((key, words))
            elif key in chosen:
                gone = gettext("%(place)s (no longer offered)") % {"place": words}
                by_host.setdefault(place.host.name, []).append((key, gone))
        return [("", _("No wish")), *by_host.items()]

    def clean(self) -> None:
        found: set[str] = set()
        for name in self.fields:
            key = self.cleaned_data.get(name)
            if key and key in found:
                self.add_error(name, _("You chose this place already. Choose another or none."))
            found.add(key or "")

    def values(self) -> list[UUID]:
        """The identifiers of the places, best first."""
        return [UUID(key) for name in self.fields if (key := self.cleaned_data.get(name))]

    def refuse(self, gone: set[UUID]) -> None:
        """Say beside each wish that names one of `gone` that it can't be had; what was chosen stays."""
        words = _("This place is no longer offered. Choose another or none.")
        for name in self.fields:
            key = self.cleaned_data.get(name)
            if key and UUID(key) in gone:
                self.add_error(name, words if key in self.places else _("This is no place of this call."))

    def told(self) -> list[tuple[str, str]]:
        """What was typed, by label."""
        return told_by(self)


def moved(typed: QueryDict, step: str, most: int) -> tuple[QueryDict, str] | None:
    """The wishes as typed with one of them a step "up-2" or "down-1", and the field it stands in then.

    None for a step that there is not.
    """
    way, _dash, rank = step.partition("-")
    here = int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 3 else 0
    there = here + {"up": -1, "down": 1}.get(way, 0)
    if here == there or not (1 <= here <= most and 1 <= there <= most):
        return None
    after = typed.copy()
    for one, other in ((here, there), (there, here)):
        after[f"wish_{one}"] = typed.get(f"wish_{other}", "")
    return after, f"id_wish_{there}"
