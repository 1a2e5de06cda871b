import datetime as dt
import threading
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from ground import clock
from notifications import foresight, planner, reminders
from notifications.models import InboxItem, Message, ReminderPlan, ReminderRule, TrackedDate
from notifications.reminders import Dated, ReminderKind
from notifications.sender import Sender
from tests import factories

pytestmark = pytest.mark.django_db
State = ReminderPlan.State
VILNIUS = ZoneInfo("Europe/Vilnius")
DATE = dt.date(2026, 3, 1)
DAY_90 = dt.datetime(2025, 12, 1, 9, tzinfo=VILNIUS)
DAY_30 = dt.datetime(2026, 1, 30, 9, tzinfo=VILNIUS)
DAY_7 = dt.datetime(2026, 2, 22, 9, tzinfo=VILNIUS)


class Deadlines(ReminderKind):
    """Dates held in a list, with their people."""

    name, label, message, offsets = "tests.deadline", "A deadline", "projects.period_ends", (90, 30, 7)

    def __init__(self, *people):
        self.people, self.dated = list(people), {}

    def put(self, date=DATE, zone="Europe/Vilnius", name="S-NET-24-50", key=None):
        key = key or uuid.uuid4()
        context = {"key": "s-net-24-50", "ends_on": date, "zone": zone, "title_en": "T", "title_lt": ""}
        self.dated[key] = Dated("projects.project", key, name, date, zone, context)
        return key

    def due(self, first, last):
        return [dated for dated in self.dated.values() if first <= dated.date <= last]

    def current(self, uuids):
        return {key: self.dated[key] for key in uuids if key in self.dated}

    def recipients(self, uuids):
        return dict.fromkeys(uuids, self.people)


@pytest.fixture
def kind(dainius):
    kind = Deadlines(dainius)
    with reminders.only(kind):
        yield kind


def at(moment):
    """A round of the planner at a moment; how many reminders went to the outbox."""
    with clock.one_moment(moment):
        planner.plan(moment)
        return planner.release(moment)


def states():
    rows = ReminderPlan.objects.order_by("-rule__days_before", "epoch")
    return [(row.rule.days_before, row.epoch, str(row.state)) for row in rows]


def test_the_three_reminders_go_out_once_each_at_nine(kind):
    kind.put()
    told = [DAY_90 + dt.timedelta(minutes=30 * n) for n in range(-60, 48 * 95)]
    for moment in (DAY_90, DAY_30, DAY_7):
        assert at(moment - dt.timedelta(seconds=1)) == 0
        assert at(moment) == 1
        assert at(moment) == 0
        assert at(moment + dt.timedelta(hours=20)) == 0
    assert at(told[-1]) == 0
    assert [m.created_at for m in Message.objects.order_by("pk")] == [DAY_90, DAY_30, DAY_7]
    assert InboxItem.objects.count() == 3
    assert states() == [(90, 0, "released"), (30, 0, "released"), (7, 0, "released")]


def test_after_an_outage_the_newest_goes_and_not_each_missed_one(kind):
    kind.put()
    assert at(DAY_7 + dt.timedelta(days=2)) == 1
    assert states() == [(90, 0, "skipped"), (30, 0, "skipped"), (7, 0, "released")]


def test_what_was_planned_but_not_handed_over_before_an_outage_is_overtaken(kind):
    kind.put()
    planner.plan(DAY_90)
    assert at(DAY_30) == 1
    assert states() == [(90, 0, "skipped"), (30, 0, "released")]


def test_a_date_that_has_passed_plans_nothing(kind):
    kind.put()
    assert at(dt.datetime(2026, 3, 2, 0, 0, tzinfo=VILNIUS)) == 0
    assert states() == []


def test_the_last_day_itself_still_counts_by_the_zone_of_the_record(kind):
    kind.put(zone="America/Monterrey")
    assert at(dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)) == 1


def test_a_reminder_that_waited_until_its_date_had_passed_is_skipped(kind):
    kind.put()
    planner.plan(DAY_7)
    assert planner.release(dt.datetime(2026, 3, 5, tzinfo=dt.UTC)) == 0
    assert ReminderPlan.objects.get(rule__days_before=7).reason == "passed"


