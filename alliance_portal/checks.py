"""What must hold before the portal starts in production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DatabaseError

from accounts.models import User


@checks.register(checks.Tags.database)
def no_demo_people_in_production(
    databases: list[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Everybody knows the demo's password, so production and demo people exclude each other."""
    if not settings.PRODUCTION or not databases:
        return []
    try:
        found = User.objects.filter(is_demo=True).exists()
    except DatabaseError:  # before the first migration there is nobody at all
        return []
    if not found:
        return []
    return [
        checks.Critical(
            "Demo people exist in this database.",
            hint="Run `manage.py remove_demo` in demo mode before you set PORTAL_MODE=production.",
            id="alliance_portal.E001",
        )
    ]
