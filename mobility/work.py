"""What waits for a person in this room."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground import clock
from ground.templatetags.ground_tags import day
from ground.work import WorkItem
from members.appointments import held_by
from members.models import Role
from mobility import progress
from mobility.models import Application, Call
from mobility.workflow import Status

_OWN = [Status.DRAFT, Status.RETURNED, Status.OFFERED]


def waiting_for(user: Any) -> list[WorkItem]:
    """What waits for its owner: drafts, returned applications, offers, new messages; for a coordinator: what to check
    and to decide.
    """
    return [*_own(user), *_coordinated(user)]


def _own(user: Any) -> list[WorkItem]:
    mine = Application.objects.of(user).for_list().with_unread()
    found = mine.filter(Q(status__in=_OWN) | Q(unread__gt=0)).order_by("pk")
    return [item for application in found for item in (_own_item(application), _message(application)) if item]


def _message(application: Any) -> WorkItem | None:
    """Messages of the coordinators that the person has not read."""
    if not application.unread:
        return None
    words = ngettext(
        "%(count)d new message about your application", "%(count)d new messages about your application",
        application.unread,
    )  # fmt: skip
    page = progress.address(application, "application_messages")
    return WorkItem(
        str(application.call), words % {"count": application.unread}, _("Read"), page, kind="message"
    )


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


def _coordinated(user: Any) -> list[WorkItem]:
    universities = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    if not universities:
        return []
    calls = Call.objects.filter(university__in=universities).select_related("university").annotate(
        to_check=Count("applications", filter=Q(applications__status=Status.SUBMITTED)),
        to_decide=Count("applications", filter=Q(applications__status=Status.ELIGIBLE)),
    )  # fmt: skip
    found = calls.filter(Q(to_check__gt=0) | Q(to_decide__gt=0)).order_by("closes_at", "pk")
    return [item for call in found for item in _call_items(call)]


def _call_items(call: Any) -> list[WorkItem]:
    page = reverse("mobility:call_applications", args=[call.slug])
    due = call.decision_on
    late = due is not None and due < clock.today(call.university.zone)
    items = []
    if call.to_check:
        reason = ngettext("%(count)d application to check", "%(count)d applications to check", call.to_check)
        address = f"{page}?status={Status.SUBMITTED}"
        items.append(
            WorkItem(str(call), reason % {"count": call.to_check}, _("Check"), address, due, late, "check")
        )
    if call.to_decide:
        reason = ngettext(
            "%(count)d application to decide", "%(count)d applications to decide", call.to_decide
        )
        address = f"{page}?status={Status.ELIGIBLE}"
        items.append(
            WorkItem(str(call), reason % {"count": call.to_decide}, _("Decide"), address, due, late, "decide")
        )
    return items
