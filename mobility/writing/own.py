"""Pages whose answers are fields of the application itself.

Nothing is required here: a page saves what is there, and completeness is a matter of submitting.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ground import clock
from ground.forms import PortalModelForm
from members.models import FieldOfEducation, OrganisationalUnit
from mobility import parts
from mobility import units as units_of
from mobility.models import Application, Gender, Kind
from mobility.writing.told import told_by

_PHONE = RegexValidator(r"^\+?[0-9 ()/.-]{5,40}$", _("Write the number with digits, such as +370 600 00000."))


def _typed_number(most: str) -> Any:
    return {"inputmode": "decimal", "data-width": "short", "maxlength": most}


class OwnPart(PortalModelForm):
    """A part that lives in fields of the application itself. `typed` is a draft: shown, not checked."""

    optional_unsaid = True
    blank_words = _("Choose")

    def __init__(self, data: Any = None, *, application: Application, typed: QueryDict | None = None) -> None:
        self.shown = {name: parts.plain(_stored(application, name)) for name in self._meta.fields}
        super().__init__(data, instance=application, initial=self._as_typed(typed))

    def _as_typed(self, typed: QueryDict | None) -> dict[str, Any]:
        if typed is None:
            return {}
        boxes = {name for name, field in self.base_fields.items() if type(field) is forms.BooleanField}
        return {name: name in typed if name in boxes else typed.get(name, "") for name in self.base_fields}

    def _get_validation_exclusions(self) -> set[str]:
        """The choices of the field say all that the constraint on it says, and asking that takes three queries."""
        return {"gender", *super()._get_validation_exclusions()}

    def values(self) -> dict[str, Any]:
        """What was answered, by field."""
        return dict(self.cleaned_data)

    def told(self) -> list[tuple[str, str]]:
        """What was typed, by label."""
        return told_by(self)


def _stored(application: Application, name: str) -> Any:
    return getattr(application, Application._meta.get_field(name).attname)  # type: ignore[union-attr]


class PersonalForm(OwnPart):
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
            "gender": _("For the programme's statistics. You need not answer."),
            "unit": _("Where you study or work."),
            "fewer_opportunities": _(
                "Such as a disability, illness, care for a child, little money or a refugee background. "
                "It may bring you more support. You need not answer."
            ),
        }
        widgets = {
            "given_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "family_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "birth_date": forms.DateInput(attrs={"autocomplete": "bday"}),
        }

    def __init__(self, data: Any = None, *, application: Application, typed: QueryDict | None = None) -> None:
        super().__init__(data, application=application, typed=typed)
        self._offer_units(OrganisationalUnit.objects.filter(university=application.call.university_id))
        self.fields["gender"].choices = [("", _("No answer")), *Gender.choices]  # type: ignore[attr-defined]
        unsaid = [("unknown", _("I don't want to say")), ("true", _("Yes")), ("false", _("No"))]
        self.fields["fewer_opportunities"].widget.choices = unsaid  # type: ignore[attr-defined]
        self.fields["fewer_opportunities"].label = _("Do you have fewer opportunities than others?")

    def _offer_units(self, units: Any) -> None:
        """The tree of the home university's units; where it has none, nothing is asked."""
        tree = units_of.chosen_from(units)
        if not tree:
            del self.fields["unit"]
            return
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["unit"].choices = [("", _("Not in this list")), *tree]  # type: ignore[attr-defined]

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born and born >= clock.today(self.instance.call.university.zone):
            raise forms.ValidationError(_("The date of birth has to be in the past."))
        return born


class StudiesForm(OwnPart):
    ects = forms.IntegerField(
        label=_("ECTS credits earned so far"), required=False, min_value=0, max_value=600,
        help_text=_("As in your transcript of records."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
        error_messages={"invalid": _("Credits earned must be a number, such as 120.")},
    )  # fmt: skip

    class Meta:
        model = Application
        fields = parts.STUDIES.fields
        help_texts = {
            "field": _("The detailed field of ISCED-F 2013 that comes nearest."),
            "earlier_months": _(
                "Erasmus+ studies and traineeships abroad, at the present level. 0 for none."
            ),
        }
        widgets = {"earlier_months": forms.TextInput(attrs=_typed_number("5"))}
        localized_fields = ("earlier_months",)

    def __init__(self, data: Any = None, *, application: Application, typed: QueryDict | None = None) -> None:
        super().__init__(data, application=application, typed=typed)
        fields = FieldOfEducation.objects.filter(code__regex="^[0-9]{4}$").order_by("code")
        self.fields["field"].queryset = fields  # type: ignore[attr-defined]
        self.fields["field"].label_from_instance = lambda one: f"{one.name} ({one.code})"  # type: ignore[attr-defined]


class WorkForm(OwnPart):
    class Meta:
        model = Application
        fields = parts.WORK.fields
        labels = {"work_unit": _("Department and position"), "planned_days": _("Days abroad, without travel")}
        help_texts = {
            "work_unit": _("As they should stand in your mobility agreement."),
            "planned_days": _("From 2 to 60 days in most programmes."),
            "hours": _("At least 8 hours a week in most programmes."),
            "work_goals": _("What the stay is for, in a few sentences."),
            "work_value": _("What both universities, and your students or colleagues, gain from it."),
            "work_plan": _("What you will do there, day by day or week by week."),
            "work_outcomes": _("What there will be afterwards: a course, an agreement, a skill."),
        }
        widgets = {
            "planned_days": forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
            "hours": forms.TextInput(attrs=_typed_number("6")),
            "work_plan": forms.Textarea(attrs={"data-width": "tall"}),
        }
        localized_fields = ("hours",)

    def __init__(self, data: Any = None, *, application: Application, typed: QueryDict | None = None) -> None:
        super().__init__(data, application=application, typed=typed)
        if application.call.kind != Kind.STAFF_TEACHING:
            del self.fields["hours"]

    def values(self) -> dict[str, Any]:
        return {"hours": None, **self.cleaned_data}


class MotivationForm(OwnPart):
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


class DeclarationsForm(OwnPart):
    class Meta:
        model = Application
        fields = parts.DECLARATIONS.fields
        labels = {
            "declared_true": _("What I wrote in this application is true and complete."),
            "declared_privacy": _("I have read how my data are used for this application."),
        }
