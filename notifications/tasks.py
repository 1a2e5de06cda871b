"""Doorbells of this room. Overlap is safe: the ledger and the outbox are the referees."""

from __future__ import annotations

from celery import shared_task

from ground import clock
from notifications import alarms, beats, doorbell, foresight, planner
from notifications.models import Message
from notifications.sender import Sender


@shared_task(name=doorbell.PLAN_REMINDERS, expires=60)
def plan_reminders() -> None:
    """Plan what is due and hand it to the outbox; keep what comes in the next days, for the office."""
    with clock.one_moment():
        beats.note(beats.PLANNER, clock.now())
        alarms.look(clock.now())
        planner.plan(clock.now())
        planner.release(clock.now())
        foresight.refresh_old(clock.now())


@shared_task(name=doorbell.SEND_MESSAGES, expires=60)
def send_messages() -> None:
    """Send what the outbox holds; what one round does not manage gets another bell."""
    sent = Sender().run()
    if sent[Message.State.SENT] and Message.objects.waiting(clock.read()).exists():
        doorbell.ring_after_commit(doorbell.SEND_MESSAGES)
