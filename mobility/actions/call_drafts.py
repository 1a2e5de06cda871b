"""What is typed into the form of a call and not saved yet, kept while typing. It is its writer's alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ground import clock
from mobility.actions.door import lock_call
from mobility.actions.drafting import DraftTooBig, OtherDraft
from mobility.models import Call, CallDraft
from mobility.rules import require
from mobility.workflow import EDIT_CALL

MOST_OCTETS = 512 * 1024
KEPT_FOR = dt.timedelta(days=30)


@transaction.atomic
def keep_call_typed(call: Call, *, by: Any, content: Sequence[Sequence[str]], version: int) -> CallDraft:
    """Keep what `by` has typed into the form of `call`, continuing their draft `version` (0: none).

    The call may be archived meanwhile: words that were typed are kept all the same.
    Raises PermissionDenied, DraftTooBig, or OtherDraft when the same person has typed elsewhere since.
    """
    if sum(len(name.encode()) + len(value.encode()) for name, value in content) > MOST_OCTETS:
        raise DraftTooBig
    locked = lock_call(call.pk)
    require(EDIT_CALL, by, locked)
    kept = [list(pair) for pair in content]
    there = CallDraft.objects.visible_to(by).filter(call=locked).first()
    if there is not None and there.version != version:
        if there.content == kept:
            return there
        raise OtherDraft(there)
    draft = there or CallDraft(call=locked, user=by, version=version)
    draft.content, draft.saved_at, draft.version = kept, clock.now(), max(draft.version, version) + 1
    draft.save()
    return draft


def discard_call_typed(call: Call, *, by: Any, version: int) -> None:
    """Forget what `by` has typed into the form of `call`; what they typed elsewhere after `version` stays."""
    CallDraft.objects.visible_to(by).filter(call=call, version=version).delete()


def sweep_call_drafts() -> int:
    """Forget drafts that nobody touched for 30 days; says how many."""
    gone, _kinds = CallDraft.objects.filter(saved_at__lt=clock.now() - KEPT_FOR).delete()
    return gone
