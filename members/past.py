"""The history of what people keep here: who saved it when and why, and what each save changed, in words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, Model
from django.utils.translation import gettext as _
from reversion.models import Version

from audit.models import Event
from ground import languages
from ground.templatetags.ground_tags import day, number
from members.actions import alliance
from members.editing.parts import LANGUAGES
from members.models import Factsheet, Figure, Organisation, University

MOST = 30
# A unit stands in every save of its university: so many are looked at for those that changed it.
LOOKED_AT = 300
# What is kept for the portal itself, and what the page says anyway.
_UNSAID = frozenset(
    {"uuid", "sort_key", "university", "organisation", "factsheet", "version", "changed_at", "is_demo"}
)
# What a row without a name of its own is called by.
_CALLED_BY = {
    "members.factsheetterm": ("term",),
    "members.factsheetlanguage": ("whom", "language"),
    "members.identifier": ("scheme",),
    "members.figure": ("kind", "year"),
    "members.membership": ("kind",),
    "members.teachinglanguage": ("language",),
    "members.emaildomain": ("domain",),
}
_NAMED = frozenset({"members.organisationalunit", "members.contact", "members.centre"})
_WITH_ROWS = (University, Factsheet, Organisation)
Fields = Mapping[str, Any]
Key = tuple[str, str]
Snapshot = dict[Key, tuple[str, Fields]]


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


def changes(record: Model) -> list[Change]:
    """The latest saves of a university or factsheet with its rows, or of a unit or centre; the newest first.

    Few queries: the saves, what they kept, and one for each kind of record that a changed value points to.
    """
    saved = Version.objects.get_for_object(record).select_related("revision__user").order_by("-pk")
    if isinstance(record, _WITH_ROWS):
        versions = list(saved[: MOST + 1])
        snapshots = _snapshots([version.revision_id for version in versions])
        kept = [(version.revision, snapshots[version.revision_id]) for version in versions]
    else:
        alone = _that_differ(saved[:LOOKED_AT])
        kept = [(version.revision, _add({}, version)) for version in alone[: MOST + 1]]
    words = _Words(type(record)._meta.label_lower)
    found = [
        _change(revision, words.lines(before, after)) for (revision, after), (_r, before) in pairwise(kept)
    ]
    found += [_change(revision, None) for revision, _snapshot in kept[-1:]]
    return found[:MOST]


def changes_of_the_alliance() -> list[Change]:
    """The latest saves of the alliance's own figures, the newest first: what each figure said before and after."""
    saved = Event.objects.filter(verb=alliance.EDITED, subject_uuid=alliance.SUBJECT).order_by("-at", "-pk")
    return [
        Change(
            event.at, event.actor_name, str(event.details.get("comment", "")),
            list(_figures(event.details.get("before", ()), event.details.get("after", ()))),
        )
        for event in saved[:MOST]
    ]  # fmt: skip


def _figures(before: Iterable[Fields], after: Iterable[Fields]) -> Iterator[Line]:
    """The figures that differ; each is told by its kind and year."""
    old, new = ({(row["kind"], row["year"]): row for row in rows} for rows in (before, after))
    for key in {**new, **old}:
        was, now = (Figure(**rows[key]).said if key in rows else "" for rows in (old, new))
        if was != now:
            yield Line(f"{Figure(kind=key[0]).get_kind_display()}, {key[1]}", "", was, now)


def _change(revision: Any, lines: Iterable[Line] | None) -> Change:
    comment = _(revision.comment) if revision.comment else ""
    who = getattr(revision.user, "name", "")
    return Change(revision.date_created, who, comment, None if lines is None else list(lines))


def _that_differ(versions: Iterable[Version]) -> list[Version]:
    """Those that say something else than the one before them, and the first of all."""
    rows = list(versions)
    differing = [one for one, older in pairwise(rows) if one.serialized_data != older.serialized_data]
    return [*differing, *rows[-1:]]


def _snapshots(revisions: list[int]) -> dict[int, Snapshot]:
    found: dict[int, Snapshot] = {pk: {} for pk in revisions}
    for row in Version.objects.filter(revision__in=revisions).order_by("pk"):
        _add(found[row.revision_id], row)
    return found


