"""The tables of agreements and their versions, and the verbs that go their ways and no others."""

import re
from pathlib import Path

import pytest
import rules
from django.core.exceptions import PermissionDenied

from audit.models import Event
from ground import clock
from ground.workflow import NotPossible
from members import actions
from members.actions import agreements
from members.models import Agreement, AgreementVersion
from members.models.exchange import year_begins
from members.workflow import AGREEMENT, VERSION, AgreementStatus, VersionStatus
from tests.members import agreeing

pytestmark = pytest.mark.usefixtures("autumn_2026")
WAYS_OF_VERSIONS = {
    ("draft", "sent"), ("sent", "approved_one"), ("approved_one", "in_force"), ("sent", "returned"),
    ("approved_one", "returned"), ("draft", "withdrawn"), ("sent", "withdrawn"), ("approved_one", "withdrawn"),
    ("in_force", "superseded"),
}  # fmt: skip
WAYS_OF_AGREEMENTS = {
    ("proposed", "in_force"), ("expired", "in_force"), ("proposed", "abandoned"), ("in_force", "terminated"),
    ("in_force", "expired"),
}  # fmt: skip
TABLES = [(VERSION, VersionStatus, WAYS_OF_VERSIONS), (AGREEMENT, AgreementStatus, WAYS_OF_AGREEMENTS)]


@pytest.mark.parametrize(("table", "statuses", "ways"), TABLES)
def test_the_table_has_every_way_and_no_other(table, statuses, ways):
    assert {(s, t.target) for t in table.transitions.values() for s in t.sources} == ways
    assert {table.first} | {t.target for t in table.transitions.values()} == set(statuses)
    for status in statuses:
        assert bool(table.open_from(status)) is (status not in table.final)


@pytest.mark.parametrize(
    "way", [*VERSION.transitions.values(), *AGREEMENT.transitions.values()], ids=lambda w: w.name
)
def test_every_way_has_a_permission_a_sentence_and_a_label(way):
    assert rules.perm_exists(way.permission)
    assert str(way.label)
    assert str(way.sentence)


def test_status_is_assigned_at_one_door_only():
    folder = Path(actions.__file__).parent
    files = [*folder.glob("agreement*.py"), *(folder.parent / "agreements").glob("*.py")]
    assigning = [
        path.name for path in files if re.search(r"\.status = |update\(status=", path.read_text("utf-8"))
    ]
    assert assigning == ["agreement_door.py"]


@pytest.fixture
def in_state(ktu, aveiro, ruta, bruno):
    """A version of KTU's, brought to a state by the verbs that lead there."""

    def bring(status):
        if status in ("in_force", "superseded"):
            agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
            version = agreement.current
            if status == "superseded":
                change = agreements.change(agreement, by=ruta, reason="Fewer places.")
                agreements.send(agreeing.rewrite(change, ruta, remarks="Fewer."), by=ruta, approve=True)
                change.refresh_from_db()
                agreements.approve(change, digest=change.digest, by=bruno)
        else:
            version = agreeing.propose(ktu, aveiro, ruta)
            if status != "draft" and status != "withdrawn":
                version = agreements.send(version, by=ruta, approve=status == "approved_one")
            if status in ("returned", "withdrawn"):
                take(version, {"returned": "return", "withdrawn": "withdraw"}[status], ruta, bruno)
        return AgreementVersion.objects.get(pk=version.pk)

    return bring


def take(version, step, ruta, bruno):
    if step == "send":
        return agreements.send(version, by=ruta)
    if step == "return":
        return agreements.return_version(version, comment="Four, please.", by=bruno)
    if step == "withdraw":
        return agreements.withdraw(version, by=ruta)
    return agreements.approve(version, digest=version.digest, by=bruno)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["send", "approve", "return", "withdraw"])
@pytest.mark.parametrize("status", list(VersionStatus))
def test_verb_goes_every_way_of_the_table_and_no_other(status, step, in_state, ruta, bruno):
    version = in_state(status)
    assert version.status == status
    name = "approve_too" if (step, status) == ("approve", "approved_one") else step
    events = Event.objects.count()
    if status in VERSION.transitions[name].sources:
        assert take(version, step, ruta, bruno).status == VERSION.transitions[name].target
        lines = Event.objects.order_by("-pk")[: Event.objects.count() - events]
        line = next(e for e in lines if e.verb == f"members.agreement_{name}")
        assert (line.details["from"], line.details["to"]) == (status, VERSION.transitions[name].target)
        return
    if (step, status) == ("approve", "in_force"):
        take(version, step, ruta, bruno)  # the same answer again
    else:
        with pytest.raises((NotPossible, PermissionDenied)):
            take(version, step, ruta, bruno)
    assert AgreementVersion.objects.get(pk=version.pk).status == status
    assert Event.objects.count() == events


