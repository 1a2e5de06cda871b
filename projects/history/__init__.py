"""The history of a project: what was kept of it, and what changed from revision to revision, in words."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from reversion.models import Revision

from ground.paging import Page, page
from ground.templatetags.ground_tags import moment
from projects.history.differences import Difference, Piece, differences, of_cells, pieces
from projects.history.record import (
    Kept,
    kept_in,
    present,
    record_at,
    register,
    revisions_after,
    revisions_of,
)
from projects.history.words import KEYS, ROW_LABELS, Teller, in_words
from projects.matching import Effort
from projects.models import Project

PAGE_SIZE = 20
# The one sentence with a moment in it is stored in this form, and read in each language.
RESTORED = "Restored the version of {:%Y-%m-%d %H:%M} UTC."
_RESTORED = re.compile(r"Restored the version of (\d{4}-\d\d-\d\d \d\d:\d\d) UTC\.", re.ASCII)
# What stands before the name of the file from which a change was imported.
IMPORTED = "Imported from "


@dataclass(frozen=True)
class Change:
    """One revision: when, who (`by` is their number), why, and what is different from the one before (None: the first
    on record).
    """

    number: int
    at: dt.datetime
    who: str
    comment: str
    differences: list[Difference] | None
    by: int | None = None


def changes(project: Project, *, after: str = "", before: str = "") -> tuple[list[Change], Page[Revision]]:
    """A page of the project's changes, the latest first. Raises ground.paging.BadCursor."""
    shown = page(revisions_of(project), ["-id"], size=PAGE_SIZE, after=after, before=before)
    if not shown.rows:
        return [], shown
    older = revisions_of(project).filter(pk__lt=shown.rows[-1].pk).order_by("-pk").first()
    revisions = [*shown.rows, *([older] if older else [])]
    states, effort = in_words(kept_in(revisions, project)), Effort()
    found: list[Any] = [differences(old, new, effort) for new, old in pairwise(states)]
    if len(found) < len(shown.rows):
        found.append(None)
    return [_change(row, project, what) for row, what in zip(shown.rows, found, strict=True)], shown


def listed(project: Project, at_most: int = 200) -> list[Change]:
    """The latest revisions without their differences, for choosing two of them."""
    rows = revisions_of(project).order_by("-pk")[:at_most]
    return [_change(revision, project, None) for revision in rows]


def saves_after(project: Project, version: int | None) -> list[Change]:
    """Who saved the project since it was at `version`, the latest first; the last save alone when that is unknown."""
    return [_change(revision, project, None) for revision in revisions_after(project, version)]


def between(project: Project, older: Revision, newer: Revision) -> list[Difference]:
    """What is different between two revisions of the project."""
    old, new = in_words(kept_in([older, newer], project))
    return differences(old, new)


def difference_of(old: Kept, new: Kept) -> list[Difference]:
    """What is different between two states of a project."""
    before, after = in_words([old, new])
    return differences(before, after)


def _change(revision: Revision, project: Project, found: list[Difference] | None) -> Change:
    who = str(revision.user) if revision.user else ""
    words = in_language(revision.comment, project)
    return Change(revision.pk, revision.date_created, who, words, found, revision.user_id)


def in_language(comment: str, project: Project) -> str:
    """The sentence of a revision as its reader reads it."""
    if when := _restored(comment or "", project):
        return _("Restored the version of %(moment)s.") % {"moment": when}
    if (comment or "").startswith(IMPORTED):
        return _("Imported from: %(file)s") % {"file": comment.removeprefix(IMPORTED)}
    return _(comment) if comment else ""


def typed(comment: str) -> str:
    """What a person wrote about a save, for keeping: in quotes where it reads like a sentence of the portal's own."""
    own = _RESTORED.fullmatch(comment) or comment.startswith(IMPORTED)
    return f"“{comment}”" if own else comment


def _restored(comment: str, project: Project) -> str:
    """The moment of the version that was restored, in words; nothing for any other sentence."""
    if found := _RESTORED.fullmatch(comment):
        with suppress(ValueError, OverflowError):  # kept by an older portal as somebody typed it
            at = dt.datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=dt.UTC)
            return moment(at, project.lead.zone)
    return ""


__all__ = [
    "IMPORTED", "KEYS", "RESTORED", "ROW_LABELS", "Change", "Difference", "Kept", "Piece", "Teller", "between",
    "changes", "difference_of", "in_language", "kept_in", "listed", "of_cells", "pieces", "present", "record_at",
    "register", "revisions_of", "saves_after", "typed",
]  # fmt: skip
