"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from members.appointments import is_administrator
from notifications import inbox


def frame(request: HttpRequest) -> dict[str, Any]:
    """Brand, demo mark, the person's unread count and whether the back office is theirs.

    Lazy: a page that shows none of it pays no query.
    """
    user = getattr(request, "user", None)
    return {
        "brand": settings.BRAND,
        "demo": settings.DEMO,
        "base_url": settings.BASE_URL,
        "unread": SimpleLazyObject(lambda: inbox.unread_count(user)),
        "may_administer": SimpleLazyObject(lambda: is_administrator(user)),
    }
