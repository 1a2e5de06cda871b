"""What an application that is returned lacks: named as "part" or "part.field", told in words, with the way there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from mobility import parts, progress
from mobility.models import Application, Call


@dataclass(frozen=True)
class Asked:
    """Something to complete: its part, in words, and the address of its field."""

    part: str
    words: str
    address: str


def choices(call: Call) -> list[tuple[str, str]]:
    """All that can be asked for, as a coordinator chooses it: each part, then its fields, papers or questions."""
    found = []
    for part in parts.of(call):
        found.append((part.slug, str(part.title)))
        names = [*part.fields, *(str(one.uuid) for one in _rows(call, part))]
        found += [(f"{part.slug}.{name}", words) for name in names if (words := _words(call, part, name))]
    return found


def asked(application: Application, fields: Iterable[Any]) -> list[Asked]:
    """The `fields` of a request for completion, in its order; what the call doesn't have (any more) is left out."""
    found = []
    for name in fields:
        slug, _dot, field = str(name).partition(".")
        part = parts.find(application.call, slug)
        words = _words(application.call, part, field) if part else ""
        if part and words:
            page = progress.address(application, "application_part", slug)
            found.append(Asked(slug, words, f"{page}{_anchor(application.call, part, field)}"))
    return found


def _words(call: Call, part: parts.Part, name: str) -> str:
    if not name:
        return str(part.title)
    if name in part.fields:
        return capfirst(str(Application._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    return next((str(one) for one in _rows(call, part) if str(one.uuid) == name), "")


def _rows(call: Call, part: parts.Part) -> list[Any]:
    rows = {parts.DOCUMENTS: call.required_documents, parts.QUESTIONS: call.questions}
    return list(rows[part].all()) if part in rows else []  # type: ignore[attr-defined]


def _anchor(call: Call, part: parts.Part, name: str) -> str:
    if not name:
        return ""
    if part is parts.DOCUMENTS:
        return f"#asked-{name}"
    return f"#id_q-{name}" if part is parts.QUESTIONS else f"#id_{name}"
