"""The shape of a rule, and of a record's exceptions from rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import PortalForm
from notifications import own_words
from notifications.models import ReminderOverride, ReminderRule
from notifications.models.rule import AFTER, AHEAD
from notifications.reminders import ReminderKind

BEFORE_, AFTER_ = "before", "after"
DIRECTIONS = [(BEFORE_, gettext_lazy("Before the date")), (AFTER_, gettext_lazy("After the date"))]
_WORDS = ("subject_en", "subject_lt", "text_en", "text_lt")


def _version() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


def _days(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=gettext_lazy("How many days"), min_value=0, max_value=AHEAD, **more)


def apart(form: forms.Form, days: int, direction: str) -> dict[str, int]:
    """The days as a rule has them; what no rule can have stands beside the field."""
    if direction == AFTER_ and not 1 <= days <= AFTER:
        said = _("After the date: 1 to %(most)d days. On the day itself: 0 days before it.") % {"most": AFTER}
        form.add_error("days", said)
    return (
        {"days_before": 0, "days_after": days}
        if direction == AFTER_
        else {"days_before": days, "days_after": 0}
    )


class RuleForm(PortalForm):
    """A rule of one kind of date, as it was at `version` when the form was opened."""

    days = _days(help_text=gettext_lazy("0 is the day itself."))
    direction = forms.ChoiceField(
        label=gettext_lazy("Before or after"), choices=DIRECTIONS, widget=forms.RadioSelect, initial=BEFORE_
    )
    hour = forms.TimeField(
        label=gettext_lazy("Time of day"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Enter a time of day, such as 09:00.")},
    )  # fmt: skip
    zone_source = forms.ChoiceField(
        label=gettext_lazy("In which time zone"),
        choices=ReminderRule.ZoneSource.choices,
        widget=forms.RadioSelect,
    )
    audience = forms.MultipleChoiceField(
        label=gettext_lazy("Who is told"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=gettext_lazy("Nobody chosen: everybody named here."),
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=gettext_lazy("Where"), choices=ReminderRule.Channel.choices, widget=forms.RadioSelect,
        help_text=gettext_lazy("People without an account get an e-mail in any case."),
    )  # fmt: skip
    subject_en = forms.CharField(label=gettext_lazy("Subject in English"), max_length=150, required=False)
    subject_lt = forms.CharField(label=gettext_lazy("Subject in Lithuanian"), max_length=150, required=False)
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"), max_length=3000, required=False, widget=forms.Textarea
    )
    text_lt = forms.CharField(
        label=gettext_lazy("Text in Lithuanian"), max_length=3000, required=False, widget=forms.Textarea
    )
    version = _version()

    def __init__(self, *args: Any, kind: ReminderKind, **more: Any) -> None:
        super().__init__(*args, **more)
        self.offered = {**own_words.PLACEHOLDERS, **kind.placeholders}
        self.fields["audience"].choices = list(kind.audiences.items())  # type: ignore[attr-defined]
        if not kind.audiences:
            del self.fields["audience"]
        if not kind.overdue:
            del self.fields["direction"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in _WORDS:
            for said in own_words.faults(given.get(name) or "", self.offered):
                self.add_error(name, said)
        written = [name for name in _WORDS if given.get(name)]
        for name in _WORDS:
            if written and name not in written and name not in self.errors:
                self.add_error(
                    name, _("Your own words need a subject and a text in both languages, or none of them.")
                )
        self.values = self._values(given)
        return given

    def _values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of the rule."""
        taken = ("hour", "zone_source", "channel", *_WORDS)
        days = apart(self, given.get("days") or 0, given.get("direction") or BEFORE_)
        return {
            **{name: given.get(name) for name in taken},
            **days,
            "audience": sorted(given.get("audience") or []),
        }


class ExceptionForm(PortalForm):
    """What holds for one record instead of one rule; `saved`: what somebody else let hold meanwhile, in words."""

    saved: Any = ""
    RULE, OTHER, OFF = "rule", "other", "off"
    what = forms.ChoiceField(
        label=gettext_lazy("For this record"), widget=forms.RadioSelect,
        choices=[(RULE, gettext_lazy("As the rule says")), (OTHER, gettext_lazy("On another day")),
                 (OFF, gettext_lazy("No reminder by this rule"))],
    )  # fmt: skip
    days = _days(required=False)
    direction = forms.ChoiceField(
        label=gettext_lazy("Before or after"), choices=DIRECTIONS, widget=forms.RadioSelect, required=False
    )
    version = _version()

    def __init__(
        self, *args: Any, rule: ReminderRule, other: ReminderOverride | None, overdue: bool, **more: Any
    ):
        held = other or rule
        initial = {
            "what": self.RULE if other is None else self.OFF if other.off else self.OTHER,
            "days": held.days_after or held.days_before, "direction": AFTER_ if held.days_after else BEFORE_,
            "version": other.version if other else 0,
        }  # fmt: skip
        super().__init__(*args, prefix=f"r{rule.pk}", initial=initial, **more)
        self.rule, self.other = rule, other
        if not overdue:
            del self.fields["direction"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("what") == self.OTHER and given.get("days") is None and "days" not in self.errors:
            self.add_error("days", _("How many days before or after?"))
        self.values: dict[str, Any] | None = None
        if given.get("what") == self.OFF:
            self.values = {
                "off": True,
                "days_before": self.rule.days_before,
                "days_after": self.rule.days_after,
            }
        elif given.get("what") == self.OTHER:
            self.values = {
                "off": False,
                **apart(self, given.get("days") or 0, given.get("direction") or BEFORE_),
            }
        return given
