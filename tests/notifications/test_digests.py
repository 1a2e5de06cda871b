"""What waits for a digest: nothing lost, nothing twice, nothing that is settled."""

import datetime as dt
import threading
from email import message_from_string, policy

import pytest
from django.db import IntegrityError, connection, transaction

from ground import clock
from notifications import actions, delivery, digests, kinds, outbox
from notifications.models import InboxItem, MailTimes, Message, Preference, ReminderPlan, ReminderRule
from notifications.sender import Sender
from tests import factories
from tests.notifications.conftest import PERIOD, KeepingRelay, say, state_of

pytestmark = pytest.mark.django_db
State = Message.State
NOON = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)  # noon in Vilnius, a Monday
EIGHT = dt.datetime(2026, 6, 2, 5, 0, tzinfo=dt.UTC)


@pytest.fixture
def at(monkeypatch):
    """Sets the database's clock."""
    told = [NOON]
    monkeypatch.setattr(clock, "read", lambda: told[0])
    return lambda moment: told.__setitem__(0, moment)


@pytest.fixture
def daily(dainius, at):
    type(dainius).objects.filter(pk=dainius.pk).update(zone="Europe/Vilnius")
    dainius.refresh_from_db()
    Preference.objects.create(user=dainius, kind=PERIOD, delivery="daily")
    return dainius


def mail_of(text):
    return message_from_string(text, policy=policy.default)


def named(name):
    return (f"x.{name}", factories.UserFactory().uuid, name)


def test_what_comes_together_waits_and_is_one_mail_with_each_thing_once(daily, sender, arrived, at):
    parts = [say(daily, subject=named(name)) for name in ("ONE-1", "TWO-2")]
    assert sender.run() == {State.HELD: 2}
    assert {state_of(part) for part in parts} == {State.HELD}
    assert Message.objects.get(pk=parts[0].pk).next_attempt_at == EIGHT
    assert Message.objects.get(pk=parts[0].pk).attempts == 0
    at(EIGHT - dt.timedelta(seconds=1))
    assert sender.run() == {}
    at(EIGHT)
    assert sender.run() == {State.SENT: 1}
    [text] = arrived()
    mail = mail_of(text)
    assert mail["Subject"] == "Today in the portal: 2 messages"
    for form in ("plain", "html"):
        body = mail.get_body((form,)).get_content()
        assert body.count("ONE-1 ends on") == body.count("TWO-2 ends on") == 1
        assert "/mails/" in body
    assert {state_of(part) for part in parts} == {State.GATHERED}
    at(EIGHT + dt.timedelta(days=1))
    assert sender.run() == {}


def test_the_portal_shows_each_part_at_once_and_no_digest(daily, sender):
    say(daily)
    sender.run()
    assert [item.kind for item in InboxItem.objects.visible_to(daily)] == [PERIOD]


def test_a_weekly_digest_comes_on_its_day(daily, sender, arrived, at):
    Preference.objects.update(delivery="weekly")
    MailTimes.objects.create(user=daily, weekly_on=3, digest_at=dt.time(17, 30))
    say(daily)
    sender.run()
    at(dt.datetime(2026, 6, 4, 14, 29, tzinfo=dt.UTC))
    assert sender.run() == {}
    at(dt.datetime(2026, 6, 4, 14, 30, tzinfo=dt.UTC))
    sender.run()
    assert mail_of(arrived()[0])["Subject"] == "This week in the portal: 1 message"


def test_a_digest_speaks_the_persons_language(daily, sender, arrived, at):
    type(daily).objects.filter(pk=daily.pk).update(language="lt")
    say(daily)
    sender.run()
    at(EIGHT)
    sender.run()
    mail = mail_of(arrived()[0])
    assert mail["Content-Language"] == "lt"
    assert "baigiasi 2026 m." in mail.get_body(("plain",)).get_content()


def test_what_settled_itself_before_the_digest_is_not_in_it(daily, sender, arrived, at):
    gone, left = say(daily, subject=named("GONE-1")), say(daily, subject=named("LEFT-1"))
    sender.run()
    outbox.settle(gone.subject_kind, gone.subject_uuid, kinds=[PERIOD])
    assert state_of(gone) == State.CANCELLED
    at(EIGHT)
    sender.run()
    [text] = arrived()
    assert "LEFT-1" in text
    assert "GONE-1" not in text
    assert state_of(left) == State.GATHERED


def test_what_settles_itself_between_building_and_sending_leaves_the_digest(daily, sender, arrived, at):
    gone, left = say(daily, subject=named("GONE-1")), say(daily, subject=named("LEFT-1"))
    sender.run()
    at(EIGHT)
    assert digests.build(EIGHT) == 1
    outbox.settle(gone.subject_kind, gone.subject_uuid, kinds=[PERIOD])
    sender.run()
    assert "GONE-1" not in arrived()[0]
    assert state_of(gone) == State.CANCELLED
    assert state_of(left) == State.GATHERED


