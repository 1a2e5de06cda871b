"""The shape of what organisers decide for a whole series: its rule, and registration for all its dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ground.forms import DateField, PortalForm
from news.forms import pair
from news.happening.dates import Rule
from news.happening.forms import dates_in
from news.happening.repeating import CANCEL, KEEP
from news.models import Repeats
from news.models.registering import MOST_SEATS

MOST_DAYS = 365


class SeriesAdmissionForm(PortalForm):
    """Places and times for every date; the times are counted from each date."""

    capacity = forms.IntegerField(
        label=_("Places"), required=False, min_value=1, max_value=MOST_SEATS,
        help_text=_("For each date. Empty when there are enough for everybody."),
        widget=forms.NumberInput(attrs={"data-width": "narrow"}),
    )  # fmt: skip
    waiting_list = forms.BooleanField(
        label=_("Keep a waiting list when all places are taken"), required=False
    )
    opens_before = forms.IntegerField(
        label=_("Opens so many days before"), required=False, min_value=0, max_value=MOST_DAYS,
        help_text=_("At the hour at which the event begins. Empty: at once."),
        widget=forms.NumberInput(attrs={"data-width": "narrow"}),
    )  # fmt: skip
    closes_before = forms.IntegerField(
        label=_("Closes so many days before"), required=False, min_value=0, max_value=MOST_DAYS,
        help_text=_("At the hour at which the event begins. Empty: when the event ends."),
        widget=forms.NumberInput(attrs={"data-width": "narrow"}),
    )  # fmt: skip
    keep_days = forms.IntegerField(
        label=_("Days for which names are kept after the event"), min_value=1, max_value=730,
        help_text=_("Then names, addresses and answers are erased. People read this when they register."),
        widget=forms.NumberInput(attrs={"data-width": "narrow"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_before"), data.get("closes_before")
        if opens is not None and closes is not None and closes >= opens:
            self.add_error("closes_before", _("Registration closes before it opens."))
        return data


class RuleForm(PortalForm):
    """How the events come again from one date on, and what becomes of dates for which people registered."""

    repeats = forms.ChoiceField(label=_("Comes again"), choices=Repeats.choices)
    until = DateField(label=_("Last date of the series"))
    skipped = forms.CharField(
        label=_("Not on these dates"), max_length=2500, required=False,
        widget=forms.Textarea(attrs={"rows": "2"}), help_text=_("One a line, such as 2026-12-24."),
    )  # fmt: skip
    people = forms.ChoiceField(
        label=_("Dates for which people have registered"), required=False, widget=forms.RadioSelect,
        choices=[
            (KEEP, _("They stay, as single events outside of the series")),
            (CANCEL, _("They are cancelled, and everybody is told by e-mail")),
        ],
    )  # fmt: skip
    because_en, because_lt = pair(_("Reason in English"), _("Reason in Lithuanian"), 500, rows=3)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, first: dt.date, **kwargs: Any) -> None:
        self.first = first
        super().__init__(*args, **kwargs)

    def clean_until(self) -> dt.date:
        """A series ends after it begins, and within two years."""
        until: dt.date = self.cleaned_data["until"]
        if until < self.first:
            raise forms.ValidationError(_("The series ends before it begins."))
        if until > self.first + dt.timedelta(days=2 * 366):
            raise forms.ValidationError(_("A series lasts two years at most."))
        return until

    def clean_skipped(self) -> list[dt.date]:
        """The dates on which nothing takes place."""
        return dates_in(self.cleaned_data["skipped"])

    @property
    def rule(self) -> Rule:
        data = self.cleaned_data
        return Rule(data["repeats"], data["until"], tuple(data["skipped"]))

    @property
    def decided(self) -> dict[str, str]:
        """What the verb takes beside the rule."""
        names = ("seen", "people", "because_en", "because_lt")
        return {name: self.cleaned_data[name] for name in names}
