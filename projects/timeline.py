"""Periods and milestones of projects side by side in time: where each bar, mark and line of the drawing stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground import clock
from ground.templatetags.ground_tags import day as in_words
from ground.templatetags.ground_tags import in_language, locale_name
from projects.models import Milestone, Project
from projects.models.project import ProjectQuerySet
from projects.workflow import Phase

WIDTH, HEAD, ROW, MARGIN = 960, 34, 48, 6
LINES = 20  # of a part
NARROW, NAME = 317, 230  # so much of the drawing a phone shows at once, and of that a name at least
LETTER = 7.4  # the width of a letter of a label, on the average
MONTHLY, QUARTERLY, YEARLY = 18, 72, 260  # up to so many months the lines are months, quarters, years

STATES = {"done": gettext_lazy("done"), "late": gettext_lazy("overdue"), "": gettext_lazy("to come")}


@dataclass(frozen=True)
class Tick:
    """A line across the drawing where a month, quarter or year begins."""

    x: float
    words: str


@dataclass(frozen=True)
class Mark:
    """A milestone: where it stands, and whether it is done, late or to come."""

    milestone: Milestone
    state: str
    x: float = 0

    @property
    def late(self) -> bool:
        return self.state == "late"

    @property
    def words(self) -> str:
        """ "Final report: 30 April 2026, done on 12 April 2026"."""
        what = {"what": in_language(self.milestone, "title")[0], "when": in_words(self.milestone.due_on)}
        whole = _("%(what)s: %(when)s") % what
        return f"{whole}, {self.outcome}"

    @property
    def outcome(self) -> str:
        """In words: done and when, overdue, to come."""
        if self.milestone.done_on:
            return _("done on %(day)s") % {"day": in_words(self.milestone.done_on)}
        return str(STATES[self.state])


@dataclass(frozen=True)
class Bar:
    """A project's line: its period, its label above it, its milestones."""

    project: Project
    phase: Phase
    y: int
    x: float
    width: float
    marks: list[Mark]
    left: float = 0  # the left edge of what a phone shows at first

    @property
    def at_end(self) -> bool:
        """Whether the label ends where the bar ends: where there is more room to its left."""
        return self.x > WIDTH / 2

    @property
    def words(self) -> str:
        """What the bar says to who does not see it: its label, period and phase. The table has the whole title."""
        period = f"{in_words(self.project.starts_on)} – {in_words(self.project.ends_on)}"
        return f"{self.label}, {period}, {self.phase.label}"

    @property
    def thin(self) -> bool:
        """What is over is drawn thin."""
        return self.phase == Phase.COMPLETED

    @property
    def striped(self) -> bool:
        """What ends soon is drawn striped."""
        return self.phase == Phase.ENDING

    @property
    def label_x(self) -> float:
        return round(self.x + self.width, 1) if self.at_end else self.x

    @property
    def near_x(self) -> float:
        """Where the label begins on a phone: in what it shows at first, if the bar lies there."""
        right = self.left + NARROW
        if self.x + self.width < self.left or self.x > right:
            return self.x
        return round(min(max(self.x, self.left), right - NAME), 1)

    @property
    def near_at_end(self) -> bool:
        """Whether on a phone the label ends where the bar ends: near the right edge."""
        return self.near_x > WIDTH - NAME

    @property
    def near_label(self) -> str:
        """The label as much of it as a phone shows at once."""
        right = self.left + NARROW
        if self.near_at_end:
            return self._cut(NARROW)
        return self._cut(right - self.near_x if self.near_x < right else WIDTH - self.near_x)

    @property
    def label(self) -> str:
        """Number and title, as much as there is room for."""
        return self._cut(self.label_x if self.at_end else WIDTH - self.x)

    def _cut(self, width: float) -> str:
        room = int(width / LETTER)
        words = f"{self.project.code} · {in_language(self.project, 'title')[0]}"
        return words if len(words) <= room else f"{words[: max(room - 1, 12)].rstrip()}…"


@dataclass(frozen=True)
class Part:
    """As many lines as fit on a sheet of paper, with the scale above them."""

    bars: list[Bar]

    @property
    def height(self) -> int:
        return HEAD + ROW * len(self.bars) + MARGIN


