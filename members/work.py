"""What waits for the people who keep agreements."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from ground import clock
from ground.templatetags.ground_tags import days_left
from ground.work import NOTHING, Asked, WorkItem, read
from members.appointments import held_by
from members.models import Agreement, Role
from members.models.exchange import year_ends, year_on
from members.register.listing import Line, lines_of
from members.register.standing import rows_of, standings_of
from members.reminders.agreements import window_end, year_changed_until
from members.workflow import AgreementStatus

SHOWN = 50
WINDOW_DAYS = 30  # the yearly window of changes stands here so long before it closes


def waiting_for(user: Any) -> list[WorkItem]:
    """Versions to approve, drafts and returned versions of one's own side, agreements in their last year, and the end
    of the yearly window of changes. Three queries for a coordinator, one of them along with what other rooms ask.
    """
    return read(asked(user))


def asked(user: Any) -> Asked:
    """What is read for it."""
    mine = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    if not mine:
        return NOTHING
    return Asked([rows_of(Agreement.objects.visible_to(user), user)], lambda rows: _items(rows, mine))


def _items(found: list[Any], mine: set[int]) -> list[WorkItem]:
    today = clock.today(settings.TIME_ZONE)
    rows = lines_of(standings_of(found), mine, year_on(today))
    return [*(_item(row) for row in rows if row.next.waits), *_window(rows, today)][:SHOWN]


def _item(row: Line) -> WorkItem:
    due = year_ends(row.standing.ends) if row.next.kind == "ending" else None
    what = _("Agreement: %(partner)s") % {"partner": row.partner.name_shown}
    return WorkItem(
        what, row.next.words, row.next.button, row.next.url, due=due, kind=f"agreement_{row.next.kind}"
    )


def _window(rows: list[Line], today: dt.date) -> list[WorkItem]:
    """The window of changes, where something in force can still be changed in it."""
    end = window_end(today)
    year = year_changed_until(end)
    concerned = [
        row for row in rows if row.standing.status == AgreementStatus.IN_FORCE and year in row.standing.years
    ]
    if not concerned or (end - today).days > WINDOW_DAYS:
        return []
    reason = _("The yearly window for changes: %(days)s.") % {"days": days_left(end, today)}
    what = _("Places of your agreements for %(year)s") % {"year": year}
    return [
        WorkItem(
            what, reason, _("Open the agreements"), reverse("members:agreements"), due=end, kind="window"
        )
    ]
