"""One calendar with all of a person's dates, at a secret address that can be withdrawn."""

import datetime as dt

import pytest
import vobject
from django.test import Client
from django.urls import reverse

from audit.models import Event as Line
from ground import clock
from members.models import Appointment
from news.registering import coming
from notifications import dates, tokens
from notifications.models import SecretToken
from tests import factories
from tests.members import agreeing, facts

pytestmark = pytest.mark.django_db
PAGE = "/en/accounts/calendar/"
NOW = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def held_moment(monkeypatch):
    monkeypatch.setattr(clock, "read", lambda: NOW)


def signed_in(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(person):
    return reverse("my_calendar", args=[tokens.issue(person, dates.PURPOSE)])


def told(path):
    """What another library reads at the address: words → entry."""
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    book = vobject.readOne(response.content.decode())
    return {entry.summary.value: entry for entry in book.contents.get("vevent", [])}


def test_a_student_finds_drafts_offers_and_events(ana, ktu):
    closes, until = NOW + 10 * DAY, NOW + 3 * DAY
    writing = factories.CallFactory(university=ktu, title_en="Writing", closes_at=closes)
    offering = factories.CallFactory(university=ktu, title_en="Offering")
    factories.CallFactory(university=ktu, title_en="Of nobody", closes_at=closes)
    draft = factories.ApplicationFactory(applicant=ana, call=writing)
    place = factories.PlaceFactory(call=offering)
    factories.ApplicationFactory(call=writing)
    factories.ApplicationFactory(
        applicant=ana, call=offering, status="offered", offer_expires_at=until, offered_place=place,
        submitted_at=NOW, decided_at=NOW, snapshot={"sent": True}, snapshot_sha256="0" * 64,
    )  # fmt: skip
    event = factories.AdmissionFactory(event__title_en="Open day", event__starts_at=NOW + DAY).event
    coming.register(event, by=ana, answers={}, language="en")
    found = told(address(ana))
    assert set(found) == {"Call closes: Writing", "Answer the offer: Offering", "Open day"}
    assert found["Call closes: Writing"].dtstart.value == closes
    assert found["Call closes: Writing"].uid.value.startswith(f"{draft.uuid}-close@")
    assert found["Answer the offer: Offering"].dtstart.value == until


def test_a_manager_finds_projects_and_a_coordinator_agreements(dainius, ruta, bruno, ktu, aveiro):
    project = factories.ProjectFactory(code="X-1", lead=ktu, ends_on=dt.date(2027, 2, 28))
    factories.MilestoneFactory(project=project, title_en="Report", due_on=dt.date(2026, 12, 1))
    agreeing.agreed(ktu, aveiro, ruta, bruno)
    found = told(address(dainius))
    assert set(found) == {"Report (X-1)", "The funding period ends (X-1)"}
    assert found["Report (X-1)"].dtstart.value == dt.date(2026, 12, 1)
    assert found["Report (X-1)"].dtend.value == dt.date(2026, 12, 2)
    found = told(address(ruta))
    [entry] = [one for words, one in found.items() if words.startswith("Agreement ends: ")]
    assert isinstance(entry.dtstart.value, dt.date)
    assert found[f"End of the yearly window for changes of agreements: {ktu}"].dtstart.value == dt.date(
        2027, 1, 31
    )


def test_a_coordinator_finds_until_when_a_partner_takes_nominations(ruta, bruno, chiara, ktu, aveiro):
    agreeing.agreed(ktu, aveiro, ruta, bruno)
    facts.sheet(aveiro)
    mine, theirs, others = (told(address(person)) for person in (ruta, bruno, chiara))
    for found in (mine, theirs):
        [entry] = [one for words, one in found.items() if "nominations by home universities" in words]
        assert entry.dtstart.value == facts.AUTUMN.nomination_until
        assert entry.summary.value.startswith(f"{aveiro}: ")
        assert any("applications of students" in words for words in found)
    assert not any(str(aveiro) in words for words in others)


def test_a_coordinator_finds_what_waits_for_an_answer_and_a_factsheet_that_is_missing(
    ruta, bruno, ktu, aveiro
):
    factories.MembershipFactory(university=ktu)
    waiting = agreeing.sent(ktu, aveiro, ruta)
    asked, asking = told(address(bruno)), told(address(ruta))
    [entry] = [
        one for words, one in asked.items() if words.startswith("Agreement that waits for your approval: ")
    ]
    assert entry.url.value.endswith(f"/agreements/{waiting.agreement.uuid}/")
    assert any(words.startswith("Agreement that waits for your approval: ") for words in asking)
    missing = f"Factsheet of the next academic year that is missing: {ktu}"
    assert asking[missing].dtstart.value == dt.date(2026, 12, 1)


def test_everybody_finds_the_end_of_their_own_role_and_the_office_that_of_charters(ana, egle, ktu):
    Appointment.objects.filter(user=ana).update(valid_until=NOW + 30 * DAY)
    type(ktu.organisation).objects.filter(pk=ktu.organisation_id).update(charter_until=dt.date(2027, 12, 31))
    [(words, entry)] = told(address(ana)).items()
    assert (words, entry.dtstart.value) == (f"End of your role: {ktu}", (NOW + 30 * DAY).date())
    charter = told(address(egle))[f"End of an Erasmus charter: {ktu}"]
    assert charter.dtstart.value == dt.date(2027, 12, 31)
    assert charter.last_modified.value <= NOW


def test_a_reviewer_finds_the_day_by_which_scores_are_wanted(jonas, ktu):
    call = factories.CallFactory(
        university=ktu, title_en="Scoring", closes_at=NOW - DAY, decision_on=dt.date(2026, 6, 20)
    )
    application = factories.ApplicationFactory(
        call=call, status="eligible", submitted_at=NOW - 2 * DAY, snapshot={"sent": True}
    )
    review = factories.ReviewFactory(application=application, reviewer=jonas)
    path = address(jonas)
    assert told(path)["Scores wanted: Scoring"].dtstart.value == dt.date(2026, 6, 20)
    review.done_at, review.total = NOW, 80
    review.save()
    assert told(path) == {}


def test_what_a_person_may_no_longer_see_is_gone(dainius, ktu):
    factories.ProjectFactory(code="X-1", lead=ktu, ends_on=dt.date(2027, 2, 28))
    path = address(dainius)
    assert told(path)
    Appointment.objects.filter(user=dainius).update(valid_until=NOW - DAY)
    assert told(path) == {}


def test_bytes_stay_while_nothing_changes_and_are_not_sent_again(dainius, ktu):
    factories.ProjectFactory(code="X-1", lead=ktu, ends_on=dt.date(2027, 2, 28))
    path = address(dainius)
    first = Client().get(path)
    assert Client().get(path).content == first.content
    assert Client().get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert "no-cache" in first["Cache-Control"]


def test_words_are_in_the_owners_language(dainius, ktu):
    factories.ProjectFactory(code="X-1", lead=ktu, ends_on=dt.date(2027, 2, 28))
    dainius.language = "lt"
    dainius.save()
    [(_words, entry)] = told(address(dainius)).items()
    assert "/lt/projects/" in entry.url.value


def test_the_address_is_shown_once_replaced_and_withdrawn_and_the_trail_says_so(ana):
    client = signed_in(ana)
    page = client.post(PAGE, {"step": "make"}).content.decode()
    token = page.partition("/calendar/mine/")[2].partition(".ics")[0]
    path = reverse("my_calendar", args=[token])
    assert told(path) == {}
    assert token not in client.get(PAGE).content.decode()
    assert token not in str(list(Line.objects.values()))
    client.post(PAGE, {"step": "make"})
    assert Client().get(path).status_code == 404
    client.post(PAGE, {"step": "withdraw"})
    assert not SecretToken.objects.live().exists()
    assert list(Line.objects.order_by("pk").values_list("verb", flat=True)) == [
        "accounts.make_calendar", "accounts.make_calendar", "accounts.withdraw_calendar",
    ]  # fmt: skip
    client.post(PAGE, {"step": "withdraw"})
    assert Line.objects.count() == 3


@pytest.mark.parametrize("step", ["", "x", "make\x00"])
def test_a_step_that_no_button_says_changes_nothing(ana, step):
    assert signed_in(ana).post(PAGE, {"step": step}).status_code == 422
    assert not SecretToken.objects.exists()


def test_a_word_for_another_calendar_and_one_of_a_closed_account_open_nothing(ana):
    other = tokens.issue(ana, "projects.calendar")
    path = address(ana)
    type(ana).objects.update(is_active=False)
    for one in (reverse("my_calendar", args=[other]), path, reverse("my_calendar", args=["made-up"])):
        assert Client().get(one).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_calendar_costs_the_same_for_one_project_and_for_three(
    dainius, ktu, count, django_assert_num_queries
):
    for number in range(count):
        factories.ProjectFactory(code=f"X-{number}", lead=ktu, ends_on=dt.date(2027, 2, 28))
    path = address(dainius)
    with django_assert_num_queries(
        7
    ):  # token, roles and their ends, milestones, ends, applications, registrations
        Client().get(path)


def test_the_page_costs_little(ana, django_assert_num_queries):
    client = signed_in(ana)
    client.get(PAGE)
    with django_assert_num_queries(5):  # session, person, token, unread, roles
        client.get(PAGE)
