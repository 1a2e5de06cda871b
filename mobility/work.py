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
from mobility.models import Application, Call
from mobility.workflow import Status

_OWN = [Status.DRAFT, Status.RETURNED, Status.OFFERED]


def waiting_for(user: Any) -> list[WorkItem]:
    """Drafts, returned applications and offers of one's own; applications to check and to decide as a coordinator."""
    return [*_own(user), *_coordinated(user)]


def _own(user: Any) -> list[WorkItem]:
    mine = Application.objects.of(user).filter(status__in=_OWN).for_list().order_by("pk")
    return [item for application in mine if (item := _own_item(application)) is not None]


def _own_item(application: Application) -> WorkItem | None:
    now, zone, title = clock.now(), application.call.university.zone, str(application.call)
    page = application.get_absolute_url()
    if application.can_be_answered(now) and application.offer_expires_at:
        due = clock.date_in(application.offer_expires_at, zone)
        by = _("Answer by: %(day)s") % {"day": day(due)}
        reason = _("A place is offered to you.")
        return WorkItem(title, reason, _("Answer the offer"), page, due, kind="offer", due_words=by)
    if application.status == Status.RETURNED:
        return WorkItem(
            title, _("Your application was returned for completion."), _("Complete"), page, kind="returned"
        )
    if application.can_be_sent(now):
        due = clock.date_in(application.call.closes_at, zone)
        return WorkItem(
            title, _("Your application is not submitted yet."), _("Continue"), page, due, kind="draft"
        )
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
