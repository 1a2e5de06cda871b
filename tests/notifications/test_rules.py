"""Rules that tell after a date, some people, at other times; exceptions; what the planner looks at."""

import datetime as dt
import threading
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from ground import clock
from notifications import foresight, kinds, own_words, planner, reminders, replanning, rounds
from notifications.models import (
    InboxItem,
    Message,
    ReminderOverride,
    ReminderPlan,
    ReminderRound,
    ReminderRule,
)
from notifications.models.message import Correspondent
from notifications.reminders import Dated
from notifications.sender import Sender
from tests import factories
from tests.notifications.test_planner import DATE, DAY_7, DAY_30, DAY_90, Deadlines, at, states

pytestmark = pytest.mark.django_db
State = ReminderPlan.State
VILNIUS = ZoneInfo("Europe/Vilnius")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
AFTER_3 = dt.datetime(2026, 3, 4, 9, tzinfo=VILNIUS)


class Open(Deadlines):
    """Deadlines that stay open after their date, with people in roles; records belong to others."""

    overdue = True
    audiences = {"head": "Head", "managers": "Managers"}
    subject = "tests.project"
    heads: tuple = ()
    owners: dict = {}

    def by_role(self, uuids):
        return {key: {"head": list(self.heads), "managers": self.people} for key in uuids}

    def recipients(self, uuids):
        return {key: [*self.heads, *self.people] for key in uuids}

    def belonging(self, owners):
        return {key: one for key, one in self.dated.items() if one.owner[1] in owners}


@pytest.fixture
def kind(dainius):
    kind = Open(dainius)
    with reminders.only(kind):
        yield kind


def rule(**values):
    return ReminderRule.objects.create(**{"kind": "tests.deadline"} | values)


def told():
    return sorted(InboxItem.objects.values_list("user__email", flat=True))


def test_a_rule_after_the_date_tells_what_is_still_open(kind):
    rule(days_after=3)
    kind.put()
    assert at(AFTER_3 - dt.timedelta(seconds=1)) == 0
    assert at(AFTER_3) == 1
    assert at(AFTER_3 + DAY) == 0


def test_what_settled_itself_is_not_told_after_its_date(kind):
    rule(days_after=3)
    key = kind.put()
    planner.plan(AFTER_3)
    del kind.dated[key]
    assert planner.release(AFTER_3) == 0
    assert ReminderPlan.objects.get().reason == "settled"


def test_a_reminder_after_the_date_goes_no_more_than_two_weeks_late(kind):
    rule(days_after=3)
    kind.put()
    assert at(AFTER_3 + 15 * DAY) == 0
    assert not ReminderPlan.objects.exists()


def test_after_an_outage_the_newest_rule_after_the_date_goes(kind):
    for days in (3, 5):
        rule(days_after=days)
    rule(days_before=7)
    kind.put()
    assert at(AFTER_3 + 3 * DAY) == 1
    assert ReminderPlan.objects.get(state=State.RELEASED).rule.days_after == 5


def test_a_clock_a_year_ahead_is_no_flood(kind):
    for days in (90, 30, 7):
        rule(days_before=days)
    rule(days_after=3)
    for _ in range(20):
        kind.put()
    assert at(DAY_90 + 365 * DAY) == 0
    assert states() == []
    assert at(DAY_90) == 20  # and back again


def test_a_clock_set_back_two_hours_doubles_nothing(kind):
    kind.put()
    assert at(DAY_90 + HOUR) == 1
    assert at(DAY_90 - HOUR) == 0
    assert at(DAY_90 + HOUR) == 0
    assert ReminderPlan.objects.count() == Message.objects.count() == 1


def test_some_roles_are_told_and_a_newer_rule_for_others_takes_nothing_from_them(kind, ana):
    kind.heads = (ana,)
    rule(days_before=30)
    rule(days_before=7, audience=["head"])
    kind.put()
    assert at(DAY_7) == 2
    sent = {
        (plan.recipient, plan.rule.days_before) for plan in ReminderPlan.objects.filter(state=State.RELEASED)
    }
    assert sent == {(f"user:{ana.uuid}", 7), (f"user:{kind.people[0].uuid}", 30)}


def test_somebody_with_two_roles_is_told_once_a_day_by_the_rule_for_fewer_people(kind):
    kind.heads = tuple(kind.people)
    rule(days_before=30)
    narrow = rule(days_before=30, audience=["head"])
    kind.put()
    assert at(DAY_30) == 1
    assert ReminderPlan.objects.get(state=State.RELEASED).rule == narrow


def test_whoever_has_the_role_no_more_at_the_time_is_not_told(kind, ana):
    kind.heads = (ana,)
    rule(days_before=30, audience=["head"])
    kind.put()
    planner.plan(DAY_30)
    kind.heads, kind.people = (), [ana]
    assert planner.release(DAY_30) == 0


