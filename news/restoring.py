"""The history of an article: what each save changed, in words, and back to an earlier text."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reversion.models import Version

from ground.templatetags.ground_tags import moment
from ground.workflow import NotPossible
from news import actions, figures
from news.models import NewsItem
from news.workflow import Publication
from projects.history.differences import Difference, Piece, pieces
from projects.matching import Effort

MOST = 30
# What is told of a save, in this order; the texts word by word.
_TOLD: Mapping[str, Any] = {
    "title_en": gettext_lazy("Title in English"), "title_lt": gettext_lazy("Title in Lithuanian"),
    "summary_en": gettext_lazy("Summary in English"), "summary_lt": gettext_lazy("Summary in Lithuanian"),
    "body_en": gettext_lazy("Text in English"), "body_lt": gettext_lazy("Text in Lithuanian"),
    "publication": gettext_lazy("State"), "published_at": gettext_lazy("Published at"),
    "pinned_until": gettext_lazy("Pinned until"), "slug": gettext_lazy("Address"),
    "topics": gettext_lazy("Topics"), "projects": gettext_lazy("Projects"),
    "universities": gettext_lazy("Universities it is about"), "centres": gettext_lazy("Innovation centres"),
    "calls": gettext_lazy("Calls for mobility"),
}  # fmt: skip
_MOMENTS = {"published_at", "pinned_until"}  # kept in whatever zone they were saved
_TEXTS = [f"{name}_{code}" for name in actions.TEXTS for code in ("en", "lt")]


@dataclass(frozen=True)
class Change:
    """One save; `differences` is None for the first on record."""

    number: int
    at: dt.datetime
    who: str
    comment: str
    differences: list[Difference] | None


def versions_of(item: NewsItem) -> Any:
    """What is kept of the item, the newest first."""
    return Version.objects.get_for_object(item).select_related("revision__user").order_by("-pk")


def changes(item: NewsItem) -> list[Change]:
    """The latest saves with what each of them changed."""
    versions = list(versions_of(item)[: MOST + 1])
    kept = [(version, fields_of(version)) for version in versions]
    effort, words = Effort(), _Words(item.university.zone if item.university else "")
    found = [
        _change(version, differences(before, after, words, effort))
        for (version, after), (_older, before) in pairwise(kept)
    ]
    found += [_change(version, None) for version, _fields in kept[-1:]]
    return found[:MOST]


def _change(version: Version, told: list[Difference] | None) -> Change:
    revision = version.revision
    comment = _(revision.comment) if revision.comment else ""
    return Change(version.pk, revision.date_created, getattr(revision.user, "name", ""), comment, told)


def fields_of(version: Version) -> dict[str, Any]:
    """The values that a version keeps."""
    return dict(json.loads(version.serialized_data)[0]["fields"])


class _Words:
    """Says values in words; records by their names now, each kind read once."""

    def __init__(self, zone: str = "") -> None:
        self.zone = zone
        self.known: dict[tuple[str, Any], str] = {}

    def of(self, name: str, value: Any) -> str:
        if value in (None, "", []):
            return ""
        if name == "publication":
            return str(Publication(value).label)
        if name in _MOMENTS:
            return moment(dt.datetime.fromisoformat(value), self.zone)
        if isinstance(value, list):
            return ", ".join(self._record(name, key) for key in value)
        return str(value)

    def _record(self, name: str, key: Any) -> str:
        if (name, key) not in self.known:
            model = NewsItem._meta.get_field(name).related_model
            found = model._default_manager.filter(pk=key).first() if isinstance(model, type) else None
            self.known[name, key] = str(found) if found else _("(removed)")
        return self.known[name, key]


def differences(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    words: _Words | None = None,
    effort: Effort | None = None,
) -> list[Difference]:
    """What differs between two states of an article."""
    words, effort = words or _Words(), effort or Effort()
    found = []
    for name, label in _TOLD.items():
        was, is_ = words.of(name, before.get(name)), words.of(name, after.get(name))
        if was == is_:
            continue
        if name in _TEXTS:
            found.append(Difference(label, pieces(was, is_, effort)))
        else:
            ways = (("went", was), ("came", is_))
            found.append(Difference(label, [Piece(said, **{way: True}) for way, said in ways if said]))
    return found


def present(item: NewsItem) -> dict[str, Any]:
    """The texts of the item as they are."""
    return {name: getattr(item, name) or "" for name in _TEXTS}


def texts_of(version: Version) -> dict[str, Any]:
    """The texts that a version keeps."""
    kept = fields_of(version)
    return {name: kept.get(name) or "" for name in _TEXTS}


@transaction.atomic
def restore(item: NewsItem, version: Version, *, seen: int, by: Any) -> NewsItem:
    """Make the texts what they were in `version`, as a new save; links, moments, files and state stay as they are.

    Raises PermissionDenied, actions.Stale when the item is no longer at `seen`, or NotPossible where the old text
    shows pictures that are gone.
    """
    try:
        return actions.change(item, by=by, version=seen, **texts_of(version))
    except figures.Unfit as unfit:
        raise NotPossible(
            _("This version can't come back as it was: %(reason)s") % {"reason": unfit}
        ) from unfit
