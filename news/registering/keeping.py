"""What the organiser decides about registration, and forgetting who was there when the stated time is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reversion
from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from news.models import Admission, Event, Question, Registration
from news.registering import coming, messages
from news.rules import require
from notifications import outbox

State = Registration.State
BATCH = 500
Rows = Sequence[dict[str, Any]]


@transaction.atomic
def arrange(event: Event, *, by: Any, questions: Rows, **settings: Any) -> Admission:
    """Open registration for an event, or change it: places, times, waiting list, days kept, questions.

    Each of `questions` has the fields of a Question, and `uuid` where it is one that is there; those that are not
    named are taken away. More places move up who waits. Raises PermissionDenied, or NotPossible (fewer places than
    people who are in).
    """
    require(by, "news.change_event", event)
    Admission.objects.get_or_create(event=event)
    admission = Admission.objects.select_for_update(of=("self",)).select_related("event").get(event=event)
    capacity = settings.get("capacity")
    if capacity is not None and capacity < admission.taken:
        words = _("%(number)s people are registered already: there can't be fewer places than that.")
        raise NotPossible(words % {"number": admission.taken})
    for name, value in settings.items():
        setattr(admission, name, value)
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(_("Registration"))
        admission.save(update_fields=[*settings])
        _ask(event, questions)
    trail.record("news.arrange", by=by, kind="news.event", subject=event.uuid, name=str(event))
    coming.promote(admission)
    return admission


def _ask(event: Event, rows: Rows) -> None:
    known = {str(one.uuid): one for one in event.questions.all()}
    kept = set()
    for row in rows:
        values = {name: value for name, value in row.items() if name != "uuid"}
        question = known.get(str(row.get("uuid") or "")) or Question(event=event)
        for name, value in values.items():
            setattr(question, name, value)
        question.save()
        kept.add(question.pk)
    event.questions.exclude(pk__in=kept).delete()


@transaction.atomic
def close(event: Event, *, by: Any) -> None:
    """Take registration away from an event for which nobody registered. Raises PermissionDenied, NotPossible."""
    require(by, "news.change_event", event)
    admission = Admission.objects.select_for_update().filter(event=event).first()
    if admission is None:
        return
    if event.registrations.exists():
        raise NotPossible(_("People have registered. Let registration close instead."))
    admission.delete()
    event.questions.all().delete()
    trail.record("news.close_registration", by=by, kind="news.event", subject=event.uuid, name=str(event))


def erase_due() -> int:
    """Erase who registered for events whose stated days are over, and letters that nobody confirmed; how many rows.

    What stays is that somebody was there: numbers without names. Running it twice is safe.
    """
    now, erased = clock.now(), 0
    old = Registration.objects.filter(state=State.UNCONFIRMED, asked_at__lt=now - coming.HOLDS)
    erased += _erase_all(old, delete=True)
    for admission in Admission.objects.to_erase(now):
        erased += _erase_all(Registration.objects.filter(event=admission.event_id).kept(), delete=False)
    return erased


def _erase_all(rows: Any, *, delete: bool) -> int:
    erased = 0
    while batch := list(rows.order_by("pk").values_list("pk", "uuid")[:BATCH]):
        with transaction.atomic():
            keys = [pk for pk, _uuid in batch]
            outbox.forget(messages.SUBJECT, [uuid for _pk, uuid in batch])
            chosen = Registration.objects.filter(pk__in=keys)
            if delete:
                chosen.delete()
            else:
                chosen.filter(state=State.UNCONFIRMED).delete()
                chosen.update(
                    name="", email="", digest="", user=None, answers={}, erased_at=clock.now(), language="en"
                )
        erased += len(batch)
    return erased


def move_up() -> int:
    """Give places that became free otherwise (an account that was erased) to those who wait; how many moved up."""
    moved = 0
    waiting = Registration.objects.filter(state=State.WAITING).values("event")
    for pk in Admission.objects.filter(event__in=waiting).values_list("pk", flat=True):
        with transaction.atomic():
            rows = Admission.objects.select_for_update(of=("self",)).select_related("event")
            moved += coming.promote(rows.get(pk=pk))
    return moved
