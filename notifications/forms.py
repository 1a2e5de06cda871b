"""Which e-mails a person wants."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from ground.forms import PortalForm
from notifications import kinds, reminders
from notifications.models import Preference


class PreferencesForm(PortalForm):
    """One choice for each kind that may be switched off; a field's name is the kind's with "_" for "."."""

    def __init__(self, *args: Any, chosen: dict[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        for kind in kinds.optional_kinds():
            field = forms.ChoiceField(
                label=cast(str, kind.label),
                choices=Preference.Delivery.choices,
                widget=forms.RadioSelect,
                initial=chosen.get(kind.name, Preference.Delivery.AT_ONCE),
            )
            field.error_messages |= {
                "required": _("Choose whether you want these e-mails."),
                "invalid_choice": _("Choose one of the answers offered."),
            }
            self.fields[kind.name.replace(".", "_")] = field

    def answers(self) -> dict[str, str]:
        """Kind → how it is delivered."""
        return {kind.name: self.cleaned_data[kind.name.replace(".", "_")] for kind in kinds.optional_kinds()}


def reminder_kind_field() -> forms.ChoiceField:
    """The registered kinds of dates, for the office's rules."""
    choices = [(kind.name, cast(str, kind.label)) for kind in reminders.all_kinds()]
    return forms.ChoiceField(label=_("Kind of date"), choices=choices)
