"""The dates of a person in this room, for their own calendar: ends of agreements, and deadlines of factsheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from members.appointments import held_by
from members.factsheets.deadlines import KINDS, Deadline
from members.factsheets.work import partners_of
from members.models import Agreement, AgreementSide, FactsheetTerm, Role
from members.models.exchange import year_ends
from members.workflow import AgreementStatus
from notifications.dates import KEPT_FOR, Dated, entry_of

MOST = 500


def of_person(user: Any, since: dt.date, base_url: str) -> Iterator[Dated]:
    """What the coordinator of a university's mobility must not miss: the last days of its agreements, and until when
    partners and it itself take nominations and applications. Five queries at most, one for others."""
    mine = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    if mine:
        yield from _agreements(user, mine, since, base_url)
        yield from _deadlines(mine, since, base_url)


def _agreements(user: Any, mine: set[int], since: dt.date, base_url: str) -> Iterator[Dated]:
    sides = AgreementSide.objects.filter(university__in=mine).values("agreement")
    rows = Agreement.objects.visible_to(user).filter(pk__in=sides, status=AgreementStatus.IN_FORCE)
    rows = rows.select_related("current").prefetch_related("sides__university__organisation").order_by("pk")
    for agreement in rows[:MOST]:
        day = year_ends(agreement.ends_after or agreement.current.last_year)
        if day >= since:
            yield entry_of(
                f"{agreement.uuid}-end", _("Agreement ends: %(agreement)s") % {"agreement": agreement}, day,
                changed=agreement.changed_at, version=0, path=agreement.get_absolute_url(), base_url=base_url,
            )  # fmt: skip


def _deadlines(mine: set[int], since: dt.date, base_url: str) -> Iterator[Dated]:
    near = Q(factsheet__university__in=mine) | partners_of(mine, since + KEPT_FOR)
    rows = FactsheetTerm.objects.published().filter(near).with_university().order_by("pk")
    for row in rows[:MOST]:
        for kind, field in KINDS.items():
            day = getattr(row, field)
            if day is not None and day >= since:
                sheet = row.factsheet
                told = {"deadline": Deadline(row, kind, day, day).words, "university": sheet.university}
                yield entry_of(
                    f"{row.uuid}-{kind}", _("%(university)s: %(deadline)s") % told, day,
                    changed=sheet.changed_at, version=0, path=sheet.get_absolute_url(), base_url=base_url,
                )  # fmt: skip