def _add(snapshot: Snapshot, version: Version) -> Snapshot:
    record = json.loads(version.serialized_data)[0]
    snapshot[record["model"], version.object_id] = (version.object_repr, record["fields"])
    return snapshot


@dataclass
class _Words:
    """Says in words what differs between two saves of a record of the kind `model`."""

    model: str
    # Records that values point to, by their kind: read when first needed, then at hand.
    pointed: dict[type[Model], dict[str, str]] = field(default_factory=dict)

    def lines(self, before: Snapshot, after: Snapshot) -> Iterator[Line]:
        """What differs between two snapshots; records that only one of them has came or went."""
        names = {key: name for snapshot in (before, after) for key, (name, _fields) in snapshot.items()}
        for key in {**before, **after}:
            model = key[0]
            of = "" if model in (self.model, "members.organisation") else _capital(_verbose(model))
            if key in before and key in after:
                yield from self._altered(key, of, before[key][1], after[key], names)
            elif key in after and of:
                yield Line(of, "", "", self._whole(model, after[key], names))
            elif of:
                yield Line(of, "", self._whole(model, before[key], names), "")

    def _altered(
        self, key: Key, of: str, before: Fields, after: tuple[str, Fields], names: Mapping[Key, str]
    ) -> Iterator[Line]:
        model, fields = key[0], after[1]
        for name in _said_of(fields):
            # A text that came to be in two languages was kept without one before.
            old = before.get(name, before.get(name.removesuffix(f"_{LANGUAGES[0]}")))
            new = fields[name]
            if old != new and (old or new):
                called = f"{of} ({self._called(model, after, names)})" if of else ""
                yield Line(
                    called, _field_words(model, name), self._said(model, name, old, names),
                    self._said(model, name, new, names),
                )  # fmt: skip

    def _called(self, model: str, kept: tuple[str, Fields], names: Mapping[Key, str]) -> str:
        """How a row is told from others of its kind."""
        if model not in _CALLED_BY:
            return kept[0]
        return ", ".join(self._said(model, name, kept[1].get(name), names) for name in _CALLED_BY[model])

    def _whole(self, model: str, kept: tuple[str, Fields], names: Mapping[Key, str]) -> str:
        """A small row by its values (they have no name of their own), anything else by its name."""
        if model in _NAMED:
            return kept[0]
        said = [(name, kept[1][name]) for name in _said_of(kept[1])]
        values = [
            _field_words(model, name) if value is True else self._said(model, name, value, names)
            for name, value in said
            if value is not False
        ]
        return " · ".join(value for value in values if value)

    def _said(self, model: str, name: str, value: Any, names: Mapping[Key, str]) -> str:
        """A value as people read it: days in full, choices, languages and records by their names."""
        if value in (None, "", []):
            return ""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        one = _field(model, name)
        if one is not None and one.is_relation:
            values = value if isinstance(value, list) else [value]
            return ", ".join(self._pointed(one.related_model, values, names))
        if type(one) is DateField:
            with suppress(ValueError):
                return day(dt.date.fromisoformat(str(value)))
        if name in ("language", "local_language"):
            return languages.name(str(value))
        if isinstance(value, int) and not getattr(one, "choices", None) and name != "year":
            return number(value)
        return str(dict(getattr(one, "flatchoices", ())).get(value, value))

    def _pointed(self, related: type[Model], values: Iterable[Any], names: Mapping[Key, str]) -> list[str]:
        """The names of records as they are now; of one that is gone since, the name that was kept with the save."""
        known = self.pointed.setdefault(related, {})
        keys = [str(value) for value in values]
        if missing := [key for key in keys if key not in known]:
            rows = related._base_manager.in_bulk(missing)
            known |= dict.fromkeys(missing, "") | {str(pk): str(row) for pk, row in rows.items()}
        model = related._meta.label_lower
        return [known[key] or names.get((model, key)) or _("(removed)") for key in keys]


def _said_of(fields: Fields) -> list[str]:
    """The values that are told. A text in two languages is told in each, not a third time in the editor's own."""
    return [name for name in fields if name not in _UNSAID and f"{name}_{LANGUAGES[0]}" not in fields]


def _capital(words: Any) -> str:
    return f"{str(words)[:1].upper()}{str(words)[1:]}"


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
    return f"{_capital(getattr(_field(model, named), 'verbose_name', named))}{language}"