@dataclass(frozen=True)
class Chart:
    """The whole drawing: its parts stand one below the other."""

    parts: list[Part]
    ticks: list[Tick]
    today: float | None
    left: float = 0
    width: int = WIDTH

    @property
    def bars(self) -> list[Bar]:
        return [bar for part in self.parts for bar in part.bars]

    @property
    def today_at_end(self) -> bool:
        """Whether the word "today" stands to the left of its line."""
        return (self.today or 0) > WIDTH - 100


def with_milestones(projects: ProjectQuerySet) -> ProjectQuerySet:
    """The projects as lines of a list, each with its milestones; one query."""
    names = {name: name for name in ("kind", "title_en", "title_lt", "due_on", "done_on")}
    found: Any = Milestone.objects.order_by("due_on", "pk")
    plain = found.rewrite(False) if hasattr(found, "rewrite") else found
    rows = plain.filter(project=OuterRef("pk")).values(row=JSONObject(**names)).values("row")
    return projects.for_list().annotate(milestone_rows=ArraySubquery(rows))


def chart(projects: Sequence[Any], moment: dt.datetime) -> Chart | None:
    """The drawing of `projects` (read through `with_milestones`) at `moment`; None when there are none."""
    if not projects:
        return None
    read = {project.pk: list(_milestones(project)) for project in projects}
    days = [d for p in projects for d in (p.starts_on, p.ends_on)]
    days += [m.due_on for milestones in read.values() for m in milestones]
    scale = Scale.around(min(days), max(days))
    day = clock.date_in(moment, projects[0].lead.zone)
    today = scale.x(day) if scale.first <= day < scale.last else None
    opens = scale.x(projects[0].starts_on) if today is None else today
    left = round(min(max(opens - NARROW / 3, 0), WIDTH - NARROW), 1)
    bars = [_bar(p, read[p.pk], scale, moment, HEAD + i % LINES * ROW, left) for i, p in enumerate(projects)]
    parts = [Part(bars[i : i + LINES]) for i in range(0, len(bars), LINES)]
    return Chart(parts, list(scale.ticks()), today, left)


def _milestones(project: Any) -> Iterator[Milestone]:
    for row in project.milestone_rows:
        values = {name: Milestone._meta.get_field(name).to_python(value) for name, value in row.items()}  # type: ignore[union-attr]
        yield Milestone(**values)


def _bar(
    project: Project,
    milestones: Iterable[Milestone],
    scale: Scale,
    moment: dt.datetime,
    y: int,
    left: float,
) -> Bar:
    day = clock.date_in(moment, project.lead.zone)
    x, end = scale.x(project.starts_on), scale.x(project.ends_on + dt.timedelta(days=1))
    marks = [
        Mark(m, "done" if m.done_on else "late" if m.days_overdue(day) else "", scale.x(m.due_on))
        for m in milestones
    ]
    return Bar(project, project.phase_on(day), y, x, round(max(end - x, 3), 1), marks, left)


@dataclass(frozen=True)
class Scale:
    """From days to places: `first` stands at the left edge, `last` (which is outside) at the right one."""

    first: dt.date
    last: dt.date
    months: int  # between two lines

    @classmethod
    def around(cls, first: dt.date, last: dt.date) -> Scale:
        """A scale in which both days lie, from the beginning of a month or year to another."""
        span = (last.year - first.year) * 12 + last.month - first.month + 1
        if span <= MONTHLY:
            return cls(first.replace(day=1), _later(last, 1), 1)
        step = 3 if span <= QUARTERLY else 12 if span <= YEARLY else 60
        begin = first.year if step < 60 else first.year - first.year % 5
        years = max(1, step // 12)
        end = begin + years * -(-(last.year + 1 - begin) // years)
        return cls(dt.date(begin, 1, 1), dt.date(end, 1, 1), step)

    def x(self, day: dt.date) -> float:
        """Where `day` begins."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    def ticks(self) -> Iterator[Tick]:
        """A line for each month, quarter or year; words where there is room for them."""
        day = self.first
        while day < self.last:
            yield Tick(self.x(day), self._words(day))
            day = _later(day, self.months)

    def _words(self, day: dt.date) -> str:
        if self.months >= 12 or (self.months > 1 and day.month == 1):
            return str(day.year)
        if self.months > 1:
            return ""
        pattern = "LLL y" if day.month == 1 or day == self.first else "LLL"
        return format_date(day, pattern, locale=locale_name())


def _later(day: dt.date, months: int) -> dt.date:
    """The first day of the month that is `months` after that of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)
