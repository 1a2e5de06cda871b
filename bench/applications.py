"""The coordinator's table: very many applications in a call beside few, asked in turn."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator

from django.contrib.auth import get_user_model
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.figures import Figure
from bench.load import HOST
from members.models import Appointment, Role
from mobility.models import Call

AT_MOST = 1.5
_WHO = "bench-coordinator@scale.example"
_ASKED = {
    "table": "", "table, filtered": "status=eligible", "table, by name": "sort=name", "table, ranking": "sort=score",
    "table, searched": "q=silva-1",
}  # fmt: skip


def figures(count: int, *, rounds: int, say: Callable[[str], None]) -> Iterator[Figure]:
    """The time of a page of the table for the largest call, in proportion to the smallest's."""
    from alliance_portal.scale import applications

    _made(count, say)
    calls = (
        Call.objects.filter(uuid__range=applications.RANGE).annotate(n=Count("applications")).order_by("n")
    )
    few, many = calls[0], calls.reverse()[0]
    with _coordinator(many) as client:
        for name, asked in _ASKED.items():
            pairs = [(_time(client, many, asked), _time(client, few, asked)) for _round in range(rounds + 3)][
                3:
            ]
            ratio = statistics.median(a / b for a, b in pairs)
            ours, theirs = (statistics.median(pair[side] for pair in pairs) * 1000 for side in (0, 1))
            yield Figure(
                name, round(ours, 1), "ms", round(theirs, 1), round(ratio, 2), f"≤ {AT_MOST}", ratio <= AT_MOST,
                rounds, f"{many.n} applications beside {few.n}",
            )  # fmt: skip


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
        self.user.delete()


def _time(client: Client, call: Call, asked: str) -> float:
    address = f"{reverse('mobility:call_applications', args=[call.slug])}?{asked}"
    begun = time.perf_counter()
    response = client.get(address, secure=True)
    spent = time.perf_counter() - begun
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    return spent
