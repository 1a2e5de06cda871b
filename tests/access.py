"""The access table: every address × everybody of the cast × method → status.

Columns of `who`: a persona, or a group of them. What is not named gets `others`. Statuses: 200 fine, 302 to the
sign-in page (LOGIN) or onwards (ON), 404 for what is not theirs, 405 for a method that is not served. MAY stands for
a step that is taken or refused for what it says (200, 302, 409, 422), never for who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.world import CAST

LOGIN, ON, MAY = "sign in", "onwards", "may"
EVERYBODY = tuple(CAST)
SIGNED_IN = tuple(p for p in CAST if p != "nobody")
Args = Callable[[SimpleNamespace], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One address with one relation and method, and what everybody gets."""

    name: str
    relation: str = ""
    args: Args = field(default=lambda w: {})
    method: str = "get"
    who: dict[str, Any] = field(default_factory=dict)
    others: Any = 404
    data: Any = None  # what is sent; a function of the world where it names records

    def expected(self, persona: str) -> Any:
        return self.who.get(persona, self.others)

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.name} {self.relation}".strip()


def only(personas: Iterable[str], status: Any, nobody: Any = LOGIN) -> dict[str, Any]:
    """These get `status`; who is not signed in is asked to sign in."""
    return {"nobody": nobody, **dict.fromkeys(personas, status)}


def public(name: str, args: Args = lambda w: {}, relation: str = "") -> Row:
    """A page that everybody reads."""
    return Row(name, relation, args, who=dict.fromkeys(EVERYBODY, 200))


def page(name: str, who: Iterable[str], args: Args = lambda w: {}, relation: str = "") -> Row:
    """A page for some; to others there is none."""
    return Row(name, relation, args, who=only(who, 200))


def step(
    name: str,
    who: Iterable[str],
    args: Args = lambda w: {},
    relation: str = "",
    others: int = 404,
    **data: Any,
) -> list[Row]:
    """An address that only takes POST: for some, and to others it is not there. GET is no method of it."""
    return [
        Row(name, relation, args, "post", only(who, MAY), others, data),
        Row(name, relation, args, "get", {"nobody": LOGIN}, 405),
    ]


def form(
    name: str,
    who: Iterable[str],
    args: Args = lambda w: {},
    relation: str = "",
    others: int = 404,
    **data: Any,
) -> list[Row]:
    """A page with a form: the same people see it and send it."""
    who = list(who)
    return [
        Row(name, relation, args, who=only(who, 200), others=others),
        Row(name, relation, args, "post", only(who, MAY), others, data),
    ]


def signed_in(name: str, args: Args = lambda w: {}) -> Row:
    """A page of one's own: whoever is signed in sees theirs."""
    return Row(name, "", args, who=only(SIGNED_IN, 200))
