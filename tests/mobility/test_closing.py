"""The close of a call, ends of sessions and of offers, as browsers meet them: by HTTP, at moments that are given."""

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ground import clock
from mobility import actions
from mobility.models import Appeal, Application, ApplicationDocument, Place
from mobility.workflow import Status
from tests import factories
from tests.documents.samples import pdf
from tests.mobility.test_pages_applying import part, seen, url

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)
# The nights of the last Sundays of March and October; Monterrey keeps its clocks as they are.
CLOSES = [
    (zone, dt.datetime(2027, *moment, tzinfo=ZoneInfo(zone), fold=fold))
    for zone, moment, fold in (
        ("Europe/Vilnius", (3, 28, 2, 59), 0), ("Europe/Vilnius", (3, 28, 4, 0), 0),
        ("Europe/Vilnius", (10, 31, 3, 59), 0), ("Europe/Vilnius", (10, 31, 3, 59), 1),
        ("Europe/Lisbon", (3, 28, 0, 59), 0), ("Europe/Lisbon", (3, 28, 2, 0), 0),
        ("Europe/Lisbon", (10, 31, 1, 59), 0), ("Europe/Lisbon", (10, 31, 1, 59), 1),
        ("America/Monterrey", (3, 27, 23, 59), 0), ("America/Monterrey", (10, 31, 1, 59), 0),
    )
]  # fmt: skip


@pytest.fixture
def site(client, ana):
    client.force_login(ana)
    return client


@pytest.fixture
def closing(call, draft):
    """`closing(moment, zone)`: the call of Ana's draft closes then, there."""

    def close(moment, zone="Europe/Vilnius"):
        type(call.university).objects.filter(pk=call.university_id).update(zone=zone)
        close = moment.astimezone(dt.UTC)
        type(call).objects.update(opens_at=close - dt.timedelta(days=20), closes_at=close)
        return close

    return close


def send(site, moment, draft):
    """Submit at `moment`, with what the check page would carry."""
    with clock.one_moment(moment):
        return site.post(
            url(draft, "application_submit"), {"version": Application.objects.get(pk=draft.pk).version}
        )


@pytest.mark.parametrize(("zone", "closes"), CLOSES, ids=str)
def test_what_arrives_until_the_end_of_the_minute_is_in_and_nothing_after_it(
    zone, closes, closing, draft, site
):
    close = closing(closes, zone)
    end = close + dt.timedelta(seconds=60)
    for moment in (close - HOUR, close - SECOND, close, close + SECOND, close + 30 * SECOND, end - SECOND):
        assert send(site, moment, draft).url == url(draft, "application_receipt")
        assert Application.objects.get().submitted_at == moment
        with clock.one_moment(moment):
            site.post(url(draft, "application_take_back"))
    for late in (end, end + SECOND, close + HOUR):
        assert send(site, late, draft).status_code == 409
        with clock.one_moment(late):
            refused = site.post(part(draft, "motivation"), {"seen": "", "motivation": "Too late."})
            assert refused.status_code == 409
            assert "Too late." in refused.content.decode()
    assert Application.objects.get().status == Status.DRAFT


def test_what_was_taken_back_after_the_last_minute_stays_submitted(closing, draft, site):
    end = closing(CLOSES[0][1]) + dt.timedelta(seconds=60)
    send(site, end - SECOND, draft)
    with clock.one_moment(end):
        assert site.post(url(draft, "application_take_back")).status_code == 409
        assert "has closed" in site.post(url(draft, "application_take_back")).content.decode()
    assert Application.objects.get().status == Status.SUBMITTED


# The session has ended


def signed_in_again(site, ana, response):
    """Sign in and go where the sign-in page leads."""
    assert "/login/" in response.url
    site.force_login(ana)
    return site.get(parse_qs(urlsplit(response.url).query)["next"][0], follow=True)


def test_submitting_without_a_session_submits_nothing_and_leads_back_to_the_check(site, draft, ana):
    site.logout()
    response = site.post(url(draft, "application_submit"), {"version": draft.version})
    page = signed_in_again(site, ana, response)
    assert page.status_code == 200
    assert page.request["PATH_INFO"] == url(draft, "application_check")
    assert Application.objects.get().status == Status.DRAFT
    assert send(site, clock.read(), draft).url == url(draft, "application_receipt")


def test_receipt_comes_where_it_was_submitted_before_the_session_ended(site, draft, ana):
    send(site, clock.read(), draft)
    site.logout()
    response = site.post(url(draft, "application_submit"), {"version": draft.version})
    page = signed_in_again(site, ana, response)
    assert page.status_code == 200
    assert Application.objects.get().submissions.count() == 1


def test_file_sent_without_a_session_leads_back_to_the_page_of_files(site, draft, ana, call):
    asked = factories.RequiredDocumentFactory(call=call)
    file = SimpleUploadedFile("transcript.pdf", pdf(), "application/pdf")
    site.logout()
    address = url(draft, "application_documents")
    response = site.post(address, {"asked": asked.uuid, "file": file})
    page = signed_in_again(site, ana, response)
    assert page.status_code == 200
    assert page.request["PATH_INFO"] == address
    assert not ApplicationDocument.objects.exists()


