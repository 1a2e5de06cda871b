"""Who comes: registering, confirming an address, cancelling, and moving up from the waiting list.

Every verb locks the event's admission first, so that places are given one after the other; the database counts and
refuses more than there are whatever the verbs do (migration 0009).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from news.models import ACTIVE, Admission, Event, Registration
from news.registering import messages
from news.registering.calm import demand_calm, demand_calm_day
from news.registering.telling import tell
from news.workflow import Publication
from notifications.models.message import recipient_at, recipient_of

State = Registration.State
# A letter that asks for the same address is sent again after this time at the earliest, and holds for so long.
PAUSE, HOLDS = dt.timedelta(minutes=10), dt.timedelta(hours=48)


class AlreadyIn(NotPossible):
    """The person is registered already; `registration` is theirs."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(_("You are registered for this event already."))
        self.registration = registration


def digest_of(address: str) -> str:
    """The fingerprint of an address, the same in upper and lower case."""
    return recipient_at(address).removeprefix("mail:")


def closed_because(admission: Admission | None, event: Event, now: dt.datetime) -> str:
    """Why nobody can register at `now`, in words; empty where they can."""
    if event.is_cancelled:
        return _("The event is cancelled.")
    if admission is None or event.publication != Publication.PUBLISHED:
        return _("There is no registration for this event.")
    if admission.opens_at and now < admission.opens_at:
        return _("Registration is not open yet.")
    if now >= admission.ends_at:
        return _("Registration is closed.")
    if admission.free == 0 and not admission.waiting_list:
        return _("All places are taken.")
    return ""


@transaction.atomic
def register(
    event: Event, *, by: Any, answers: dict[str, Any], language: str, name: str = ""
) -> Registration:
    """Register a person with an account: they are in, or on the waiting list when all places are taken.

    Raises NotPossible (not open), AlreadyIn, calm.TooMany.
    """
    admission = _open(event)
    digest = digest_of(by.email)
    if found := _active(event, digest, by):
        raise AlreadyIn(found)
    demand_calm(recipient_of(by))
    made = Registration(
        event=event, user=by, name=(name or by.get_full_name())[:200], email=by.email, digest=digest,
        language=language, answers=answers, created_at=clock.now(),
    )  # fmt: skip
    _count(made, admission)
    trail.record("news.register", by=by, kind="news.event", subject=event.uuid, name=str(event))
    return made


@transaction.atomic
def ask(event: Event, *, email: str, name: str, answers: dict[str, Any], language: str) -> None:
    """Register an address without an account: it gets a letter, and counts once somebody confirms from there.

    An address that is registered already gets a letter that says so; who typed it learns nothing of that.
    Raises NotPossible (not open), calm.TooMany.
    """
    _open(event)
    demand_calm(recipient_at(email))
    demand_calm_day(recipient_at(email))
    now, digest = clock.now(), digest_of(email)
    if found := _active(event, digest, None):
        hour = now.strftime("%Y%m%d%H")
        tell(messages.KNOWN, found, key=f"event_known:{found.uuid}:{hour}")
        return
    found = Registration.objects.filter(event=event, digest=digest, state=State.UNCONFIRMED).first()
    if found and found.asked_at and now - found.asked_at < PAUSE:
        return
    if found is None:
        found = Registration(event=event, digest=digest, created_at=now)
    found.name, found.email, found.language, found.answers = name[:200], email, language, answers
    found.asked_at = now
    found.save()
    tell(messages.CONFIRM, found)


@transaction.atomic
def confirm(registration: Registration) -> Registration:
    """Somebody who has the letter confirms the address: from now on the registration counts. Twice is once.

    Raises NotPossible (closed meanwhile, too late), AlreadyIn.
    """
    admission = _locked(registration.event)
    registration = _fresh(registration)
    if registration.state in ACTIVE:
        return registration
    now = clock.now()
    if registration.state != State.UNCONFIRMED or (registration.asked_at or now) + HOLDS < now:
        raise NotPossible(_("This letter is too old. Register again."))
    if refused := closed_because(admission, registration.event, now):
        raise NotPossible(refused)
    if found := _active(registration.event, registration.digest, None):
        raise AlreadyIn(found)
    _count(registration, admission)
    return registration


@transaction.atomic
def cancel(registration: Registration) -> Registration:
    """The person doesn't come; who waits longest moves up. Twice is once.

    Raises NotPossible once the event has ended.
    """
    admission = _locked(registration.event)
    registration = _fresh(registration)
    if registration.state == State.CANCELLED:
        return registration
    now = clock.now()
    if registration.event.ends_by <= now:
        raise NotPossible(_("The event is over."))
    counted = registration.state in ACTIVE
    registration.state, registration.cancelled_at = State.CANCELLED, now
    registration.save(update_fields=["state", "cancelled_at"])
    if counted:
        tell(messages.LEFT, registration)
    promote(admission)
    return registration


def promote(admission: Admission) -> int:
    """Give free places to those who wait, in the order in which they came; how many moved up.

    The caller holds the admission's lock. Nobody moves up once the event has begun or is cancelled.
    """
    event, now = admission.event, clock.now()
    if event.is_cancelled or event.starts_by <= now:
        return 0
    admission.refresh_from_db(fields=["taken"])
    waiting = Registration.objects.filter(event=event).in_line().select_related("user")
    rows = list(waiting if admission.free is None else waiting[: admission.free])
    for row in rows:
        row.event, row.state = event, State.IN
        row.save(update_fields=["state"])
        tell(messages.PROMOTED, row, key=f"event_promoted:{row.uuid}")
    return len(rows)


def ahead_of(registration: Registration) -> int:
    """How many wait before this one."""
    line = Registration.objects.filter(event=registration.event).in_line()
    return line.filter(number__lt=registration.number).count()


def _open(event: Event) -> Admission:
    admission = _locked(event)
    if refused := closed_because(admission, admission.event, clock.now()):
        raise NotPossible(refused)
    return admission


def _locked(event: Event) -> Admission:
    """The event's admission, locked until the end of the transaction, with the event as it is now."""
    rows = Admission.objects.select_for_update(of=("self",)).select_related("event")
    found = rows.filter(event=event.pk).first()
    if found is None:
        raise NotPossible(_("There is no registration for this event."))
    return found


def _fresh(registration: Registration) -> Registration:
    return Registration.objects.select_related("event", "user").get(pk=registration.pk)


def _active(event: Event, digest: str, by: Any) -> Registration | None:
    """The registration of this address or person that counts."""
    rows = Registration.objects.filter(event=event).active().select_related("user", "event")
    found = rows.filter(digest=digest).first()
    if found is None and by is not None:
        found = rows.filter(user=by).first()
    return found


def _count(registration: Registration, admission: Admission) -> None:
    """From now on the registration counts: in where there is a place and nobody waits, else on the waiting list."""
    admission.line += 1
    admission.save(update_fields=["line"])
    event = admission.event
    waiting = Registration.objects.filter(event=event).in_line().exists()
    full = admission.free == 0 or (admission.free is not None and waiting)
    registration.event = event
    registration.state = State.WAITING if full else State.IN
    registration.number, registration.counted_at = admission.line, clock.now()
    registration.save()
    if full:
        tell(messages.WAITING, registration, ahead=ahead_of(registration))
    else:
        tell(messages.REGISTERED, registration)
