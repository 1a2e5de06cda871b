"""The planner: very many dated things beside few, with the same number due, asked in turn.

Each side is a table of milestones of its own, in a schema of its own before the portal's, so that nothing of the
database changes; what a call of the planner writes is taken back after its time was taken.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from bench.figures import Figure
from ground import clock
from members.models import Appointment, Role, University
from notifications import planner, reminders
from notifications.models import ReminderPlan, ReminderRound, ReminderRule, TrackedDate
from projects.messages import MILESTONE_DUE

AT_MOST = 1.2
_WHO = "bench-manager@scale.example"
_WARM = 1
_OFFSET = 30  # days before the date: the farthest rule of such milestones
_SIDES = ("bench_few", "bench_many")
Say = Callable[[str], None]

# Numbers from 1; `due` of them have their offset's day today, all others lie evenly over ten years, but for the 60 days
# before today and the 40 from today, in which they would be due as well (the number that is due is the same on both
# sides).
_FILL = """
INSERT INTO {schema}.projects_milestone
    (id, uuid, project_id, kind, title, title_en, due_on, evidence_url)
SELECT n, gen_random_uuid(), project.ids[1 + n %% array_length(project.ids, 1)], 'report',
    'Report ' || n, 'Report ' || n,
    CASE WHEN n <= %s THEN %s::date
         WHEN n %% 2 = 0 THEN %s::date + 41 + (n / 2) %% 1800
         ELSE %s::date - 61 - (n / 2) %% 1800 END, ''
FROM generate_series(1, %s) AS n,
    (SELECT array_agg(id) AS ids FROM (
        SELECT id FROM projects_project WHERE publication = 'published' ORDER BY id LIMIT 20000) AS chosen) AS project
"""


def figures(few: int, many: int, due: int, *, rounds: int, say: Say) -> Iterator[Figure]:
    """The time of a call of the planner with `due` things due of `many`, in proportion to that of `few`."""
    with _Sides(few, many, due, say) as now:
        told = f"{due} due of {many} beside {due} due of {few}"
        yield _compared("planner, all that is due is new", due, rounds, now, _fresh, told)
        told = f"nothing new, {due} told before, of {many} beside {few}"
        yield _compared("planner, nothing is due", 0, rounds, now, _again, told)


def _compared(
    name: str,
    expected: int,
    rounds: int,
    now: dt.datetime,
    work: Callable[[dt.datetime], tuple[float, int]],
    told: str,
) -> Figure:
    """Both sides plan the same number: `expected` for the manager made here, and what others are told besides."""
    times: dict[str, list[float]] = {side: [] for side in _SIDES}
    seen: set[int] = set()
    for turn in range(rounds + _WARM):
        for side in _SIDES:
            spent, planned = _undone(side, now, work)
            seen.add(planned)
            if len(seen) > 1 or planned < expected or (planned and not expected):
                raise RuntimeError(f"{side}: {planned} planned, not {expected}; before: {sorted(seen)}")
            if turn >= _WARM:
                times[side].append(spent)
    few, many = (times[side] for side in _SIDES)
    ratio = statistics.median(b / a for a, b in zip(few, many, strict=True))
    ours, theirs = statistics.median(many) * 1000, statistics.median(few) * 1000
    return Figure(
        name, round(ours, 1), "ms", round(theirs, 1), round(ratio, 2), f"≤ {AT_MOST}", ratio <= AT_MOST, rounds, told
    )  # fmt: skip


def _undone(
    side: str, now: dt.datetime, work: Callable[[dt.datetime], tuple[float, int]]
) -> tuple[float, int]:
    """Do the work on one side, and take back what it wrote."""
    with transaction.atomic(), clock.one_moment(now), reminders.only(reminders.find(MILESTONE_DUE)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', %s, true)", [f"{side}, public"])
        done = work(now)
        transaction.set_rollback(True)
    return done


def _fresh(now: dt.datetime) -> tuple[float, int]:
    """A call at which everything due is new; how long it took, and how many reminders were planned."""
    begun = time.perf_counter()
    planned = planner.plan(now)
    return time.perf_counter() - begun, planned


def _again(now: dt.datetime) -> tuple[float, int]:
    """A call half a minute after others that have planned everything, as most calls are."""
    planner.plan(now)
    planner.plan(now + dt.timedelta(seconds=30))
    return _fresh(now + dt.timedelta(seconds=60))


class _Sides(AbstractContextManager[dt.datetime]):
    """Both tables and somebody who manages every project, for as long as the block lasts; gives the moment."""

    def __init__(self, few: int, many: int, due: int, say: Say) -> None:
        self._few, self._many, self._due, self._say = few, many, due, say

    def __enter__(self) -> dt.datetime:
        now = clock.day_begins(clock.today("UTC"), "UTC") + dt.timedelta(hours=12)
        self._manager()
        self._rules(now)
        for side, number in zip(_SIDES, (self._few, self._many), strict=True):
            self._say(f"Making {number} milestones …")
            self._fill(side, number, now.date())
        return now

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _drop()
        get_user_model().objects.filter(email=_WHO).delete()

    def _manager(self) -> None:
        people = get_user_model().objects
        people.filter(email=_WHO).delete()  # of a run that was broken off
        manager, since = people.create_user(_WHO, None, name="Bench"), timezone.now() - dt.timedelta(days=1)
        for university in University.objects.all():
            Appointment.objects.create(
                user=manager, role=Role.PROJECT_MANAGER, university=university, valid_from=since
            )

    def _rules(self, now: dt.datetime) -> None:
        """The rules as they are on any day: looked at an hour before midnight in the far west."""
        planner.store_default_rules()
        looked = now - dt.timedelta(hours=25)
        ReminderRule.objects.filter(kind=MILESTONE_DUE).update(looked_at=looked)
        ReminderRound.objects.filter(kind=MILESTONE_DUE).delete()

    def _fill(self, side: str, number: int, today: dt.date) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {side} CASCADE")
            cursor.execute(f"CREATE SCHEMA {side}")
            cursor.execute(
                f"CREATE TABLE {side}.projects_milestone (LIKE public.projects_milestone INCLUDING ALL)"
            )
            due_on = today + dt.timedelta(days=_OFFSET)
            cursor.execute(_FILL.format(schema=side), [self._due, due_on, today, today, number])
            cursor.execute(f"VACUUM (ANALYZE) {side}.projects_milestone")
            for table in (ReminderPlan, TrackedDate):
                cursor.execute(f"VACUUM (ANALYZE) {table._meta.db_table}")


def _drop() -> None:
    with connection.cursor() as cursor:
        for side in _SIDES:
            cursor.execute(f"DROP SCHEMA IF EXISTS {side} CASCADE")