@pytest.mark.parametrize("name", ["application_take_back", "application_withdraw", "application_answer"])
def test_step_without_a_session_is_not_taken_and_leads_to_a_page(name, site, offered, ana):
    site.logout()
    response = site.post(url(offered, name), {"answer": "accept"})
    assert signed_in_again(site, ana, response).status_code == 200
    assert Application.objects.get().status == Status.OFFERED


def test_text_typed_before_the_session_ended_is_there_after_signing_in(site, draft, ana):
    address = part(draft, "motivation")
    page = site.get(address).content.decode()
    keeper = re.search(r'name="keeper" value="([^"]+)"', page)
    sent = {"seen": seen(site.get(address)), "motivation": "Typed for an hour."}
    sent |= {"keeper": keeper[1]} if keeper else {}
    site.logout()
    page = signed_in_again(site, ana, site.post(address, sent))
    assert "Typed for an hour." in page.content.decode()
    assert Application.objects.get().motivation != "Typed for an hour."


# Offers, the waiting list, and forms that are sent again


@pytest.fixture
def second(call, place, ktu, ruta):
    """Another applicant, on the waiting list."""
    person = factories.AppointmentFactory(university=ktu).user
    sent = actions.submit_application(factories.complete_application(person, place), by=person)
    for step in ("find_eligible", "waitlist"):
        sent = actions.decide(sent, step, by=ruta)
    return sent


@pytest.mark.parametrize("way", ["declined", "expired", "withdrawn"])
def test_place_that_is_free_again_goes_to_the_next_person_and_an_old_form_takes_it_from_nobody(
    way, site, client, offered, second, place, ruta
):
    Place.objects.update(capacity=1)
    if way == "declined":
        site.post(url(offered, "application_answer"), {"answer": "decline"})
    elif way == "withdrawn":
        site.post(url(offered, "application_withdraw"))
    else:
        with clock.one_moment(offered.offer_expires_at + dt.timedelta(seconds=60)):
            actions.expire_offer(offered)
    moved_up = actions.offer_place(second, place=place, by=ruta)
    for answer in ("accept", "decline"):
        response = site.post(url(offered, "application_answer"), {"answer": answer})
        assert response.status_code == (302 if (way, answer) == ("declined", "decline") else 409)
    assert Application.objects.get(pk=offered.pk).status == way
    client.force_login(second.applicant)
    for _time in range(2):
        assert client.post(url(moved_up, "application_answer"), {"answer": "accept"}).status_code == 302
    assert Application.objects.get(pk=second.pk).status == Status.ACCEPTED
    assert Place.objects.get().taken == 1


def test_acceptance_sent_again_after_the_offer_has_passed_stays_an_acceptance(site, offered):
    site.post(url(offered, "application_answer"), {"answer": "accept"})
    with clock.one_moment(offered.offer_expires_at + dt.timedelta(days=1)):
        assert site.post(url(offered, "application_answer"), {"answer": "accept"}).status_code == 302
    assert Application.objects.get().status == Status.ACCEPTED


@pytest.mark.parametrize("seconds", [59, 60])
def test_offer_is_answered_until_the_end_of_its_minute(seconds, site, offered):
    with clock.one_moment(offered.offer_expires_at + dt.timedelta(seconds=seconds)):
        response = site.post(url(offered, "application_answer"), {"answer": "accept"})
    assert response.status_code == (302 if seconds == 59 else 409)


def test_appeal_sent_three_times_is_made_once(site, in_state):
    refused = in_state("not_selected")
    address = url(refused, "application_appeal")
    for _time in range(3):
        assert site.post(address, {"text": "The credits are counted."}).status_code == 302
    assert Appeal.objects.count() == 1


def test_message_sent_again_a_day_later_is_one_message(site, submitted):
    address = url(submitted, "application_messages")
    for _time in range(3):
        assert site.post(address, {"text": "When is the decision?"}).status_code == 302
    assert submitted.messages.count() == 1


def test_wish_for_a_place_that_was_withdrawn_is_told_on_the_way_and_keeps_what_was_typed(
    site, draft, call, aveiro
):
    other = factories.PlaceFactory(call=call, host=aveiro, level=7)
    Place.objects.exclude(pk=other.pk).update(is_offered=False)
    response = site.post(url(draft, "application_submit"), {"version": draft.version})
    assert response.status_code == 422
    assert part(draft, "wishes") in response.content.decode()
    assert Application.objects.get().status == Status.DRAFT


def test_two_devices_submit_one_application(site, draft):
    """The second one shows what the first one changed, and asks to check it again."""
    old = draft.version
    shown = seen(site.get(part(draft, "motivation")))
    site.post(part(draft, "motivation"), {"seen": shown, "motivation": "From the phone."})
    response = site.post(url(draft, "application_submit"), {"version": old})
    assert response.status_code == 409
    assert "From the phone." in response.content.decode()
    assert Application.objects.get().status == Status.DRAFT
