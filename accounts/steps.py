"""Steps that follow sign-up. Rooms register theirs; a person is led to the first one that is new to them.

A step can be left for later: then "My work" reminds of it until it is done or no longer wanted. What a step asks, and
how it remembers that it was left, is the matter of its room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from ground.work import WorkItem

NEXT = "next"  # the parameter that says where a person was going, as on the sign-in page

_steps: dict[str, Step] = {}


class Standing(Enum):
    """How a step stands for a person."""

    NEW = auto()  # the person is led to it
    LEFT = auto()  # the person is reminded of it
    DONE = auto()


@dataclass(frozen=True)
class Step:
    """One step: what it is called, why it waits, the verb that settles it, the name of its page, how it stands."""

    name: str
    title: str | Promise
    reason: str | Promise
    button: str | Promise
    page: str
    standing: Callable[[Any], Standing]

    @property
    def url(self) -> str:
        """Its page in the language in use."""
        return reverse(self.page)


def register(step: Step) -> None:
    """Make `step` known. Registering one of the same name again replaces it."""
    _steps[step.name] = step


def onwards(user: Any, address: str) -> str:
    """Where `user` goes next: to the first step that is new, which leads to `address` afterwards, or there at once."""
    for step in _steps.values():
        if step.standing(user) is Standing.NEW:
            return step.url + kept(address)
    return address


def kept(address: str) -> str:
    """The query that keeps `address` for afterwards; "" where everybody goes anyway."""
    return "" if address in ("", _usual()) else f"?{urlencode({NEXT: address})}"


def asked_for(request: HttpRequest) -> str:
    """Where the person was going, by the query or the form; never another site, else where everybody goes."""
    address = (request.POST if request.method == "POST" else request.GET).get(NEXT, "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(address, allowed_hosts=hosts, require_https=request.is_secure())
    return address if safe else _usual()


def waiting_for(user: Any) -> list[WorkItem]:
    """The steps that `user` has not done, for "My work"."""
    return [
        WorkItem(str(step.title), str(step.reason), str(step.button), step.url, kind=step.name)
        for step in _steps.values()
        if step.standing(user) is not Standing.DONE
    ]


def _usual() -> str:
    return resolve_url(settings.LOGIN_REDIRECT_URL)
