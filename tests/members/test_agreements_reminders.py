"""Dates of agreements, memberships and charters: what is due, who is told, once."""

import datetime as dt

import pytest

from ground import clock
from members.actions import agreements
from members.messages import (
    AGREEMENT_CHANGED,
    AGREEMENT_ENDS,
    AGREEMENT_SENT,
    APPROVAL_WAITS,
    CHANGE_WINDOW,
    CHARTER_ENDS,
    MEMBERSHIP_ENDS,
    WHAT_CHANGED,
    WHAT_WAITS,
)
from members.models import Membership
from members.reminders.agreements import ApprovalWaits, ChangeWindow, EndOfAgreement, window_end
from members.reminders.standing import EndOfCharter, EndOfMembership
from notifications import kinds, planner, reminders
from notifications.models import Message, ReminderPlan
from notifications.models.message import recipient_of
from tests import factories
from tests.members import agreeing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]
DAY = dt.date


@pytest.fixture
def agreement(ktu, aveiro, ruta, bruno):
    return agreeing.agreed(ktu, aveiro, ruta, bruno)


def told_at(moment, kind):
    """Who is told of dates of `kind` at `moment`, when the planner runs three times."""
    with reminders.only(kind), clock.one_moment(moment):
        before = Message.objects.count()
        for _time in range(3):
            planner.plan(moment)
            planner.release(moment)
        return {message.recipient for message in Message.objects.all()[: Message.objects.count() - before]}


def noon(day):
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def recipients(*people):
    return {recipient_of(person) for person in people}


def test_all_kinds_are_registered_with_their_days():
    offsets = {kind.name: kind.offsets for kind in reminders.all_kinds() if kind.name.startswith("members.")}
    assert {name: offsets[name] for name in (
        "members.change_window", "members.agreement_ends", "members.approval_waits", "members.membership_ends",
        "members.charter_ends",
    )} == {
        "members.change_window": (30, 7, 1),
        "members.agreement_ends": (180, 60),
        "members.approval_waits": (21, 7),
        "members.membership_ends": (90, 30),
        "members.charter_ends": (180, 60, 30),
    }  # fmt: skip


# The yearly window.


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (DAY(2026, 11, 2), DAY(2027, 1, 31)), (DAY(2027, 1, 31), DAY(2027, 1, 31)),
        (DAY(2027, 2, 1), DAY(2028, 1, 31)),
    ],
)  # fmt: skip
def test_the_window_of_changes_ends_with_january(day, end):
    assert window_end(day) == end


@pytest.mark.parametrize(("left", "count"), [(31, 0), (30, 2), (7, 2), (1, 2), (-1, 0)])
def test_coordinators_of_universities_with_agreements_are_told_of_the_window(
    left, count, agreement, ruta, bruno, chiara, dainius, egle
):
    people = told_at(noon(DAY(2027, 1, 31) - dt.timedelta(days=left)), ChangeWindow())
    assert people == (recipients(ruta, bruno) if count else set())


def test_the_window_names_the_year_whose_places_change(agreement, ktu):
    [one, _other] = ChangeWindow().due(DAY(2027, 1, 1), DAY(2027, 1, 31))
    assert (one.name, one.date, one.context["year"]) == ("KTU", DAY(2027, 1, 31), "2027/2028")
    assert ChangeWindow().current([ktu.uuid])[ktu.uuid] == one
    assert list(ChangeWindow().due(DAY(2027, 2, 1), DAY(2027, 3, 2))) == []


def test_who_has_no_agreement_for_that_year_is_not_reminded_of_the_window(agreement, trento, ruta):
    assert ChangeWindow().current([trento.uuid]) == {}
    assert list(ChangeWindow().due(DAY(2031, 1, 1), DAY(2031, 1, 31))) == []
    agreements.terminate(agreement, by=ruta, ends_after="2029/2030", reason="Closed.")
    assert list(ChangeWindow().due(DAY(2027, 1, 1), DAY(2027, 1, 31))) == []


