"""Digests: one message with everything that waited for it.

A part is a row of the outbox that is `held` until the person's digest. The digest is built at its moment: its row
and the state of its parts are one transaction, and its key (person, delivery, day) is unique, so whatever dies and
however many build at once, each part is in one digest. What is not wanted any more when the digest is built or sent is
left out; what has no words is parked as failed and the others go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from ground import clock
from notifications import inbox, kinds, outbox, times, wanted
from notifications.delivery import TOGETHER
from notifications.messages import kind_of
from notifications.models import Message

State = Message.State


def build(now: dt.datetime) -> int:
    """Build every digest that is due at `now`; how many there are now more."""
    waiting = Message.objects.held(now).order_by().values_list("recipient", flat=True).distinct()
    return sum(_build_for(recipient, now) for recipient in list(waiting))


@transaction.atomic
def _build_for(recipient: str, now: dt.datetime) -> int:
    if not _alone(recipient):
        return 0  # whoever builds for this person now takes everything; two would share the parts out between them
    rows = Message.objects.held(now).filter(recipient=recipient).order_by("created_at", "pk")
    parts = list(rows.select_for_update(skip_locked=True))
    user = get_user_model().objects.filter(uuid=recipient.partition(":")[2], is_active=True).first()
    if user is None:
        _put(parts, State.SKIPPED, error="The account is closed.")
        return 0
    chosen = inbox.deliveries(user)
    built = 0
    for delivery in TOGETHER:
        built += _gather(user, delivery, [part for part in parts if chosen.get(part.kind) == delivery])
    _put([part for part in parts if chosen.get(part.kind) not in TOGETHER], State.DUE, next_attempt_at=now)
    return built


def _alone(recipient: str) -> bool:
    """Whether nobody else builds digests for `recipient`; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s::text, 0))", [f"digest:{recipient}"]
        )
        return bool(cursor.fetchone()[0])


def _gather(user: Any, delivery: str, parts: list[Message]) -> int:
    """Make the digest of the locked `parts`. Where that day has one already they are due again, for the next one."""
    good = _checked(parts, user)
    if not good:
        return 0
    day = clock.date_in(max(part.next_attempt_at for part in good), times.zone_of(user))
    digest = outbox.new_message(
        kind_of(delivery), recipient=good[0].recipient, language=user.language, context={"day_on": day}
    )
    digest.key = f"digest:{user.uuid}:{delivery}:{day.isoformat()}"
    if not outbox.store(digest):
        _put(good, State.DUE, next_attempt_at=clock.now())
        return 0
    _put(good, State.GATHERED, digest=digest)
    return 1


def still_holds_something(digest: Message, user: Any) -> bool:
    """Whether a digest is still worth sending; what is settled or has no words leaves it."""
    with transaction.atomic():
        return bool(_checked(list(digest.parts.select_for_update().order_by("created_at", "pk")), user))


def wordings(digest: Message, person: str) -> list[kinds.Wording]:
    """The parts of a digest in words, in its language, the oldest first."""
    return [_word(part, digest.language, person) for part in digest.parts.order_by("created_at", "pk")]


def _checked(parts: Sequence[Message], user: Any) -> list[Message]:
    """Those of `parts` that are still wanted and can be put into words; the others are settled here."""
    good, facts = [], wanted.read(parts)
    for part in parts:
        if gone := wanted.unwanted(part, facts):
            wanted.drop(part, gone)
            continue
        try:
            _word(part, user.language, user.get_full_name())
        except (kinds.UnknownKind, kinds.WordingFailed) as error:
            _put([part], State.FAILED, error=f"{type(error).__name__}: {error}"[:2000], digest=None)
        else:
            good.append(part)
    return good


def _word(part: Message, language: str, person: str) -> kinds.Wording:
    return kinds.word(
        kinds.find(part.kind), part.context, name=part.subject_name, moment=part.created_at, language=language,
        person=person,
    )  # fmt: skip


def _put(parts: Sequence[Message], state: str, **fields: Any) -> None:
    if parts:
        Message.objects.filter(pk__in=[part.pk for part in parts]).update(state=state, **fields)
