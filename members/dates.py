"""The dates of a person in this room, for their own calendar: ends of agreements and what waits for them, deadlines of
factsheets, the standing of universities, and the person's own roles."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from members.appointments import held_by
from members.factsheets.deadlines import KINDS, Deadline
from members.factsheets.work import partners_of
from members.models import (
    Agreement,
    AgreementSide,
    AgreementVersion,
    Appointment,
    Approval,
    FactsheetTerm,
    Role,
    University,
)  # fmt: skip
from members.models.exchange import year_ends
from members.reminders.agreements import ApprovalWaits, ChangeWindow
from members.reminders.appointments import EndOfAppointment
from members.reminders.factsheets import MissingFactsheet
from members.reminders.standing import EndOfCharter, EndOfMembership
from members.workflow import AgreementStatus
from notifications.dates import KEPT_FOR, Dated, entry_of
from notifications.reminders import ReminderKind

MOST = 500


def of_person(user: Any, since: dt.date, base_url: str) -> Iterator[Dated]:
    """What the coordinator of a university's mobility must not miss: the last days of its agreements, until when
    partners and it itself take nominations and applications, and whatever its office is reminded of; what the alliance
    office is reminded of; and the last days of the person's own roles. Fifteen queries at most, two for others."""
    held = held_by(user)
    mine = held.universities(Role.MOBILITY_COORDINATOR)
    told = _Told(since, base_url)
    own = Appointment.objects.filter(user=user, valid_until__isnull=False)
    yield from told.of(EndOfAppointment(), _uuids(own), lambda _context: reverse("accounts:profile"))
    if mine:
        yield from _agreements(user, mine, since, base_url)
        yield from _deadlines(mine, since, base_url)
        yield from told.of(ApprovalWaits(), _to_answer(mine), _agreement_page)
        ours = _uuids(University.objects.filter(pk__in=mine))
        yield from told.of(ChangeWindow(), ours, lambda _context: reverse("members:agreements"))
        yield from told.of(MissingFactsheet(), ours, _university_page)
    if mine or held.office:
        places = University.objects.all() if held.office else University.objects.filter(pk__in=mine)
        for kind in (EndOfMembership(), EndOfCharter()):
            yield from told.of(kind, _uuids(places), _university_page)


class _Told:
    """Dates of reminders as entries, from a day on."""

    def __init__(self, since: dt.date, base_url: str) -> None:
        self.since, self.base_url = since, base_url
        # Nothing of them keeps when it was changed: what is told of all year is as old as the year.
        self.changed = dt.datetime((since + KEPT_FOR).year, 1, 1, tzinfo=dt.UTC)

    def of(
        self, kind: ReminderKind, uuids: Collection[uuid.UUID], path: Callable[[Any], str]
    ) -> Iterator[Dated]:
        """What `kind` still tells about these records; `path`: context of a date → the page it leads to."""
        found = kind.current(uuids).values() if uuids else ()
        for one in sorted(found, key=lambda one: (one.date, one.uuid)):
            if one.date >= self.since:
                yield entry_of(
                    f"{one.uuid}-{kind.name}", f"{kind.label}: {one.name}", one.date, changed=self.changed, version=0,
                    path=path(one.context), base_url=self.base_url,
                )  # fmt: skip


def _uuids(rows: Any) -> list[uuid.UUID]:
    return list(rows.order_by("pk").values_list("uuid", flat=True)[:MOST])


def _to_answer(mine: set[int]) -> list[uuid.UUID]:
    """The versions that wait for the approval of one of these universities."""
    answer = Approval.objects.filter(version=OuterRef(OuterRef("pk")), side=OuterRef("pk"))
    silent = AgreementSide.objects.filter(
        ~Exists(answer), agreement=OuterRef("agreement"), university__in=mine
    )
    return _uuids(AgreementVersion.objects.waiting().filter(Exists(silent)))


def _agreement_page(context: Any) -> str:
    return reverse("members:agreement", args=[context["uuid"]])


def _university_page(context: Any) -> str:
    return reverse("members:detail", args=[context["slug"]])


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