def test_the_window_of_each_year_is_told(agreement, ruta, bruno):
    for year in (2027, 2028):
        assert told_at(noon(DAY(year, 1, 1)), ChangeWindow()) == recipients(ruta, bruno)


# The end of an agreement.


@pytest.mark.parametrize(("left", "told"), [(181, False), (180, True), (60, True), (-1, False)])
def test_both_sides_are_told_before_an_agreement_ends(left, told, agreement, ruta, bruno, egle):
    people = told_at(noon(DAY(2030, 8, 31) - dt.timedelta(days=left)), EndOfAgreement())
    assert people == (recipients(ruta, bruno) if told else set())


def test_an_agreement_that_was_given_notice_of_or_is_no_agreement_yet_does_not_remind(
    agreement, ktu, trento, ruta
):
    agreeing.sent(ktu, trento, ruta)
    assert len(list(EndOfAgreement().due(DAY(2030, 8, 31), DAY(2030, 8, 31)))) == 1
    assert list(EndOfAgreement().due(DAY(2030, 6, 1), DAY(2030, 8, 30))) == []
    agreements.terminate(agreement, by=ruta, ends_after="2029/2030", reason="Closed.")
    assert list(EndOfAgreement().due(DAY(2030, 8, 31), DAY(2030, 8, 31))) == []
    assert EndOfAgreement().current([agreement.uuid]) == {}


# Versions that wait.


def test_who_has_not_answered_is_told_after_one_and_after_three_weeks(ktu, aveiro, ruta, bruno, autumn_2026):
    version = agreements.send(agreeing.propose(ktu, aveiro, ruta), by=ruta, approve=True)
    days = {
        left: told_at(autumn_2026 + dt.timedelta(days=left), ApprovalWaits())
        for left in (6, 7, 8, 20, 21, 29)
    }
    assert {left for left, people in days.items() if people} == {7, 21}
    assert days[7] == recipients(bruno)
    agreements.approve(version, digest=version.digest, by=bruno)
    assert ApprovalWaits().current([version.uuid]) == {}


def test_the_sender_that_has_not_approved_is_told_too(ktu, aveiro, ruta, bruno, autumn_2026):
    version = agreeing.sent(ktu, aveiro, ruta)
    assert told_at(autumn_2026 + dt.timedelta(days=7), ApprovalWaits()) == recipients(ruta, bruno)
    agreements.return_version(version, comment="No.", by=bruno)
    assert told_at(autumn_2026 + dt.timedelta(days=21), ApprovalWaits()) == set()
    assert ReminderPlan.objects.filter(state="planned").count() == 0


# Standing.


@pytest.fixture
def membership(ktu):
    return Membership.objects.create(university=ktu, kind="member", valid_until=DAY(2027, 12, 31))


def test_the_university_and_the_office_are_told_before_a_membership_ends(
    membership, ruta, bruno, egle, dainius
):
    assert told_at(noon(DAY(2027, 12, 31) - dt.timedelta(days=91)), EndOfMembership()) == set()
    assert told_at(noon(DAY(2027, 12, 31) - dt.timedelta(days=90)), EndOfMembership()) == recipients(
        ruta, egle
    )


@pytest.mark.parametrize("until", [None, DAY(2030, 1, 1)])
def test_a_membership_that_another_one_follows_does_not_remind(membership, ktu, until):
    Membership.objects.create(university=ktu, kind="associate", valid_from=DAY(2028, 1, 1), valid_until=until)
    assert list(EndOfMembership().due(DAY(2027, 12, 31), DAY(2027, 12, 31))) == []
    assert (ktu.uuid in EndOfMembership().current([ktu.uuid])) is (until is not None)


def test_the_university_and_the_office_are_told_before_a_charter_ends(ktu, ruta, bruno, egle):
    factories.OrganisationFactory(charter_until=DAY(2027, 12, 31))  # no university of the portal
    ktu.organisation.charter_until = DAY(2027, 12, 31)
    ktu.organisation.save()
    assert told_at(noon(DAY(2027, 12, 31) - dt.timedelta(days=180)), EndOfCharter()) == recipients(ruta, egle)
    assert told_at(noon(DAY(2028, 1, 1)), EndOfCharter()) == set()


