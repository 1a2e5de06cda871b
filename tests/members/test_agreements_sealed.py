"""What was sent never changes: the triggers, asked directly and past every verb."""

import datetime as dt
import threading
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from audit.models import Event
from ground import clock
from members.actions import agreements
from members.agreements.content import digest_of, read
from members.models import (
    Agreement,
    AgreementSide,
    AgreementVersion,
    Approval,
    Condition,
    ConditionField,
    ConditionLanguage,
    VersionSide,
)
from tests import factories
from tests.members import agreeing

pytestmark = pytest.mark.usefixtures("autumn_2026")

SEAL = "members_agreement_sealed"


@pytest.fixture
def sent(ktu, aveiro, ruta):
    return agreeing.sent(ktu, aveiro, ruta)


def refused(name, write):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    assert error.value.__cause__.diag.constraint_name == name


WRITES = {
    "years": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(last_year="2030/2031"),
    "remarks": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(remarks="More."),
    "reason": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(reason="Other."),
    "number": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(number=7),
    "author": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(
        author_side=v.agreement.sides.get(place=2).university
    ),
    "digest": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(digest="0" * 64),
    "sent at": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(sent_at=clock.read()),
    "identifier": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(uuid="0f6d1c9e8f5b4c0e9a636f0a7d0f3b11"),
    "creator": lambda v: AgreementVersion.objects.filter(pk=v.pk).update(created_by=factories.UserFactory()),
    "version goes": lambda v: AgreementVersion.objects.filter(pk=v.pk)._raw_delete("default"),
    "side": lambda v: VersionSide.objects.filter(version=v).update(signatory_name="Somebody else"),
    "side goes": lambda v: VersionSide.objects.filter(version=v).delete(),
    "place": lambda v: Condition.objects.filter(version=v).update(places=900),
    "origin": lambda v: Condition.objects.filter(version=v).update(position=9),
    "condition goes": lambda v: Condition.objects.filter(version=v).delete(),
    "condition comes": lambda v: _copy(v.conditions.first()),
    "field": lambda v: ConditionField.objects.filter(condition__version=v).update(clarification="X"),
    "field goes": lambda v: ConditionField.objects.filter(condition__version=v).delete(),
    "field comes": lambda v: ConditionField.objects.create(
        condition=v.conditions.first(), field=factories.FieldFactory(code="0611")
    ),
    "language": lambda v: ConditionLanguage.objects.filter(condition__version=v).update(level="A1"),
    "language goes": lambda v: ConditionLanguage.objects.filter(condition__version=v).delete(),
    "language comes": lambda v: v.conditions.first().languages.create(language="lt", level="A1"),
    "parties": lambda v: AgreementSide.objects.filter(agreement=v.agreement, place=2).update(
        university=factories.UniversityFactory()
    ),
    "side's identifier": lambda v: AgreementSide.objects.filter(agreement=v.agreement, place=2).update(
        uuid="0f6d1c9e8f5b4c0e9a636f0a7d0f3b11"
    ),
    "party goes": lambda v: AgreementSide.objects.filter(agreement=v.agreement, place=2)._raw_delete("default"),
    "agreement's identifier": lambda v: Agreement.objects.update(uuid="0f6d1c9e8f5b4c0e9a636f0a7d0f3b11"),
    "becomes demo": lambda v: Agreement.objects.update(is_demo=True),
}  # fmt: skip


def _copy(condition):
    condition.pk, condition.uuid, condition.origin = None, uuid4(), uuid4()
    condition._state.adding = True
    condition.save()


@pytest.mark.django_db
@pytest.mark.parametrize("what", WRITES)
def test_nothing_of_what_was_sent_can_be_changed(what, sent):
    before = digest_of(sent)
    refused(SEAL, lambda: WRITES[what](sent))
    assert digest_of(sent) == before == sent.digest


