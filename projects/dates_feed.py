"""The dates of a person's projects as a calendar (RFC 5545): milestones, and the ends of periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from ground import clock
from ground.templatetags.ground_tags import day, in_language
from members.appointments import held_by
from members.models import Role
from projects.models import Follower, Milestone, Project, TeamMember
from projects.models.project import ProjectQuerySet, kept_by

# What a secret address of this calendar opens (notifications.tokens).
PURPOSE = "projects.calendar"
KEPT, KEPT_FOR = 1000, dt.timedelta(days=366)
_PROJECT = (
    "uuid", "key", "code", "title_en", "title_lt", "starts_on", "ends_on", "version", "updated_at", "publication",
)  # fmt: skip

Dated = tuple[Entry, dt.datetime]
# What rooms above add to a person's calendar: (person, first day, the portal's address) → entries, each with the
# moment of its last change.
_more: list[Callable[[Any, dt.date, str], Iterable[Dated]]] = []


def also(entries: Callable[[Any, dt.date, str], Iterable[Dated]]) -> None:
    """Let a room above add its entries to the personal calendar. Said at the start; twice is once."""
    if entries not in _more:
        _more.append(entries)


def concerning(user: Any) -> ProjectQuerySet:
    """The projects whose dates `user` gets: those that they keep as a manager, head or follow, and see today."""
    kept = kept_by(held_by(user).universities(Role.PROJECT_MANAGER))
    headed = TeamMember.objects.filter(user=user, part=TeamMember.Part.HEAD).values("project")
    followed = Follower.objects.visible_to(user).values("project")
    return Project.objects.visible_to(user).filter(kept | Q(pk__in=headed) | Q(pk__in=followed))


def dates_of(user: Any) -> tuple[bytes, dt.datetime | None]:
    """The calendar of `user` in the language in use, and when the youngest of its projects was changed.

    The same content gives the same bytes. From a year ago on, at most a thousand milestones and as many ends of
    periods. Three queries: appointments, milestones, ends (and one for the moment), and those of the rooms above.
    """
    since = clock.today(settings.TIME_ZONE) - KEPT_FOR
    found = [one for entries in (of_person, *_more) for one in entries(user, since, settings.BASE_URL)]
    changed = max((at for _entry, at in found), default=None)
    book = Calendar()
    book.add("prodid", "-//Alliance Portal//Project dates//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", _("My dates in the portal"))
    book.add("refresh-interval", dt.timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for entry, _at in found:
        book.add_component(entry)
    return bytes(book.to_ical()), changed


def of_person(user: Any, since: dt.date, base_url: str) -> Iterator[Dated]:
    """The milestones and ends of the projects whose dates a person gets, each with the project's last change."""
    projects = concerning(user)
    milestones = list(_milestones(projects, since))
    ends = list(projects.filter(ends_on__gte=since).only(*_PROJECT).order_by("ends_on", "pk")[:KEPT])
    yield from zip(_entries(milestones), (one.project.updated_at for one in milestones), strict=True)
    yield from ((_end(project), project.updated_at) for project in ends)


def _milestones(projects: ProjectQuerySet, since: dt.date) -> Iterable[Milestone]:
    found: Any = Milestone.objects.filter(project__in=projects.values("pk"), due_on__gte=since)
    names = [f"project__{name}" for name in _PROJECT]
    found = found.select_related("project").only(
        "uuid", "kind", "title_en", "title_lt", "due_on", "done_on", *names
    )
    rows: Iterable[Milestone] = found.order_by("due_on", "pk")[:KEPT]
    return rows


def _entries(milestones: Iterable[Milestone]) -> Iterator[Entry]:
    for milestone in milestones:
        what = in_language(milestone, "title")[0]
        words = _("%(what)s (%(code)s)") % {"what": what, "code": milestone.project.code}
        if milestone.done_on:
            words = _("Done: %(what)s") % {"what": words}
        entry = _all_day(milestone.project, f"{milestone.uuid}", milestone.due_on, words)
        lines = [in_language(milestone.project, "title")[0], milestone.get_kind_display()]
        if milestone.done_on:
            lines.append(_("Done on %(day)s.") % {"day": day(milestone.done_on)})
        yield _described(entry, lines, milestone.project)


def _end(project: Project) -> Entry:
    words = _("The funding period ends (%(code)s)") % {"code": project.code}
    entry = _all_day(project, f"{project.uuid}-end", project.ends_on, words)
    return _described(entry, [in_language(project, "title")[0]], project)


def _all_day(project: Project, name: str, date: dt.date, words: str) -> Entry:
    """An event of one day that leaves its reader free. Its stamp is the project's, so that it changes with it."""
    entry = Entry()
    entry.add("uid", f"{name}@{settings.BASE_URL.rpartition('/')[2].partition(':')[0]}")
    entry.add("dtstamp", project.updated_at)
    entry.add("last-modified", project.updated_at)
    entry.add("sequence", project.version)
    entry.add("summary", words)
    entry.add("dtstart", date)
    entry.add("dtend", date + dt.timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    return entry


def _described(entry: Entry, lines: list[str], project: Project) -> Entry:
    url = f"{settings.BASE_URL}{project.get_absolute_url()}"
    entry.add("description", "\n".join([*lines, "", url]))
    entry.add("url", url)
    return entry
