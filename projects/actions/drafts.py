"""Drafts of the form: what a person has typed and not saved yet. Their own only, and no right comes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from contextlib import nullcontext, suppress
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ground import clock
from ground.workflow import NotPossible
from projects import rules
from projects.actions.door import demand_editing
from projects.models import FormDraft, Project

MOST_OCTETS = 512 * 1024
KEPT_FOR = dt.timedelta(days=30)


class DraftTooBig(Exception):
    """More than a draft may hold."""


class OtherDraft(Exception):
    """The person's draft on record is not one that this form made or continues; `draft` is it."""

    def __init__(self, draft: FormDraft) -> None:
        super().__init__(draft)
        self.draft = draft


@transaction.atomic
def keep_draft(
    project: Project | None, *, by: Any, content: Sequence[tuple[str, str]], version: int, known: Collection[str],
    replace: bool = False, late: bool = False,
) -> FormDraft:  # fmt: skip
    """Keep what `by` has typed into the form of `project` (None: of a new one), begun at `version`.

    `known` are the marks of drafts that the form made or continues: another one is not written over unless `replace`.
    With `late` an archived project is none the less one of which a draft is kept: who typed before it was archived
    loses nothing. Raises PermissionDenied, NotPossible (archived), DraftTooBig or OtherDraft.
    """
    _demand(project, by, late)
    if sum(len(name.encode()) + len(value.encode()) for name, value in content) > MOST_OCTETS:
        raise DraftTooBig
    there = FormDraft.objects.visible_to(by).filter(project=project).select_for_update().first()
    if there and there.mark not in known and not replace:
        raise OtherDraft(there)
    kept = {"content": [list(pair) for pair in content], "version": version, "saved_at": clock.now()}
    draft, _made = FormDraft.objects.update_or_create(user=by, project=project, defaults=kept)
    return draft


def discard_draft(project: Project | None, *, by: Any, known: Collection[str] | None = None) -> None:
    """Forget what `by` has typed into the form of `project`, if it is one of the `known` drafts (None: any)."""
    draft = FormDraft.objects.visible_to(by).filter(project=project).first()
    if draft and (known is None or draft.mark in known):
        draft.delete()


def sweep_drafts() -> int:
    """Forget drafts that nobody touched for 30 days; says how many."""
    gone, _kinds = FormDraft.objects.filter(saved_at__lt=clock.now() - KEPT_FOR).delete()
    return gone


def _demand(project: Project | None, by: Any, late: bool) -> None:
    if project is not None:
        with suppress(NotPossible) if late else nullcontext():
            demand_editing(project, by)
    elif not rules.creates_somewhere(by):
        raise PermissionDenied
