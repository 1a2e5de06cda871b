"""One student in the hour of the deadline: uploads, saves, checks, submits; tries again where the line broke."""

from __future__ import annotations

import hashlib
import http.client
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse

from drills import papers
from drills.browser import Answer, Browser, CutOff, Upload
from drills.scene import Scene, Student

TRIES = 40
_HASH = re.compile(r"[0-9a-f]{64}")
CLOSED = "The call has closed"


@dataclass(frozen=True)
class Plan:
    """What one student does: when they begin, and what goes wrong. `submits_at` is when they press the button."""

    begins_at: float
    submits_at: float = 0
    slow: float = 0
    cut: bool = False
    times: int = 1


@dataclass
class Seen:
    """What all students saw, kept under one lock."""

    submitted: dict[int, str] = field(default_factory=dict)  # student: fingerprint on the receipt
    papers: dict[int, set[str]] = field(default_factory=dict)  # student: hashes of what was sent and taken
    refused: dict[int, float] = field(default_factory=dict)  # student: when they were told
    pressed: dict[int, float] = field(default_factory=dict)  # student: when they first pressed the button
    wrong: list[str] = field(default_factory=list)
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    broken: int = 0
    cut: int = 0
    waited: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Refused(Exception):
    """The student was told in words that the call has closed."""


class Person(threading.Thread):
    """A student at work."""

    def __init__(self, student: Student, plan: Plan, scene: Scene, seen: Seen, port: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.student, self.plan, self.scene, self.seen = student, plan, scene, seen
        self.browser = Browser(port, student.cookies)
        self.chance = random.Random(f"{seed}-{student.number}")  # noqa: S311 - the same seed, the same day
        self.seed = seed

    def run(self) -> None:
        _sleep_until(self.plan.begins_at)
        try:
            self._apply()
        except Refused:
            with self.seen.lock:
                self.seen.refused[self.student.number] = time.time()
        except Exception as error:
            self._wrong(f"{type(error).__name__}: {error}")

    def _apply(self) -> None:
        for place, asked in enumerate(self.scene.papers):
            self._page("documents", "application_documents")
            self._upload(place, str(asked.uuid))
        page = self._page("part", "application_part", "motivation")
        typed = {name: page.value(name) for name in ("seen", "draft")} | {"motivation": "To learn. " * 40}
        self._send("save", self._address("application_part", "motivation"), typed)
        _sleep_until(self.plan.submits_at)
        version = self._page("check", "application_check").value("version")
        self._submit(version)
        receipt = self._page("receipt", "application_receipt")
        found = _HASH.search(re.sub(r"<[^>]*>|\s", "", receipt.text))
        with self.seen.lock:
            self.seen.submitted[self.student.number] = found[0] if found else ""

    def _upload(self, place: int, asked: str) -> None:
        owner = f"student {self.student.number} paper {place}"
        content = papers.picture(self.seed, owner) if place == 2 else papers.paper(self.seed + place, owner)
        cut = self.plan.cut and place == 1
        upload = Upload(f"{place}.pdf", content, seconds=self.plan.slow if place == 0 else 0, cut=cut)
        if cut:
            try:
                self.browser.post(self._address("application_documents"), {"asked": asked}, upload)
            except (CutOff, OSError, http.client.HTTPException):
                with self.seen.lock:
                    self.seen.cut += 1
            upload = Upload(upload.name, content)
        kind = "slow upload" if upload.seconds else "upload"
        self._send(kind, self._address("application_documents"), {"asked": asked}, upload)
        if place < 2:  # a picture is drawn anew, a PDF is kept as it came
            with self.seen.lock:
                self.seen.papers.setdefault(self.student.number, set()).add(
                    hashlib.sha256(content).hexdigest()
                )

    def _submit(self, version: str) -> None:
        """Press the button, `times` at once; every answer has to be the same."""
        answers: list[str] = []
        with self.seen.lock:
            self.seen.pressed[self.student.number] = time.time()

        def press() -> None:
            try:
                answer = self._send("submit", self._address("application_submit"), {"version": version})
                answers.append(answer.to)
            except Refused:
                answers.append("refused")
            except Exception as error:
                self._wrong(f"submit: {error}")

        fingers = [threading.Thread(target=press, daemon=True) for _ in range(self.plan.times)]
        for finger in fingers:
            finger.start()
        for finger in fingers:
            finger.join()
        if "refused" in answers and len(set(answers)) == 1:
            raise Refused
        if set(answers) - {"refused"} != {self._address("application_receipt")}:
            raise AssertionError(f"submit answered {sorted(set(answers))}")

    def _page(self, kind: str, name: str, *more: str) -> Answer:
        """A page of the form. Raises Refused where it leads to the application, which tells that the call closed."""
        answer = self._try(kind, lambda: self.browser.get(self._address(name, *more)))
        if answer.status == 302 and answer.to == self._address("application"):
            told = self._try("told", lambda: self.browser.get(answer.to))
            if CLOSED in told.text:
                raise Refused
        if answer.status != 200:
            raise AssertionError(f"{kind}: {answer.status} {answer.to}")
        return answer

    def _send(self, kind: str, path: str, fields: dict[str, str], upload: Upload | None = None) -> Answer:
        """Send a form until it is answered. Raises Refused when the call has closed."""
        answer = self._try(kind, lambda: self.browser.post(path, fields, upload))
        if answer.status == 409 and CLOSED in answer.text:
            raise Refused
        if answer.status != 302:
            raise AssertionError(f"{kind}: {answer.status}")
        return answer

    def _try(self, kind: str, ask: Callable[[], Answer]) -> Answer:
        """Ask again when nobody answered, or when the portal asks to wait. Every other error is one."""
        for _ in range(TRIES):
            begun = time.monotonic()
            try:
                answer = ask()
            except (OSError, http.client.HTTPException):
                with self.seen.lock:
                    self.seen.broken += 1
                time.sleep(0.2 + self.chance.random())
                continue
            with self.seen.lock:
                self.seen.taken[kind].append(time.monotonic() - begun)
                self.seen.waited += answer.status == 503
            if answer.status != 503:
                if answer.status >= 500:
                    self._wrong(f"{kind}: {answer.status}")
                return answer
            time.sleep(answer.wait)
        raise AssertionError(f"{kind}: nobody answered")

    def _address(self, name: str, *more: str) -> str:
        return reverse(f"mobility:{name}", args=[self.student.application.uuid, *more])

    def _wrong(self, words: str) -> None:
        with self.seen.lock:
            self.seen.wrong.append(f"student {self.student.number}: {words}")


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))
