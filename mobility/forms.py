"""The pages of an application, and the decisions on it. They check shapes; who may is asked by the actions.

Nothing is required here: a page saves what is there, and completeness is a matter of submitting.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import F, FilteredRelation, Q
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ground import clock, languages
from ground.forms import PortalForm, PortalModelForm
from members.models import FieldOfEducation
from mobility import answers, parts
from mobility.actions import NEEDS_NOTE
from mobility.models import Application, Call, Cefr, Place, RequiredDocument

_language_choices = lazy(lambda: [("", _("Choose")), *languages.choices()], list)
_PHONE = RegexValidator(r"^\+?[0-9 ()/.-]{5,40}$", _("Write the number with digits, such as +370 600 00000."))


class _OwnPart(PortalModelForm):
    """A part that lives in fields of the application itself."""

    optional_unsaid = True

    def __init__(self, data: Any = None, *, application: Application) -> None:
        self.shown = {name: parts.plain(getattr(application, name)) for name in self._meta.fields}
        super().__init__(data, instance=application)

    def values(self) -> dict[str, Any]:
        """What was answered, by field."""
        return dict(self.cleaned_data)


class PersonalForm(_OwnPart):
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, validators=[_PHONE],
        help_text=_("Only if you want to be called. With the country code, such as +370 600 00000."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "data-width": "narrow"}),
    )  # fmt: skip

    class Meta:
        model = Application
        fields = parts.PERSONAL.fields
        help_texts = {
            "given_name": _(
                "As in your passport or identity card. Leave it empty if you have only one name."
            ),
            "birth_date": _("Choose a day or type it, such as 2004-05-31."),
        }
        widgets = {
            "given_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "family_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "birth_date": forms.DateInput(attrs={"autocomplete": "bday"}),
        }

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born and born >= clock.today(self.instance.call.university.zone):
            raise forms.ValidationError(_("The date of birth has to be in the past."))
        return born


class StudiesForm(_OwnPart):
    ects = forms.IntegerField(
        label=_("ECTS credits earned so far"), required=False, min_value=0, max_value=600,
        help_text=_("As in your transcript of records."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
        error_messages={"invalid": _("Credits earned must be a number, such as 120.")},
    )  # fmt: skip

    class Meta:
        model = Application
        fields = parts.STUDIES.fields
        help_texts = {"field": _("The detailed field of ISCED-F 2013 that comes nearest.")}

    def __init__(self, data: Any = None, *, application: Application) -> None:
        super().__init__(data, application=application)
        self.fields["field"].queryset = FieldOfEducation.objects.filter(code__regex="^[0-9]{4}$").order_by(
            "code"
        )
        self.fields["field"].label_from_instance = lambda one: f"{one.name} ({one.code})"


class WorkForm(_OwnPart):
    class Meta:
        model = Application
        fields = parts.WORK.fields
        help_texts = {
            "work_plan": _(
                "Goals, what you will teach or learn, hours, and what both universities gain from it."
            ),
        }
        widgets = {"work_plan": forms.Textarea(attrs={"data-width": "tall"})}


class MotivationForm(_OwnPart):
    class Meta:
        model = Application
        fields = parts.MOTIVATION.fields
        labels = {"motivation": _("Why do you want to go, and what will you bring back?")}
        help_texts = {"motivation": _("At most 600 words. Those who decide read it.")}
        widgets = {"motivation": forms.Textarea(attrs={"data-width": "tall", "rows": "14"})}

    def clean_motivation(self) -> str:
        written: str = self.cleaned_data["motivation"]
        count = len(re.findall(r"\S+", written))
        if count > parts.MAX_WORDS:
            words = ngettext(
                "The text has %(count)d word. It may have 600 at most.",
                "The text has %(count)d words. It may have 600 at most.", count,
            )  # fmt: skip
            raise forms.ValidationError(words % {"count": count})
        return written


class DeclarationsForm(_OwnPart):
    class Meta:
        model = Application
        fields = parts.DECLARATIONS.fields
        labels = {
            "declared_true": _("What I wrote in this application is true and complete."),
            "declared_privacy": _("I have read how my data are used for this application."),
        }


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


class LanguagesForm(forms.BaseFormSet):
    """Rows of language and level; a row without a language is no row."""

    form = LanguageForm
    renderer = None
    can_order = can_delete = can_delete_extra = edit_only = False
    min_num, validate_min, validate_max = 0, False, True
    max_num, absolute_max = 10, 12

    def __init__(self, data: Any = None, *, application: Application) -> None:
        from django.forms.renderers import get_default_renderer

        self.renderer = get_default_renderer()
        rows = (
            application.languages.all() if data is None else []
        )  # what was sent is shown, not what is stored
        self.shown = [[row.language, row.level] for row in rows]
        self.extra = 1 if self.shown else 2
        initial = [{"language": language, "level": level} for language, level in self.shown]
        super().__init__(data, initial=initial)

    def clean(self) -> None:
        given = [language for language, _level in self.values()]
        if len(given) != len(set(given)):
            raise forms.ValidationError(_("A language stands here twice. Keep one of the rows."))

    def values(self) -> list[tuple[str, str]]:
        """Language and level of each row that has them."""
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        return [(row["language"], row["level"]) for row in rows if row.get("language") and row.get("level")]


class WishesForm(PortalForm):
    """As many lists of places as the call lets an applicant rank, best first; gaps are closed."""

    optional_unsaid = True

    def __init__(self, data: Any = None, *, application: Application) -> None:
        mine = FilteredRelation("wishes", condition=Q(wishes__application=application))
        rows = (
            Place.objects.for_table()
            .filter(call=application.call_id)
            .annotate(mine=mine, rank=F("mine__rank"))
        )
        self.places = {str(place.uuid): place for place in rows}
        ranked = sorted((p for p in self.places.values() if p.rank), key=lambda place: place.rank)
        self.shown = [place.pk for place in ranked]
        super().__init__(data, initial={f"wish_{n}": str(place.uuid) for n, place in enumerate(ranked, 1)})
        for n in range(1, application.call.max_wishes + 1):
            label = gettext("Wish %(rank)s") % {"rank": n}
            self.fields[f"wish_{n}"] = forms.ChoiceField(label=label, required=False, choices=self._choices())

    def _choices(self) -> list[Any]:
        by_host: dict[str, list[tuple[str, str]]] = {}
        for key, place in self.places.items():
            words = answers.place_words(answers.place_facts(place))
            by_host.setdefault(place.host.name, []).append((key, words))
        return [("", _("No wish")), *by_host.items()]

    def clean(self) -> None:
        found: set[str] = set()
        for name in self.fields:
            key = self.cleaned_data.get(name)
            if key and key in found:
                self.add_error(name, _("You chose this place already. Choose another or none."))
            found.add(key or "")

    def values(self) -> list[Place]:
        """The places, best first."""
        return [self.places[key] for name in self.fields if (key := self.cleaned_data.get(name))]


OF_PART: dict[str, Any] = {
    "personal": PersonalForm,
    "studies": StudiesForm,
    "work": WorkForm,
    "languages": LanguagesForm,
    "wishes": WishesForm,
    "motivation": MotivationForm,
    "declarations": DeclarationsForm,
}


class UploadForm(PortalForm):
    """One file for one of the papers that the call asks for."""

    optional_unsaid = True

    file = forms.FileField(
        label=_("File"), allow_empty_file=True, error_messages={"required": _("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None, *, asked: RequiredDocument) -> None:
        super().__init__(data, files, auto_id=f"id_%s-{asked.uuid}")
        self.asked = asked
        self.fields["file"].label = asked.name


class NoteForm(PortalForm):
    """Words to the applicant that go with a decision."""

    note = forms.CharField(
        label=_("Note to the applicant"), max_length=2000, required=False, widget=forms.Textarea
    )

    _labels = {
        "return": (
            _("What has to be added or changed"),
            _("The applicant reads this and can change the application."),
        ),
        "find_ineligible": (_("Reason"), _("The applicant reads this.")),
    }

    def __init__(self, data: Any = None, *, step: str) -> None:
        super().__init__(data, auto_id=f"id_{step}_%s")
        self.fields["note"].required = step in NEEDS_NOTE
        if step in self._labels:
            self.fields["note"].label, self.fields["note"].help_text = self._labels[step]
            self.fields["note"].error_messages["required"] = _(
                "Write the reason or the request. The applicant reads it."
            )


class OfferForm(PortalForm):
    """Which of the wished places is offered, and for how many days."""

    place = forms.ChoiceField(label=_("Place"), widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Days to answer"), min_value=1, max_value=60,
        help_text=_("The offer ends at the end of that day."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, step: str, call: Call, places: list[Place]) -> None:
        super().__init__(data, initial={"days": call.offer_days}, auto_id=f"id_{step}_%s")
        self.places = {str(place.uuid): place for place in places}
        self.fields["place"].choices = [(key, _place_with_seats(place)) for key, place in self.places.items()]

    def place_chosen(self) -> Place:
        """The place that was chosen."""
        return self.places[self.cleaned_data["place"]]


def _place_with_seats(place: Place) -> str:
    seats = ngettext("%(count)d seat left", "%(count)d seats left", place.left) % {"count": place.left}
    return f"{answers.place_words(answers.place_facts(place))} · {seats}"
