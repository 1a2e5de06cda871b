"""What the office and the managers keep an eye on: which projects end soon, by programme and by member.

Three queries, however many projects there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from ground import clock
from ground.paging import BadCursor, Page, page
from members.models.organisation import in_lithuanian
from projects.models import FundingLine, Milestone, Project, TeamMember
from projects.models.project import ProjectQuerySet
from projects.workflow import Phase, Publication

NEAR, FAR = 90, 180  # days
PAGE_SIZE, LATE = 25, 50
ORDERS: Mapping[str, tuple[Promise, list[str]]] = {
    "code": (_("Project"), ["code", "id"]),
    "end": (_("Ends"), ["ends_on", "id"]),
    "university": (_("University"), ["lead_sort", "ends_on", "id"]),
    "overdue": (_("Overdue"), ["-late", "ends_on", "id"]),
}


@dataclass(frozen=True)
class Group:
    """A university or a programme, and how many of its projects end within 90 and within 180 days."""

    what: str
    slug: str
    name: str
    near: int
    far: int

    @property
    def near_query(self) -> str:
        """The filter of the list of projects that shows the nearer ones."""
        return urlencode({"phase": Phase.ENDING.value, self.what: self.slug})

    @property
    def far_query(self) -> str:
        """The filter of this dashboard that shows the farther ones."""
        return urlencode({"days": FAR, self.what: self.slug})


@dataclass(frozen=True)
class Asked:
    """What the address of the dashboard asks for; what is not offered counts for nothing."""

    days: int
    order: str
    university: str
    programme: str

    def query(self, **changes: Any) -> str:
        """The address with some of it changed."""
        wanted = {
            "days": self.days,
            "sort": self.order,
            "university": self.university,
            "programme": self.programme,
        }
        defaults = {"days": NEAR, "sort": "end"}
        kept = {
            key: value for key, value in (wanted | changes).items() if value and defaults.get(key) != value
        }
        return f"?{urlencode(kept)}"

    @property
    def listed(self) -> str:
        """The filter of the list that shows the same projects; none for what the list has no filter for."""
        wanted = {"phase": Phase.ENDING.value, "university": self.university, "programme": self.programme}
        return urlencode({key: value for key, value in wanted.items() if value}) if self.days == NEAR else ""


@dataclass(frozen=True)
class Overview:
    """The dashboard: what was asked for, the projects, the groups, and milestones that are overdue."""

    asked: Asked
    day: dt.date
    page: Page[Project]
    bad_cursor: bool
    universities: list[Group]
    programmes: list[Group]
    overdue: list[Milestone]
    more_overdue: bool

    @property
    def near(self) -> int:
        return sum(group.near for group in self.universities)

    @property
    def lacks(self) -> bool:
        """Whether anything is missing in a project of the page: else the table needs no column for it."""
        return any(row.missing for row in self.page.rows)  # type: ignore[attr-defined]

    @property
    def far(self) -> int:
        return sum(group.far for group in self.universities)

    @property
    def total(self) -> int | None:
        """How many projects the table has on all its pages; None where two filters meet, which no group counts."""
        asked = self.asked
        if asked.university and asked.programme:
            return None
        groups = self.programmes if asked.programme else self.universities
        kept = [g for g in groups if g.slug == (asked.programme or asked.university or g.slug)]
        return sum(g.near if asked.days == NEAR else g.far for g in kept)

    @property
    def narrowed(self) -> str:
        """The name of the university or programme to which the table is narrowed."""
        chosen = {("university", self.asked.university), ("programme", self.asked.programme)}
        names = [g.name for g in [*self.universities, *self.programmes] if (g.what, g.slug) in chosen]
        return " · ".join(names)

    @property
    def switch(self) -> list[tuple[str, str, int, bool]]:
        """The two periods: words, address, how many projects, whether it is in force."""
        return [
            (
                ngettext("Within %(days)d day", "Within %(days)d days", days) % {"days": days},
                self.asked.query(days=days),
                count,
                days == self.asked.days,
            )
            for days, count in ((NEAR, self.near), (FAR, self.far))
        ]

    @property
    def whole(self) -> str:
        """The address of the table that is not narrowed."""
        return self.asked.query(university="", programme="")

    @property
    def orders(self) -> list[tuple[Promise, str, bool]]:
        """The headings by which the table is sorted: words, address, whether it is in force."""
        return [
            (words, self.asked.query(sort=name), name == self.asked.order)
            for name, (words, _o) in ORDERS.items()
        ]


def overview(projects: ProjectQuerySet, wanted: QueryDict) -> Overview:
    """The dashboard over `projects` for the address `wanted`."""
    day = clock.today(settings.TIME_ZONE)
    asked = _asked(wanted)
    shown, bad_cursor = _page(_rows(projects, asked, day), asked, wanted)
    for row in shown.rows:
        _worded(row)
    groups = _groups(projects, day)
    late = list(_overdue(projects, day)[: LATE + 1])
    return Overview(
        asked, day, shown, bad_cursor,
        universities=[group for group in groups if group.what == "university"],
        programmes=[group for group in groups if group.what == "programme"],
        overdue=late[:LATE], more_overdue=len(late) > LATE,
    )  # fmt: skip


def _page(rows: QuerySet[Project], asked: Asked, wanted: QueryDict) -> tuple[Page[Project], bool]:
    """One page of `rows`, and whether its cursor was none of ours."""
    order = ORDERS[asked.order][1]
    cursors = {name: wanted.get(name, "") for name in ("after", "before")}
    try:
        return page(rows, order, size=PAGE_SIZE, **cursors), False
    except BadCursor:
        return page(rows, order, size=PAGE_SIZE), True


def _asked(wanted: QueryDict) -> Asked:
    def typed(name: str) -> str:
        return wanted.get(name, "").replace("\x00", "")[:100]

    order = typed("sort")
    return Asked(
        days=FAR if typed("days") == str(FAR) else NEAR,
        order=order if order in ORDERS else "end",
        university=typed("university"),
        programme=typed("programme"),
    )


def _rows(projects: ProjectQuerySet, asked: Asked, day: dt.date) -> QuerySet[Project]:
    """The projects that end, each with its programmes, how many milestones are late, and what is missing."""
    found = projects.ending_within(asked.days, day)
    if asked.university:
        found = found.filter(lead__slug=asked.university)
    if asked.programme:
        lines = FundingLine.objects.filter(programme__slug=asked.programme)
        found = found.filter(pk__in=lines.values("project"))
    lines = FundingLine.objects.filter(project=OuterRef("pk"))
    names = JSONObject(name_en="programme__name_en", name_lt="programme__name_lt")
    late = (
        Milestone.objects.overdue(day)
        .rewrite(False)
        .order_by()
        .filter(project=OuterRef("pk"))
        .values("project")
    )
    return found.for_list().annotate(
        programmes=ArraySubquery(lines.order_by("position", "pk").annotate(row=names).values("row")),
        late=Coalesce(Subquery(late.annotate(number=Count("pk")).values("number")), 0),
        headless=~Exists(TeamMember.objects.filter(project=OuterRef("pk"), part=TeamMember.Part.HEAD)),
        unfunded=~Exists(lines),
        half=ExpressionWrapper(_in_one_language(), output_field=BooleanField()),
        lead_sort=F("lead__organisation__sort_key"),
    )


def _worded(row: Any) -> None:
    """Give the project its programmes and what is missing in words."""
    own = (get_language() or "")[:2]
    names = [p.get(f"name_{own}") or p["name_en"] or p["name_lt"] for p in row.programmes]
    row.programmes_shown = list(dict.fromkeys(names))  # several lines may be of one programme
    missing = ((row.headless, _("head")), (row.unfunded, _("funding")), (row.half, _("one language")))
    row.missing = [words for lacks, words in missing if lacks]


def _in_one_language() -> Q:
    """Whether the title or the description stands in one of the languages only."""
    half = Q(pk__in=[])
    for name in ("title", "description"):
        english, lithuanian = (
            Q(**{f"{name}_{code}__isnull": True}) | Q(**{f"{name}_{code}": ""}) for code in ("en", "lt")
        )
        half |= english & ~lithuanian | ~english & lithuanian
    return half


def _groups(projects: ProjectQuerySet, day: dt.date) -> list[Group]:
    """The universities and the programmes of projects that end within 180 days, the most first. One query."""
    plain: Any = projects.ending_within(FAR, day)
    ending = plain.rewrite(False).order_by()
    soon = day + dt.timedelta(days=NEAR)
    lithuanian = (get_language() or "").startswith("lt")
    local = in_lithuanian("lead__organisation__") if lithuanian else Value("", output_field=TextField())
    leads = ending.annotate(
        what=Value("university"), slug=F("lead__slug"), name=F("lead__organisation__name"), own=local
    ).values("what", "slug", "name", "own")
    leads = leads.annotate(near=Count("pk", filter=Q(ends_on__lte=soon)), far=Count("pk"))
    lines = FundingLine.objects.order_by().filter(project__in=ending.values("pk"))
    names = ("programme__name_lt", "programme__name_en")
    shown = names if (get_language() or "").startswith("lt") else names[::-1]
    programmes = lines.annotate(
        what=Value("programme"), slug=F("programme__slug"), name=Coalesce(shown[1], Value("")),
        own=Coalesce(shown[0], Value("")),
    ).values("what", "slug", "name", "own")  # fmt: skip
    programmes = programmes.annotate(
        near=Count("project", distinct=True, filter=Q(project__ends_on__lte=soon)),
        far=Count("project", distinct=True),
    )
    found = [
        Group(row["what"], row["slug"], row["own"] or row["name"], row["near"], row["far"])
        for row in leads.union(programmes, all=True)
    ]
    return sorted(found, key=lambda group: (-group.near, -group.far, group.name))


def _overdue(projects: ProjectQuerySet, day: dt.date) -> QuerySet[Milestone]:
    """Milestones that were due and are not done, of projects that are not archived, the oldest first."""
    kept = projects.exclude(publication=Publication.ARCHIVED)
    rows = (
        Milestone.objects.overdue(day).filter(project__in=kept).select_related("project__lead__organisation")
    )
    of_project = [f"project__{name}" for name in ("key", "code", "title_en", "title_lt")]
    names = ("name", "local_name", "local_language", "lithuanian_name", "short_name")
    of_lead = [f"project__lead__organisation__{name}" for name in names]
    return rows.only(
        "title_en", "title_lt", "kind", "due_on", *of_project, "project__lead__zone", *of_lead
    ).order_by("due_on", "pk")