def test_an_empty_digest_is_not_sent(daily, sender, arrived, at):
    part = say(daily)
    sender.run()
    at(EIGHT)
    digests.build(EIGHT)
    outbox.settle(part.subject_kind, part.subject_uuid, kinds=[PERIOD])
    assert sender.run() == {State.CANCELLED: 1}
    assert arrived() == []
    other = say(daily)
    sender.run()
    outbox.cancel(other.subject_kind, other.subject_uuid)
    at(EIGHT + dt.timedelta(days=1))
    assert sender.run() == {}


def test_a_part_without_words_is_parked_and_the_others_go(daily, sender, arrived, at):
    bad, good = say(daily, context={"key": "x"}), say(daily)
    sender.run()
    at(EIGHT)
    sender.run()
    bad.refresh_from_db()
    assert bad.state == State.FAILED
    assert "WordingFailed" in bad.error
    assert state_of(good) == State.GATHERED
    assert len(arrived()) == 1
    actions.retry(Message.objects.filter(pk=bad.pk))
    assert state_of(bad) == State.DUE


def test_what_missed_todays_digest_comes_in_tomorrows(daily, sender, arrived, at):
    first = say(daily)
    sender.run()
    at(EIGHT)
    sender.run()
    late = say(daily)
    Message.objects.filter(pk=late.pk).update(state=State.HELD, next_attempt_at=EIGHT)
    sender.run()
    assert state_of(late) == State.HELD
    assert Message.objects.get(pk=late.pk).next_attempt_at == EIGHT + dt.timedelta(days=1)
    at(EIGHT + dt.timedelta(days=1))
    sender.run()
    assert len(arrived()) == 2
    assert Message.objects.get(pk=first.pk).digest_id != Message.objects.get(pk=late.pk).digest_id


def test_after_an_outage_there_is_one_digest_and_the_next_one_comes_in_its_time(daily, sender, arrived, at):
    say(daily)
    sender.run()
    at(EIGHT + dt.timedelta(hours=22))
    sender.run()
    say(daily)
    sender.run()
    at(EIGHT + dt.timedelta(days=1))
    sender.run()
    assert len(arrived()) == 2


def test_a_builder_that_dies_leaves_everything_as_it_was(daily, sender, arrived, at, monkeypatch):
    part = say(daily)
    sender.run()
    at(EIGHT)

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(digests, "_put", die)
        with pytest.raises(KeyboardInterrupt):
            digests.build(EIGHT)
    assert state_of(part) == State.HELD
    assert not Message.objects.filter(key__startswith="digest:").exists()
    sender.run()
    assert len(arrived()) == 1


@pytest.mark.django_db(transaction=True)
def test_builders_at_once_make_one_digest_with_each_part_once(dainius, tmp_path):
    Preference.objects.create(user=dainius, kind=PERIOD, delivery="daily")
    for number in range(12):
        say(dainius, subject=named(f"PART-{number:02d}"))
    past = clock.read() - dt.timedelta(minutes=1)
    Message.objects.update(state=State.HELD, next_attempt_at=past)
    go, errors = threading.Barrier(4), []

    def build():
        try:
            go.wait()
            digests.build(clock.read())
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    built = Message.objects.get(key__startswith="digest:")
    parts = Message.objects.filter(kind=PERIOD)
    assert set(parts.values_list("state", "digest")) == {(State.GATHERED, built.pk)}
    relay = KeepingRelay(tmp_path / "kept")
    Sender(relay).run()
    [path] = relay.folder.glob("*.eml")
    text = mail_of(path.read_text()).get_body(("plain",)).get_content()
    assert [text.count(f"PART-{number:02d} ends on") for number in range(12)] == [1] * 12


@pytest.mark.django_db(transaction=True)
def test_a_builder_leaves_a_person_to_the_one_at_work(dainius, monkeypatch):
    """Two would share out the parts between them, and those of the slower one would come a day later."""
    Preference.objects.create(user=dainius, kind=PERIOD, delivery="daily")
    past = clock.read() - dt.timedelta(minutes=1)
    early = [say(dainius, subject=named(f"PART-{number}")).pk for number in range(3)]
    Message.objects.update(state=State.HELD, next_attempt_at=past)
    check, at_work, go_on = digests._checked, threading.Event(), threading.Event()

    def check_slowly(parts, user):
        if threading.current_thread() is slow:
            at_work.set()
            assert go_on.wait(20)
        return check(parts, user)

    def build():
        digests.build(clock.read())
        connection.close()

    monkeypatch.setattr(digests, "_checked", check_slowly)
    slow = threading.Thread(target=build)
    slow.start()
    assert at_work.wait(20)
    late = say(dainius, subject=named("PART-3")).pk
    Message.objects.filter(pk=late).update(state=State.HELD, next_attempt_at=past)
    assert digests.build(clock.read()) == 0
    assert Message.objects.get(pk=late).state == State.HELD
    go_on.set()
    slow.join()
    built = Message.objects.get(key__startswith="digest:")
    assert set(built.parts.values_list("pk", flat=True)) == set(early)


