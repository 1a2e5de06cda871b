"""The e-mail addresses that people have shown to be theirs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet


def confirmed_address(user: Any) -> str:
    """The address of `user` that a code confirmed, the main one before others; "" without one."""
    return confirmed_addresses([user.pk]).get(user.pk, "")


def confirmed_addresses(users: Collection[int]) -> dict[int, str]:
    """The confirmed address of each of `users` who has one, the main one before others; one query."""
    return dict(confirmed(users).values_list("user", "email"))


def confirmed(users: Collection[int]) -> QuerySet[EmailAddress]:
    """The addresses of `users` that a code confirmed, the main one of each last."""
    return EmailAddress.objects.filter(user__in=users, verified=True).order_by("primary", "-pk")