def test_in_the_portal_only_sends_no_mail(kind):
    rule(days_before=30, channel="portal")
    kind.put()
    assert at(DAY_30) == 1
    assert at(DAY_30) == 0
    assert InboxItem.objects.count() == 1
    assert not Message.objects.exists()


def test_people_without_an_account_get_a_mail_in_any_case(kind):
    rule(days_before=30, channel="portal")
    kind.people = [Correspondent("guest@mail.example", "xx", "No/Where")]
    kind.put()
    assert at(DAY_30) == 1
    assert Message.objects.get().language == "en"


def test_a_person_without_zone_and_language_gets_the_portals(kind):
    rule(days_before=30, zone_source="recipient")
    kind.people[0].zone = kind.people[0].language = ""
    kind.put(zone="")
    assert at(DAY_30) == 1
    assert Message.objects.get().language == "en"


WORDS = {
    "subject_en": "{name} on {date}", "text_en": "Dear {person},\n\n{days_left} days. {title}",
    "subject_lt": "{name}: {date}", "text_lt": "{days_left} d.",
}  # fmt: skip


def test_the_offices_own_words_are_told_in_the_readers_language(kind, sender, arrived):
    rule(days_before=30, **WORDS)
    kind.people[0].name = "Dainius {0.__class__} {date}"
    kind.people[0].save()
    kind.put()
    at(DAY_30)
    message = Message.objects.get()
    for language, subject in (
        ("en", "S-NET-24-50 on 1 March 2026"),
        ("lt", "S-NET-24-50: 2026 m. kovo 1 d."),
    ):
        said = kinds.word(kinds.find(message.kind), message.context, name=message.subject_name,
                          moment=message.created_at, language=language, person="A {date}")  # fmt: skip
        assert said.subject.replace("\xa0", " ") == subject
        assert "30" in " ".join(said.paragraphs)
        assert said.path
    assert "Dear A {date}," in kinds.word(
        kinds.find(message.kind), message.context, name="X", moment=message.created_at, language="en",
        person="A {date}",
    ).paragraphs[0]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "{nothing}",
        "{name",
        "name}",
        "{}",
        "{name.__class__}",
        "{name!r}",
        "{name:>9}",
        "{0}",
        "{{name}}",
        "{% x %}",
    ],
)
def test_broken_placeholders_are_named(text):
    assert own_words.faults(text, ["name"])
    assert own_words.faults("{name} and no more", ["name"]) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Baigiasi {date}.", "Baigiasi gruodžio 19 d."),
        ("Baigiasi {date}. Liko {days_left}.", "Baigiasi gruodžio 19 d. Liko 7."),
        ("Baigiasi {date}", "Baigiasi gruodžio 19 d."),
        ("{date}, {date}", "gruodžio 19 d., gruodžio 19 d."),
        ("{date}…", "gruodžio 19 d.…"),
    ],
)
def test_a_date_that_ends_with_a_full_stop_ends_the_sentence_too(text, said):
    assert own_words.filled(text, {"date": "gruodžio 19 d.", "days_left": 7}) == said


def test_words_stand_in_both_languages_or_in_none():
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(days_before=3, subject_en="Only this")


