"""The office's pages of rules, and the page of a record's exceptions."""

import datetime as dt
import threading
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance_portal.reminding import actions, subjects
from audit.models import Event
from ground import clock
from notifications import foresight, planner, reminders
from notifications.models import (
    InboxItem,
    Message,
    ReminderOverride,
    ReminderPlan,
    ReminderRound,
    ReminderRule,
)
from tests import factories

pytestmark = pytest.mark.django_db
KIND = "projects.period_ends"
DESK = "/en/reminders/"
RULE = {
    "days": "60",
    "direction": "before",
    "hour": "08:30",
    "zone_source": "portal",
    "channel": "portal",
    "version": "1",
}
WORDS = {"subject_en": "{name}", "subject_lt": "{name}", "text_en": "On {date}", "text_lt": "{date}"}


@pytest.fixture
def office(client, egle):
    client.force_login(egle)
    return client


@pytest.fixture
def rule():
    planner.store_default_rules()
    return ReminderRule.objects.get(kind=KIND, days_before=90)


@pytest.fixture
def project(ktu, dainius):
    day = clock.today("Europe/Vilnius")
    return factories.ProjectFactory(
        code="S-NET-24-50", lead=ktu, starts_on=day, ends_on=day + dt.timedelta(days=100)
    )


def address(rule, name="rule"):
    return reverse(f"reminders:{name}", args=[rule.uuid])


def read(answer):
    return answer.content.decode()


def test_the_desk_names_each_kind_with_its_rules_and_what_comes_next(office, project, rule):
    foresight.refresh(reminders.find(KIND), clock.now())
    page = read(office.get(DESK))
    assert "End of a funding period" in page
    assert "90 days before" in page
    assert "Next: " in page
    assert "S-NET-24-50" in page


