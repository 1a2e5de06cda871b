"""Subscribing by two steps, changing, stopping, and coming back.

Every verb takes the lock of its address first, so that twenty at once make one; the database refuses a second row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from members.models import University
from news.models import Subscription, Topic
from news.newsletter import messages
from notifications import outbox
from notifications.models import Message
from notifications.models.message import recipient_at

State, Rhythm = Subscription.State, Subscription.Rhythm
HOLDS = dt.timedelta(days=7)
MOST_LETTERS, WITHIN = 3, dt.timedelta(days=1)


@dataclass(frozen=True)
class Choice:
    """What somebody wants to read, how often and in which language."""

    language: str
    rhythm: str
    universities: Sequence[University] = ()
    topics: Sequence[Topic] = ()
    alliance: bool = False


def digest_of(address: str) -> str:
    """The fingerprint of an address, the same in upper and lower case."""
    return recipient_at(address).removeprefix("mail:")


def verified_address(user: Any) -> str:
    """The address that a person has shown to be theirs; empty where there is none."""
    if not getattr(user, "is_authenticated", False):
        return ""
    rows = EmailAddress.objects.filter(user=user, verified=True, email__iexact=user.email)
    return str(user.email) if rows.exists() else ""


@transaction.atomic
def ask(*, email: str, choice: Choice) -> None:
    """Somebody gave this address: it gets a letter, and counts once the link in it is confirmed.

    An address that is subscribed gets a letter with the link to change that, and one that was written to too often
    today gets none. Who typed it learns nothing of either.
    """
    found = _locked(digest_of(email))
    if _letters_of_late(email) >= MOST_LETTERS:
        return
    if found and found.state == State.LIVE:
        _tell(messages.KNOWN, found)
        return
    now = clock.now()
    row = found or Subscription(digest=digest_of(email), created_at=now)
    row.email, row.user, row.state = email, None, State.UNCONFIRMED
    row.asked_at, row.confirmed_at, row.ended_at = now, None, None
    _keep(row, choice)
    _tell(messages.CONFIRM, row)


@transaction.atomic
def subscribe(*, by: Any, choice: Choice) -> Subscription:
    """Somebody signed in subscribes the address that is known to be theirs. Twice changes the choice.

    Raises NotPossible (no verified address).
    """
    email = verified_address(by)
    if not email:
        raise NotPossible(_("Confirm the e-mail address of your account first."))
    found, now = _locked(digest_of(email)), clock.now()
    row = found or Subscription(digest=digest_of(email), created_at=now)
    row.email, row.user = email, by
    _begin(row, now)
    _keep(row, choice)
    return row


@transaction.atomic
def confirm(subscription: Subscription) -> Subscription:
    """Somebody who has the letter confirms the address. Twice is once. Raises NotPossible (too late, stopped)."""
    row = _fresh(subscription)
    if row.state == State.LIVE:
        return row
    now = clock.now()
    if row.state != State.UNCONFIRMED or (row.asked_at or now) + HOLDS < now:
        raise NotPossible(_("This letter is too old. Subscribe again."))
    _begin(row, now)
    row.save()
    return row


@transaction.atomic
def change(subscription: Subscription, *, choice: Choice) -> Subscription:
    """Other choices from now on. Raises NotPossible where the subscription was stopped meanwhile."""
    row = _fresh(subscription)
    if row.state != State.LIVE:
        raise NotPossible(_("This subscription was stopped meanwhile. Subscribe again to change it."))
    _keep(row, choice)
    return row


@transaction.atomic
def stop(subscription: Subscription) -> Subscription:
    """No letter leaves any more, those that wait in the outbox included. Twice is once."""
    row = _fresh(subscription)
    if row.state != State.ENDED:
        row.state, row.ended_at = State.ENDED, clock.now()
        row.save()
    outbox.cancel(messages.SUBJECT, row.uuid)
    return row


@transaction.atomic
def again(subscription: Subscription) -> Subscription:
    """Who stopped subscribes again, with the choices as they were. Twice is once."""
    row = _fresh(subscription)
    if row.state == State.ENDED:
        _begin(row, clock.now())
        row.save()
    return row


def _begin(row: Subscription, now: dt.datetime) -> None:
    """From `now` on it counts, if it didn't yet."""
    if row.state != State.LIVE:
        row.state, row.confirmed_at, row.ended_at = State.LIVE, now, None


def _keep(row: Subscription, choice: Choice) -> None:
    row.language, row.rhythm, row.alliance = choice.language, choice.rhythm, choice.alliance
    row.save()
    row.universities.set(choice.universities)
    row.topics.set(choice.topics)


def _locked(digest: str) -> Subscription | None:
    """The row of an address; its lock is held to the end of the transaction even where there is none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [int(digest[:15], 16)])
    return Subscription.objects.filter(digest=digest).first()


def _fresh(subscription: Subscription) -> Subscription:
    row = _locked(subscription.digest)
    if row is None or row.pk != subscription.pk:
        raise NotPossible(_("This subscription is not kept any more. Subscribe again."))
    return row


def _letters_of_late(email: str) -> int:
    rows = Message.objects.filter(recipient=recipient_at(email), kind__in=[messages.CONFIRM, messages.KNOWN])
    return rows.filter(created_at__gt=clock.now() - WITHIN).count()


def _tell(kind: str, row: Subscription) -> None:
    with translation.override(row.language):
        messages.tell(kind, row, name=_("Newsletter"))
