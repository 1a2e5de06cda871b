"""The search over everything beside the plain list of projects, asked in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from django.urls import reverse

from bench.figures import Figure, Rounds, Target, below, compare
from bench.pages import read, scans
from bench.projects import OUR_TABLE, _words
from bench.servers import serving
from projects.models import Project

AT_MOST = 2


def figures(folder: Path, rounds: Rounds, stack: ExitStack) -> Iterator[Figure]:
    """The slowest answers (p95) of each kind of question, in proportion to the list's; scans; queries."""
    total = Project.objects.count()
    portal = stack.enter_context(serving("bench.portal", folder, LOG_LEVEL="INFO"))
    plain = Target(portal.port, reverse("projects:list"))
    for name, (view, typed) in _questions(total).items():
        path = f"{reverse(view)}?{urlencode({'q': typed})}"
        page = read(path, warm=True)
        said = f"{total} projects, {len(page.statements)} queries, {page.size} bytes, “{typed}”"
        yield compare(
            f"{name} against the list, p95", rounds.interleave(Target(portal.port, path), plain), goal=AT_MOST,
            measure=lambda shot: shot.p95, unit="s", more_is_better=False,
            conditions=f"{said}; the plain list in the limit's place",
        )  # fmt: skip
        for table in (OUR_TABLE, "ground_titleword"):
            read_whole = scans(page, table)
            yield below(f"{name}, sequential scans of {table}", len(read_whole), "", 0, conditions=said)
        yield below(f"{name}, queries", len(page.statements), "", 8, conditions="visitor")


def _questions(total: int) -> dict[str, tuple[str, str]]:
    common, _everywhere = _words(total)
    rare = Project.objects.order_by("-pk").values_list("code", flat=True)[0]
    wrong = common[:2] + common[3] + common[2] + common[4:]
    return {
        "search, common word": ("pages:search", common),
        "search, one project": ("pages:search", rare),
        "search, letters changed": ("pages:search", wrong),
        "suggestions, common word": ("pages:suggestions", common),
    }
