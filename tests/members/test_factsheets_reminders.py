"""Deadlines of factsheets: who is told and when, what becomes of one that moves; factsheets that are missing."""

import datetime as dt

import pytest
from django.utils import translation

from ground import clock
from members.actions import agreements
from members.actions import factsheets as actions
from members.factsheets import work
from members.factsheets.missing import due_day, year_due
from members.models import Membership
from members.reminders.factsheets import ApplicationDeadline, MissingFactsheet, NominationDeadline
from notifications import kinds, planner, reminders
from notifications.models import Message, ReminderPlan
from notifications.models.message import recipient_of
from tests.members import agreeing, facts
from tests.members.facts import AUTUMN, DAY, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]
LAST = AUTUMN.nomination_until


def noon(day):
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def told_at(moment, kind):
    """Who is told of dates of `kind` at `moment`, when the planner runs three times."""
    with reminders.only(kind), clock.one_moment(moment):
        before = Message.objects.count()
        for _time in range(3):
            planner.plan(moment)
            planner.release(moment)
        return [message.recipient for message in Message.objects.all()[: Message.objects.count() - before]]


def recipients(*people):
    return sorted(recipient_of(person) for person in people)


@pytest.fixture
def agreement(ktu, aveiro, ruta, bruno):
    """In force from 2027/2028 to 2029/2030."""
    return agreeing.agreed(ktu, aveiro, ruta, bruno)


# Who and when.


@pytest.mark.parametrize(("left", "told"), [(31, False), (30, True), (7, True), (1, True), (-1, False)])
@pytest.mark.parametrize(
    ("kind", "day"), [(NominationDeadline, LAST), (ApplicationDeadline, AUTUMN.application_until)]
)
def test_the_host_and_its_partners_are_told_before_a_deadline(
    left, told, kind, day, agreement, aveiro, trento, ruta, bruno, chiara, egle, dainius
):
    facts.sheet(aveiro)
    people = told_at(noon(day - dt.timedelta(days=left)), kind())
    assert sorted(people) == (recipients(ruta, bruno) if told else [])


def test_who_has_an_agreement_in_another_year_only_is_not_told(agreement, aveiro, ruta, bruno):
    facts.sheet(aveiro, facts.moved(AUTUMN, nomination_until=DAY(2027, 1, 15)), year="2026/2027")
    assert told_at(noon(DAY(2027, 1, 14)), NominationDeadline()) == recipients(bruno)


def test_an_agreement_that_ended_by_notice_counts_until_its_last_year(ktu, aveiro, ruta, bruno, agreement):
    agreements.terminate(agreement, by=ruta, ends_after="2027/2028", reason="Closed.")
    facts.sheet(aveiro)
    later = facts.moved(AUTUMN, nomination_until=DAY(2028, 4, 15), application_until=None)
    facts.sheet(aveiro, later, year="2028/2029")
    assert sorted(told_at(noon(DAY(2027, 4, 14)), NominationDeadline())) == recipients(ruta, bruno)
    assert told_at(noon(DAY(2028, 4, 14)), NominationDeadline()) == recipients(bruno)


def test_a_draft_reminds_nobody_and_neither_does_what_was_taken_back(ktu, ruta):
    draft = facts.sheet(ktu, by=ruta, published=False)
    assert told_at(noon(DAY(2027, 4, 14)), NominationDeadline()) == []
    actions.publish(draft, by=ruta)
    with reminders.only(NominationDeadline()):
        planner.plan(noon(LAST - dt.timedelta(days=30)) - dt.timedelta(hours=9))
    assert ReminderPlan.objects.filter(state="planned").count() == 1
    actions.unpublish(draft, by=ruta)
    assert told_at(noon(LAST - dt.timedelta(days=30)), NominationDeadline()) == []
    assert not ReminderPlan.objects.filter(state="planned").exists()


def test_a_deadline_that_moves_takes_its_reminders_along(ktu, ruta):
    made = facts.sheet(ktu, by=ruta)
    early = noon(LAST - dt.timedelta(days=30)) - dt.timedelta(hours=9)
    with reminders.only(NominationDeadline()):
        planner.plan(early)  # planned, not yet due at that hour
    later = facts.moved(AUTUMN, nomination_until=DAY(2027, 5, 10))
    actions.write(made, said(later), by=ruta, seen=made.version)
    assert told_at(noon(LAST - dt.timedelta(days=30)), NominationDeadline()) == []
    assert not ReminderPlan.objects.filter(due_date=LAST, state="planned").exists()
    assert told_at(noon(DAY(2027, 4, 10)), NominationDeadline()) == recipients(ruta)
    assert {plan.due_date for plan in ReminderPlan.objects.filter(state="released")} <= {DAY(2027, 5, 10)}


def test_recipients_cost_the_same_for_one_and_for_three(
    ktu, aveiro, trento, agreement, django_assert_num_queries
):
    terms = [facts.sheet(one).terms.get().uuid for one in (ktu, aveiro, trento)]
    for some in (terms[:1], terms):
        with django_assert_num_queries(3):
            NominationDeadline().recipients(some)


