"""How soon a change shows: an article is changed by the portal's own verb while its kept page is asked for."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.urls import reverse

from accounts.models import User
from alliance_portal import processes
from alliance_portal.scale.marks import mark
from alliance_portal.scale.news import forget
from bench.figures import Figure, below
from bench.load import HOST, asked
from bench.servers import free_port, serving
from ground import clock
from members.models import Appointment, Role
from news import actions
from news.models import NewsItem

GOAL = 1  # second
PATIENCE = 10
Answer = tuple[float, float, bool]  # asked at, there at, and whether it was right
SEED, NUMBER = 4095, 2**36 - 1  # of a record that `generate_scale` never makes, and removes


def figures(folder: Path, environment: Mapping[str, str], changes: int) -> Iterator[Figure]:
    """Seconds from the end of the verb to the first page with the new words; old pages after the goal."""
    with _article() as (item, editor):
        with serving("bench.portal", folder, **environment) as server:
            yield from _measured("the table", server.port, item, editor, changes)
        with _redis(folder) as address:
            if not address:
                words = "there is no redis-server on this machine"
                yield Figure("change shows, kept in Redis", None, "", conditions=words)
                return
            with serving("bench.portal", folder, **environment, REDIS_URL=address) as server:
                yield from _measured("Redis", server.port, item, editor, changes)


def _measured(where: str, port: int, item: NewsItem, editor: User, changes: int) -> Iterator[Figure]:
    for name, path in (("article", item.get_absolute_url()), ("home", reverse("pages:home"))):
        seconds, stale = [], 0
        for number in range(changes):
            took, late = _shown_after(port, path, item, editor, f"Changed {where} {name} {number}")
            seconds.append(took)
            stale += late
        said = f"worst of {changes} changes, pages asked for without a pause meanwhile"
        yield below(
            f"change shows, {name} kept in {where}", max(seconds), "s", GOAL, n=changes, conditions=said
        )
        yield below(
            f"old pages a second after a change, {name} kept in {where}",
            stale,
            "",
            0,
            n=changes,
            conditions=said,
        )


def _shown_after(port: int, path: str, item: NewsItem, editor: User, title: str) -> tuple[float, int]:
    """Change the title while the page is asked for. Out: seconds, and old pages when the goal had passed."""
    asked(port, path)
    with _asking(port, path, title.encode()) as answers:
        time.sleep(0.1)
        version = NewsItem.objects.values_list("version", flat=True).get(pk=item.pk)
        actions.change(item, by=editor, version=version, title_en=title)
        changed = time.perf_counter()
        deadline = changed + PATIENCE
        while time.perf_counter() < deadline and not (answers and answers[-1][2]):
            time.sleep(0.005)
        time.sleep(GOAL + 0.2)  # whoever asks next sees it too, whichever process answers
    return _late(answers, changed)


@contextmanager
def _asking(port: int, path: str, sought: bytes) -> Iterator[list[Answer]]:
    """The answers to somebody who asks for the page without a pause while the block runs."""
    answers: list[Answer] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            begun = time.perf_counter()
            body = asked(port, path)[2]
            answers.append((begun, time.perf_counter(), sought in body))

    loop = threading.Thread(target=ask)
    loop.start()
    try:
        yield answers
    finally:
        stop.set()
        loop.join()


def _late(answers: list[Answer], changed: float) -> tuple[float, int]:
    """Seconds until no answer was old any more, and the old ones asked for when the goal had passed."""
    late = [ended for begun, ended, right in answers if begun > changed and not right]
    first = next((ended for begun, ended, right in answers if right), changed + PATIENCE)
    stale = sum(begun > changed + GOAL and not right for begun, _ended, right in answers)
    return max(max([first, *late]) - changed, 0.0), stale


@contextmanager
def _article() -> Iterator[tuple[NewsItem, User]]:
    """An article that leads the news for as long as it is measured, and an editor; both gone afterwards."""
    person, text = mark("applicant", SEED, NUMBER), mark("news", SEED, NUMBER)
    _clear(person, text)
    editor = User.objects.create(
        uuid=person, email=f"bench-{SEED}@scale.example", name="Bench", is_active=True
    )
    Appointment.objects.create(user=editor, role=Role.ALLIANCE_OFFICE, valid_from=clock.now())
    try:
        yield NewsItem.objects.create(
            uuid=text, slug=f"generated-{SEED}-{NUMBER}", title_en="Not changed yet", publication="published",
            published_at=clock.now(),
        ), editor  # fmt: skip
    finally:
        _clear(person, text)


def _clear(person: str, text: str) -> None:
    forget(NewsItem.objects.filter(uuid=text))
    NewsItem.objects.filter(uuid=text).delete()
    Appointment.objects.filter(user__uuid=person).delete()
    User.objects.filter(uuid=person).delete()


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """A Redis of this run's own; nothing where there is none."""
    found = shutil.which("redis-server")
    if not found:
        yield ""
        return
    port = free_port()
    command: list[Any] = [found, "--port", str(port), "--bind", HOST, "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=processes.dies_with_parent(),
    )  # fmt: skip
    try:
        _wait(port)
        yield f"redis://{HOST}:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
