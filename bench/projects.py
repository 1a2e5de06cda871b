"""The figures of the room of projects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from gzip import compress
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.urls import NoReverseMatch, reverse

from alliance_portal.scale.words import TOPICS
from bench.figures import Figure, Rounds, Target, below, compare
from bench.load import first_byte
from bench.pages import Page, WrongAnswer, keep, read, scans
from bench.servers import Server, serving
from ground.paging import _encode
from projects.filters import DEFAULT_ORDER, ORDERS
from projects.models import Project

DEEP = 190_000
COMMON = 13_000 / 200_000
EXPORTED = 60_000
OUR_TABLE = "projects_project"


class Bench:
    """One run: the pages, the servers, the figures one after another."""

    def __init__(self, folder: Path, rounds: Rounds, stack: ExitStack) -> None:
        self.rounds = rounds
        self.total = Project.objects.count()
        self.addresses = _addresses(self.total)
        self.cold = {f"{n}-cold": read(path, warm=False) for n, path in self.addresses.items()}
        self.warm = {f"{n}-warm": read(path, warm=True) for n, path in self.addresses.items()}
        self.kept = {n: Page(self.addresses[n], [], self.cold[f"{n}-cold"].body) for n in KEPT}
        packed = {f"{n}-packed": Page(page.path, [], compress(page.body, 6)) for n, page in self.kept.items()}
        pages = folder / "pages"
        keep(self.cold | self.warm | self.kept | packed, pages)
        served = {"LOG_LEVEL": "INFO"}  # as a public portal logs
        self.forgetful = stack.enter_context(serving("bench.portal", folder, BENCH_CACHE="none", **served))
        self.portal = stack.enter_context(serving("bench.portal", folder, **served))
        self.keeper = stack.enter_context(serving("bench.portal", folder, FINISHED_PAGES="1", **served))
        self.limit = stack.enter_context(serving("bench.limit", folder, BENCH_PAGES=str(pages)))
        self.changelist = stack.enter_context(serving("bench.changelist", folder, **served))

    def figures(self) -> Iterator[Figure]:
        """Every figure, as soon as it is there."""
        for name, what in PAGES.items():
            if name in self.addresses:
                if name in GOALS:
                    yield self._against_limit(name, what, self.forgetful, "cold")
                if name != "project":  # nothing of it is remembered
                    yield self._against_limit(name, what, self.portal, "warm")
        yield self._compressed()
        yield from self._kept_for_visitors()
        yield self._depth()
        yield from self._search()
        yield from self._queries()
        yield from self._changelist()
        yield from self._export()
        yield from self._weight()

    def _conditions(self, page: Page, more: str = "") -> str:
        said = f"{self.total} projects, {len(page.statements)} queries, {page.size} bytes"
        return f"{said}, {more}" if more else said

    def _pages(self, kind: str) -> dict[str, Page]:
        return self.cold if kind == "cold" else self.warm

    def _against_limit(self, name: str, what: str, server: Server, kind: str) -> Figure:
        key = f"{name}-{kind}"
        page = self._pages(kind)[key]
        pairs = self.rounds.interleave(Target(server.port, page.path), Target(self.limit.port, f"/{key}"))
        goal = 0.6 if name in GOALS and kind == "cold" else None
        return compare(
            f"{what}, {kind}", pairs, goal=goal, conditions=self._conditions(page, "not compressed")
        )

    def _compressed(self) -> Figure:
        page = self.warm["list-warm"]
        pairs = self.rounds.interleave(
            Target(self.portal.port, page.path, gzip=True), Target(self.limit.port, "/list-warm")
        )
        said = self._conditions(page, "compressed by the portal; the limit is not")
        return compare("list, warm, compressed", pairs, goal=None, conditions=said)

    def _kept_for_visitors(self) -> Iterator[Figure]:
        """Finished pages, which cost one statement, against a bare view that asks the database nothing."""
        for name, page in self.kept.items():
            for gzip, size in ((True, page.compressed), (False, page.size)):
                limit = Target(self.limit.port, f"/{name}-packed" if gzip else f"/{name}")
                pairs = self.rounds.interleave(Target(self.keeper.port, page.path, gzip=gzip), limit)
                how = "compressed, as browsers ask" if gzip else "not compressed"
                said = f"{size} bytes, {how}; no SQL in the limit"
                named = f"{PAGES[name]}, kept for visitors{'' if gzip else ', not compressed'}"
                yield compare(named, pairs, goal=0.75, conditions=said)

    def _depth(self) -> Figure:
        deep, first = self.warm["deep-warm"], self.warm["list-warm"]
        pairs = self.rounds.interleave(
            Target(self.portal.port, deep.path), Target(self.portal.port, first.path)
        )
        return compare(
            "deep page against the first, time", pairs, goal=1.2, measure=lambda shot: shot.elapsed / len(shot.seconds),
            unit="s/page", more_is_better=False, conditions=self._conditions(deep, f"row {_deep(self.total)}"),
        )  # fmt: skip

    def _search(self) -> Iterator[Figure]:
        plain = Target(self.portal.port, self.addresses["list"])
        for name in ("search", "search everywhere"):
            page = self.warm[f"{name}-warm"]
            pairs = self.rounds.interleave(Target(self.portal.port, page.path), plain)
            yield compare(
                f"{name} against the list, p95", pairs, goal=2 if name == "search" else None,
                measure=lambda shot: shot.p95, unit="s", more_is_better=False,
                conditions=self._conditions(page, f"{page.path}; the plain list in the limit's place"),
            )  # fmt: skip
        for name in ("search", "project"):
            found = scans(self.cold[f"{name}-cold"], OUR_TABLE)
            conditions = "; ".join(sql[:300] for sql in found)
            yield below(f"{name}, sequential scans of projects", len(found), "", 0, conditions=conditions)

    def _queries(self) -> Iterator[Figure]:
        for name in PAGES:
            if name in self.addresses:
                count = len(self.cold[f"{name}-cold"].statements)
                yield below(f"{name}, queries", count, "", 8, conditions="visitor, nothing cached")

    def _changelist(self) -> Iterator[Figure]:
        """Once as in use, where our counts are remembered and Django has nowhere to; once with nothing remembered."""
        for kind, server, goal in (("warm", self.portal, 10), ("cold", self.forgetful, None)):
            page = self._pages(kind)[f"list-{kind}"]
            ours, theirs = Target(server.port, page.path), Target(self.changelist.port, "/projects/")
            said = self._conditions(
                page, "Django's own changelist with facets and counts in the limit's place"
            )
            pairs = self.rounds.interleave(ours, theirs)
            yield compare(f"list, {kind}, against Django's changelist", pairs, goal=goal, conditions=said)

    def _export(self) -> Iterator[Figure]:
        try:
            path = reverse("projects:export", args=["csv"])
        except NoReverseMatch:
            yield Figure("export", None, "", conditions="there is no export yet")
            return
        count, query = _many(min(EXPORTED, self.total))
        before = self.portal.resident()
        first, last, length = first_byte(self.portal.port, f"{path}?{query}")
        after = self.portal.resident()
        said = f"CSV of {count} projects, {length} bytes, {path}?{query}"
        yield below("export, first byte", first, "s", 1, conditions=said)
        yield Figure("export, all of it", round(last, 2), "s", n=1, conditions=said)
        grown = f"{(after - before) / 2**20:.0f} MB more than before; at its largest"
        yield below("export, resident memory", after / 2**20, "MB", 150, conditions=f"{said}, {grown}")

    def _weight(self) -> Iterator[Figure]:
        for name in ("list", "project"):
            size = self.warm[f"{name}-warm"].compressed / 1000
            yield below(f"{name}, next page's weight", size, "kB", 15, conditions="HTML, gzip")


PAGES = {
    "list": "list with facets and counts",
    "filtered": "list filtered",
    "deep": "list, deep page",
    "search": "search, common word",
    "project": "project page",
}
GOALS = {"list", "project"}
KEPT = ("list", "filtered", "project")


def _addresses(total: int) -> dict[str, str]:
    listed = reverse("projects:list")
    project = Project.objects.visible_to(AnonymousUser()).order_by("-pk")[min(total // 2, 1000)]
    common, everywhere = _words(total)
    lead = Project.objects.select_related("lead").order_by("-pk")[0].lead.slug
    return {
        "list": listed,
        "filtered": f"{listed}?phase=under_way&university={lead}",
        "deep": f"{listed}?after={_cursor(_deep(total))}",
        "search": f"{listed}?q={common}",
        "search everywhere": f"{listed}?q={everywhere}",
        "project": project.get_absolute_url(),
    }


def _deep(total: int) -> int:
    return min(DEEP, int(total * 0.95) - 1)


def _cursor(row: int) -> str:
    order = ORDERS[DEFAULT_ORDER][1]
    found = Project.objects.visible_to(AnonymousUser()).only("ends_on").order_by(*order)
    row = min(row, found.count() - 2)
    return _encode(found[row], order, row + 1)


def _words(total: int) -> tuple[str, str]:
    """A word of about 13,000 projects in 200,000, and the one that most have."""
    candidates = {word for english, _lithuanian in TOPICS for word in english.split()}
    numbers = {word: Project.objects.search(word).count() for word in sorted(candidates)[::4]}
    common = min(numbers, key=lambda word: abs(numbers[word] - COMMON * total))
    return common, "universities"


def _many(rows: int) -> tuple[int, str]:
    """A filter under which there are at least so many projects: how many, and how the address says it."""
    public = Project.objects.visible_to(AnonymousUser())
    chosen: list[str] = []
    leads = public.values_list("lead", "lead__slug").annotate(n=Count("pk")).order_by("-n")
    reached = 0
    for _lead, slug, number in leads:
        chosen.append(f"university={slug}")
        reached += number
        if reached >= rows:
            break
    return reached, "&".join(chosen)


__all__ = ["Bench", "WrongAnswer"]
