"""The history of a project: what was kept of it, and what changed from revision to revision, in words."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass

from django.utils.translation import gettext as _
from reversion.models import Revision

from ground.paging import Page, page
from ground.templatetags.ground_tags import moment
from projects.history.differences import Difference, Piece, differences, pieces
from projects.history.record import Kept, kept_in, present, record_at, register, revisions_of
from projects.history.words import in_words
from projects.models import Project

PAGE_SIZE = 20
# The one sentence with a moment in it is stored in this form, and read in each language.
RESTORED = "Restored the version of {:%Y-%m-%d %H:%M} UTC."
_RESTORED = re.compile(r"Restored the version of (\d{4}-\d\d-\d\d \d\d:\d\d) UTC\.", re.ASCII)
# What stands before the name of the file from which a change was imported.
IMPORTED = "Imported from "


@dataclass(frozen=True)
class Change:
    """One revision: when, who, why, and what is different from the one before (None: the first on record)."""

    number: int
    at: dt.datetime
    who: str
    comment: str
    differences: list[Difference] | None


def changes(project: Project, *, after: str = "", before: str = "") -> tuple[list[Change], Page[Revision]]:
    """A page of the project's changes, the latest first. Raises ground.paging.BadCursor."""
    shown = page(revisions_of(project), ["-id"], size=PAGE_SIZE, after=after, before=before)
    if not shown.rows:
        return [], shown
    older = revisions_of(project).filter(pk__lt=shown.rows[-1].pk).order_by("-pk").first()
    revisions = [*shown.rows, *([older] if older else [])]
    states = in_words(kept_in(revisions, project))
    return [
        _change(revision, project, differences(states[i + 1], states[i]) if i + 1 < len(states) else None)
        for i, revision in enumerate(shown.rows)
    ], shown


def listed(project: Project, at_most: int = 200) -> list[Change]:
    """The latest revisions without their differences, for choosing two of them."""
    rows = revisions_of(project).order_by("-pk")[:at_most]
    return [_change(revision, project, None) for revision in rows]


def between(project: Project, older: Revision, newer: Revision) -> list[Difference]:
    """What is different between two revisions of the project."""
    old, new = in_words(kept_in([older, newer], project))
    return differences(old, new)


def difference_of(old: Kept, new: Kept) -> list[Difference]:
    """What is different between two states of a project."""
    return differences(*in_words([old, new]))


def _change(revision: Revision, project: Project, found: list[Difference] | None) -> Change:
    who = str(revision.user) if revision.user else ""
    return Change(revision.pk, revision.date_created, who, in_language(revision.comment, project), found)


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
    "IMPORTED", "RESTORED", "Change", "Difference", "Kept", "Piece", "between", "changes", "difference_of",
    "in_language", "kept_in", "listed", "pieces", "present", "record_at", "register", "revisions_of", "typed",
]  # fmt: skip
