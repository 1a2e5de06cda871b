"""How fast the outbox is emptied: several senders, each a process, into a mail server in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.db import connection, connections

from alliance_portal import processes
from bench.figures import Figure
from bench.posting import PATIENCE
from bench.servers import ROOT
from ground import clock
from notifications import kinds
from notifications.models import Message
from notifications.models.message import recipient_of
from notifications.outbox import new_message

SENDERS = 3
GOAL = 200.0  # messages a second
KIND = "projects.period_ends"
PEOPLE = 1000
UNBRAKED = {
    "SMTP_HOST": "127.0.0.1", "MAIL_RELAY": "smtp", "MAIL_PERSON_HOURLY": "1000000", "MAIL_BRAKE_FLOOR": "1000000",
}  # fmt: skip
_SINK = "from bench.posting import sink; sink()"
_SENDER = "from bench.posting import send_all; send_all()"


def figures(count: int) -> Iterator[Figure]:
    """Messages a second, with `SENDERS` senders, and with one and a third of the messages."""
    for senders, share in ((SENDERS, 1), (1, SENDERS)):
        fill(count // share)
        yield _measure(senders)
        clear()


def _measure(senders: int) -> Figure:
    waiting = Message.objects.filter(state="due").count()
    connections.close_all()
    with _process(_SINK, stdout=subprocess.PIPE) as box:
        assert box.stdout  # noqa: S101
        port = box.stdout.readline().decode().strip()
        crew = [
            _process(_SENDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, SMTP_PORT=port, **UNBRAKED)
            for _ in range(senders)
        ]
        for one in crew:
            assert one.stdout  # noqa: S101
            one.stdout.readline()  # it has loaded what it needs
        begun = time.monotonic()
        for one in crew:
            assert one.stdin  # noqa: S101
            one.stdin.close()
        for one in crew:
            one.wait(PATIENCE)
        seconds = time.monotonic() - begun
        box.terminate()
    sent = Message.objects.filter(state="sent").count()
    rate = float(f"{sent / seconds:.4g}")
    goal, met = ("≥ 200 /s", rate >= GOAL) if senders == SENDERS else ("", None)
    name = f"sending, {senders} sender{'s' if senders > 1 else ''}"
    conditions = (
        f"{sent} of {waiting} sent in {seconds:.1f} s, a commit each, to a mail server on this machine"
    )
    return Figure(name, rate, "messages/s", goal=goal, met=met, n=sent, conditions=conditions)


def _process(program: str, **more: object) -> subprocess.Popen[bytes]:
    environment = os.environ | {name: str(value) for name, value in more.items() if name.isupper()}
    pipes = {name: value for name, value in more.items() if not name.isupper()}
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        preexec_fn=processes.dies_with_parent(),
        **pipes,
    )  # type: ignore[call-overload]


def fill(count: int) -> None:
    """`count` messages of one optional kind to a thousand people, due now."""
    clear()
    people = get_user_model().objects.bulk_create(
        get_user_model()(email=f"bench{n}@bench.example", name=f"Person {n}", language="en", password="!")  # noqa: S106
        for n in range(min(count, PEOPLE))
    )
    context = dict(kinds.find(KIND).sample) | {"ends_on": clock.now().date()}
    with clock.one_moment():
        rows = (
            new_message(KIND, recipient=recipient_of(people[n % len(people)]), language="en", context=context)
            for n in range(count)
        )
        Message.objects.bulk_create(_about_something(rows), batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_message")


def _about_something(rows: Iterator[Message]) -> Iterator[Message]:
    for row in rows:
        row.subject_kind, row.subject_uuid, row.subject_name = "bench", uuid.uuid4(), "S-NET-24-50"
        yield row


def clear() -> None:
    """Take away what was made."""
    Message.objects.filter(subject_kind="bench").delete()
    get_user_model().objects.filter(email__endswith="@bench.example").delete()
