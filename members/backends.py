"""Permissions over models for administrators, from their appointment instead of from flags."""

from __future__ import annotations

from typing import Any

from members.appointments import is_administrator

_OVER_RECORDS = ("add_", "change_", "delete_", "view_")


class AppointmentBackend:
    """Says yes to Django's own model permissions (add, change, delete, view) for administrators.

    Permissions with a record belong to `rules`; this backend has no word on them.
    """

    def authenticate(self, request: Any, **credentials: Any) -> None:
        return None

    def has_perm(self, user: Any, perm: str, obj: Any = None) -> bool:
        name = perm.partition(".")[2]
        return name.startswith(_OVER_RECORDS) and is_administrator(user)

    def has_module_perms(self, user: Any, app_label: str) -> bool:
        return is_administrator(user)