def test_far_dates_plan_nothing(kind):
    kind.put(dt.date(2027, 1, 1))
    assert at(DAY_90) == 0
    assert states() == []


def test_a_moved_date_cancels_what_was_planned_and_is_told_anew(kind):
    key = kind.put()
    planner.plan(DAY_90 - dt.timedelta(hours=3))
    kind.put(dt.date(2026, 3, 2), key=key)
    assert at(DAY_90) == 0
    assert at(DAY_90 + dt.timedelta(days=1)) == 1
    assert states() == [(90, 0, "cancelled"), (90, 1, "released")]
    assert TrackedDate.objects.get().epoch == 1
    assert Message.objects.get().context["ends_on"] == "2026-03-02"


def test_a_date_moved_after_it_was_told_is_told_again(kind):
    key = kind.put()
    assert at(DAY_90) == 1
    kind.put(dt.date(2026, 3, 5), key=key)
    assert at(DAY_90 + dt.timedelta(days=1)) == 0
    assert at(DAY_90 + dt.timedelta(days=4)) == 1


def test_a_date_moved_far_away_is_not_handed_over(kind):
    key = kind.put()
    planner.plan(DAY_90)
    kind.put(dt.date(2027, 3, 1), key=key)
    assert at(DAY_90) == 0
    assert [state for *_rest, state in states()] == ["cancelled"]


def test_a_date_moved_between_outbox_and_relay_is_not_sent(kind, sender, arrived):
    key = kind.put()
    at(DAY_90)
    kind.put(dt.date(2027, 3, 1), key=key)
    sender.run()
    assert arrived() == []
    assert Message.objects.get().state == Message.State.CANCELLED
    assert not InboxItem.objects.exists()


def test_a_person_who_is_concerned_no_more_gets_nothing(kind, ana, sender, arrived):
    kind.put()
    planner.plan(DAY_90)
    kind.people = []
    assert at(DAY_90) == 0
    kind.people = [ana]
    assert at(DAY_90) == 1
    kind.people = []
    sender.run()
    assert arrived() == []


def test_a_planner_with_an_old_reading_cannot_move_a_date_back(kind):
    key = kind.put()
    old = kind.dated[key]
    kind.put(dt.date(2026, 3, 2), key=key)
    planner.plan(DAY_90 + dt.timedelta(days=1))
    assert planner._track(kind, [old]) == {}
    assert TrackedDate.objects.get().date == dt.date(2026, 3, 2)
    assert TrackedDate.objects.get().epoch == 0


def test_a_person_appointed_later_is_told_what_is_still_ahead(kind, ana):
    kind.put()
    at(DAY_90)
    kind.people.append(ana)
    assert at(DAY_90 + dt.timedelta(days=10)) == 1
    assert InboxItem.objects.filter(user=ana).count() == 1


def test_a_rule_that_is_switched_off_plans_nothing(kind):
    kind.put()
    planner.store_default_rules()
    ReminderRule.objects.filter(days_before=90).update(active=False)
    assert at(DAY_90) == 0
    ReminderRule.objects.update(active=False)
    assert at(DAY_7) == 0


def test_default_rules_are_stored_once_and_changes_of_the_office_stay(kind):
    planner.store_default_rules()
    ReminderRule.objects.filter(days_before=7).update(days_before=5)
    planner.store_default_rules()
    assert sorted(ReminderRule.objects.values_list("days_before", flat=True)) == [5, 30, 90]