def test_a_changed_wish_frees_what_waits(daily, sender, arrived):
    part = say(daily)
    sender.run()
    actions.choose({PERIOD: "at_once"}, by=daily)
    sender.run()
    assert state_of(part) == State.SENT
    other = say(daily)
    actions.choose({PERIOD: "weekly"}, by=daily)
    sender.run()
    actions.choose({PERIOD: "off"}, by=daily)
    sender.run()
    assert state_of(other) == State.SKIPPED
    assert len(arrived()) == 1


def test_changed_times_hold_for_what_waits_already(daily, sender):
    part = say(daily)
    sender.run()
    actions.keep_times({"digest_at": dt.time(18)}, by=daily)
    sender.run()
    assert Message.objects.get(pk=part.pk).next_attempt_at == dt.datetime(2026, 6, 1, 15, tzinfo=dt.UTC)


def test_a_closed_account_gets_no_digest(daily, sender, arrived, at):
    part = say(daily)
    sender.run()
    type(daily).objects.filter(pk=daily.pk).update(is_active=False)
    at(EIGHT)
    sender.run()
    assert state_of(part) == State.SKIPPED
    assert arrived() == []


def reminder(person, ends_on):
    """A message that the ledger handed over, of a project that ends on a day."""
    project = factories.ProjectFactory(ends_on=ends_on, starts_on=ends_on - dt.timedelta(days=400))
    factories.AppointmentFactory(role="project_manager", university=project.lead, user=person)
    rule = ReminderRule.objects.create(kind=PERIOD, days_before=1)
    plan = ReminderPlan.objects.create(
        rule=rule, subject_kind="projects.project", subject_uuid=project.uuid, subject_name=project.code,
        recipient=f"user:{person.uuid}", due_date=ends_on, due_at=NOON, planned_at=NOON, state="planned",
    )  # fmt: skip
    message = say(person, subject=("projects.project", project.uuid, project.code), key=plan.key)
    ReminderPlan.objects.filter(pk=plan.pk).update(state="released", released_at=NOON, message=message)
    return message


@pytest.mark.parametrize(
    ("ends_on", "waits"), [("2026-06-01", False), ("2026-06-02", True), ("2026-06-03", True)]
)
def test_a_reminder_whose_date_would_pass_before_the_digest_goes_at_once(daily, ends_on, waits):
    message = reminder(daily, dt.date.fromisoformat(ends_on))
    later = delivery.later(message, daily, NOON)
    assert (later is not None) == waits


def test_quiet_hours_hold_what_can_wait_and_nothing_else(dainius, at, sender, arrived):
    type(dainius).objects.filter(pk=dainius.pk).update(zone="Europe/Vilnius")
    MailTimes.objects.create(user=dainius, quiet_from=dt.time(11), quiet_until=dt.time(13))
    waits = say(dainius)
    assert sender.run() == {State.DUE: 1}
    waits.refresh_from_db()
    assert (waits.next_attempt_at, waits.attempts) == (NOON + dt.timedelta(hours=1), 0)
    firm = kinds.find(PERIOD).__class__(**kinds.find(PERIOD).__dict__ | {"transactional": True})
    with kinds.temporarily(firm):
        goes = say(dainius)
        sender.run()
    assert state_of(goes) == State.SENT
    at(NOON + dt.timedelta(hours=1))
    sender.run()
    assert state_of(waits) == State.SENT
    assert len(arrived()) == 2


def test_a_digest_respects_quiet_hours(daily, at, sender, arrived):
    MailTimes.objects.create(user=daily, quiet_from=dt.time(22), quiet_until=dt.time(9))
    say(daily)
    sender.run()
    at(EIGHT)
    sender.run()
    assert arrived() == []
    at(EIGHT + dt.timedelta(hours=1))
    sender.run()
    assert len(arrived()) == 1


def test_a_person_without_language_or_zone_gets_the_portals(dainius, sender, arrived):
    type(dainius).objects.filter(pk=dainius.pk).update(language="", zone="")
    dainius.refresh_from_db()
    Preference.objects.create(user=dainius, kind=PERIOD, delivery="daily")
    say(dainius)
    sender.run()
    Message.objects.update(next_attempt_at=clock.read())
    sender.run()
    assert mail_of(arrived()[0])["Content-Language"] == "en"


def test_the_database_ties_parts_to_their_digest(dainius):
    part = say(dainius)
    for fields in ({"state": State.GATHERED}, {"digest": part}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=part.pk).update(**fields)


def test_what_was_switched_off_after_the_digest_was_built_is_not_in_it(daily, sender, arrived, at):
    part = say(daily, subject=named("OFF-1"))
    sender.run()
    at(EIGHT)
    assert digests.build(EIGHT) == 1
    actions.choose({PERIOD: "off"}, by=daily)
    sender.run()
    assert arrived() == []
    assert state_of(part) == State.SKIPPED
    assert InboxItem.objects.visible_to(daily).count() == 1
