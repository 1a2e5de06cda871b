"""What waits for a person in this room; read in one query, along with what other rooms ask."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground import clock
from ground.templatetags.ground_tags import day
from ground.work import Asked, WorkItem, read
from members.appointments import held_by
from members.models import Role
from mobility import awaited, progress
from mobility.models import Application, ApplicationMessage, Call
from mobility.workflow import Status

_OWN = [Status.DRAFT, Status.RETURNED, Status.OFFERED]
_MOST = 200


def waiting_for(user: Any) -> list[WorkItem]:
    """One's own drafts, offers and messages; what waits for those who check, score and decide."""
    return read(asked(user))


def asked(user: Any) -> Asked:
    """What is read for it."""
    own = [_mine(user), _messages_to(user), _calls_of(user), _writers_to(user)]
    return Asked([*own, *awaited.lookups(user)], _items)


def _items(
    mine: list[Application], told: list[Any], calls: list[Any], writers: list[Application], *more: Any
) -> list[WorkItem]:
    return [
        *(item for one in mine if (item := _own_item(one)) is not None),
        *_told_items(told),
        *(item for call in calls for item in _call_items(call)),
        *_message_items(writers),
        *awaited.items(*more),
    ]


def _mine(user: Any) -> QuerySet[Application]:
    return Application.objects.of(user).filter(status__in=_OWN).for_list().order_by("pk")


def _own_item(application: Application) -> WorkItem | None:
    now, zone, title = clock.now(), application.call.university.zone, str(application.call)
    page = application.get_absolute_url()
    if application.can_be_answered(now) and application.offer_expires_at:
        due = clock.date_in(application.offer_expires_at, zone)
        by = _("Answer by: %(day)s") % {"day": day(due)}
        reason = _("A place is offered to you.")
        return WorkItem(title, reason, _("Answer the offer"), page, due, kind="offer", due_words=by)
    if application.status == Status.RETURNED:
        returned = clock.date_in(application.decided_at, zone) if application.decided_at else None
        return WorkItem(
            title, _("Your application was returned for completion."), _("Complete"), page, returned,
            kind="returned", due_words=progress.returned_on(application),
        )  # fmt: skip
    if application.can_be_sent(now):
        due = clock.date_in(application.call.closes_at, zone)
        by = _("Submit by: %(day)s") % {"day": day(due)}
        reason = _("Your application is not submitted yet.")
        return WorkItem(title, reason, _("Continue"), page, due, kind="draft", due_words=by)
    return None


def _messages_to(user: Any) -> QuerySet[ApplicationMessage]:
    """What the university wrote to the person, the newest of each application first."""
    rows = ApplicationMessage.objects.new_for_applicant().filter(application__applicant=user)
    return rows.select_related("application__call").order_by("application", "-pk")[:_MOST]


def _told_items(messages: list[ApplicationMessage]) -> list[WorkItem]:
    newest = {one.application_id: one for one in reversed(messages)}
    return [
        WorkItem(
            str(one.application.call), _("Message from %(name)s") % {"name": one.author_name}, _("Read"),
            reverse("mobility:application_messages", args=[one.application.uuid]), kind="message",
        )
        for one in newest.values()
    ]  # fmt: skip


def _coordinated(user: Any) -> set[int]:
    return held_by(user).universities(Role.MOBILITY_COORDINATOR)


def _calls_of(user: Any) -> QuerySet[Any]:
    """The calls that the person coordinates and that have applications to check or to decide."""
    calls = Call.objects.filter(university__in=_coordinated(user)).select_related("university").annotate(
        to_check=Count("applications", filter=Q(applications__status=Status.SUBMITTED)),
        to_decide=Count("applications", filter=Q(applications__status=Status.ELIGIBLE)),
    )  # fmt: skip
    return calls.filter(Q(to_check__gt=0) | Q(to_decide__gt=0)).order_by("closes_at", "pk")


def _writers_to(user: Any) -> QuerySet[Application]:
    """The applications with messages that no coordinator has read, by call."""
    new = ApplicationMessage.objects.new_for_university().filter(application=OuterRef("pk"))
    rows = Application.objects.filter(Exists(new), call__university__in=_coordinated(user))
    return rows.exclude(applicant=user).for_list().order_by("call", "pk")[:_MOST]


def _message_items(writers: list[Application]) -> list[WorkItem]:
    of: dict[int, list[Application]] = defaultdict(list)
    for one in writers:
        of[one.call_id].append(one)
    return [item for found in of.values() for item in _messages_of(found)]


def _messages_of(found: list[Application]) -> list[WorkItem]:
    """A line for each applicant who wrote, or one for all of a call."""
    call = str(found[0].call)
    if len(found) > awaited.NAMED:
        words = ngettext(
            "%(count)d application has new messages", "%(count)d applications have new messages", len(found)
        )
        page = f"{reverse('mobility:call_applications', args=[found[0].call.slug])}?message=new"
        return [WorkItem(call, words % {"count": len(found)}, _("Read"), page, kind="messages")]
    return [
        WorkItem(
            f"{call}: {one.reference}", _("Message from %(name)s") % {"name": one.applicant_name}, _("Answer"),
            reverse("mobility:application_review", args=[one.uuid]) + "#messages", kind="message",
        )
        for one in found
    ]  # fmt: skip


def _call_items(call: Any) -> list[WorkItem]:
    page = reverse("mobility:call_applications", args=[call.slug])
    due, late, by = call.decision_on, awaited.is_late(call), awaited.decided_by(call)
    items = []
    if call.to_check:
        reason = ngettext("%(count)d application to check", "%(count)d applications to check", call.to_check)
        address = f"{page}?status={Status.SUBMITTED}"
        items.append(
            WorkItem(
                str(call), reason % {"count": call.to_check}, _("Check"), address, due, late, "check", by
            )
        )
    if call.to_decide:
        reason = ngettext(
            "%(count)d application to decide", "%(count)d applications to decide", call.to_decide
        )
        address = f"{page}?status={Status.ELIGIBLE}"
        items.append(
            WorkItem(
                str(call), reason % {"count": call.to_decide}, _("Decide"), address, due, late, "decide", by
            )
        )
    return items