# Missing.


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (DAY(2026, 11, 2), DAY(2026, 12, 1)),
        (DAY(2026, 12, 1), DAY(2026, 12, 1)),
        (DAY(2026, 12, 2), DAY(2027, 12, 1)),
    ],
)
def test_a_factsheet_is_due_on_the_first_of_december_for_the_year_after(day, due):
    assert due_day(day) == due
    assert year_due(DAY(2026, 12, 1)) == "2027/2028"


@pytest.mark.parametrize(("day", "told"), [(16, False), (17, True), (31, True), (32, False)])
def test_members_without_it_are_told_two_weeks_before_and_on_the_day(
    day, told, ktu, aveiro, trento, ruta, bruno, chiara
):
    for university in (ktu, aveiro):
        Membership.objects.create(university=university, kind="member")  # Trento is none
    facts.sheet(aveiro)
    facts.sheet(ktu, published=False)
    moment = noon(DAY(2026, 11, 1) + dt.timedelta(days=day - 1))
    assert told_at(moment, MissingFactsheet()) == (recipients(ruta) if told else [])


def test_who_publishes_in_time_is_not_told_any_more(ktu, ruta, at):
    Membership.objects.create(university=ktu, kind="member")
    assert ktu.uuid in MissingFactsheet().current([ktu.uuid])
    facts.sheet(ktu)
    assert MissingFactsheet().current([ktu.uuid]) == {}


# Words.


@pytest.mark.parametrize("language", ["en", "lt"])
@pytest.mark.parametrize("name", ["nomination_deadline", "application_deadline", "factsheet_missing"])
def test_each_message_can_be_put_into_words(name, language):
    kind = kinds.find(f"members.{name}")
    wording = kinds.word(kind, kind.sample, name="KTU", moment=noon(DAY(2026, 11, 2)), language=language)
    path = "new" if name == "factsheet_missing" else "2027-2028"
    assert wording.path == f"/{language}/universities/ktu/factsheets/{path}/"
    assert "2027" in wording.subject
    with translation.override(language):
        assert "autumn" not in "".join(wording.paragraphs)


def test_what_is_sent_is_what_the_term_says(agreement, aveiro, ruta):
    facts.sheet(aveiro)
    told_at(noon(DAY(2027, 4, 14)), NominationDeadline())
    message = Message.objects.filter(recipient=recipient_of(ruta)).latest("pk")
    assert message.context["university"] == "University of Aveiro"
    assert (message.context["term"], message.context["until_on"]) == ("autumn", "2027-04-15")


# My work.


def waiting(user, moment):
    with clock.one_moment(moment):
        return [(item.what, item.reason, item.due, item.late) for item in work.waiting_for(user)]


def test_a_coordinator_sees_drafts_and_what_is_missing(ktu, aveiro, ruta, bruno, ana, egle):
    for university in (ktu, aveiro):
        Membership.objects.create(university=university, kind="member")
    facts.sheet(ktu, published=False)
    november, december = noon(DAY(2026, 11, 2)), noon(DAY(2026, 12, 3))
    assert waiting(ruta, november) == [
        ("KTU: factsheet 2027/2028", "It is a draft. Students and partners don't see it yet.", None, False)
    ]
    reason = "There is none for the next academic year: %s."
    due = DAY(2026, 12, 1)
    assert waiting(bruno, november) == [("UA: factsheet 2027/2028", reason % "29 days left", due, False)]
    assert waiting(bruno, december) == [("UA: factsheet 2027/2028", reason % "2 days overdue", due, True)]
    assert waiting(bruno, noon(DAY(2026, 10, 31))) == []
    assert waiting(ana, november) == waiting(egle, november) == []


@pytest.mark.parametrize(("left", "shown"), [(31, False), (30, True), (0, True), (-1, False)])
def test_partners_see_a_deadline_for_nominations_in_its_last_thirty_days(
    left, shown, agreement, aveiro, ruta, chiara
):
    facts.sheet(aveiro)
    moment = noon(LAST - dt.timedelta(days=left))
    items = waiting(ruta, moment)
    assert bool(items) == shown
    if shown:
        what, reason, due, _late = items[0]
        assert (what, due) == ("UA: factsheet 2027/2028", LAST)
        assert reason.startswith("Autumn term: nominations by home universities: ")
    assert waiting(chiara, moment) == []


def test_my_work_costs_the_same_for_one_and_for_many(agreement, ktu, aveiro, ruta, django_assert_num_queries):
    facts.sheet(aveiro)
    facts.sheet(ktu, published=False)
    assert ruta.has_perm("members.edit_university", ktu)
    with clock.one_moment(noon(LAST)):
        for year in ("2028/2029", "2029/2030"):
            with django_assert_num_queries(1):
                work.waiting_for(ruta)
            facts.sheet(ktu, year=year, published=False)


def test_who_coordinates_nowhere_costs_nothing_more(ktu, egle, django_assert_num_queries):
    assert egle.has_perm("members.edit_university", ktu)
    with django_assert_num_queries(0):
        assert work.waiting_for(egle) == []
