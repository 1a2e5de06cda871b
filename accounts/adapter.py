"""How sign-in behaves here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import steps
from ground import clock
from notifications.composing import BadAddress, checked_address


def reachable(email: str) -> str:
    """In and out: an address to which e-mail can be sent. Raises ValidationError (RFC 5321, 4.5.3.1)."""
    try:
        checked_address(email)
    except BadAddress as error:
        raise ValidationError(
            _(
                "E-mail can't reach this address. It may have at most 254 characters, 64 of them before the @."
            ),
            code="unreachable",
        ) from error
    return email


def code_minutes() -> int:
    """For how long a code works, as the mail and the page on which it is typed say."""
    return int(app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT) // 60


class AccountAdapter(DefaultAccountAdapter):
    """Keeps the person's language and name at sign-up, takes only addresses that e-mail reaches."""

    def clean_email(self, email: str) -> str:
        """For sign-up, another address, and a forgotten password."""
        return reachable(super().clean_email(email))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Store what the form has, with the language the page was read in."""
        user.name = form.cleaned_data.get("name", "")
        user.language = getattr(request, "LANGUAGE_CODE", "en")[:2]
        return super().save_user(request, user, form, commit)

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        """Lead to the first step after sign-up that is new to the person; where it was going comes after it."""
        response: HttpResponse = super().post_login(request, user, **more)
        if "Location" in response:
            response["Location"] = steps.onwards(user, response["Location"])
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Tell each wording how long its code or link works."""
        seconds = code_minutes() * 60
        if "password_reset_url" in context:
            seconds = settings.PASSWORD_RESET_TIMEOUT
        more = {
            "brand": settings.BRAND,
            "minutes": seconds // 60,
            "until": clock.now() + dt.timedelta(seconds=seconds),
            "zone": getattr(context.get("user"), "zone", ""),
        }
        super().send_mail(template_prefix, email, context | more)
