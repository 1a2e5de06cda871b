"""What sign-up asks beyond the e-mail address, and what a person may change later."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from ground.forms import PortalForm, no_broken_text
from ground.templatetags.ground_tags import ZONES, zone_words


class SignupForm(forms.Form):
    """Joined to allauth's own sign-up form."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, validators=[no_broken_text],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Nothing beyond what the adapter stores."""


def _zones(kept: str) -> list[tuple[str, Any]]:
    """The zones that have a name here, in its order, and the one kept where it is another."""
    named = sorted(((zone, str(words)) for zone, words in ZONES.items()), key=lambda pair: pair[1])
    own = [(kept, zone_words(kept))] if kept and kept not in ZONES else []
    return [("", _("The portal's own")), *named, *own]


class ProfileForm(PortalForm):
    """What a person says of themselves. The e-mail address is changed on a page of its own, which confirms it."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("As you write it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    given_name = forms.CharField(
        label=_("Given names"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )  # fmt: skip
    family_name = forms.CharField(
        label=_("Family names"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, help_text=_("Of the messages that you receive.")
    )
    zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("In which deadlines are shown to you as well.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = lambda: _zones(self.initial.get("zone", ""))
