"""What of review and selection waits for a person: applications to score, appeals, decisions that can be undone."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ground import clock
from ground.templatetags.ground_tags import day, moment
from ground.work import WorkItem
from members.appointments import held_by
from members.models import Role
from mobility.models import Appeal, Application, BulkDecision, Call
from mobility.workflow import APPLICATION, TO_SCORE, AppealStatus

NAMED = 3  # of one call that have a line each; more of them share one
_MOST = 200


def lookups(user: Any) -> list[QuerySet[Any]]:
    """What is asked, to be read along with other things: calls to score for, appeals, bulk decisions."""
    led = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    appeals = Appeal.objects.filter(status=AppealStatus.WAITING, application__call__university__in=led)
    bulk = BulkDecision.objects.visible_to(user).filter(call__university__in=led)
    return [
        _calls_to_score(user),
        appeals.exclude(application__applicant=user)
        .select_related("application__call__university", "application__applicant")
        .order_by("application__call", "made_at", "pk")
        .defer("application__snapshot")[:_MOST],
        bulk.filter(status="pending", takes_effect_at__gt=clock.now())
        .select_related("call__university")
        .order_by("takes_effect_at", "pk")[:_MOST],
    ]


def _calls_to_score(user: Any) -> QuerySet[Any]:
    """The calls of which applications are assigned to the person and not scored, with their number."""
    seen = Application.objects.scored_by(user).filter(status__in=TO_SCORE)
    mine = Q(
        applications__in=seen,
        applications__reviews__reviewer=user,
        applications__reviews__done_at__isnull=True,
    )
    rows = Call.objects.filter(mine).select_related("university")
    return rows.annotate(to_score=Count("applications")).order_by("decision_on", "pk")


def items(calls: list[Any], appeals: list[Appeal], bulk: list[BulkDecision]) -> list[WorkItem]:
    """The lines, out of the rows of the `lookups`."""
    of: dict[int, list[Appeal]] = defaultdict(list)
    for one in appeals:
        of[one.application.call_id].append(one)
    return [
        *(_to_score(call) for call in calls),
        *(item for found in of.values() for item in _appeals_of(found)),
        *(_undoable(one) for one in bulk),
    ]


def is_late(call: Call) -> bool:
    """Whether the day by which the call is decided has passed."""
    return call.decision_on is not None and call.decision_on < clock.today(call.university.zone)


def decided_by(call: Call) -> str:
    """That day in words, for a line of "My work"."""
    return _("Decision by: %(day)s") % {"day": day(call.decision_on)} if call.decision_on else ""


def _to_score(call: Any) -> WorkItem:
    words = ngettext("%(count)d application to score", "%(count)d applications to score", call.to_score)
    return WorkItem(
        str(call), words % {"count": call.to_score}, pgettext("verb", "Score"), reverse("mobility:my_reviews"),
        call.decision_on, is_late(call), "score", decided_by(call),
    )  # fmt: skip


def _appeals_of(found: list[Appeal]) -> list[WorkItem]:
    """A line for each appeal, or one for all of a call."""
    call = str(found[0].application.call)
    if len(found) > NAMED:
        words = ngettext("%(count)d appeal waits", "%(count)d appeals wait", len(found)) % {
            "count": len(found)
        }
        page = (
            f"{reverse('mobility:call_applications', args=[found[0].application.call.slug])}?message=appeal"
        )
        return [WorkItem(call, words, _("Answer"), page, kind="appeals")]
    return [_appeal(one.application) for one in found]


def _appeal(application: Application) -> WorkItem:
    words = _("Appeal. By: %(name)s") % {"name": application.applicant_name}
    page = reverse("mobility:application_review", args=[application.uuid]) + "#appeal"
    return WorkItem(f"{application.call}: {application.reference}", words, _("Answer"), page, kind="appeal")


def _undoable(one: BulkDecision) -> WorkItem:
    zone = one.call.university.zone
    until = _("Can be undone until: %(moment)s") % {"moment": moment(one.takes_effect_at, zone)}
    words = _("Decision for many that waits: %(step)s") % {"step": APPLICATION.transitions[one.step].label}
    return WorkItem(
        str(one.call), words, _("Look at it"), reverse("mobility:bulk_decision", args=[one.uuid]),
        clock.date_in(one.takes_effect_at, zone), kind="bulk", due_words=until,
    )  # fmt: skip