def test_a_rule_is_added_changed_and_its_history_told(office, egle):
    answer = office.post(
        reverse("reminders:add", args=[KIND]), RULE | {"audience": ["managers", "head"]} | WORDS
    )
    rule = ReminderRule.objects.get(kind=KIND, days_before=60)
    assert answer.url == address(rule)
    assert (rule.hour, rule.zone_source, rule.channel, rule.audience) == (
        dt.time(8, 30), "portal", "portal", ["head", "managers"],
    )  # fmt: skip
    assert rule.words["lt"]["text"] == "{date}"
    assert office.post(address(rule), RULE | {"days": "50"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.days_before, rule.version, rule.words, rule.audience) == (50, 2, {}, [])
    page = read(office.get("/en/reminders/history/"))
    assert "Rule added" in page
    assert "Rule changed" in page
    assert egle.name in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("days", "731"), ("days", "-1"), ("days", "x"), ("days", ""), ("days", "9" * 40), ("days", "\x00"),
        ("direction", "sideways"), ("hour", "25:00"), ("hour", ""), ("hour", "\x00"), ("zone_source", "moon"),
        ("channel", "pigeon"), ("audience", "strangers"), ("version", "x"), ("version", ""),
        ("subject_en", "{nothing}"), ("text_lt", "{name"), ("subject_en", "a\nb"), ("text_en", "\x00"),
        ("subject_en", "x" * 151), ("text_lt", "x" * 3001), ("text_en", "\ufffd"),
    ],
)  # fmt: skip
def test_what_no_rule_can_be_is_refused_beside_the_field(office, rule, field, value):
    sent = RULE | WORDS | {field: value}
    answer = office.post(address(rule), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    rule.refresh_from_db()
    assert (rule.days_before, rule.version) == (90, 1)
    assert "08:30" in read(answer) or field == "hour", "what was typed stays"


def test_words_are_wanted_in_both_languages(office, rule):
    answer = office.post(address(rule), RULE | {"subject_en": "Only {name}"})
    assert set(answer.context["form"].errors) == {"subject_lt", "text_en", "text_lt"}


def test_after_the_date_takes_at_least_a_day_and_at_most_a_year(office, rule):
    for days in ("0", "366"):
        assert (
            "days"
            in office.post(address(rule), RULE | {"direction": "after", "days": days}).context["form"].errors
        )
    office.post(address(rule), RULE | {"direction": "after", "days": "14"})
    rule.refresh_from_db()
    assert (rule.days_before, rule.days_after) == (0, 14)


def test_kinds_whose_dates_settle_themselves_know_no_after(office):
    form = office.get(reverse("reminders:add", args=["members.change_window"])).context["form"]
    assert "direction" not in form.fields
    assert "audience" not in form.fields


def test_a_second_rule_for_the_same_days_and_people_is_refused(office, rule):
    answer = office.post(reverse("reminders:add", args=[KIND]), RULE | {"days": "90"})
    assert answer.status_code == 422
    assert "already a rule" in read(answer)
    assert office.post(address(rule), RULE | {"days": "30"}).status_code == 422


def test_of_two_who_save_the_second_is_told_and_loses_nothing(office, rule, laima):
    actions.change(rule, by=laima, version=1, values={"hour": dt.time(6, 45)})
    answer = office.post(address(rule), RULE)
    assert answer.status_code == 409
    assert "06:45" in read(answer)
    assert 'value="08:30"' in read(answer)
    rule.refresh_from_db()
    assert rule.hour == dt.time(6, 45)
    version = str(answer.context["form"]["version"].value())
    assert office.post(address(rule), RULE | {"version": version}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told(egle, laima):
    planner.store_default_rules()
    rule = ReminderRule.objects.get(kind=KIND, days_before=90)
    start, outcomes = threading.Barrier(2), []

    def save(person, days):
        try:
            start.wait()
            outcomes.append(
                actions.change(rule, by=person, version=1, values={"days_before": days, "days_after": 0})
            )
        except actions.Stale as stale:
            outcomes.append(stale)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=given) for given in ((egle, 80), (laima, 70))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["ReminderRule", "Stale"]
    assert ReminderRule.objects.get(pk=rule.pk).version == 2


def test_a_change_is_looked_at_before_it_is_saved(office, project, rule):
    answer = office.post(address(rule), RULE | {"days": "75", "preview": "1"})
    change = answer.context["change"]
    assert (change.more, change.fewer) == (1, 1)
    assert "S-NET-24-50" in read(answer)
    assert "In the next 30 days 1 reminder more" in read(answer)
    rule.refresh_from_db()
    assert rule.days_before == 90
    fresh = office.post(reverse("reminders:add", args=[KIND]), RULE | {"days": "85", "preview": "1"})
    assert (fresh.context["change"].more, fresh.context["change"].fewer) == (1, 0)
    assert ReminderRule.objects.filter(kind=KIND).count() == 3


def test_a_rule_is_switched_off_and_on(office, project, rule):
    day = project.ends_on - dt.timedelta(days=90)
    with clock.one_moment(clock.day_begins(day, "Europe/Vilnius")):
        planner.plan(clock.now())
        assert ReminderPlan.objects.get().state == "planned"
        office.post(address(rule, "switch"))
    assert ReminderPlan.objects.get().state == "cancelled"
    assert "switched off" in read(office.get(DESK))
    assert "Switch the rule on" in read(office.get(address(rule)))
    office.post(address(rule, "switch"), {"on": "1"})
    office.post(address(rule, "switch"), {"on": "1"})
    rule.refresh_from_db()
    assert rule.active
    assert Event.objects.filter(verb="notifications.rule_on").count() == 1


def test_the_portals_own_rules_come_back(office, rule):
    office.post(address(rule), RULE | WORDS)
    office.post(reverse("reminders:add", args=[KIND]), RULE | {"days": "44", "audience": "head"})
    ReminderRule.objects.filter(kind=KIND, days_before=30).update(active=False)
    assert "Put back" in read(office.get(reverse("reminders:defaults", args=[KIND])))
    office.post(reverse("reminders:defaults", args=[KIND]))
    active = ReminderRule.objects.filter(kind=KIND, active=True)
    assert sorted(active.values_list("days_before", "hour", "channel", "subject_en")) == [
        (days, dt.time(9), "both", "") for days in (7, 30, 90)
    ]


@pytest.mark.parametrize("with_record", [True, False], ids=["a record", "none"])
def test_a_test_goes_to_oneself_alone_and_says_so(office, rule, ktu, dainius, egle, with_record):
    if with_record:
        day = clock.today("Europe/Vilnius")
        factories.ProjectFactory(code="REAL-1", lead=ktu, starts_on=day, ends_on=day + dt.timedelta(days=100))
    office.post(address(rule), RULE | WORDS | {"days": "90", "channel": "both"})
    assert office.post(address(rule, "test")).status_code == 302
    message = Message.objects.get()
    assert message.recipient == f"user:{egle.uuid}"
    inbox = read(office.get("/en/inbox/"))
    assert f"Test: {'REAL-1' if with_record else 'Sample'}" in inbox
    assert "This is a test of a reminder." in inbox
    assert InboxItem.objects.count() == 1
    assert not ReminderPlan.objects.exists()


@pytest.mark.django_db
def test_a_test_without_a_record_is_as_many_days_away_as_the_rule_says(office, rule):
    words = WORDS | {"subject_en": "{name}: {days_left} days", "text_en": "x"}
    office.post(address(rule), RULE | words | {"days": "28", "channel": "both"})
    office.post(address(rule, "test"))
    assert "Sample: 28 days" in read(office.get("/en/inbox/"))


def fill(number, ktu):
    day = clock.today("Europe/Vilnius") + dt.timedelta(days=100)
    for n in range(number):
        factories.ProjectFactory(code=f"TEST-{n:03}", lead=ktu, ends_on=day)
    planner.store_default_rules()
    for kind in reminders.all_kinds():
        foresight.refresh(kind, clock.now())


def test_the_preview_names_what_goes_out_when_and_to_whom(office, ktu, dainius):
    fill(30, ktu)
    page = office.get("/en/reminders/preview/")
    shown = page.context["shown"]
    assert (shown.things, shown.people, len(shown.lines)) == (30, 30, 25)
    assert dainius.name in read(page)
    assert "Vilnius" in read(page)
    rest = office.get(f"/en/reminders/preview/?after={shown.page.after}").context["shown"]
    assert len(rest.lines) == 5
    one = ReminderRule.objects.get(kind=KIND, days_before=30)
    assert office.get(f"/en/reminders/preview/?rule={one.uuid}").context["shown"].things == 0


@pytest.mark.parametrize("asked", ["rule=x", "rule=00000000-0000-0000-0000-000000000000", "after=x", "after=-1",
                                   "before=9999999999", "after=999", "after=%00", "rule=%00"])  # fmt: skip
def test_a_page_that_is_not_there_is_not_found(office, asked):
    assert office.get(f"/en/reminders/preview/?{asked}").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_queries_are_as_many_for_many(office, ktu, dainius, project, number, rule, egle):
    fill(number, ktu)
    for n in range(number):
        of = {"subject_kind": "projects.project", "subject_uuid": UUID(int=n), "subject_name": "X"}
        ReminderOverride.objects.create(rule=rule, days_before=n, changed_at=clock.now(), **of)
        actions.switch(rule, on=bool(n % 2), by=egle)
    taken = []
    for path in (
        DESK,
        "/en/reminders/preview/",
        "/en/reminders/history/",
        address(rule),
        exceptions(project),
    ):
        office.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert office.get(path).status_code == 200
        taken.append(len(asked))
    assert taken == [8, 7, 6, 8, 8]


def exceptions(record, kind="projects.project"):
    return reverse("reminders:exceptions", args=[kind, record.uuid])


def answers(page, **more):
    """What the page's forms hold, with other answers for the rule of 90 days."""
    data = {}
    for form in page.context["forms"]:
        for field in form:
            data[field.html_name] = "" if field.value() is None else field.value()
        if (form.rule.kind, form.rule.days_before) == (KIND, 90):
            data |= {form.add_prefix(name): value for name, value in more.items()}
    return data


def test_a_manager_sets_other_days_for_a_project_and_takes_them_back(client, dainius, project, rule):
    client.force_login(dainius)
    page = client.get(exceptions(project))
    assert client.post(exceptions(project), answers(page, what="other", days="45")).status_code == 302
    other = ReminderOverride.objects.get()
    assert (other.rule, other.days_before, other.off, other.subject_name) == (rule, 45, False, "S-NET-24-50")
    page = client.get(exceptions(project))
    client.post(exceptions(project), answers(page, what="off"))
    assert ReminderOverride.objects.get().off
    client.post(exceptions(project), answers(client.get(exceptions(project)), what="rule"))
    assert not ReminderOverride.objects.exists()
    assert Event.objects.filter(verb="notifications.except_from_rule").count() == 3
    assert "/en/reminders/of/projects.project/" in read(client.get(project.get_absolute_url()))


def test_exceptions_stand_on_the_page_of_the_rule(office, project, rule):
    office.post(exceptions(project), answers(office.get(exceptions(project)), what="off"))
    page = read(office.get(address(rule)))
    assert "S-NET-24-50" in page
    assert "Switched off" in page


def test_of_two_who_set_exceptions_the_second_is_told(client, dainius, project, rule, egle):
    client.force_login(dainius)
    page = client.get(exceptions(project))
    subject = subjects.find(egle, "projects.project", project.uuid)
    values = {"off": True, "days_before": 90, "days_after": 0}
    actions.except_from(subject, rule, by=egle, version=0, values=values)
    told = client.post(exceptions(project), answers(page, what="other", days="45"))
    assert told.status_code == 409
    assert ReminderOverride.objects.get().off
    assert "Somebody else saved this meanwhile." in read(told)
    assert "Switched off" in read(told)
    # What was chosen is kept, and saved in the knowledge of what the other one did.
    assert client.post(exceptions(project), answers(told)).status_code == 302
    held = ReminderOverride.objects.get()
    assert (held.off, held.days_before) == (False, 45)


@pytest.mark.parametrize("wrong", [{"what": "other", "days": ""}, {"what": "other", "days": "731"}, {"what": "x"},
                                   {"what": "other", "days": "0", "direction": "after"}, {"version": "x"}])  # fmt: skip
def test_what_no_exception_can_be_is_refused(client, dainius, project, rule, wrong):
    client.force_login(dainius)
    answer = client.post(exceptions(project), answers(client.get(exceptions(project)), **wrong))
    assert answer.status_code == 422
    assert client.post(exceptions(project), {}).status_code == 422
    assert not ReminderOverride.objects.exists()


def test_strangers_find_no_page_of_exceptions(client, ana, project, rule):
    client.force_login(ana)
    assert client.get(exceptions(project)).status_code == 404
    assert subjects.find(ana, "projects.project", project.uuid) is None


def test_the_round_of_the_planner_keeps_the_previews_fresh(office, project, rule):
    from notifications.tasks import plan_reminders

    for _ in reminders.all_kinds():
        plan_reminders()
    assert ReminderRound.objects.filter(foreseen_at__isnull=False).count() == len(reminders.all_kinds())
