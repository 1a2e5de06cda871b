"""Following a project, and telling those who follow it what has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ground import clock
from notifications import outbox
from notifications.models import Message
from notifications.models.message import recipient_of
from projects.messages import CHANGED, SUBJECT, WHAT_CHANGED
from projects.models import Follower, Project
from projects.workflow import Publication

# Changes of one kind are told at the end of this time, once: three edits in a row are one message.
GATHERED = dt.timedelta(hours=1)


def follow(project: Project, *, by: Any) -> None:
    """`by` gets messages on the changes and dates of the project from now on; a second time changes nothing.

    Raises PermissionDenied for who does not see the project.
    """
    if not Project.objects.visible_to(by).filter(pk=project.pk).exists():
        raise PermissionDenied
    Follower.objects.bulk_create(
        [Follower(project=project, user=by, since=clock.now())], ignore_conflicts=True
    )


@transaction.atomic
def unfollow(project: Project, *, by: Any) -> None:
    """`by` gets no more messages, not even one that is waiting; a second time changes nothing."""
    Follower.objects.visible_to(by).filter(project=project).delete()
    outbox.cancel(SUBJECT, project.uuid, kind=CHANGED, to=by)


def tell_followers(project: Project, by: Any, what: str) -> int:
    """Tell those who follow the (locked) project what `by` did with it; how many messages were written.

    `what` is one of projects.messages.WHAT_CHANGED, else LookupError. Belongs into the transaction of the change.
    Whoever did it is not told, nor who does not see the project as it is now. Messages leave after an hour; one that
    still waits says the same of another such change. What waits about a project that was taken back to draft is
    cancelled.
    """
    if what not in WHAT_CHANGED:
        raise LookupError(what)
    if project.publication == Publication.DRAFT:
        outbox.cancel(SUBJECT, project.uuid, kind=CHANGED)
    people = list(_told(project, by))
    if not people:
        return 0
    moment = clock.now()
    waiting = _waiting(project, what, moment)
    titles = {name: getattr(project, name) or "" for name in ("title_en", "title_lt")}
    context = {"key": project.key, "what": what, **titles}
    told = 0
    for person in people:
        if recipient_of(person) in waiting:
            continue
        outbox.enqueue(
            CHANGED, to=person, subject=(SUBJECT, project.uuid, project.code), context=context,
            not_before=moment + GATHERED,
        )  # fmt: skip
        told += 1
    return told


def _told(project: Project, by: Any) -> Iterable[Any]:
    """The people who follow the project, see it as it is now, and did not make the change themselves."""
    rows = Follower.objects.filter(project=project, user__is_active=True).exclude(user=by)
    public = project.publication != Publication.DRAFT
    for row in rows.select_related("user").order_by("pk"):
        if public or Project.objects.visible_to(row.user).filter(pk=project.pk).exists():
            yield row.user


def _waiting(project: Project, what: str, moment: dt.datetime) -> set[str]:
    """To whom a message that says the same is on its way."""
    rows = Message.objects.about(SUBJECT, project.uuid).filter(
        kind=CHANGED, context__what=what, state=Message.State.DUE, not_before__gt=moment
    )
    return set(rows.values_list("recipient", flat=True))
