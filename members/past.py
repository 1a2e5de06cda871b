"""The history of a university: who saved it when and why, and what each save changed, in words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from reversion.models import Version

from ground import languages
from members.editing.parts import LANGUAGES
from members.models import FieldOfEducation, University

MOST = 30
# What is kept for the portal itself, and what a line says anyway.
_UNSAID = frozenset({"uuid", "sort_key", "university", "organisation", "name", "subject", "description", "summary",
                     "priorities", "strategy", "history", "version"})  # fmt: skip
_SAID_IN = {
    "members.university": _UNSAID,
    "members.organisationalunit": _UNSAID,
    "members.contact": _UNSAID - {"name"},
}
Fields = Mapping[str, Any]
Snapshot = dict[tuple[str, str], tuple[str, Fields]]


@dataclass(frozen=True)
class Line:
    """One thing that a save changed: what it is of, and what stood there before and after."""

    of: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One save; `lines` is None for the first on record, which has none before it."""

    at: dt.datetime
    who: str
    comment: str
    lines: list[Line] | None


def changes(university: University) -> list[Change]:
    """The latest saves of the university, the newest first; three queries."""
    kept = Version.objects.get_for_object(university).select_related("revision__user").order_by("-pk")
    revisions = [version.revision for version in kept[: MOST + 1]]
    snapshots = _snapshots([revision.pk for revision in revisions])
    found = []
    for revision, older in zip_longest(revisions, revisions[1:]):
        lines = list(_lines(snapshots[older.pk], snapshots[revision.pk])) if older else None
        comment = _(revision.comment) if revision.comment else ""
        found.append(Change(revision.date_created, getattr(revision.user, "name", ""), comment, lines))
    return found[:MOST]


def _snapshots(revisions: list[int]) -> dict[int, Snapshot]:
    found: dict[int, Snapshot] = {pk: {} for pk in revisions}
    rows = Version.objects.filter(revision__in=revisions).select_related("content_type")
    for row in rows.order_by("pk"):
        record = json.loads(row.serialized_data)[0]
        found[row.revision_id][record["model"], row.object_id] = (row.object_repr, record["fields"])
    return found


def _lines(before: Snapshot, after: Snapshot) -> Iterator[Line]:
    """What differs between two snapshots; records that only one of them has came or went."""
    names = {key: name for snapshot in (before, after) for key, (name, _fields) in snapshot.items()}
    for key in {**before, **after}:
        model, _pk = key
        of = "" if model in ("members.university", "members.organisation") else str(_verbose(model))
        if key in before and key in after:
            for name, value in after[key][1].items():
                old = before[key][1].get(name)
                if name not in _SAID_IN.get(model, _UNSAID - {"name", "version"}) and old != value:
                    label = _field_words(model, name)
                    yield Line(" ".join(filter(None, (of, names[key] if of else ""))), label,
                               _said(model, name, old, names), _said(model, name, value, names))  # fmt: skip
        elif key in after and of:
            yield Line(of, "", "", _whole(model, after[key], names))
        elif of:
            yield Line(of, "", _whole(model, before[key], names), "")


def _whole(model: str, kept: tuple[str, Fields], names: Mapping[tuple[str, str], str]) -> str:
    """A small row by its values (they have no name of their own), anything else by its name."""
    if model.rpartition(".")[2] in ("organisationalunit", "contact", "ownprofile"):
        return kept[0]
    values = (_said(model, name, value, names) for name, value in kept[1].items() if name not in _UNSAID)
    return " · ".join(value for value in values if value)


def _verbose(model: str) -> Any:
    return apps.get_model(model)._meta.verbose_name


def _field(model: str, name: str) -> Any:
    """The field of this name; none where the model has lost it since."""
    with suppress(FieldDoesNotExist):
        return apps.get_model(model)._meta.get_field(name)
    return None


def _field_words(model: str, name: str) -> str:
    """What a value is called; of a text, the language too."""
    text, _sep, code = name.rpartition("_")
    named, language = (text, f" ({languages.name(code)})") if text and code in LANGUAGES else (name, "")
    words = str(getattr(_field(model, named), "verbose_name", named))
    return f"{words[:1].upper()}{words[1:]}{language}"


def _said(model: str, name: str, value: Any, names: Mapping[tuple[str, str], str]) -> str:
    """A value as people read it: choices, languages and records by their names."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        fields = FieldOfEducation.objects.in_bulk([str(code) for code in value])
        return ", ".join(str(fields.get(str(code), code)) for code in value)
    if name in ("parent", "unit"):
        return names.get(("members.organisationalunit", str(value)), str(value))
    if name in ("language", "local_language"):
        return languages.name(str(value))
    choices = dict(getattr(_field(model, name), "flatchoices", ()))
    return str(choices.get(value, value))
