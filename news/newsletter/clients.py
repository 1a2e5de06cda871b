"""How often one visitor may ask for letters: an address in the form is anybody's."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

MOST, WITHIN = 20, 3600  # requests, seconds


def asks_too_often(request: HttpRequest) -> bool:
    """Count this request of its sender; whether it is one too many. What is kept, for an hour, is a digest."""
    sender = str(get_adapter(request).get_client_ip(request))
    key = f"newsletter:{hashlib.sha256(sender.encode()).hexdigest()}"
    cache.add(key, 0, WITHIN)
    try:
        return cache.incr(key) > MOST
    except ValueError:  # the hour ended just now
        return False