@pytest.fixture
def agreement_in(ktu, aveiro, ruta, bruno, at):
    def bring(status):
        if status in ("proposed", "abandoned"):
            agreement = agreeing.propose(ktu, aveiro, ruta).agreement
            if status == "abandoned":
                agreements.abandon(agreement, by=ruta)
        else:
            agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
            if status == "terminated":
                agreements.terminate(agreement, by=bruno, ends_after="2028/2029", reason="Closed.")
            if status == "expired":
                agreements.expire(today=year_begins("2030/2031"))
        return Agreement.objects.get(pk=agreement.pk)

    return bring


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["abandon", "terminate", "expire"])
@pytest.mark.parametrize("status", list(AgreementStatus))
def test_an_agreement_goes_every_way_of_the_table_and_no_other(status, step, agreement_in, ruta):
    agreement = agreement_in(status)
    assert agreement.status == status

    def go():
        if step == "abandon":
            agreements.abandon(agreement, by=ruta)
        elif step == "terminate":
            agreements.terminate(agreement, by=ruta, ends_after="2028/2029", reason="Closed.")
        else:
            assert agreements.expire(today=year_begins("2031/2032")) == (status == "in_force")

    if status in AGREEMENT.transitions[step].sources or step == "expire":
        go()
    else:
        with pytest.raises(NotPossible):
            go()
    expected = AGREEMENT.transitions[step].target if status in AGREEMENT.transitions[step].sources else status
    agreement.refresh_from_db()
    assert agreement.status == expected


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ana", "chiara", "dainius", "jonas", "ieva", "tomas", "egle", "laima"])
@pytest.mark.parametrize("step", ["approve", "return"])
def test_only_coordinators_of_a_side_approve_or_return(who, step, in_state, request, ruta):
    version = in_state("sent")
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        take(version, step, ruta, person)
    assert AgreementVersion.objects.get().status == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ana", "bruno", "chiara", "dainius", "jonas", "ieva", "tomas"])
def test_only_the_writing_side_and_those_who_keep_order_write_send_and_withdraw(who, in_state, request):
    version = in_state("draft")
    person = request.getfixturevalue(who)
    content = agreeing.read(version)
    for attempt in (
        lambda: agreements.write(version, content, by=person, seen=None),
        lambda: agreements.send(version, by=person),
        lambda: agreements.withdraw(version, by=person),
        lambda: agreements.abandon(version.agreement, by=person),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert AgreementVersion.objects.get().status == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["egle", "laima"])
def test_office_and_administrator_keep_order_but_do_not_approve_when_sending(who, in_state, request):
    person = request.getfixturevalue(who)
    version = in_state("draft")
    with pytest.raises(PermissionDenied):
        agreements.send(version, by=person, approve=True)
    assert agreements.send(version, by=person).status == "sent"
    assert agreements.withdraw(version, by=person).status == "withdrawn"


@pytest.mark.django_db
def test_the_sender_can_not_return_its_own_version(in_state, ruta):
    with pytest.raises(PermissionDenied):
        agreements.return_version(in_state("sent"), comment="Hm.", by=ruta)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ana", "bruno", "dainius"])
def test_nobody_proposes_for_a_university_that_is_not_theirs(who, ktu, aveiro, request):
    with pytest.raises(PermissionDenied):
        agreements.propose(
            university=ktu,
            partner=aveiro,
            first_year="2027/2028",
            last_year="2027/2028",
            by=request.getfixturevalue(who),
        )
    assert not Agreement.objects.exists()


@pytest.mark.django_db
def test_a_coordinator_whose_appointment_ended_can_not_approve_any_more(in_state, bruno):
    version = in_state("sent")
    bruno.appointments.update(valid_until=clock.now())
    with pytest.raises(PermissionDenied):
        agreements.approve(version, digest=version.digest, by=bruno)
