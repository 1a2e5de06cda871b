"""What editors do with the top of the home page: choose what leads it, end that, and take back their last step."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from news.actions import demand, record_step
from news.models import Event, Lead, NewsItem
from news.rules import CHOOSE_LEAD

_TRIES = 3


def choose_lead(text: NewsItem | Event, *, by: Any, until: dt.datetime | None = None) -> Lead:
    """Let an article or an event lead the home page, until a moment or until something else does.

    Raises PermissionDenied, or NotPossible where not everybody may read it, or the moment has passed.
    """
    demand(by, CHOOSE_LEAD, None)
    for _attempt in range(_TRIES):
        try:
            return _choose(text, by, until)
        except IntegrityError:  # somebody else chose at the same moment: theirs is what is replaced
            continue
    raise NotPossible(_("The choice could not be saved just now. Try again."))


@transaction.atomic
def _choose(text: NewsItem | Event, by: Any, until: dt.datetime | None) -> Lead:
    standing = _standing()
    kind = "item" if isinstance(text, NewsItem) else "event"
    if not can_lead(text):
        raise NotPossible(_("Only what everybody can read now can lead the home page."))
    now = clock.now()
    if until is not None and until <= now:
        raise NotPossible(_("Choose a moment that is still to come."))
    if standing and standing.text == text and standing.until == until:
        return standing
    _end(standing, by)
    lead = Lead.objects.create(chosen_by=by, chosen_at=now, until=until, follows=standing, **{kind: text})
    record_step("news.choose_lead", text, by, {"until": until.isoformat()} if until else None)
    return lead


@transaction.atomic
def end_lead(*, by: Any) -> Lead | None:
    """Leave the top of the home page to what is pinned or newest. Raises PermissionDenied."""
    demand(by, CHOOSE_LEAD, None)
    standing = _standing()
    if standing:
        _end(standing, by)
        record_step("news.end_lead", standing.text, by)
    return standing


@transaction.atomic
def undo_lead(last: uuid.UUID, *, by: Any) -> Lead | None:
    """Take back the last step, which concerned the row `last`: what led before leads again. Out: what leads then.

    Raises PermissionDenied, or NotPossible where somebody did something since, or what led before can't any more.
    """
    demand(by, CHOOSE_LEAD, None)
    standing, newest = _standing(), Lead.objects.for_showing().order_by("-pk").first()
    if newest is None or newest.uuid != last:
        raise NotPossible(_("Somebody else changed this meanwhile. Look at what leads now."))
    before = newest.follows if standing else newest
    if before is None:
        end_lead(by=by)
        return None
    if before.until is not None and before.until <= clock.now():
        raise NotPossible(_("What led before has had its time. Choose anew."))
    return _choose(before.text, by, before.until)


def can_lead(text: NewsItem | Event) -> bool:
    """Whether everybody can read it now, as something new: neither archived nor over nor cancelled."""
    if isinstance(text, NewsItem):
        return NewsItem.objects.live().filter(pk=text.pk).exists()
    return Event.objects.leading(clock.now()).filter(pk=text.pk).exists()


def _standing() -> Lead | None:
    """The row that nobody has ended, for whoever changes it."""
    rows = Lead.objects.standing().select_for_update(of=("self",))
    return rows.select_related("item", "event").first()


def _end(standing: Lead | None, by: Any) -> None:
    if standing:
        standing.ended_at, standing.ended_by = clock.now(), by
        standing.save(update_fields=["ended_at", "ended_by"])
