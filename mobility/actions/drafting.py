"""What is typed into a page and not saved yet, kept while typing. It is its owner's alone, and nobody decides by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ground import clock
from mobility import parts
from mobility.actions.door import lock_application
from mobility.models import Application, PartDraft
from mobility.rules import require

MOST_OCTETS = 128 * 1024


class DraftTooBig(Exception):
    """More than a page holds."""


class OtherDraft(Exception):
    """Another device has typed into the page meanwhile; nothing was written over. `draft` is what it typed."""

    def __init__(self, draft: Any) -> None:
        super().__init__(draft)
        self.draft = draft


@transaction.atomic
def keep_typed(
    application: Application,
    part: parts.Part,
    *,
    by: Any,
    content: Sequence[Sequence[str]],
    seen: str,
    version: int,
) -> PartDraft:
    """Keep what `by` has typed into `part`, begun on a page that showed `seen` and continues draft `version` (0: none).

    The call may have closed and the application may be submitted: words that were typed are kept all the same.
    Raises PermissionDenied, DraftTooBig or OtherDraft.
    """
    if sum(len(name.encode()) + len(value.encode()) for name, value in content) > MOST_OCTETS:
        raise DraftTooBig
    locked = lock_application(application)
    require("mobility.edit_application", by, locked)
    kept = [list(pair) for pair in content]
    there = PartDraft.objects.filter(application=locked, part=part.slug).first()
    if there is not None and there.version != version:
        if there.content == kept:
            return there
        raise OtherDraft(there)
    draft = there or PartDraft(application=locked, part=part.slug, version=version, seen=seen[:16])
    draft.content, draft.saved_at, draft.version = kept, clock.now(), max(draft.version, version) + 1
    draft.save()
    return draft


def discard_typed(application: Application, part: parts.Part, *, by: Any, version: int) -> None:
    """Forget what was typed into `part`; what another device typed after `version` stays. Raises PermissionDenied."""
    require("mobility.edit_application", by, application)
    PartDraft.objects.filter(application=application, part=part.slug, version=version).delete()
