"""Events written in the portal: days and hours, series, conflicts, steps, cancelling and moving."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from ground.workflow import NotPossible
from news.actions import Stale
from news.happening import writing
from news.happening.times import When, is_left_out, when_of
from news.models import Event, Topic
from news.registering import coming, messages
from news.registering.telling import CALM
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
VILNIUS = "Europe/Vilnius"


@pytest.fixture(autouse=True)
def held(at):
    with at(NOW):
        yield


def signed_in(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def typed(**more):
    return {
        "token": str(uuid.uuid4()), "title_en": "Open day", "title_lt": "Atvirų durų diena", "first_on": "2026-12-17",
        "from_time": "15:00", "to_time": "17:30", "zone": VILNIUS, "place_en": "Kaunas", **more,
    }  # fmt: skip


def begun(by, ktu, when=None, **more):
    when = when or When(VILNIUS, dt.date(2026, 12, 17), dt.time(15), None, dt.time(17, 30))
    fields = {"title_en": "Open day", "place_en": "Kaunas"} | more
    return writing.create(by=by, token=uuid.uuid4(), university=ktu, when=when, **fields)


def public(event):
    Event.objects.filter(pk=event.pk).update(publication="published")
    event.refresh_from_db()
    return event


# Through the pages


def test_an_editor_writes_an_event_with_everything_it_is_linked_with(ieva, ktu, aveiro):
    topic, project = Topic.objects.create(slug="x", name_en="X"), factories.ProjectFactory(code="S-NET-24-50")
    partner = factories.OrganisationFactory(name="City of Kaunas")
    data = typed(
        university=ktu.pk, topics=[topic.pk], universities=[aveiro.pk], projects="s-net-24-50",
        organiser="city of kaunas", link="https://meet.ktu.example/x",
    )  # fmt: skip
    response = signed_in(ieva).post("/en/events/new/", data)
    event = Event.objects.get()
    assert (response.status_code, response["Location"]) == (302, event.get_absolute_url())
    assert (event.slug, event.publication, event.author) == ("open-day", "draft", ieva)
    assert event.starts_at == dt.datetime(2026, 12, 17, 13, tzinfo=dt.UTC)
    assert event.ends_at == dt.datetime(2026, 12, 17, 15, 30, tzinfo=dt.UTC)
    assert (event.organiser, event.is_online) == (partner, True)
    assert [*event.topics.all()] == [topic]
    assert [*event.universities.all()] == [aveiro]
    assert [*event.projects.all()] == [project]
    page = signed_in(ieva).get(event.get_absolute_url()).content.decode()
    assert "City of Kaunas" in page
    assert "S-NET-24-50" in page


def test_the_form_shows_what_is_there_and_saves_it_unchanged(ieva, ktu):
    event = begun(ieva, ktu, is_online=True, link="https://meet.ktu.example/x")
    client = signed_in(ieva)
    page = client.get(f"/en/events/{event.slug}/edit/").content.decode()
    for value in (
        "2026-12-17",
        "15:00",
        "17:30",
        "Open day",
        "https://meet.ktu.example/x",
        'name="typed_by"',
    ):
        assert value in page
    response = client.post(f"/en/events/{event.slug}/edit/", typed(version="1", title_lt="", link=event.link))
    assert response.status_code == 302
    again = Event.objects.get()
    assert (again.starts_at, again.ends_at, again.version) == (event.starts_at, event.ends_at, 2)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"title_en": "", "title_lt": ""}, "Write the title in at least one language."),
        ({"title_en": "", "summary_en": "Said"}, "Write the title in the language of the text."),
        ({"from_time": "", "to_time": "17:00"}, "Say when it begins, too."),
        ({"to_time": "14:00"}, "The event ends before it begins."),
        ({"last_on": "2026-12-16"}, "The event ends before it begins."),
        ({"first_on": "2026-02-30"}, "Enter a real date"),
        ({"first_on": "2027-03-28", "from_time": "03:30"}, "leave this hour out"),
        ({"zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"link": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"organiser": "Nobody at all"}, "No such organisation is known."),
        ({"projects": "NOPE-1"}, "There is no project with this number: NOPE-1"),
        ({"title_en": "x" * 10_000}, "at most 200 characters"),
        ({"title_en": "a\x00b"}, "can&#x27;t be stored"),
        ({"repeats": "weekly"}, "Say until when it comes again."),
        ({"repeats": "weekly", "until": "2036-01-01"}, "two years at most"),
        ({"repeats": "weekly", "until": "2027-01-01", "skipped": "soon"}, "Enter a real date"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_stored(more, words, ieva, ktu):
    response = signed_in(ieva).post("/en/events/new/", typed(university=ktu.pk) | more)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Event.objects.exists()


def test_title_when_and_where_come_first_and_hours_name_their_zone(ieva, ktu):
    text = signed_in(ieva).get("/en/events/new/").content.decode()
    names = ("title_en", "first_on", "from_time", "zone", "place_en", "summary_en", "body_en", "university")
    places = [text.index(f'name="{name}"') for name in names]
    assert places == sorted(places)
    assert ">Vilnius time</option>" in text
    assert "The hours above are those of its clocks." in text


def test_an_editor_writes_in_the_name_of_the_own_university_only(ieva, aveiro):
    assert signed_in(ieva).post("/en/events/new/", typed(university=aveiro.pk)).status_code == 422
    with pytest.raises(PermissionDenied):
        begun(ieva, aveiro)


def test_two_writers_see_both_versions_and_lose_nothing(ieva, egle, ktu):
    event = begun(ieva, ktu)
    writing.change(event, by=egle, version=1, when=when_of(event), title_en="Eglė wrote this")
    response = signed_in(ieva).post(
        f"/en/events/{event.slug}/edit/", typed(version="1", title_en="Ieva wrote this")
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "Eglė wrote this" in page
    assert "Ieva wrote this" in page
    assert 'name="version" value="2"' in page
    assert Event.objects.get().title_en == "Eglė wrote this"


def test_the_programme_is_written_row_by_row(ieva, ktu):
    event = begun(ieva, ktu)
    data = {
        "version": "1", "programme-TOTAL_FORMS": "3", "programme-INITIAL_FORMS": "0",
        "programme-0-title_en": "Welcome", "programme-0-starts": "15:00", "programme-0-ends": "15:40",
        "programme-0-speakers": "Invented Person", "programme-1-title_en": "", "programme-2-title_en": "Gone",
        "programme-2-DELETE": "on", "speakers-TOTAL_FORMS": "1", "speakers-INITIAL_FORMS": "0",
        "speakers-0-name": "Invented Person", "speakers-0-role_en": "Adviser",
    }  # fmt: skip
    client = signed_in(ieva)
    assert client.post(f"/en/events/{event.slug}/programme/", data).status_code == 302
    assert [item.title_en for item in event.programme.all()] == ["Welcome"]
    page = client.get(f"/en/events/{event.slug}/").content.decode()
    assert "15:00–15:40" in page
    assert "Adviser" in page
    assert client.post(f"/en/events/{event.slug}/programme/", data).status_code == 409
    wrong = data | {"version": "2", "programme-1-ends": "16:00"}
    assert client.post(f"/en/events/{event.slug}/programme/", wrong).status_code == 422
    assert "Welcome" in client.get(f"/en/events/{event.slug}/programme/").content.decode()


def test_the_history_says_who_changed_what(ieva, egle, ktu):
    event = begun(ieva, ktu)
    writing.change(event, by=egle, version=1, when=when_of(event), title_en="Another title")
    page = signed_in(ieva).get(f"/en/events/{event.slug}/history/").content.decode()
    assert "Another title" in page
    assert egle.name in page


def test_another_editor_publishes_what_one_has_written(ieva, ktu, egle):
    event = begun(ieva, ktu)
    writing.advance(event, "hand_in", by=ieva)
    with pytest.raises(PermissionDenied):
        writing.advance(event, "publish", by=ieva)
    writing.advance(event, "publish", by=egle)
    assert Event.objects.get().publication == "published"


# Days and hours


@pytest.mark.parametrize(
    "when",
    [
        When(VILNIUS, dt.date(2026, 12, 17)),
        When(VILNIUS, dt.date(2026, 12, 17), last_on=dt.date(2026, 12, 20)),
        When(VILNIUS, dt.date(2026, 12, 17), dt.time(15)),
        When(VILNIUS, dt.date(2026, 12, 17), dt.time(22), dt.date(2026, 12, 18), dt.time(2)),
        When("America/Monterrey", dt.date(2026, 7, 1), dt.time(9), None, dt.time(10)),
    ],
)
def test_what_is_typed_is_what_is_read_back(when, ieva, ktu):
    assert when_of(begun(ieva, ktu, when)) == when


def test_the_hour_that_clocks_leave_out_is_known():
    assert is_left_out(dt.date(2027, 3, 28), dt.time(3, 30), VILNIUS)
    assert not is_left_out(dt.date(2027, 3, 28), dt.time(4), VILNIUS)
    assert not is_left_out(dt.date(2027, 10, 31), dt.time(3, 30), VILNIUS)  # comes twice


# Series


def weekly(by, ktu, **more):
    when = When(VILNIUS, dt.date(2027, 3, 16), dt.time(18), None, dt.time(19))
    fields = {"repeats": "weekly", "until": dt.date(2027, 4, 13), "skipped": [dt.date(2027, 4, 6)]} | more
    return begun(by, ktu, when, **fields)


def test_a_series_keeps_its_hour_when_clocks_change(ieva, ktu):
    weekly(ieva, ktu)
    rows = Event.objects.order_by("starts_at")
    assert [row.occurrence_on.isoformat() for row in rows] == [
        "2027-03-16",
        "2027-03-23",
        "2027-03-30",
        "2027-04-13",
    ]
    assert [row.starts_at.hour for row in rows] == [16, 16, 15, 15]  # in UTC; 18:00 in Vilnius
    assert rows[0].slug == "open-day-2027-03-16"


def test_a_step_is_taken_for_the_whole_series(ieva, ktu, egle):
    event = weekly(ieva, ktu)
    writing.advance(event, "hand_in", by=ieva)
    writing.advance(event, "publish", by=egle)
    assert set(Event.objects.values_list("publication", flat=True)) == {"published"}


def test_a_change_reaches_one_date_or_all_later_ones(ieva, ktu):
    weekly(ieva, ktu)
    rows = list(Event.objects.order_by("starts_at"))
    later = When(VILNIUS, dt.date(2027, 3, 23), dt.time(17), None, dt.time(18))
    writing.change(rows[1], by=ieva, version=1, when=later, reach="following", place_en="Library")
    places = [(row.place_en, when_of(row).from_time.hour) for row in Event.objects.order_by("starts_at")]
    assert places == [("Kaunas", 18), ("Library", 17), ("Library", 17), ("Library", 17)]
    moved = When(VILNIUS, dt.date(2027, 3, 24), dt.time(17), None, dt.time(18))
    with pytest.raises(NotPossible, match="one by one"):
        writing.change(rows[1], by=ieva, version=2, when=moved, reach="following")
    writing.change(rows[1], by=ieva, version=2, when=moved)
    assert Event.objects.get(pk=rows[1].pk).occurrence_on == dt.date(2027, 3, 23)


def test_the_same_form_twice_is_one_event(ieva, ktu):
    token = uuid.uuid4()
    for _n in range(2):
        signed_in(ieva).post("/en/events/new/", typed(university=ktu.pk, token=str(token)))
    assert Event.objects.get().uuid == token


# Cancelling and moving


def people_of(event, number):
    factories.AdmissionFactory(event=event, capacity=1)
    people = [factories.UserFactory() for _n in range(number)]
    for person in people:
        coming.register(event, by=person, answers={}, language="en")


def test_a_cancelled_event_says_so_and_tells_everybody_once(ieva, ktu):
    event = public(begun(ieva, ktu))
    people_of(event, 3)
    client = signed_in(ieva)
    assert (
        "3 people are registered or wait" in client.get(f"/en/events/{event.slug}/cancel/").content.decode()
    )
    assert (
        client.post(f"/en/events/{event.slug}/cancel/", {"because_en": "The speaker is ill."}).status_code
        == 302
    )
    assert Message.objects.filter(kind=messages.EVENT_CANCELLED).count() == 3
    assert client.post(f"/en/events/{event.slug}/cancel/").status_code == 409
    assert Message.objects.filter(kind=messages.EVENT_CANCELLED).count() == 3
    assert not Message.objects.filter(kind=messages.REGISTERED, state="due").exists()
    page = Client().get(event.get_absolute_url()).content.decode()
    assert "The event does not take place" in page
    assert "The speaker is ill." in page
    assert "EventCancelled" in page
    assert "STATUS:CANCELLED" in Client().get(f"/en/events/{event.slug}/calendar.ics").content.decode()


def test_only_what_is_published_and_to_come_is_cancelled(ieva, ktu, at):
    event = begun(ieva, ktu)
    with pytest.raises(NotPossible):
        writing.cancel(event, by=ieva)
    public(event)
    with at(NOW + 60 * DAY), pytest.raises(NotPossible):
        writing.cancel(event, by=ieva)


def test_an_event_that_is_moved_twice_is_told_once(ieva, ktu):
    event = public(begun(ieva, ktu))
    people_of(event, 2)
    for number, hour in enumerate((16, 17), 1):
        when = When(VILNIUS, dt.date(2026, 12, 17), dt.time(hour), None, dt.time(18))
        writing.change(event, by=ieva, version=number, when=when)
    due = Message.objects.filter(kind=messages.MOVED, state="due")
    assert due.count() == 2
    assert {message.not_before for message in due} == {NOW + CALM}
    assert {message.context["begins_at"] for message in due} == {"2026-12-17T15:00:00Z"}


def test_a_change_of_words_tells_nobody(ieva, ktu):
    event = public(begun(ieva, ktu))
    people_of(event, 1)
    writing.change(event, by=ieva, version=1, when=when_of(event), title_en="Other words")
    assert not Message.objects.filter(kind=messages.MOVED).exists()


def test_who_wrote_in_between_is_never_overwritten(ieva, ktu):
    event = begun(ieva, ktu)
    writing.change(event, by=ieva, version=1, when=when_of(event), title_en="First")
    with pytest.raises(Stale):
        writing.change(event, by=ieva, version=1, when=when_of(event), title_en="Second")
    with pytest.raises(Stale):
        writing.plan(event, by=ieva, version=1, programme=[], speakers=[])


@pytest.mark.parametrize("persona", ["ana", "bruno", "dainius", "ruta", "jonas", "tomas"])
def test_nobody_else_writes_events(request, persona, ktu, ieva):
    event = public(begun(ieva, ktu))
    person = request.getfixturevalue(persona)
    for right in ("news.change_event", "news.see_registrations", "news.write_item"):
        assert not person.has_perm(right, event)
    with pytest.raises(PermissionDenied):
        writing.change(event, by=person, version=1, when=when_of(event))