@pytest.mark.parametrize(
    ("date", "utc_hour"),
    [
        (dt.date(2026, 3, 28) + dt.timedelta(days=7), 7),  # the day before the change to summer time
        (dt.date(2026, 3, 29) + dt.timedelta(days=7), 6),  # the day of the change
        (dt.date(2026, 3, 30) + dt.timedelta(days=7), 6),
        (dt.date(2026, 10, 24) + dt.timedelta(days=7), 6),  # the day before the change to winter time
        (dt.date(2026, 10, 25) + dt.timedelta(days=7), 7),  # the day of the change
        (dt.date(2026, 10, 26) + dt.timedelta(days=7), 7),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_over_both_clock_changes(date, utc_hour):
    rule = ReminderRule(kind="x", days_before=7)
    moment = planner.moment_of(rule, Dated("x", uuid.uuid4(), "X", date, "Europe/Vilnius"), None)
    assert moment == dt.datetime.combine(date - dt.timedelta(days=7), dt.time(utc_hour), tzinfo=dt.UTC)
    assert moment.astimezone(VILNIUS).hour == 9


@pytest.mark.parametrize("hour", [dt.time(3, 30), dt.time(0, 0), dt.time(23, 59)])
@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_hours_that_do_not_exist_or_exist_twice_still_have_one_moment(kind, day, hour):
    kind.put(day)
    planner.store_default_rules()
    ReminderRule.objects.update(hour=hour, active=False)
    ReminderRule.objects.filter(days_before=7).update(days_before=0, active=True)
    start = dt.datetime.combine(day, dt.time(0), tzinfo=VILNIUS).astimezone(dt.UTC)
    told = sum(at(start + dt.timedelta(minutes=30 * step)) for step in range(-4, 60))
    assert told == 1 or (hour == dt.time(23, 59) and told == 0)


@pytest.mark.parametrize(
    ("source", "utc_hour"),
    [("subject", 7), ("portal", 7), ("recipient", 14)],
    ids=["record", "portal", "person"],
)
def test_the_rule_says_whose_nine_o_clock(dainius, source, utc_hour):
    dainius.zone = "America/New_York"
    rule = ReminderRule(kind="x", days_before=90, zone_source=source)
    moment = planner.moment_of(rule, Dated("x", uuid.uuid4(), "X", DATE, "Europe/Vilnius"), dainius)
    assert moment == dt.datetime(2025, 12, 1, utc_hour, tzinfo=dt.UTC)


def test_foreseeing_writes_nothing_and_knows_what_was_told(kind):
    kind.put()
    with clock.one_moment(DAY_90):
        [seen] = foresight.foresee(DAY_90)
        assert seen.told_at is None
        assert foresight.foresee(DAY_90 - dt.timedelta(seconds=1)) == []
        assert not ReminderRule.objects.exists()
        assert not TrackedDate.objects.exists()
        at(DAY_90)
        [seen] = foresight.foresee(DAY_90)
        assert seen.told_at == DAY_90


def test_a_round_with_nothing_new_costs_the_same_for_one_record_and_for_many(
    kind, django_assert_max_num_queries
):
    for _ in range(30):
        kind.put()
    at(DAY_90)
    with clock.one_moment(DAY_90), django_assert_max_num_queries(10):
        planner.plan(DAY_90)
        planner.release(DAY_90)


def test_what_is_due_is_found_by_an_index(kind):
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # so few rows are found by any way
            cursor.execute(f"SET LOCAL enable_{way} = off")
        assert "notifications_plan_due" in ReminderPlan.objects.waiting(DAY_90)[:20].explain()


@pytest.mark.django_db(transaction=True)
def test_two_planners_and_three_senders_at_once_tell_each_person_once(settings, kind, relay, arrived):
    settings.MAIL_PERSON_HOURLY = 1000
    kind.people = factories.UserFactory.create_batch(4)
    for number in range(25):
        kind.put(name=f"TEST-{number}")
    barrier, failures = threading.Barrier(5), []

    def run(work):
        try:
            barrier.wait()
            for _ in range(6):
                work()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    works = [lambda: at(DAY_90)] * 2 + [lambda: Sender(relay).run()] * 3
    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Sender(relay).run()
    assert failures == []
    assert ReminderPlan.objects.filter(state=State.RELEASED).count() == 100
    assert Message.objects.filter(state=Message.State.SENT).count() == 100
    assert InboxItem.objects.count() == 100
    assert len(arrived()) == 100
