"""Which e-mails a person wants, and when; and until when a message is put off."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from ground.forms import DateField, PortalForm
from notifications import inbox, kinds
from notifications.models import Preference

_TIMES = ["%H:%M", "%H.%M", "%H:%M:%S"]
LONGEST = dt.timedelta(days=366)


def _time(label: Any, **more: Any) -> forms.TimeField:
    wrong = {"invalid": _("Enter a time such as 15:00.")}
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "data-width": "narrow"})
    return forms.TimeField(label=label, input_formats=_TIMES, widget=widget, error_messages=wrong, **more)


class TimesForm(PortalForm):
    """When digests come, and the hours in which nothing comes that can wait."""

    digest_at = _time(
        _("Time of digests"), help_text=_("At this time messages that you put off come back too.")
    )
    weekly_on = forms.TypedChoiceField(
        label=_("Day of the weekly digest"), choices=list(WEEKDAYS.items()), coerce=int
    )
    quiet_from = _time(_("Quiet hours from"), required=False)
    quiet_until = _time(
        _("Quiet hours until"), required=False,
        help_text=_("E-mails that can wait come when your quiet hours are over. Leave both empty for none."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Both ends of the quiet hours or none, and not the same."""
        cleaned = super().clean() or {}
        if {"quiet_from", "quiet_until"} & set(self.errors):
            return cleaned
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if begins is None and ends is not None:
            self.add_error("quiet_from", _("Enter when your quiet hours begin, or leave both times empty."))
        if ends is None and begins is not None:
            self.add_error("quiet_until", _("Enter when your quiet hours end, or leave both times empty."))
        if begins is not None and begins == ends:
            self.add_error("quiet_until", _("Quiet hours end at another time than they begin."))
        return cleaned


class SnoozeForm(PortalForm):
    """Until when a message is put off: tomorrow, next week, or a day."""

    WAYS = (("tomorrow", _("Tomorrow")), ("next_week", _("Next week")), ("day", _("Another day")))

    until = forms.ChoiceField(label=_("Put off until"), choices=WAYS)
    day = DateField(label=_("Day"))

    def __init__(self, *args: Any, today: dt.date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today
        self.fields["day"].required = self.data.get("until") not in ("tomorrow", "next_week")

    def clean(self) -> dict[str, Any]:
        """The day itself, within a year from tomorrow on."""
        cleaned = super().clean() or {}
        if cleaned.get("until") == "tomorrow":
            cleaned["day"] = self.today + dt.timedelta(days=1)
        elif cleaned.get("until") == "next_week":
            cleaned["day"] = self.today + dt.timedelta(days=7 - self.today.weekday())
        elif "day" not in self.errors and cleaned.get("until"):
            if not self.today < cleaned["day"] <= self.today + LONGEST:
                self.add_error("day", _("Enter a day from tomorrow on, at most a year from now."))
        return cleaned


class PreferencesForm(PortalForm):
    """One choice for each kind that may be switched off; a field's name is the kind's with "_" for "."."""

    def __init__(self, *args: Any, chosen: dict[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        for kind in kinds.optional_kinds():
            field = forms.ChoiceField(
                label=cast(str, kind.label),
                choices=Preference.Delivery.choices,
                initial=chosen.get(kind.name, Preference.Delivery.AT_ONCE),
            )
            field.error_messages |= {
                "required": _("Choose how you want these e-mails."),
                "invalid_choice": _("Choose one of the answers offered."),
            }
            self.fields[kind.name.replace(".", "_")] = field

    def rooms(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields by the room that says these things, each room with its name."""
        found: dict[Any, list[forms.BoundField]] = {}
        for kind in kinds.optional_kinds():
            room = found.setdefault(kind.name.partition(".")[0], [])
            room.append(self[kind.name.replace(".", "_")])
        return [(inbox.room_words(room), fields) for room, fields in found.items()]

    def answers(self) -> dict[str, str]:
        """Kind → how it is delivered."""
        return {kind.name: self.cleaned_data[kind.name.replace(".", "_")] for kind in kinds.optional_kinds()}
