"""A whole series: registration for all its dates, its rule changed later, and the change taken back."""

import datetime as dt
import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents.models import Document
from ground.workflow import NotPossible
from news import actions
from news.actions import Stale
from news.happening import dates, repeating, writing
from news.happening.dates import Rule
from news.happening.times import When
from news.models import Admission, Event, Series, SeriesChange
from news.registering import coming, messages
from notifications.models import Message
from tests import factories
from tests.world import _pdf

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WEEKLY = [dt.date(2026, 12, 1) + dt.timedelta(weeks=n) for n in range(5)]
SETTINGS = {"capacity": 5, "waiting_list": True, "keep_days": 30}
ASKED = [
    {
        "kind": "short", "words_en": "What do you eat?", "words_lt": "", "choices_en": "", "choices_lt": "",
        "required": False,
    }
]  # fmt: skip


@pytest.fixture(autouse=True)
def held(at):
    with at(NOW):
        yield


def signed_in(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def first(ieva, ktu):
    """The first of five Tuesdays at 15:00."""
    return writing.create(
        by=ieva, token=uuid.uuid4(), university=ktu, repeats="weekly", until=WEEKLY[-1], title_en="Seminar",
        when=When("Europe/Vilnius", WEEKLY[0], dt.time(15), None, dt.time(16)),
    )  # fmt: skip


def public(first):
    Event.objects.filter(series=first.series_id).update(publication="published")
    first.refresh_from_db()
    return first


def on(day):
    return Event.objects.get(occurrence_on=day)


def days():
    rows = Event.objects.filter(series__isnull=False).order_by("occurrence_on")
    return list(rows.values_list("occurrence_on", flat=True))


def arranged(first, by, **more):
    return repeating.arrange(
        first, by=by, questions=ASKED, **(SETTINGS | {"opens_before": 14, "closes_before": 1} | more)
    )


def changed(event, by, rule, **more):
    return repeating.change_rule(event, by=by, rule=rule, seen=dates.plan_of(event, rule).mark, **more)


def come(event):
    return coming.register(event, by=factories.UserFactory(), answers={}, language="en")


FORTNIGHTLY = Rule("fortnightly", WEEKLY[-1])


# Registration


def test_one_form_opens_registration_for_every_date_in_its_own_time(first, ieva):
    page = signed_in(ieva).post(
        f"/en/events/{first.slug}/series/registration/",
        {
            "capacity": "5", "opens_before": "14", "closes_before": "1", "keep_days": "30",
            "questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "0", "questions-0-words_en": "What do you eat?",
            "questions-0-kind": "short",
        },
    )  # fmt: skip
    assert page.status_code == 302
    assert Admission.objects.filter(capacity=5, waiting_list=False, keep_days=30).count() == 5
    second = on(WEEKLY[1])
    assert second.admission.opens_at == dt.datetime(2026, 11, 24, 13, tzinfo=dt.UTC)
    assert second.admission.closes_at == dt.datetime(2026, 12, 7, 13, tzinfo=dt.UTC)
    assert [one.words_en for one in second.questions.all()] == ["What do you eat?"]


def test_the_hours_stay_those_of_the_clock_when_it_changes(ieva, ktu):
    spring = writing.create(
        by=ieva, token=uuid.uuid4(), university=ktu, title_en="Seminar", repeats="weekly",
        until=dt.date(2027, 4, 6), when=When("Europe/Vilnius", dt.date(2027, 3, 23), dt.time(15)),
    )  # fmt: skip
    arranged(spring, ieva, opens_before=7, closes_before=None)
    opens = list(Admission.objects.order_by("event__starts_by").values_list("opens_at", flat=True))
    assert [moment.hour for moment in opens] == [13, 13, 12]


def test_answers_stay_with_a_question_that_is_reworded_for_all(first, ieva):
    arranged(first, ieva)
    second = on(WEEKLY[1])
    kept = second.questions.get().uuid
    row = {**ASKED[0], "uuid": first.questions.get().uuid, "words_en": "What do you like to eat?"}
    repeating.arrange(first, by=ieva, questions=[row], opens_before=None, closes_before=None, **SETTINGS)
    assert (second.questions.get().uuid, second.questions.get().words_en) == (
        kept,
        "What do you like to eat?",
    )


def test_fewer_places_than_people_at_one_date_leave_all_dates_as_they_are(first, ieva):
    public(first)
    arranged(first, ieva, opens_before=None, closes_before=None)
    for _n in range(3):
        come(on(WEEKLY[2]))
    with pytest.raises(NotPossible, match=r"15 December 2026: 3 people"):
        arranged(first, ieva, capacity=2)
    assert set(Admission.objects.values_list("capacity", flat=True)) == {5}


@pytest.mark.parametrize(
    "more",
    [
        {"opens_before": "1", "closes_before": "2"}, {"opens_before": "-1"}, {"opens_before": "400"},
        {"capacity": "0"}, {"keep_days": ""}, {"closes_before": "x"}, {"capacity": "9" * 30},
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_nothing_is_stored(first, ieva, more):
    data = {
        "capacity": "5", "keep_days": "30", "questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0", **more,
    }  # fmt: skip
    answer = signed_in(ieva).post(f"/en/events/{first.slug}/series/registration/", data)
    assert answer.status_code == 422
    assert not Admission.objects.exists()


# The rule


def test_dates_without_people_go_and_new_ones_come_with_everything_of_the_series(first, ieva):
    arranged(first, ieva)
    changed(first, ieva, Rule("fortnightly", dt.date(2027, 1, 26)))
    assert days() == [WEEKLY[0], WEEKLY[2], WEEKLY[4], dt.date(2027, 1, 12), dt.date(2027, 1, 26)]
    new = on(dt.date(2027, 1, 12))
    assert (new.title_en, new.publication, new.slug) == ("Seminar", "draft", "seminar-2027-01-12")
    assert new.starts_at == dt.datetime(2027, 1, 12, 13, tzinfo=dt.UTC)
    assert new.admission.opens_at == dt.datetime(2026, 12, 29, 13, tzinfo=dt.UTC)
    assert new.questions.get().words_en == "What do you eat?"
    assert Event.objects.count() == 5


def test_the_files_of_a_draft_that_goes_go_with_it(first, ieva):
    upload = SimpleUploadedFile("programme.pdf", _pdf(), "application/pdf")
    actions.attach(on(WEEKLY[1]), upload=upload, title_en="", title_lt="", by=ieva)
    changed(first, ieva, FORTNIGHTLY)
    assert not Document.objects.exists()


def test_a_public_date_that_goes_stays_as_a_page_that_says_so(first, ieva):
    public(first)
    changed(first, ieva, FORTNIGHTLY)
    gone = Event.objects.filter(cancelled_at__isnull=False)
    assert sorted(one.first_day for one in gone) == [WEEKLY[1], WEEKLY[3]]
    assert {one.series_id for one in gone} == {None}
    assert (
        "The dates of this series have changed." in Client().get(gone[0].get_absolute_url()).content.decode()
    )


def test_nothing_with_registrations_is_dropped_until_the_editor_has_decided(first, ieva):
    public(first)
    arranged(first, ieva, opens_before=None, closes_before=None)
    come(on(WEEKLY[1]))
    with pytest.raises(NotPossible, match="Decide what becomes"):
        changed(first, ieva, FORTNIGHTLY)
    assert days() == WEEKLY
    changed(first, ieva, FORTNIGHTLY, people=repeating.KEEP)
    kept = Event.objects.get(registrations__isnull=False)
    assert (kept.series, kept.is_cancelled, kept.first_day) == (None, False, WEEKLY[1])
    assert not Message.objects.filter(kind=messages.EVENT_CANCELLED).exists()


def test_the_editor_may_cancel_them_and_everybody_is_told_why(first, ieva):
    public(first)
    arranged(first, ieva, opens_before=None, closes_before=None)
    come(on(WEEKLY[1])), come(on(WEEKLY[1]))
    changed(first, ieva, FORTNIGHTLY, people=repeating.CANCEL, because_en="Every other week is enough.")
    told = Message.objects.filter(kind=messages.EVENT_CANCELLED)
    assert [one.context["because"] for one in told] == ["Every other week is enough."] * 2
    gone = Event.objects.filter(registrations__isnull=False).distinct().get()
    assert (gone.is_cancelled, gone.series) == (True, None)


def test_who_registers_after_the_look_is_not_passed_over(first, ieva):
    public(first)
    arranged(first, ieva, opens_before=None, closes_before=None)
    seen = dates.plan_of(first, FORTNIGHTLY).mark
    come(on(WEEKLY[1]))
    with pytest.raises(Stale):
        repeating.change_rule(first, by=ieva, rule=FORTNIGHTLY, seen=seen, people=repeating.CANCEL)
    assert days() == WEEKLY


def test_from_a_later_date_on_the_earlier_ones_keep_their_rule(first, ieva):
    public(first)
    changed(on(WEEKLY[2]), ieva, Rule("monthly_date", dt.date(2027, 2, 15)))
    old = Event.objects.get(pk=first.pk).series
    assert (old.repeats, old.until) == ("weekly", WEEKLY[1])
    new = Series.objects.exclude(pk=old.pk).get()
    assert (new.repeats, new.first_on) == ("monthly_date", WEEKLY[2])
    assert [one.occurrence_on for one in new.events.order_by("occurrence_on")] == [
        WEEKLY[2], dt.date(2027, 1, 15), dt.date(2027, 2, 15),
    ]  # fmt: skip


def test_what_has_begun_stays_and_is_no_place_to_change_from(first, ieva, at):
    with at(dt.datetime(2026, 12, 9, tzinfo=dt.UTC)):
        with pytest.raises(NotPossible, match="to come"):
            changed(first, ieva, FORTNIGHTLY)
        assert days() == WEEKLY


def test_nobody_else_changes_a_series(first, dainius):
    with pytest.raises(PermissionDenied):
        changed(first, dainius, FORTNIGHTLY)
    with pytest.raises(PermissionDenied):
        arranged(first, dainius)


# Taken back


def whole():
    return {
        (one.occurrence_on, one.publication, one.is_cancelled, one.series_id) for one in Event.objects.all()
    }


@pytest.mark.parametrize("from_place", [0, 2])
@pytest.mark.parametrize("published", [True, False])
def test_a_change_is_taken_back_whole(first, ieva, from_place, published):
    if published:
        public(first)
    before, rule = whole(), (first.series.repeats, first.series.until)
    change = changed(on(WEEKLY[from_place]), ieva, Rule("fortnightly", dt.date(2027, 3, 1), (WEEKLY[4],)))
    assert whole() != before
    assert repeating.undo(change, by=ieva) == []
    assert whole() == before
    assert Series.objects.count() == 1
    series = Series.objects.get()
    assert (series.repeats, series.until) == rule
    with pytest.raises(NotPossible, match="any more"):
        repeating.undo(change, by=ieva)


def test_what_people_know_of_stays_and_is_named(first, ieva):
    public(first)
    arranged(first, ieva, opens_before=None, closes_before=None)
    come(on(WEEKLY[1]))
    change = changed(first, ieva, Rule("fortnightly", dt.date(2027, 1, 12)), people=repeating.CANCEL)
    come(on(dt.date(2027, 1, 12)))
    left = repeating.undo(change, by=ieva)
    assert sorted(one.first_day for one in left) == [WEEKLY[1], dt.date(2027, 1, 12)]
    assert days() == [WEEKLY[0], *WEEKLY[2:]]
    assert Event.objects.filter(registrations__isnull=False).count() == 2


def test_a_change_that_was_built_upon_is_not_taken_back(first, ieva):
    earlier = changed(first, ieva, Rule("weekly", WEEKLY[3]))
    changed(on(WEEKLY[1]), ieva, Rule("weekly", WEEKLY[2]))
    with pytest.raises(NotPossible, match="any more"):
        repeating.undo(earlier, by=ieva)


# The pages


def test_what_will_happen_is_said_before_it_is_done(first, ieva):
    public(first)
    arranged(first, ieva, opens_before=None, closes_before=None)
    come(on(WEEKLY[1]))
    client, path = signed_in(ieva), f"/en/events/{first.slug}/series/rule/"
    data = {"repeats": "fortnightly", "until": "2027-01-12"}
    page = client.post(path, data | {"step": "look"}).content.decode()
    assert "1 person is registered or waits" in page
    assert "3 dates stay." in page
    assert "12 January 2027" in page
    assert days() == WEEKLY
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    refused = client.post(path, data | {"step": "do", "seen": seen})
    assert refused.status_code == 422
    assert "Decide what becomes" in refused.content.decode()
    stale = client.post(path, data | {"step": "do", "seen": "other", "people": "keep"})
    assert stale.status_code == 409
    done = client.post(path, data | {"step": "do", "seen": seen, "people": "keep"})
    assert done.status_code == 302
    assert len(days()) == 4
    series = client.get(f"/en/events/{first.slug}/series/").content.decode()
    assert "Take the change back" in series
    back = client.post(f"/en/events/{first.slug}/series/undo/", follow=True)
    assert "The change was taken back." in back.content.decode()
    assert days() == WEEKLY


@pytest.mark.parametrize(
    "more",
    [
        {"until": "2026-01-01"}, {"until": "2030-01-01"}, {"until": "2026-02-30"}, {"until": ""}, {"repeats": "daily"},
        {"skipped": "yesterday"}, {"until": "\x00"}, {"seen": "x" * 20}, {"people": "shoot"},
    ],
)  # fmt: skip
def test_a_rule_that_is_none_is_refused(first, ieva, more):
    data = {"repeats": "weekly", "until": "2027-01-01", "step": "do", "seen": "x"} | more
    assert signed_in(ieva).post(f"/en/events/{first.slug}/series/rule/", data).status_code == 422
    assert days() == WEEKLY


def test_the_page_of_a_series_costs_the_same_with_few_dates_and_with_many(
    first, ieva, django_assert_max_num_queries, django_assert_num_queries
):
    client, path = signed_in(ieva), f"/en/events/{first.slug}/series/"
    client.get(path)
    counts = []
    for until in (WEEKLY[1], dt.date(2027, 3, 1)):
        changed(first, ieva, Rule("weekly", until))
        with django_assert_max_num_queries(8) as seen:
            assert client.get(path).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert SeriesChange.objects.count() == 2
