"""What sign-up asks beyond the e-mail address, and what a person may change later."""

from typing import Any

from allauth.account import forms as account_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.adapter import code_minutes
from accounts.models import ONE_ACCOUNT, Language
from ground.forms import PortalForm, guarded, one_plain_line
from ground.templatetags.ground_tags import ZONES, zone_words


class CodeForm(account_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """The code of a mail, typed; says for how long it works."""

    @property
    def minutes(self) -> int:
        return code_minutes()


class SignupForm(account_forms.SignupForm):  # type: ignore[misc]
    """Address, name and password. What a known address gets is what a new one gets, in as much time."""

    account_already_exists: bool

    name = forms.CharField(
        label=_("Your name"), max_length=200, validators=[one_plain_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guarded(self.fields["email"])
        guarded(self.fields["name"])

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        """Out: the new person, or the answer for an address that has an account.

        The database says the last word: of several sign-ups at once with one address it takes one, the others
        are answered as for a known address. A password is hashed for a known address too, or its quick answer
        would tell that the account exists.
        """
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError as error:
            if ONE_ACCOUNT not in str(error):
                raise
        self.account_already_exists = True
        return super().try_save(request)


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
