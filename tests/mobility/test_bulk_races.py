"""Each safety of bulk decisions against people and workers at once, and what happens in a build without it."""

import contextlib
import threading
import uuid

import pytest

from audit.models import Event
from ground.workflow import NotPossible
from mobility.actions import bulk
from mobility.models import BulkDecision, PendingDecision
from mobility.tasks import carry_out_decisions
from notifications.models import InboxItem
from tests.mobility.test_actions_applying import run_at_once
from tests.mobility.test_bulk import pass_time, states, told

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 1.0  # seconds; far longer than the other takes to get there, where nothing keeps it out


@pytest.fixture
def made(call, many, ruta):
    """A bulk decision whose ten minutes are over."""
    return pass_time(bulk.make_bulk(call, "find_eligible", many(3), by=ruta, token=uuid.uuid4()))


def without_lock(found):
    return BulkDecision.objects.select_related("call__university", "by").get(pk=found.pk)


def without_holding(key):
    rows = PendingDecision.objects.filter(pk=key, is_open=True)
    return rows.select_related("application", "place").first()


def without_asking_whether_it_waits(key):
    rows = PendingDecision.objects.select_for_update(of=("self",)).filter(pk=key)
    return rows.select_related("application", "place").first()


def leave_out(monkeypatch, *safeties):
    build = {"lock": ("_lock", without_lock), "hold": ("_hold", without_holding),
             "waits": ("_hold", without_asking_whether_it_waits)}  # fmt: skip
    for one in safeties:
        monkeypatch.setattr(bulk, *build[one])


def meet_in(monkeypatch, name):
    """Workers wait for each other in the function `name`, as long as nothing keeps the others out."""
    whole, meeting = getattr(bulk, name), threading.Barrier(2)

    def meet(*args, **kwargs):
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(LONG)
        return whole(*args, **kwargs)

    monkeypatch.setattr(bulk, name, meet)


# Somebody undoes while a worker carries out


def undo_in_the_middle(made, ruta, monkeypatch):
    """Whether it was all or nothing, when somebody undoes while a worker is in its first decision."""
    whole, begun, undone = bulk._take, threading.Event(), threading.Event()
    monkeypatch.setattr(bulk, "_is_over", lambda locked: False)  # time alone does not decide

    def slow(*args):
        if not begun.is_set():
            begun.set()
            undone.wait(LONG)
        whole(*args)

    def undo():
        begun.wait(LONG)
        try:
            return bulk.undo_bulk(made, by=ruta)
        finally:
            undone.set()

    monkeypatch.setattr(bulk, "_take", slow)
    _carried, answer = run_at_once([carry_out_decisions, undo])
    made.refresh_from_db()
    if isinstance(answer, NotPossible):
        return (made.status, set(states()), told()) == ("done", {"eligible"}, 3)
    return (made.status, set(states()), told()) == ("undone", {"submitted"}, 0)


def test_undo_in_the_middle_of_carrying_out_is_all_or_nothing(made, ruta, monkeypatch):
    assert undo_in_the_middle(made, ruta, monkeypatch)


def test_without_the_lock_of_the_bulk_decision_it_would_be_half(made, ruta, monkeypatch):
    leave_out(monkeypatch, "lock")
    assert not undo_in_the_middle(made, ruta, monkeypatch)


# Two workers at once


def two_workers(monkeypatch, where):
    """What is wrong after two workers met in `where`: decisions refused, told too often, closed more than once."""
    meet_in(monkeypatch, where)
    run_at_once([carry_out_decisions] * 2)
    found = {
        "refused": PendingDecision.objects.exclude(refusal="").count(),
        "told too often": told() - 3,
        "closed too often": Event.objects.filter(verb="mobility.carry_out_bulk").count() - 1,
        "refusals told": InboxItem.objects.filter(kind="mobility.bulk_refused").count(),
    }
    return {words for words, number in found.items() if number}


@pytest.mark.parametrize("where", ["_take", "move"])
def test_two_workers_take_each_decision_once_and_close_once(where, made, monkeypatch):
    assert two_workers(monkeypatch, where) == set()
    assert states() == ["eligible"] * 3


def test_without_the_lock_of_the_bulk_decision_it_would_be_closed_twice(made, monkeypatch):
    leave_out(monkeypatch, "lock")
    assert "closed too often" in two_workers(monkeypatch, "move")


def test_the_hold_of_each_decision_keeps_workers_apart_where_the_lock_does_not(made, monkeypatch):
    leave_out(monkeypatch, "lock")
    assert "refused" not in two_workers(monkeypatch, "_take")


def test_without_both_a_decision_that_was_made_would_be_told_as_refused(made, monkeypatch):
    leave_out(monkeypatch, "lock", "hold")
    assert "refused" in two_workers(monkeypatch, "_take")


@pytest.mark.parametrize(("safeties", "refused"), [([], 0), (["waits"], 1)])
def test_worker_that_listed_the_decisions_before_another_took_one(safeties, refused, made, monkeypatch):
    """It asks of each whether it still waits; without asking, a decision that was made would be told as refused."""
    leave_out(monkeypatch, *safeties)
    keys = list(made.decisions.order_by("pk").values_list("pk", flat=True))
    for key in [keys[0], *keys]:
        bulk._carry_one(made, key)
    bulk._settle(made)
    assert PendingDecision.objects.exclude(refusal="").count() == refused
    assert InboxItem.objects.filter(kind="mobility.bulk_refused").count() == refused
    assert told() == 3
