"""One search over what every room has, as far as the person may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from ground import text
from ground.templatetags.ground_tags import day, in_language
from members.models import University
from mobility.models import Call
from news.models import Event, NewsItem
from projects.models import Programme, Project

MAX_TYPED = 200
SHOWN = 5


@dataclass(frozen=True)
class Hit:
    """One thing found: its name (in `language`, "" for the page's own), where it is and a line about it."""

    title: str
    href: str
    note: str = ""
    language: str = ""


@dataclass
class Group:
    """The first hits of one kind and the number of all."""

    key: str
    title: Any
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    more: str = ""


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that has, for each word typed, a word that begins with it."""
    typed = cleaned(request.GET.get("q", ""))
    groups = [look(typed, request.user) for look in LOOKS] if typed else []
    found = [group for group in groups if group.count]
    context = {"typed": typed, "groups": found, "total": sum(group.count for group in found)}
    return render(request, "pages/search.html", context)


def cleaned(typed: str) -> str:
    """What was typed, without signs that are no text, and cut at a length that no question needs."""
    printable = "".join(sign if sign.isprintable() else " " for sign in typed[: MAX_TYPED * 10])
    return " ".join(printable.split())[:MAX_TYPED]


def _first(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """The first rows and the number of all, in one query."""
    first = list(rows.annotate(all_found=Window(Count("pk")))[:SHOWN])
    return first, first[0].all_found if first else 0


def _titled(record: Any, name: str, note: str) -> Hit:
    words, language = in_language(record, name)
    return Hit(words, record.get_absolute_url(), note, language)


def projects(typed: str, user: Any) -> Group:
    found = Project.objects.visible_to(user).search(typed).for_list()
    rows, count = _first(found.order_by("-ends_on", "-pk"))
    hits = [_titled(row, "title", f"{row.code} · {row.lead} · {row.years}") for row in rows]
    more = f"{reverse('projects:list')}?{urlencode({'q': typed})}"
    return Group("projects", gettext_lazy("Projects"), hits, count, more)


def universities(typed: str, user: Any) -> Group:
    rows, count = _first(University.objects.visible_to(user).search(typed).for_list())
    hits = [Hit(row.name, row.get_absolute_url(), _where(row)) for row in rows]
    return Group("universities", gettext_lazy("Universities"), hits, count)


def _where(university: University) -> str:
    organisation = university.organisation
    return ", ".join(part for part in (organisation.city, organisation.country.name) if part)


def calls(typed: str, user: Any) -> Group:
    """Calls for mobility; there are few of them, so their folded names are compared here."""
    rows = Call.objects.visible_to(user).for_list().order_by("-closes_at", "-pk")
    hits, count = _named(rows, typed, ("title", "summary"), lambda call: str(call.university.name))
    return Group("calls", gettext_lazy("Calls for mobility"), hits, count)


def news(typed: str, user: Any) -> Group:
    found = NewsItem.objects.visible_to(user).search(typed).for_list().prefetch_related(None)
    rows, count = _first(found.order_by("-published_at", "-pk"))
    hits = [_titled(row, "title", day(row.published_on) or _("draft")) for row in rows]
    return Group("news", gettext_lazy("News"), hits, count)


def events(typed: str, user: Any) -> Group:
    found = Event.objects.visible_to(user).search(typed).for_list().prefetch_related(None)
    rows, count = _first(found.order_by("-starts_by", "-pk"))
    hits = [_titled(row, "title", day(row.first_day)) for row in rows]
    return Group("events", gettext_lazy("Events"), hits, count)


def programmes(typed: str, user: Any) -> Group:
    """Funding programmes and actions: a few dozen, compared here."""
    rows = Programme.objects.visible_to(user).in_guide_order()
    hits, count = _named(rows, typed, ("name", "purpose", "activities"), lambda programme: "")
    return Group("funding", gettext_lazy("Funding programmes and actions"), hits, count)


def _named(
    rows: Iterable[Any], typed: str, names: tuple[str, ...], note: Callable[[Any], str]
) -> tuple[list[Hit], int]:
    """Rows in whose texts every word typed begins a word."""
    wanted = text.words(typed)
    found = [row for row in rows if wanted and _has(row, wanted, names)]
    return [_titled(row, names[0], note(row)) for row in islice(found, SHOWN)], len(found)


def _has(row: Any, wanted: list[str], names: tuple[str, ...]) -> bool:
    parts = (getattr(row, f"{name}_{language}") for name in names for language in ("en", "lt"))
    words = text.document(parts).split()
    return all(any(word.startswith(part) for word in words) for part in wanted)


LOOKS = (projects, universities, calls, news, events, programmes)
