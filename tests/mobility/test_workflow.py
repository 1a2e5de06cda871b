"""The table of states and ways, held against the alliance's rules, and driven through the verbs."""

import re
from pathlib import Path

import pytest
import rules
from django.core.exceptions import PermissionDenied

from audit.models import Event
from ground.workflow import NotPossible
from mobility import actions
from mobility.models import Application
from mobility.workflow import APPLICATION, FINAL, Status
from tests.mobility.conftest import WAYS_TO, take

# As the alliance's rules tell it ("Application: states and ways").
WAYS = {
    ("draft", "submitted"), ("submitted", "draft"), ("submitted", "returned"), ("returned", "submitted"),
    ("submitted", "eligible"), ("submitted", "ineligible"), ("ineligible", "eligible"), ("eligible", "offered"),
    ("eligible", "waitlisted"), ("eligible", "not_selected"), ("waitlisted", "offered"),
    ("waitlisted", "not_selected"), ("not_selected", "waitlisted"), ("not_selected", "offered"),
    ("offered", "accepted"), ("offered", "declined"), ("offered", "expired"),
    *((s, "withdrawn") for s in ("draft", "submitted", "returned", "eligible", "ineligible", "offered", "waitlisted",
                                 "not_selected")),
}  # fmt: skip


def test_every_way_of_the_rules_is_in_the_table_and_no_other():
    assert {(s, t.target) for t in APPLICATION.transitions.values() for s in t.sources} == WAYS


def test_every_state_is_reachable():
    reached = {APPLICATION.first} | {t.target for t in APPLICATION.transitions.values()}
    assert reached == set(Status)


@pytest.mark.parametrize("status", list(Status))
def test_every_state_is_final_or_can_be_left(status):
    assert bool(APPLICATION.open_from(status)) is (status not in FINAL)


@pytest.mark.parametrize("transition", APPLICATION.transitions.values(), ids=lambda t: t.name)
def test_every_way_has_a_permission_a_sentence_and_a_label(transition):
    assert rules.perm_exists(transition.permission)
    assert str(transition.label)
    assert str(transition.sentence).endswith(".")


def test_status_is_assigned_at_one_door_only():
    room = Path(actions.__file__).parents[1]
    assigning = [
        path.name
        for path in room.rglob("*.py")
        if re.search(r"\.status = |update\(status=", path.read_text("utf-8"))
    ]
    assert assigning == ["door.py"]


@pytest.mark.django_db
@pytest.mark.parametrize("step", APPLICATION.transitions)
@pytest.mark.parametrize("status", list(Status))
def test_verb_goes_every_way_of_the_table_and_no_other(status, step, in_state, place, ruta, ana):
    application = in_state(status)
    transition = APPLICATION.transitions[step]
    events = Event.objects.count()
    if status in transition.sources:
        assert take(application, step, place=place, ruta=ruta, ana=ana).status == transition.target
        last = Event.objects.latest("pk")
        assert last.verb == f"mobility.{step}"
        assert last.details["from"] == status
    else:
        if (step, status) == ("submit", "submitted"):
            take(application, step, place=place, ruta=ruta, ana=ana)  # the same answer again
        else:
            with pytest.raises(NotPossible):
                take(application, step, place=place, ruta=ruta, ana=ana)
        assert Application.objects.get().status == status
        assert Event.objects.count() == events


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["approve", "", "submit; drop", "mobility.offer"])
def test_unknown_step_is_refused_and_changes_nothing(step, submitted, ruta):
    with pytest.raises(NotPossible):
        actions.decide(submitted, step, by=ruta)
    assert Application.objects.get().status == Status.SUBMITTED


@pytest.mark.django_db
@pytest.mark.parametrize("step", sorted(actions.DECISIONS))
@pytest.mark.parametrize("who", ["ana", "bruno", "chiara", "dainius", "jonas", "ieva", "tomas", "egle"])
def test_only_the_sending_coordinator_decides(who, step, in_state, place, request):
    person = request.getfixturevalue(who)
    source = sorted(APPLICATION.transitions[step].sources)[0]
    application = in_state(source)
    with pytest.raises(PermissionDenied):
        take(application, step, place=place, ruta=person, ana=None)
    assert Application.objects.get().status == source


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["submit", "take_back", "accept", "decline", "withdraw"])
@pytest.mark.parametrize("who", ["ruta", "tomas", "egle", "laima", "bruno"])
def test_only_the_applicant_answers(who, step, in_state, place, request):
    person = request.getfixturevalue(who)
    source = sorted(APPLICATION.transitions[step].sources)[0]
    application = in_state(source)
    with pytest.raises(PermissionDenied):
        take(application, step, place=place, ruta=None, ana=person)
    assert Application.objects.get().status == source


@pytest.mark.django_db
def test_coordinator_never_decides_on_an_application_of_their_own(submitted, ruta):
    Application.objects.update(applicant=ruta)
    with pytest.raises(PermissionDenied):
        actions.decide(submitted, "find_eligible", by=ruta)


@pytest.mark.django_db
def test_administrator_may_decide(submitted, laima):
    assert actions.decide(submitted, "find_eligible", by=laima).status == Status.ELIGIBLE


def test_every_state_has_a_way_in_these_tests():
    assert set(WAYS_TO) == set(Status)
