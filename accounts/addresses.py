"""The e-mail addresses that people have shown to be theirs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress


def confirmed_address(user: Any) -> str:
    """The address of `user` that a code confirmed, the main one before others; "" without one."""
    return confirmed_addresses([user.pk]).get(user.pk, "")


def confirmed_addresses(users: Collection[int]) -> dict[int, str]:
    """The confirmed address of each of `users` who has one, the main one before others; one query."""
    rows = EmailAddress.objects.filter(user__in=users, verified=True).order_by("primary", "-pk")
    return dict(rows.values_list("user", "email"))
