"""What people change about themselves."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from audit import trail
from notifications import dates, tokens

OWN_FIELDS = ("name", "given_name", "family_name", "language", "zone")


@transaction.atomic
def change_profile(user: User, *, by: Any, **fields: str) -> User:
    """Keep what a person says of themselves; nothing but `OWN_FIELDS` can be changed here.

    Raises PermissionDenied for anybody else, ValidationError for a value that its field refuses.
    """
    if by.pk != user.pk:
        raise PermissionDenied
    if unknown := fields.keys() - set(OWN_FIELDS):
        raise TypeError(f"Not a person's own to change: {sorted(unknown)}")
    user = User.objects.select_for_update().get(pk=user.pk)
    for name, value in fields.items():
        setattr(user, name, value)
    user.clean_fields(exclude=[field.name for field in User._meta.fields if field.name not in OWN_FIELDS])
    user.save(update_fields=list(fields))
    trail.record(
        "accounts.change_profile", by=by, kind="accounts.user", subject=user.uuid, name=str(user),
        details={"fields": sorted(fields)},
    )  # fmt: skip
    return user


@transaction.atomic
def make_calendar(*, by: User) -> str:
    """A new secret word for the calendar of `by`'s own dates; an earlier one stops working. It is told this once."""
    token = tokens.issue(by, dates.PURPOSE)
    _calendar_event("make_calendar", by)
    return token


@transaction.atomic
def withdraw_calendar(*, by: User) -> bool:
    """The secret address of `by`'s own dates stops working; whether there was one."""
    if not tokens.revoke(by, dates.PURPOSE):
        return False
    _calendar_event("withdraw_calendar", by)
    return True


def _calendar_event(verb: str, by: User) -> None:
    trail.record(f"accounts.{verb}", by=by, kind="accounts.user", subject=by.uuid, name=str(by))