# Wording.


@pytest.mark.parametrize("language", ["en", "lt"])
@pytest.mark.parametrize(
    "kind",
    [
        AGREEMENT_SENT, AGREEMENT_CHANGED, CHANGE_WINDOW, AGREEMENT_ENDS, APPROVAL_WAITS, MEMBERSHIP_ENDS, CHARTER_ENDS,
    ],
)  # fmt: skip
def test_every_message_can_be_put_into_words(kind, language):
    kind = kinds.find(kind)
    wording = kinds.word(kind, kind.sample, name="KTU – UA", moment=noon(DAY(2026, 11, 2)), language=language)
    assert wording.subject
    assert wording.path.startswith(f"/{language}/")
    assert "{" not in wording.subject + "".join(wording.paragraphs)


SUBJECTS = {
    "sent": "UA sent you an agreement to approve: KTU – UA",
    "sent_change": "UA sent you a change to approve: KTU – UA",
    "sent_approved": "UA sent and approved an agreement: KTU – UA waits for your approval",
    "approve": "UA approved: KTU – UA waits for your approval",
    "approve_too": "KTU – UA: approved by both sides, in force from 2 November 2026",
    "return": "UA returned agreement KTU – UA with a comment",
    "withdraw": "UA withdrew what it had sent: KTU – UA",
    "abandon": "UA abandoned the proposal: KTU – UA",
    "terminate": "UA gave notice: KTU – UA ends after 2028/2029",
    "expire": "KTU – UA has ended: its last academic year is over",
}


def wording_of(what, language="en", **more):
    kind = kinds.find(AGREEMENT_SENT if what in WHAT_WAITS else AGREEMENT_CHANGED)
    context = kind.sample | {"what": what, "side": "UA", "ends_after": "2028/2029", "note": "A & B"} | more
    return kinds.word(kind, context, name="KTU – UA", moment=noon(DAY(2026, 11, 2)), language=language)


@pytest.mark.parametrize("what", {**WHAT_WAITS, **WHAT_CHANGED})
def test_the_subject_says_what_happened_and_who_did_it(what):
    wording = wording_of(what)
    assert wording.subject == SUBJECTS[what]
    assert "%" not in wording.paragraphs[0]
    if what in WHAT_CHANGED:
        assert wording.paragraphs[1] == "Agreement: KTU – UA\nComment: A & B"


def test_what_no_side_did_was_done_by_the_office():
    assert wording_of("abandon", side="").subject.startswith("The alliance office abandoned")


@pytest.mark.parametrize("what", ["sent", "approve"])
def test_messages_of_the_release_before_can_still_be_worded(what):
    """Once messages named the author alone, and an approval was told by another kind."""
    kind = kinds.find(AGREEMENT_SENT if what == "sent" else AGREEMENT_CHANGED)
    context = {name: value for name, value in kind.sample.items() if name != "side"} | {
        "what": what,
        "author": "KTU",
    }
    wording = kinds.word(kind, context, name="KTU – UA", moment=noon(DAY(2026, 11, 2)), language="en")
    assert wording.subject.startswith("KTU ")


@pytest.mark.parametrize(
    ("make", "ask"), [(EndOfAgreement, "agreement"), (ApprovalWaits, "version"), (ChangeWindow, "university")]
)
def test_recipients_cost_the_same_for_one_and_for_three(
    make, ask, ktu, aveiro, trento, ruta, bruno, chiara, django_assert_num_queries
):
    pairs = [(ktu, aveiro, ruta), (aveiro, trento, bruno), (trento, ktu, chiara)]
    versions = [agreeing.sent(*pair) for pair in pairs]
    asked = {
        "agreement": [v.agreement.uuid for v in versions], "version": [v.uuid for v in versions],
        "university": [u.uuid for u in (ktu, aveiro, trento)],
    }[ask]  # fmt: skip
    for some in (asked[:1], asked):
        with django_assert_num_queries({"agreement": 2, "version": 4, "university": 2}[ask]):
            make().recipients(some)
