"""The coordinator's table: very many applications in a call beside few, asked in turn; and what is taken from it."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import taking
from bench.figures import Figure
from bench.load import HOST
from ground.paging import _encode
from members.models import Appointment, Role
from mobility.models import Application, Call, Reading
from mobility.review.query import SORTS

AT_MOST = 1.5
_WHO = "bench-coordinator@scale.example"
_WARM = 3
# What is asked for, and how deep in it: the first page, or the one that begins when so much of the rows have passed.
_ASKED: dict[str, tuple[dict[str, str], float]] = {
    "table": ({}, 0),
    "table, deep page": ({}, 0.95),
    "table, one state": ({"status": "eligible"}, 0),
    "table, a rule not met": ({"finding": "ects"}, 0),
    "table, a rule that all meet": ({"finding": "language"}, 0),
    "table, a field and a state": ({"field": "", "status": "submitted"}, 0),
    "table, reviews done": ({"scored": "done"}, 0),
    "table, last submitted": ({"sort": "-submitted"}, 0),
    "table, by name": ({"sort": "name"}, 0),
    "table, by name, deep page": ({"sort": "name"}, 0.95),
    "table, ranking": ({"sort": "score"}, 0),
    "table, ranking, deep page": ({"sort": "score"}, 0.45),
    "table, searched": ({"q": "silva-1"}, 0),
    "table, searched for a word that many have": ({"q": "silva"}, 0),
}


def figures(count: int, *, rounds: int, say: Callable[[str], None]) -> Iterator[Figure]:
    """The time of a page of the table for the largest call, in proportion to the smallest's; then what is taken."""
    from alliance_portal.scale import applications

    _made(count, say)
    calls = (
        Call.objects.filter(uuid__range=applications.RANGE)
        .annotate(n=Count("applications"))
        .order_by("n", "pk")
    )
    few, many = calls[0], calls.reverse()[0]
    with _coordinator(many) as client:
        for name, (asked, depth) in _ASKED.items():
            yield _compared(name, client, _address(many, asked, depth), _address(few, asked, depth), rounds,
                            f"{many.n} applications beside {few.n}")  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="alliance-portal-bench-") as folder:
            yield from taking.figures(Path(folder), client, few=few, many=many)


def _compared(name: str, client: Client, many: str, few: str, rounds: int, said: str) -> Figure:
    pairs = [(_time(client, many), _time(client, few)) for _round in range(rounds + _WARM)][_WARM:]
    ratio = statistics.median(a / b for a, b in pairs)
    ours, theirs = (statistics.median(pair[side] for pair in pairs) * 1000 for side in (0, 1))
    return Figure(
        name, round(ours, 1), "ms", round(theirs, 1), round(ratio, 2), f"≤ {AT_MOST}", ratio <= AT_MOST, rounds, said
    )  # fmt: skip


def _address(call: Call, asked: dict[str, str], depth: float) -> str:
    """The page of the call's table that is asked for; "" as a field stands for one that applications have."""
    asked = dict(asked)
    rows = Application.objects.filter(call=call, submitted_at__isnull=False)
    if asked.get("field") == "":
        asked["field"] = str(rows.exclude(sent_field=None).values_list("sent_field", flat=True)[0])
    if depth:
        order = SORTS[asked.get("sort", "submitted")][1]
        place = int(rows.count() * depth)
        rows = rows.filter(score__isnull=False) if asked.get("sort") == "score" else rows
        asked["after"] = _encode(rows.order_by(*order)[place], order, place + 1)
    return f"{reverse('mobility:call_applications', args=[call.slug])}?{urlencode(asked)}"


def _made(count: int, say: Callable[[str], None]) -> None:
    from django.core.management import call_command

    from alliance_portal.scale import applications
    from members.models import University

    call_command("migrate", interactive=False, verbosity=0)
    if not University.objects.exists():
        call_command("load_reference", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not applications.generated():
        applications.generate(count, seed=1, say=say)


class _coordinator:  # noqa: N801 - used as a block
    """A signed-in coordinator of the call's university, for as long as the block lasts."""

    def __init__(self, call: Call) -> None:
        people = get_user_model().objects
        people.filter(email=_WHO).delete()  # of a run that was broken off
        self.user = people.create_user(_WHO, None, name="Bench")
        Appointment.objects.create(
            user=self.user, role=Role.MOBILITY_COORDINATOR, university=call.university,
            valid_from=timezone.now() - dt.timedelta(days=1),
        )  # fmt: skip

    def __enter__(self) -> Client:
        client = Client(headers={"host": HOST})
        client.force_login(self.user)
        return client

    def __exit__(self, *details: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mobility.forgetting', 'yes', true)")
            Reading.objects.filter(reader=self.user)._raw_delete("default")  # what exports have written down
        self.user.delete()


def _time(client: Client, address: str) -> float:
    begun = time.perf_counter()
    response = client.get(address, secure=True)
    spent = time.perf_counter() - begun
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    return spent
