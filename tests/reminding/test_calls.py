"""Exceptions of one call: its close, its offers, its reviews; and how exceptions are shown."""

import datetime as dt

import pytest
from django.urls import reverse

from ground import clock
from mobility.models import Application, Call
from mobility.reminders import CloseOfCall, EndOfOffer, ReviewsDue
from notifications import foresight, planner, reminders
from notifications.models import ReminderOverride, ReminderRule
from tests import factories
from tests.told_before import recipients, told_at

pytestmark = pytest.mark.django_db
CLOSE = dt.datetime(2027, 3, 31, 20, 59, tzinfo=dt.UTC)  # 23:59 in Vilnius
DAY = dt.timedelta(days=1)


def noon(day):
    return dt.datetime(2027, 3, day, 10, tzinfo=dt.UTC)


def page_of(call):
    return reverse("reminders:exceptions", args=["mobility.call", call.uuid])


def set_days(client, call, kind, before, **answers):
    """Fill in the page of the call's exceptions for one rule of a kind."""
    page = client.get(page_of(call))
    data = {}
    for form in page.context["forms"]:
        for field in form:
            data[field.html_name] = "" if field.value() is None else field.value()
        if (form.rule.kind, form.rule.days_before) == (kind, before):
            data |= {form.add_prefix(name): value for name, value in answers.items()}
    return client.post(page_of(call), data)


@pytest.fixture
def desk(client, ruta):
    planner.store_default_rules()
    client.force_login(ruta)
    return client


def test_the_page_of_a_call_names_its_close_its_offers_and_its_reviews(desk, call):
    kinds = {form.rule.kind for form in desk.get(page_of(call)).context["forms"]}
    assert kinds == {"mobility.call_closes", "mobility.offer_ends", "mobility.reviews_due"}


def test_the_close_of_one_call_is_told_on_another_day_and_of_others_as_the_rule_says(
    desk,
    call,
    draft,
    ana,
    ktu,
):
    other = factories.CallFactory(university=ktu, slug="other")
    factories.complete_application(ana, factories.PlaceFactory(call=other, field=factories.FieldFactory()))
    Call.objects.update(opens_at=CLOSE - 60 * DAY, closes_at=CLOSE)
    Application.objects.update(created_at=CLOSE - 50 * DAY)
    assert set_days(desk, call, "mobility.call_closes", 7, what="other", days="10").status_code == 302
    assert ReminderOverride.objects.get().subject_uuid == call.uuid
    assert told_at(noon(21), CloseOfCall()) == recipients(ana)
    assert told_at(noon(24), CloseOfCall()) == recipients(ana)


def test_offers_of_one_call_are_not_told(desk, call, offered, ana):
    Application.objects.update(offer_expires_at=CLOSE, decided_at=CLOSE - 10 * DAY)
    for days in (3, 1):
        assert set_days(desk, call, "mobility.offer_ends", days, what="off").status_code == 302
    assert told_at(noon(28), EndOfOffer()) == told_at(noon(30), EndOfOffer()) == []
    ReminderOverride.objects.all().delete()
    assert told_at(noon(30), EndOfOffer()) == recipients(ana)


def test_reviews_of_one_call_are_told_on_another_day(desk, call, submitted, jonas):
    Call.objects.update(decision_on=dt.date(2027, 3, 31))
    factories.ReviewFactory(application=submitted, reviewer=jonas)
    set_days(desk, call, "mobility.reviews_due", 14, what="other", days="20")
    assert told_at(noon(11), ReviewsDue()) == recipients(jonas)


def test_an_exception_between_handing_over_and_sending_holds(desk, call, offered, ana):
    from notifications import due
    from notifications.models import ReminderPlan

    Application.objects.update(offer_expires_at=CLOSE, decided_at=CLOSE - 10 * DAY)
    told_at(noon(28), EndOfOffer())
    plan = ReminderPlan.objects.get(state="released")
    with clock.one_moment(noon(28)):
        assert due.still_wanted(plan)
        set_days(desk, call, "mobility.offer_ends", 3, what="off")
        assert not due.still_wanted(plan)


@pytest.mark.parametrize("who", ["ana", "bruno", "chiara", "dainius", "jonas"])
def test_who_may_not_edit_the_call_finds_no_page(who, request, client, call, ruta):
    client.force_login(request.getfixturevalue(who))
    assert client.get(page_of(call)).status_code == 404
    assert client.post(page_of(call), {}).status_code == 404


def test_the_preview_says_what_is_an_exception(client, egle, ktu, dainius):
    client.force_login(egle)
    day = clock.today("Europe/Vilnius")
    project = factories.ProjectFactory(code="S-NET-24-50", lead=ktu, starts_on=day, ends_on=day + 60 * DAY)
    planner.store_default_rules()
    rule = ReminderRule.objects.get(kind="projects.period_ends", days_before=90)
    ReminderOverride.objects.create(
        rule=rule, subject_kind="projects.project", subject_uuid=project.uuid, subject_name="S-NET-24-50",
        days_before=45, changed_at=clock.now(),
    )  # fmt: skip
    foresight.refresh(reminders.find("projects.period_ends"), clock.now())
    page = client.get("/en/reminders/preview/").content.decode()
    assert "Exception: 45 days before" in page
    assert reverse("reminders:exceptions", args=["projects.project", project.uuid]) in page


def test_the_desk_begins_with_what_there_is_and_saving_says_what_changes(client, egle, ktu, dainius):
    client.force_login(egle)
    page = client.get("/en/reminders/").content.decode()
    for kind in reminders.all_kinds():
        anchor = kind.name.replace(".", "-")
        assert f'href="#{anchor}"' in page
        assert f'id="{anchor}"' in page
    assert "7 days after" in page
    day = clock.today("Europe/Vilnius")
    factories.ProjectFactory(code="S-NET-24-50", lead=ktu, starts_on=day, ends_on=day + 100 * DAY)
    rule = ReminderRule.objects.get(kind="projects.period_ends", days_before=90)
    sent = {"days": "50", "direction": "before", "hour": "08:30", "zone_source": "portal", "channel": "both",
            "version": "1"}  # fmt: skip
    page = client.post(reverse("reminders:rule", args=[rule.uuid]), sent, follow=True).content.decode()
    assert "The rule was saved. In the next 30 days: 0 reminders more, 1 fewer." in page
    sent |= {"hour": "08:30", "version": "2"}
    page = client.post(reverse("reminders:rule", args=[rule.uuid]), sent, follow=True).content.decode()
    assert "the same reminders go out as before" in page


def test_put_back_rules_after_the_date_come_too(client, egle):
    client.force_login(egle)
    planner.store_default_rules()
    ReminderRule.objects.filter(kind="projects.milestone_due", days_after=7).delete()
    ReminderRule.objects.create(kind="projects.milestone_due", days_after=20)
    client.post(reverse("reminders:defaults", args=["projects.milestone_due"]))
    active = ReminderRule.objects.filter(kind="projects.milestone_due", active=True)
    assert sorted(rule.shift for rule in active) == [-30, -7, -1, 7]
