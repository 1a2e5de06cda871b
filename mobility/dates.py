"""The dates of a person in this room, for their own calendar: calls to apply to, offers to answer, scores to give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mobility.actions.reviewing import TO_SCORE
from mobility.models import Application, Call
from mobility.workflow import Status
from notifications.dates import Dated, entry_of

MOST = 200


def of_person(user: Any, since: dt.date, base_url: str) -> Iterator[Dated]:
    """The close of calls with a draft, the end of offers, and the days by which scores are wanted. Two queries, and
    one for the roles."""
    first = dt.datetime.combine(since, dt.time.min, tzinfo=dt.UTC)
    own = Application.objects.of(user).for_list().order_by("pk")
    for one in own.filter(status__in=[Status.DRAFT, Status.OFFERED])[:MOST]:
        when = one.offer_expires_at if one.status == Status.OFFERED else one.call.closes_at
        if when is not None and when >= first:
            yield _own(one, when, base_url)
    for call in _to_score(user, since):
        yield entry_of(
            f"{call.uuid}-scores", _("Scores wanted: %(call)s") % {"call": call}, call.decision_on,
            changed=call.opens_at, version=call.version, path=reverse("mobility:my_reviews"), base_url=base_url,
        )  # fmt: skip


def _own(one: Application, when: dt.datetime, base_url: str) -> Dated:
    words = _("Call closes: %(call)s") if one.status == Status.DRAFT else _("Answer the offer: %(call)s")
    return entry_of(
        f"{one.uuid}-{'close' if one.status == Status.DRAFT else 'offer'}", words % {"call": one.call}, when,
        changed=one.saved_at, version=one.version, path=one.get_absolute_url(), lines=[one.reference],
        base_url=base_url,
    )  # fmt: skip


def _to_score(user: Any, since: dt.date) -> Any:
    """The calls of which the person has applications to score, as "My work" names them."""
    mine = Application.objects.scored_by(user).filter(
        status__in=TO_SCORE, reviews__reviewer=user, reviews__done_at__isnull=True
    )
    rows = Call.objects.filter(pk__in=mine.values("call"), decision_on__gte=since)
    return rows.select_related("university").order_by("decision_on", "pk")[:MOST]