def test_a_rule_is_before_or_after_and_once_for_the_same_people():
    rule(days_before=3)
    rule(days_before=3, audience=["head"])
    for wrong in (
        {"days_before": 3},
        {"days_before": 3, "days_after": 3},
        {"days_after": 366},
        {"days_before": 731},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rule(**wrong)


def put_for(kind, owner, **more):
    key = kind.put(**more)
    old = kind.dated[key]
    kind.dated[key] = Dated(
        old.subject_kind, key, old.name, old.date, old.zone, old.context, belongs_to=("tests.project", owner)
    )
    return key


def exception(one, owner, **values):
    values = {
        "subject_kind": "tests.project",
        "subject_uuid": owner,
        "subject_name": "P",
        "changed_at": DAY_90,
    } | values
    return ReminderOverride.objects.create(rule=one, **values)


def test_one_record_has_other_days_and_another_none(kind):
    one, first, second, third = rule(days_before=30), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    keys = [put_for(kind, owner) for owner in (first, second, third)]
    exception(one, first, days_before=31)
    exception(one, second, off=True, days_before=30)
    assert at(DAY_30 - DAY) == 1
    assert at(DAY_30) == 1
    assert set(ReminderPlan.objects.values_list("subject_uuid", flat=True)) == {keys[0], keys[2]}


def test_an_exception_that_comes_between_planning_and_sending_holds(kind):
    one, owner = rule(days_before=30), uuid.uuid4()
    put_for(kind, owner)
    planner.plan(DAY_30)
    other = exception(one, owner, days_before=29)
    assert planner.release(DAY_30) == 0
    assert at(DAY_30 + DAY) == 1
    other.delete()


def test_an_exception_is_found_at_once_among_very_many_records(kind, monkeypatch):
    monkeypatch.setattr(rounds, "BUDGET", 0)  # no round over everything
    one, owner = rule(days_before=30, looked_at=DAY_90), uuid.uuid4()
    put_for(kind, owner)
    exception(one, owner, days_before=80, changed_at=DAY_90 + 15 * DAY)
    assert at(DAY_90 + 11 * DAY) == 1


def test_a_rule_that_is_switched_off_cancels_what_it_planned_and_what_waits_to_be_sent(kind, sender, arrived):
    one = rule(days_before=30)
    kind.put()
    planner.plan(DAY_30)
    replanning.off(one)
    assert states() == [(30, 0, "cancelled")]
    replanning.other_days(one, DAY_30)
    one.save()
    assert at(DAY_30) == 1
    ReminderRule.objects.update(active=False)
    sender.run()
    assert arrived() == []
    assert Message.objects.get().state == Message.State.CANCELLED


def test_another_hour_and_another_zone_move_what_is_planned(kind):
    one = rule(days_before=30)
    kind.put()
    planner.plan(DAY_30 - HOUR)
    one = ReminderRule.objects.get()
    one.hour = dt.time(17)
    replanning.other_hour(one, DAY_30)
    one.save()
    assert at(DAY_30) == 0
    assert ReminderPlan.objects.get().due_at == DAY_30 + 8 * HOUR
    assert at(DAY_30 + 8 * HOUR) == 1


def test_a_line_of_an_old_rule_that_a_slow_planner_wrote_waits_for_the_new_time(kind):
    rule(days_before=30)
    kind.put()
    planner.plan(DAY_30)
    ReminderRule.objects.update(hour=dt.time(17))
    assert planner.release(DAY_30) == 0
    assert ReminderPlan.objects.get().state == State.PLANNED
    assert planner.release(DAY_30 + 8 * HOUR) == 1


def test_a_new_rule_tells_the_newest_that_has_just_come_and_nothing_older(kind):
    rule(days_before=90)
    kind.put()
    kind.put(dt.date(2026, 4, 1), name="APRIL")
    late = ReminderRule(kind="tests.deadline", days_before=60)
    moment = DAY_30 - 27 * DAY  # 57 days before 1 March, 88 before 1 April
    at(moment - 2 * DAY)
    assert Message.objects.count() == 2  # those of 90 days
    replanning.other_days(late, moment)
    late.save()
    assert at(moment) == 1  # 60 days before 1 March passed three days ago, 60 before 1 April is to come
    older = ReminderRule(kind="tests.deadline", days_before=85)
    replanning.other_days(older, moment + 3 * DAY)
    older.save()
    at(moment + 3 * DAY)
    assert not ReminderPlan.objects.filter(rule=older, due_date=DATE).exists()


def test_a_rule_with_other_days_tells_nobody_twice_about_one_date(kind):
    one = rule(days_before=30)
    kind.put()
    assert at(DAY_30) == 1
    one = ReminderRule.objects.get()
    one.days_before = 25
    replanning.other_days(one, DAY_30)
    one.save()
    assert at(DAY_30 + 5 * DAY) == 0
    kind.put(dt.date(2026, 3, 2))
    assert at(DAY_30 + 6 * DAY) == 1


def test_a_date_entered_late_is_found_by_the_round(kind):
    rule(days_before=90)
    rule(days_before=30)
    planner.plan(DAY_30 + DAY)
    kind.put()
    assert at(DAY_30 + DAY + HOUR) == 1
    assert states() == [(90, 0, "skipped"), (30, 0, "released")]


def test_a_round_over_many_dates_goes_on_where_it_stopped(kind, monkeypatch):
    monkeypatch.setattr(rounds, "BUDGET", 10)
    rule(days_before=90, looked_at=DAY_90)
    for day in range(80):
        kind.put(DATE - dt.timedelta(days=day))
    calls = 0
    with clock.one_moment(DAY_90):
        while not ReminderRound.objects.filter(completed_at__isnull=False).exists():
            planner.plan(DAY_90)
            calls += 1
            assert calls < 60
    assert calls > 4
    assert ReminderPlan.objects.count() == 80
    assert ReminderRound.objects.get().next_on is None


def test_more_records_on_one_day_than_a_part_holds_are_all_seen(kind, monkeypatch):
    monkeypatch.setattr(rounds, "BUDGET", 10)
    rule(days_before=90, looked_at=DAY_90)
    for _ in range(35):
        kind.put()
    for _ in range(3):
        planner.plan(DAY_90)
    assert ReminderPlan.objects.count() == 35


def test_time_alone_brings_a_record_in_reach_without_a_round(kind, monkeypatch):
    monkeypatch.setattr(rounds, "BUDGET", 0)
    kind.put()
    kind.put(zone="Pacific/Kiritimati")
    kind.put(zone="Pacific/Pago_Pago")
    moment, step = DAY_90 - 3 * DAY, dt.timedelta(minutes=45)
    found = 0
    while moment < DAY_90 + 3 * DAY:
        found += at(moment)
        moment += step
    assert found == 3


def test_a_planner_that_dies_after_a_part_leaves_the_mark_where_it_was(kind, monkeypatch):
    monkeypatch.setattr(rounds, "BUDGET", 0)
    rule(days_before=90)
    kind.put()

    def die(*_given):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(planner, "_write", die)
        with pytest.raises(RuntimeError):
            planner.plan(DAY_90)
    assert ReminderRule.objects.get().looked_at is None
    assert at(DAY_90) == 1


def test_a_rule_that_was_changed_meanwhile_is_looked_at_again(kind):
    one = rule(days_before=90)
    ReminderRule.objects.update(version=2)
    rounds.mark([one], DAY_90)
    assert ReminderRule.objects.get().looked_at is None


def test_within_a_quarter_of_an_hour_nothing_new_is_looked_for(kind, monkeypatch):
    monkeypatch.setattr(rounds, "BUDGET", 0)
    rule(days_before=90)
    asked = []
    monkeypatch.setattr(kind, "due", lambda first, last: asked.append((first, last)) or [])
    planner.plan(DAY_90)
    planner.plan(DAY_90 + dt.timedelta(minutes=14))
    assert len(asked) == 1
    planner.plan(DAY_90 + dt.timedelta(minutes=15))
    assert asked[1][1] - asked[1][0] <= 2 * DAY, "the second look is at the days since the first"


@pytest.mark.django_db(transaction=True)
def test_two_planners_and_a_change_of_the_rule_tell_each_person_once(kind, relay, arrived):
    kind.people = factories.UserFactory.create_batch(3)
    rule(days_before=90)
    for number in range(20):
        kind.put(name=f"TEST-{number}")
    barrier, failures = threading.Barrier(3), []

    def change():
        with transaction.atomic():
            one = ReminderRule.objects.select_for_update().get()
            one.hour = dt.time(8) if one.hour == dt.time(9) else dt.time(9)
            one.version += 1
            replanning.other_hour(one, DAY_90)
            one.save()

    def run(work):
        try:
            barrier.wait()
            for _ in range(6):
                work()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=[work]) for work in (lambda: at(DAY_90), lambda: at(DAY_90), change)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at(DAY_90)
    Sender(relay).run()
    assert failures == []
    assert ReminderPlan.objects.filter(state=State.RELEASED).count() == 60
    assert len(arrived()) == 60


