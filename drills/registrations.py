"""Fifty people register at once for an event of ten seats, each pressing twice; then one of the ten cancels.

Promised: ten are in and forty wait in the order in which they came; who cancels lets the next one in, once; nobody is
in twice, after the close or by somebody else's address.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connections
from django.urls import reverse

from accounts.models import User
from bench.servers import serving
from drills.browser import Browser
from drills.outcome import Outcome, latencies
from drills.scene import person_of, signed_in, university_of
from ground import clock
from news.models import Admission, Event, Registration
from news.registering import messages
from notifications.models import Message

SEATS, PEOPLE, PRESSES = 10, 50, 2
SAFETIES = {"seats": "giving places without holding the event"}
State = Registration.State


@dataclass
class Scene:
    """The event, and everybody who wants to come."""

    event: Event
    people: list[User]
    browsers: list[Browser]
    taken: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def path(self) -> str:
        return reverse("news:event_register", args=[self.event.slug])

    @property
    def rows(self) -> list[Registration]:
        """Who is registered, in the order in which they came."""
        return list(Registration.objects.filter(event=self.event).order_by("number"))


def run(seed: int, *, without: str = "") -> Outcome:
    """Try it once; `without` names the safety of SAFETIES that is switched off. Out: what came of it."""
    name = f"registrations without {without}" if without else "registrations"
    outcome = Outcome(name, seed, PEOPLE)
    module = "drills.careless" if without else "alliance_portal.wsgi"
    with tempfile.TemporaryDirectory(prefix="alliance-portal-drill-", ignore_cleanup_errors=True) as folder:
        switched = {"DRILL_WITHOUT": without, "DOCUMENTS_ROOT": f"{folder}/documents"}
        with serving(module, Path(folder), timeout=30, **switched) as server:
            scene = _set_up(f"{name.replace(' ', '-')}-{seed}", server.port)
            _all_at_once(scene, outcome)
            _count(scene, outcome)
            if not without:
                _one_cancels(scene, outcome)
                _too_late(scene, outcome)
                _by_foreign_addresses(scene, outcome)
        outcome.seen += latencies(scene.taken)
    return outcome


def _set_up(name: str, port: int) -> Scene:
    event = Event.objects.create(
        slug=name, title_en="Open day", university=university_of("drill-home"), zone="Europe/Vilnius",
        starts_at=clock.read() + dt.timedelta(days=30), publication="published",
    )  # fmt: skip
    Admission.objects.create(event=event, capacity=SEATS)
    people = User.objects.bulk_create(person_of(name, number) for number in range(1, PEOPLE + 2))
    return Scene(event, people, [Browser(port, signed_in(user)) for user in people])


def _all_at_once(scene: Scene, outcome: Outcome) -> None:
    """Everybody looks at the form, then all press its button, twice each."""
    for browser in scene.browsers[:PEOPLE]:
        browser.get(scene.path)
    connections.close_all()
    barrier, answers = threading.Barrier(PEOPLE * PRESSES), Counter[int]()

    def press(browser: Browser) -> None:
        barrier.wait()
        begun = time.monotonic()
        status = browser.post(scene.path, {}).status
        with scene.lock:
            answers[status] += 1
            scene.taken.setdefault("register", []).append(time.monotonic() - begun)

    fingers = [
        threading.Thread(target=press, args=(browser,), daemon=True)
        for browser in scene.browsers[:PEOPLE]
        for _press in range(PRESSES)
    ]
    for finger in fingers:
        finger.start()
    for finger in fingers:
        finger.join(120)
    outcome.seen.append(f"{PEOPLE} people pressed {PRESSES} times at once: {_told(answers)}")
    if set(answers) != {302} or answers.total() != len(fingers):
        outcome.reasons.append(f"not everybody was answered as they should be: {_told(answers)}")


def _told(answers: Counter[int]) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))


def _count(scene: Scene, outcome: Outcome) -> None:
    """Ten in, forty waiting, each once, in the order of their numbers, and told once."""
    rows, admission = scene.rows, Admission.objects.get(event=scene.event)
    there = Counter(row.user_id for row in rows)
    states = Counter(row.state for row in rows)
    outcome.lost = sum(user.pk not in there for user in scene.people[:PEOPLE])
    outcome.duplicated = sum(count - 1 for count in there.values())
    outcome.leaked = max(states[State.IN] - SEATS, 0) + max(admission.taken - SEATS, 0)
    outcome.seen.append(
        f"{states[State.IN]} in, {states[State.WAITING]} waiting, {admission.taken} seats counted"
    )
    line = [(row.number, row.state) for row in rows]
    right = [(n, State.IN if n <= SEATS else State.WAITING) for n in range(1, PEOPLE + 1)]
    if line != right:
        outcome.reasons.append("the line is not in the order of the numbers")
    letters = {kind: _letters(scene, kind) for kind in (messages.REGISTERED, messages.WAITING)}
    if letters != {messages.REGISTERED: SEATS, messages.WAITING: PEOPLE - SEATS}:
        outcome.reasons.append(f"letters: {letters}")


def _letters(scene: Scene, kind: str) -> int:
    rows = Registration.objects.filter(event=scene.event).values("uuid")
    return Message.objects.filter(kind=kind, subject_uuid__in=rows).count()


def _one_cancels(scene: Scene, outcome: Outcome) -> None:
    """One of the ten cancels from the own page, twice at once: the eleventh is in, and nobody else."""
    leaving = next(row for row in scene.rows if row.number == 4)
    browser = next(
        one for one, user in zip(scene.browsers, scene.people, strict=True) if user.pk == leaving.user_id
    )
    page = browser.get(scene.path).to
    browser.get(page)
    fingers = [threading.Thread(target=browser.post, args=(page, {"step": "cancel"})) for _press in range(2)]
    for finger in fingers:
        finger.start()
    for finger in fingers:
        finger.join()
    now_in = [row.number for row in scene.rows if row.state == State.IN]
    outcome.seen.append(
        f"one cancelled twice at once; in are now {now_in}, {_letters(scene, messages.PROMOTED)} told"
    )
    if now_in != [n for n in range(1, SEATS + 2) if n != 4]:
        outcome.reasons.append("it was not the first of the line who moved up")
    outcome.duplicated += max(_letters(scene, messages.PROMOTED) - 1, 0)
    outcome.lost += _letters(scene, messages.PROMOTED) == 0


def _too_late(scene: Scene, outcome: Outcome) -> None:
    """Somebody presses when registration has closed."""
    late = scene.browsers[PEOPLE]
    late.get(scene.path)
    Admission.objects.filter(event=scene.event).update(closes_at=clock.read() - dt.timedelta(seconds=1))
    answer = late.post(scene.path, {})
    outcome.faults += 1
    outcome.leaked += len(scene.rows) - PEOPLE
    outcome.seen.append(f"after the close: {answer.status}")
    if answer.status != 409:
        outcome.reasons.append(f"after the close: {answer.status}")


def _by_foreign_addresses(scene: Scene, outcome: Outcome) -> None:
    """Addresses that nobody was given, and a proof of origin from another browser, change nothing."""
    before = [(row.number, row.state) for row in scene.rows]
    victim, thief = scene.rows[0], scene.browsers[PEOPLE]
    page = next(
        browser.get(scene.path).to
        for browser, user in zip(scene.browsers, scene.people, strict=True)
        if user.pk == victim.user_id
    )
    other = scene.rows[1].uuid.hex
    forged = [page.replace(victim.uuid.hex, other), re.sub(r":[^/]*", ":forged", page), page.replace(":", "")]
    statuses = []
    for address in (one for one in forged if one != page):
        thief.get(scene.path)
        statuses.append(thief.post(address, {"step": "cancel"}).status)
    thief.token = "x" * 64
    statuses.append(thief.post(page, {"step": "cancel"}).status)
    outcome.faults += len(statuses)
    outcome.leaked += before != [(row.number, row.state) for row in scene.rows]
    outcome.seen.append(f"foreign addresses and tokens: {statuses}")
    if set(statuses) - {403, 404} or 404 not in statuses or 403 not in statuses:
        outcome.reasons.append(f"foreign addresses and tokens: {statuses}")
