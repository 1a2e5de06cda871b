"""What visitors read: kept pages against a bare view, their weight and calm, and how soon a change shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from gzip import compress
from pathlib import Path
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from bench import browsing, changing
from bench.figures import Figure, Rounds, Target, below, compare
from bench.load import Broken, asked
from bench.pages import Page, keep, read
from bench.projects import _words
from bench.servers import Server, serving
from ground import clock
from members.models import University
from mobility.models import Call
from news.models import Event, NewsItem
from projects.models import Project

SERVED = {"LOG_LEVEL": "INFO", "FINISHED_PAGES": "1"}  # as a public portal answers and logs


def figures(folder: Path, rounds: Rounds, stack: ExitStack) -> Iterator[Figure]:
    """Every figure, as soon as it is there."""
    pages = {name: read(path, warm=True) for name, path in addresses().items()}
    server = stack.enter_context(serving("bench.portal", folder, **SERVED))
    yield from _queries(pages)
    yield from _kept(pages, server, folder, rounds, stack)
    yield from browsing.figures(server.port, {name: page.path for name, page in pages.items()})
    yield from changing.figures(folder, SERVED, rounds.count)


def addresses() -> dict[str, str]:
    """One page of each kind that visitors read. What there is none of is left out."""
    visitor = AnonymousUser()
    found = {
        "home": reverse("pages:home"),
        "project list": reverse("projects:list"),
        "news list": reverse("news:list"),
        "events list": reverse("news:events"),
        "search": f"{reverse('pages:search')}?{urlencode({'q': _words(Project.objects.count())[0]})}",
    }
    records = {
        "project": Project.objects.visible_to(visitor).order_by("-pk").first(),
        "university": University.objects.visible_to(visitor).order_by("slug").first(),
        "call": Call.objects.open_at(clock.now()).order_by("closes_at", "pk").first(),
        "article": NewsItem.objects.visible_to(visitor).live().order_by("-published_at", "-pk").first(),
        "event": Event.objects.visible_to(visitor).leading(clock.now()).first(),
    }
    return found | {name: one.get_absolute_url() for name, one in records.items() if one}


def _queries(pages: dict[str, Page]) -> Iterator[Figure]:
    for name, page in pages.items():
        yield below(f"{name}, queries", len(page.statements), "", 8, conditions="visitor, drawn anew")


def _kept(
    pages: dict[str, Page], server: Server, folder: Path, rounds: Rounds, stack: ExitStack
) -> Iterator[Figure]:
    """Finished pages, which cost one statement, against a bare view that asks the database nothing."""
    plain = {name.replace(" ", "-"): Page(page.path, [], page.body) for name, page in pages.items()}
    packed = {f"{name}-packed": Page(page.path, [], compress(page.body, 6)) for name, page in plain.items()}
    file = folder / "public-pages"
    keep(plain | packed, file)
    limit = stack.enter_context(serving("bench.limit", folder, BENCH_PAGES=str(file)))
    for name, page in pages.items():
        if not _is_kept(server.port, page.path):
            yield Figure(f"{name}, kept for visitors", None, "", conditions="typed words are never kept")
            continue
        for gzip, size in ((True, page.compressed), (False, page.size)):
            against = Target(limit.port, f"/{name.replace(' ', '-')}{'-packed' if gzip else ''}")
            pairs = rounds.interleave(Target(server.port, page.path, gzip=gzip), against)
            how = "compressed, as browsers ask" if gzip else "not compressed"
            named = f"{name}, kept for visitors{'' if gzip else ', not compressed'}"
            yield compare(named, pairs, goal=0.75, conditions=f"{size} bytes, {how}; no SQL in the limit")


def _is_kept(port: int, path: str) -> bool:
    """Whether the page comes from the shelf when it is asked for again: such pages alone have a tag."""
    asked(port, path)
    status, head, _body = asked(port, path)
    if status != 200:
        raise Broken(f"{path}: {status}")
    return b"\r\netag:" in head.lower()