TABLES = {
    "years": "members_agreementversion", "remarks": "members_agreementversion", "side": "members_versionside",
    "place": "members_condition", "condition comes": "members_condition",
    "field": "members_conditionfield", "language goes": "members_conditionlanguage",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("what", TABLES)
def test_without_the_triggers_the_fingerprint_tells_that_something_was_changed(what, sent):
    """The control of the tests above: the same writings go through, and the fingerprint fits no more."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {TABLES[what]} DISABLE TRIGGER USER")
    WRITES[what](sent)
    assert digest_of(sent) != AgreementVersion.objects.get().digest


@pytest.mark.django_db
@pytest.mark.parametrize(
    "what", ["years", "side", "place", "condition goes", "field", "field comes", "language goes"]
)
def test_the_same_is_possible_in_a_draft(what, ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    before = digest_of(draft)
    WRITES[what](draft)
    assert digest_of(AgreementVersion.objects.get()) != before


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["withdraw", "return"])
def test_the_seal_stays_when_a_version_is_closed(end, ktu, aveiro, ruta, bruno):
    if end == "withdraw":
        version = agreements.withdraw(agreeing.propose(ktu, aveiro, ruta), by=ruta)  # was never sent
    else:
        version = agreements.return_version(agreeing.sent(ktu, aveiro, ruta), comment="No.", by=bruno)
    refused(SEAL, lambda: Condition.objects.filter(version=version).update(places=900))
    refused(SEAL, lambda: WRITES["remarks"](version))


@pytest.mark.django_db
def test_a_condition_can_not_be_moved_into_what_was_sent(sent, ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    refused(SEAL, lambda: Condition.objects.filter(version=draft).update(version=sent))
    refused(SEAL, lambda: Condition.objects.filter(version=sent).update(version=draft))


@pytest.mark.django_db
def test_a_condition_is_between_the_two_sides(ktu, aveiro, trento, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    refused(
        "members_agreement_between_its_sides",
        lambda: Condition.objects.filter(version=draft, sending=ktu).update(receiving=trento),
    )
    other = agreeing.propose(ktu, trento, ruta)
    refused(
        "members_agreement_between_its_sides",
        lambda: VersionSide.objects.filter(version=draft).update(side=other.agreement.sides.get(place=2)),
    )


@pytest.mark.django_db
def test_a_version_begins_as_a_draft_and_is_not_sent_empty_or_with_years_outside(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    seal = {"status": "sent", "sent_at": clock.now(), "digest": "0" * 64}
    rows = AgreementVersion.objects.filter(pk=draft.pk)
    refused(
        "members_agreement_begins_as_draft",
        lambda: AgreementVersion.objects.create(
            agreement=draft.agreement,
            number=2,
            author_side=ktu,
            first_year="2027/2028",
            last_year="2027/2028",
            **seal,
        ),
    )
    Condition.objects.filter(version=draft, position=0).update(last_year="2031/2032")
    refused("members_agreement_years", lambda: rows.update(**seal))
    Condition.objects.filter(version=draft).delete()
    refused("members_agreement_has_conditions", lambda: rows.update(**seal))


@pytest.mark.django_db
def test_nothing_comes_into_force_without_the_approval_of_both(sent, ktu, ruta, aveiro):
    rows = AgreementVersion.objects.filter(pk=sent.pk)
    refused(
        "members_agreement_approved_by_both", lambda: rows.update(status="in_force", approved_at=clock.now())
    )
    agreements.approve(sent, digest=sent.digest, by=ruta)
    refused(
        "members_agreement_approved_by_both", lambda: rows.update(status="in_force", approved_at=clock.now())
    )


@pytest.mark.django_db
def test_an_approval_names_the_version_as_it_was_sent_and_never_changes(sent, ruta, trento, ktu, aveiro):
    own = sent.agreement.sides.get(place=1)
    row = {"version": sent, "side": own, "by": ruta, "by_name": "R", "at": clock.now()}
    refused("members_approval_of_this_version", lambda: Approval.objects.create(digest="0" * 64, **row))
    foreign = agreeing.propose(ktu, trento, ruta)
    others = foreign.agreement.sides.get(place=1), foreign.agreement.sides.get(place=2)
    refused(
        "members_approval_of_this_version",
        lambda: Approval.objects.create(digest=sent.digest, **row | {"side": others[1]}),
    )
    refused(
        "members_approval_of_this_version",
        lambda: Approval.objects.create(digest="x", **row | {"version": foreign, "side": others[0]}),
    )
    approval = Approval.objects.create(digest=sent.digest, **row)
    rows = Approval.objects.filter(pk=approval.pk)
    for change in ({"digest": "1" * 64}, {"by_name": "X"}, {"at": clock.read()}, {"signed_by": "X"},
                   {"side": sent.agreement.sides.get(place=2)}, {"by": factories.UserFactory()}):  # fmt: skip
        refused("members_approval_stands", lambda change=change: rows.update(**change))
    refused("members_approval_stands", lambda: rows.delete())
    User.objects.get(pk=ruta.pk).delete()
    approval.refresh_from_db()
    assert (approval.by, approval.by_name) == (None, "R")
    sent.refresh_from_db()
    assert sent.created_by is None


@pytest.mark.django_db
def test_what_the_demo_brought_can_be_taken_away_though_not_changed(ktu, aveiro, ruta, bruno):
    factories.FieldFactory()
    agreement = agreements.propose(
        university=ktu, partner=aveiro, first_year="2027/2028", last_year="2029/2030", by=ruta, is_demo=True
    )
    sides = tuple(map(agreeing.with_people, read(agreement.versions.get()).sides))
    version = agreeing.rewrite(agreement.versions.get(), ruta, conditions=(agreeing.STUDIES,), sides=sides)
    agreements.send(version, by=ruta, approve=True)
    version.refresh_from_db()
    agreements.approve(version, digest=version.digest, by=bruno)
    refused(SEAL, lambda: Condition.objects.update(places=900))
    assert Agreement.objects.filter(is_demo=True).forget() == 1
    assert not Agreement.objects.exists()
    assert not Condition.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("begun", [agreeing.propose, agreeing.sent])
def test_an_agreement_is_never_deleted_not_even_one_that_nobody_knew_of(begun, ktu, aveiro, ruta):
    version = begun(ktu, aveiro, ruta)
    assert Agreement.objects.forget() == 0
    version.agreement.versions.filter(status="draft").delete()
    VersionSide.objects.filter(version__status="draft").delete()
    refused(
        "members_agreement_stays" if begun is agreeing.propose else SEAL,
        lambda: (
            AgreementSide.objects.filter(agreement=version.agreement_id)._raw_delete("default"),
            Agreement.objects.filter(pk=version.agreement_id)._raw_delete("default"),
        ),
    )
    assert Agreement.objects.exists()


# Two at once, on connections of their own.


def at_once(*deeds):
    """Do all deeds at the same time; what each gave, or what it raised."""
    outcomes = [None] * len(deeds)
    gate = threading.Barrier(len(deeds))

    def run(index, deed):
        try:
            gate.wait(timeout=10)
            outcomes[index] = deed()
        except Exception as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(run, *pair)) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def failures(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_give_one_agreement_in_force(ktu, aveiro, ruta, bruno):
    for _round in range(5):
        version = agreeing.sent(ktu, aveiro, ruta)
        people = (ruta, bruno, ruta, bruno)
        approve = partial(agreements.approve, version, digest=version.digest)
        assert not failures(at_once(*(partial(approve, by=person) for person in people)))
        agreement = Agreement.objects.get(pk=version.agreement_id)
        assert (agreement.status, agreement.current_id) == ("in_force", version.pk)
        assert version.approvals.count() == 2


@pytest.mark.django_db(transaction=True)
def test_approval_and_withdrawal_at_once_have_one_winner(ktu, aveiro, ruta, bruno):
    for _round in range(5):
        version = agreements.send(agreeing.propose(ktu, aveiro, ruta), by=ruta, approve=True)
        outcomes = at_once(
            partial(agreements.approve, version, digest=version.digest, by=bruno),
            partial(agreements.withdraw, version, by=ruta),
        )
        lost = failures(outcomes)
        assert len(lost) == 1
        version.refresh_from_db()
        assert version.status == ("withdrawn" if outcomes[0] in lost else "in_force")
        agreement = Agreement.objects.get(pk=version.agreement_id)
        assert agreement.status == ("proposed" if outcomes[0] in lost else "in_force")


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_it_is_sent_is_either_in_it_or_refused(ktu, aveiro, ruta):
    for _round in range(5):
        draft = agreeing.propose(ktu, aveiro, ruta)
        content = read(draft)
        more = replace(content, conditions=(*content.conditions, agreeing.STUDIES))
        at_once(
            partial(agreements.send, draft, by=ruta),
            partial(agreements.write, draft, more, by=ruta, seen=None),
            partial(Condition.objects.filter(version=draft).update, places=77),
        )
        draft.refresh_from_db()
        assert draft.status == "sent"
        assert digest_of(draft) == draft.digest


@pytest.mark.django_db(transaction=True)
def test_a_row_that_slips_in_before_the_sender_looked_is_waited_for(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    held, go = threading.Event(), threading.Event()

    def slip():
        with transaction.atomic():
            draft.conditions.first().languages.create(language="lt", level="A1")
            held.set()
            go.wait(timeout=10)

    def send():
        held.wait(timeout=10)
        threading.Timer(0.5, go.set).start()
        return agreements.send(draft, by=ruta)

    outcomes = at_once(slip, send)
    assert not failures(outcomes)
    draft.refresh_from_db()
    assert digest_of(draft) == draft.digest


@pytest.mark.django_db(transaction=True)
def test_two_changes_begun_at_once_are_one(ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    begin = partial(agreements.change, agreement, reason="More.")
    assert len(failures(at_once(partial(begin, by=ruta), partial(begin, by=bruno)))) == 1
    assert agreement.versions.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_close_an_agreement_once(ktu, aveiro, ruta, bruno):
    for _round in range(2):
        agreeing.agreed(ktu, aveiro, ruta, bruno)
    close = partial(agreements.expire, today=dt.date(2030, 9, 1))
    assert sum(at_once(close, close, close)) == 2
    assert Event.objects.filter(verb="members.agreement_expire").count() == 2