def test_what_comes_is_foreseen_and_what_was_told_is_not(kind):
    rule(days_before=90)
    rule(days_before=30)
    kind.put()
    kind.put(dt.date(2026, 3, 20), name="LATER")
    rules = planner.store_default_rules()
    found = foresight.coming(kind, rules, {}, DAY_90 - DAY)
    assert [(one.dated.name, one.at, len(one.people)) for one in found] == [
        ("S-NET-24-50", DAY_90, 1), ("LATER", DAY_90 + 19 * DAY, 1),
    ]  # fmt: skip
    at(DAY_90)
    left = foresight.coming(kind, rules, {}, DAY_90 - HOUR)
    assert [one.dated.name for one in left] == ["LATER"]


def test_previews_are_made_anew_when_they_are_old(kind):
    kind.put()
    planner.store_default_rules()
    foresight.refresh_old(DAY_90 - DAY)
    row = ReminderRound.objects.get()
    assert [line["name"] for line in row.foreseen["lines"]] == ["S-NET-24-50"]
    assert kind.people[0].name not in str(row.foreseen)
    foresight.refresh_old(DAY_90 - DAY + dt.timedelta(minutes=30))
    assert ReminderRound.objects.get().foreseen_at == DAY_90 - DAY
    foresight.refresh_old(DAY_90 - DAY + 2 * HOUR)
    assert ReminderRound.objects.get().foreseen_at == DAY_90 - DAY + 2 * HOUR


def test_one_command_plans_hands_over_and_sends(kind, settings, tmp_path, capsys):
    settings.MAIL_DIR = tmp_path
    kind.put()
    with clock.one_moment(DAY_90):
        call_command("ring")
    assert "Planned 1, handed over 1. Messages: sent 1." in capsys.readouterr().out
