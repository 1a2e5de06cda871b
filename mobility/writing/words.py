"""What an applicant writes to the coordinators."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ground.forms import PortalForm
from mobility.models.dialogue import MOST_OF_A_MESSAGE


class MessageForm(PortalForm):
    text = forms.CharField(
        label=_("Your message"), max_length=MOST_OF_A_MESSAGE, widget=forms.Textarea,
        error_messages={"required": _("Write the message first.")},
    )  # fmt: skip


class AppealForm(PortalForm):
    text = forms.CharField(
        label=_("Why should the answer be another?"), max_length=MOST_OF_A_MESSAGE, widget=forms.Textarea,
        help_text=_("Name what was overlooked or judged wrongly. You can't change it after you sent it."),
        error_messages={"required": _("Write why the answer should be another.")},
    )  # fmt: skip
