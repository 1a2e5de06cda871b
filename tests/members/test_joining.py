"""The pages on which a person asks for a role, and on which the answer is given."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from members.actions import requests as actions
from members.models import Appointment, AppointmentRequest, Contact, JoinChoice
from tests import factories
from tests.accounts.test_signup import GOOD, SIGNUP, code_in
from tests.members.joining import BACKEND, asked, domain, newcomer

pytestmark = pytest.mark.django_db
JOIN, LEAVE, REQUESTS = "/en/universities/join/", "/en/universities/join/leave/", "/en/universities/requests/"
ASK = {"university": "ktu", "role": "student", "note": ""}


def site(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def page(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def sign_up(client, email, onwards=""):
    """Sign-up and code; where it leads."""
    query = f"?next={onwards}" if onwards else ""
    fields = GOOD | {"email": email} | ({"next": onwards} if onwards else {})
    code_page = client.post(SIGNUP + query, fields)["Location"]
    return client.post(code_page, {"code": code_in(mail.outbox[-1])})["Location"]


def test_after_sign_up_a_person_comes_to_the_step_and_back_to_the_call(ktu, ruta):
    domain(ktu, "ktu.lt")
    client, call = Client(), factories.CallFactory(university=ktu, slug="studies")
    led_to = sign_up(client, "nauja@student.ktu.lt", "/en/mobility/calls/studies/")
    assert led_to == f"{JOIN}?next=%2Fen%2Fmobility%2Fcalls%2Fstudies%2F"
    text = page(client, led_to)
    assert '<option value="ktu" selected>' in text
    assert 'name="next" value="/en/mobility/calls/studies/"' in text
    response = client.post(JOIN, ASK | {"next": "/en/mobility/calls/studies/"})
    assert response["Location"] == call.get_absolute_url()
    made = AppointmentRequest.objects.get()
    assert (made.user.email, made.university, made.role) == ("nauja@student.ktu.lt", ktu, "student")
    assert ruta.inbox_items.count() == 1


def test_a_person_with_a_role_is_led_nowhere_at_sign_in(ana):
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    client = Client()
    response = client.post("/en/accounts/login/", {"login": ana.email, "password": factories.PASSWORD})
    assert response["Location"] == "/en/my-work/"


@pytest.mark.parametrize(
    ("choice", "led_to", "reminded"), [("later", "/en/my-work/", True), ("none", "/en/my-work/", False)]
)
def test_a_step_that_was_left_leads_nobody_any_more_and_my_work_reminds_of_what_is_for_later(
    choice, led_to, reminded
):
    person, client = newcomer(), Client()
    credentials = {"login": person.email, "password": factories.PASSWORD}
    assert client.post("/en/accounts/login/", credentials)["Location"] == JOIN
    assert "Say where you study or work" in page(client, "/en/my-work/")
    assert client.post(LEAVE, {"choice": choice, "next": "/en/projects/"})["Location"] == "/en/projects/"
    client = Client()
    assert client.post("/en/accounts/login/", credentials)["Location"] == led_to
    assert ("Say where you study or work" in page(client, "/en/my-work/")) is reminded


def test_who_has_asked_is_reminded_no_more_and_sees_the_request(ktu):
    person = newcomer()
    made, client = asked(person, ktu), site(person)
    text = page(client, "/en/my-work/")
    assert "Say where you study or work" not in text
    assert "You have asked for a role." in text
    assert "Waits for an answer" in page(client, JOIN)
    actions.withdraw_request(made, by=person)
    assert "Say where you study or work" in page(client, "/en/my-work/")


def test_only_who_is_still_asked_may_leave_the_step(ktu, ana):
    person = newcomer()
    assert "I need no role" in page(site(person), JOIN)
    asked(person, ktu)
    assert "I need no role" not in page(site(person), JOIN)
    assert "I need no role" not in page(site(ana), JOIN)


@pytest.mark.parametrize(("choice", "said"), [("none", True), ("later", False)])
def test_who_needs_no_role_is_told_that_this_was_noted(choice, said):
    client = site(newcomer())
    text = client.post(LEAVE, {"choice": choice}, follow=True).content.decode()
    assert ("Noted: you need no role. If that changes, ask for one on the page My work." in text) is said
    assert ("Ask for a role" in text) is True


def test_what_is_no_choice_is_refused():
    person = newcomer()
    assert site(person).post(LEAVE, {"choice": "rector"}).status_code == 400
    assert not JoinChoice.objects.exists()


def test_another_role_leads_to_the_public_contacts_of_the_university_alone(ktu):
    Contact.objects.create(
        university=ktu, name="Office Example", email="office@ktu.example", is_public=True, duty="outgoing"
    )
    Contact.objects.create(university=ktu, name="Hidden Person", email="hidden@ktu.example", is_public=False)
    client = site(newcomer())
    response = client.post(JOIN, ASK | {"role": "other", "next": "/en/projects/"})
    assert response["Location"] == f"{JOIN}ktu/contacts/?next=%2Fen%2Fprojects%2F"
    text = page(client, response["Location"])
    assert "office@ktu.example" in text
    assert "Hidden Person" not in text
    assert 'href="/en/projects/"' in text
    assert not AppointmentRequest.objects.exists()
    assert "Say where you study or work" not in page(client, "/en/my-work/")


def test_without_public_contacts_the_portals_own_are_named(ktu):
    assert '<a href="/en/contacts/">' in page(site(newcomer()), f"{JOIN}ktu/contacts/")


def test_without_a_confirmed_address_there_is_no_form_and_no_request(ktu):
    domain(ktu, "ktu.lt")
    client = site(newcomer(verified=False))
    text = page(client, JOIN)
    assert "Confirm your e-mail address first" in text
    assert 'name="university"' not in text
    assert client.post(JOIN, ASK).status_code == 409
    assert not AppointmentRequest.objects.exists()


def test_an_unconfirmed_address_suggests_nothing(ktu):
    domain(ktu, "ktu.lt")
    person = newcomer("private@mail.example")
    EmailAddress.objects.create(user=person, email="claimed@ktu.lt", verified=False)
    text = page(site(person), JOIN)
    assert "private@mail.example" in text
    assert "claimed@ktu.lt" not in text
    assert '<option value="ktu" selected>' not in text


@pytest.mark.parametrize("email", ["a@ktu.lt.evil.example", "a@xktu.lt", "a@ktu.lt-evil.example"])
def test_a_domain_that_only_looks_like_one_of_the_university_suggests_nothing(ktu, email):
    domain(ktu, "ktu.lt")
    assert '<option value="ktu" selected>' not in page(site(newcomer(email)), JOIN)


@pytest.mark.parametrize(
    "fields",
    [
        {"university": ""}, {"university": "nowhere"}, {"university": "1"}, {"role": ""}, {"role": "administrator"},
        {"role": "mobility_coordinator"}, {"note": "x" * 501}, {"note": "a\x00b"},
    ],
)  # fmt: skip
def test_bad_input_comes_back_with_words_and_makes_no_request(ktu, fields):
    response = site(newcomer()).post(JOIN, ASK | fields)
    assert response.status_code == 422
    assert "Error: " in response.content.decode()
    assert not AppointmentRequest.objects.exists()


def test_fields_that_nobody_offered_change_nothing(ktu, aveiro, ana):
    person = newcomer()
    extra = {"status": "granted", "user": ana.pk, "settled_by": ana.pk, "reason": "x"}
    site(person).post(JOIN, ASK | extra)
    made = AppointmentRequest.objects.get()
    assert (made.user, made.status, made.settled_by, made.reason) == (person, "waiting", None, "")


def test_a_request_sent_twice_is_one_and_the_second_is_told(ktu):
    client = site(newcomer())
    assert client.post(JOIN, ASK).status_code == 302
    response = client.post(JOIN, ASK)
    assert response.status_code == 409
    assert "asked for this already" in response.content.decode()
    assert AppointmentRequest.objects.count() == 1


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(ktu, where):
    client = site(newcomer())
    assert client.post(JOIN, ASK | {"next": where})["Location"] == "/en/my-work/"
    assert client.post(LEAVE, {"choice": "later", "next": where})["Location"] == "/en/my-work/"
    for url in (f"{JOIN}?next={where}", f"{JOIN}ktu/contacts/?next={where}"):
        assert f'"{where}' not in page(client, url)


def test_one_withdraws_what_is_ones_own_twice_without_harm(ktu, ana):
    person = newcomer()
    url = f"{JOIN}requests/{asked(person, ktu).uuid}/withdraw/"
    assert site(ana).post(url).status_code == 404
    client = site(person)
    assert [client.post(url).status_code for _n in range(2)] == [302, 302]
    assert AppointmentRequest.objects.get().status == "withdrawn"


def test_what_was_granted_is_withdrawn_no_more(ktu, ruta):
    person = newcomer()
    made = asked(person, ktu)
    actions.grant_request(made, by=ruta)
    assert site(person).post(f"{JOIN}requests/{made.uuid}/withdraw/").status_code == 409


def test_my_work_of_those_who_answer_counts_the_requests_of_their_university(
    ktu, aveiro, ruta, egle, dainius
):
    for number in range(2):
        asked(newcomer(f"{number}@ktu.lt"), ktu)
    asked(newcomer("third@ua.pt"), aveiro)
    assert "2 requests for roles" in page(site(ruta), "/en/my-work/")
    text = page(site(egle), "/en/my-work/")
    assert "2 requests for roles" in text
    assert "1 request for a role" in text
    assert "request" not in page(site(dainius), "/en/my-work/").partition("<main")[2]


def test_the_list_shows_what_waits_here_the_oldest_first_with_the_domain_plainly(ktu, aveiro, ruta):
    domain(ktu, "ktu.lt")
    domain(aveiro, "ua.pt")
    asked(
        newcomer("late@mail.example", name="Late Example"), ktu, made_at=factories.LONG_AGO.replace(year=2022)
    )
    asked(newcomer("early@ktu.lt", name="Early Example"), ktu)
    asked(newcomer("there@ua.pt", name="Elsewhere Example"), aveiro)
    asked(ruta, ktu)
    text = page(site(ruta), REQUESTS)
    assert text.index("Early Example") < text.index("matches<") < text.index("Late Example")
    assert text.index("Late Example") < text.index("does not match<")
    assert "Elsewhere Example" not in text
    assert ruta.name not in text.partition("<main")[2]


def test_a_list_of_one_university_and_a_broken_cursor(ktu, aveiro, egle):
    asked(newcomer("a@ktu.lt", name="At Kaunas"), ktu)
    asked(newcomer("b@ua.pt", name="At Aveiro"), aveiro)
    client = site(egle)
    text = page(client, f"{REQUESTS}?university=ktu")
    assert "At Kaunas" in text
    assert "At Aveiro" not in text
    assert "At Aveiro" in page(client, f"{REQUESTS}?university=nowhere")
    assert "At Aveiro" in page(client, f"{REQUESTS}?university=%00")
    page(client, f"{REQUESTS}?after=made-up", 400)


def test_the_list_costs_the_same_with_one_row_and_with_three(ktu, ruta, django_assert_num_queries):
    domain(ktu, "ktu.lt")
    client = site(ruta)
    for number in range(3):
        asked(newcomer(f"{number}@ktu.lt"), ktu)
        if number != 1:
            with django_assert_num_queries(8):
                page(client, REQUESTS)


def test_ones_own_page_costs_the_same_with_one_request_and_with_three(
    ktu, aveiro, trento, django_assert_num_queries
):
    person = newcomer()
    client = site(person)
    for number, university in enumerate([ktu, aveiro, trento]):
        asked(person, university)
        if number != 1:
            with django_assert_num_queries(10):
                page(client, JOIN)


def test_the_page_of_a_request_says_whose_domain_it_is(ktu, aveiro, ruta):
    domain(ktu, "ktu.lt")
    domain(aveiro, "ua.pt")
    client = site(ruta)
    urls = {
        email: f"{REQUESTS}{asked(newcomer(email), ktu).uuid}/"
        for email in ("a@ktu.lt", "b@ua.pt", "c@mail.example")
    }
    assert "matches<" in page(client, urls["a@ktu.lt"])
    elsewhere = page(client, urls["b@ua.pt"])
    assert "does not match<" in elsewhere
    assert "It is one of University of Aveiro." in elsewhere
    text = page(client, urls["c@mail.example"])
    assert "does not match<" in text
    assert "c@mail.example" in text
    unconfirmed = asked(newcomer("d@ktu.lt", verified=False), ktu)
    text = page(client, f"{REQUESTS}{unconfirmed.uuid}/")
    assert "not confirmed<" in text
    assert "d@ktu.lt" not in text


def test_a_name_of_markup_stays_text(ktu, ruta):
    made = asked(newcomer(name="<b>Ana</b>"), ktu, note="<script>alert(1)</script>")
    text = page(site(ruta), f"{REQUESTS}{made.uuid}/")
    assert "<b>Ana" not in text
    assert "<script>alert" not in text


def test_a_coordinator_grants_on_the_page_and_the_person_may_apply(ktu, ruta):
    call = factories.CallFactory(university=ktu, slug="studies")
    person = newcomer()
    url = f"{REQUESTS}{asked(person, ktu).uuid}/"
    apply = f"/en/mobility/calls/{call.slug}/apply/"
    assert site(person).post(apply).status_code == 403
    client = site(ruta)
    assert client.post(url, {"answer": "grant", "until": "2027-06-30"})["Location"] == REQUESTS
    assert site(person).post(apply).status_code == 302
    assert "This request was settled" in page(client, url)


def test_a_second_click_is_answered_as_the_first_and_a_second_person_is_told(ktu, ruta, egle):
    person = newcomer()
    url = f"{REQUESTS}{asked(person, ktu).uuid}/"
    first, second = site(ruta), site(egle)
    assert [first.post(url, {"answer": "grant"}).status_code for _n in range(2)] == [302, 302]
    for sent in ({"answer": "grant"}, {"answer": "refuse", "reason": "No."}, {"answer": "refuse"}):
        response = second.post(url, sent)
        assert response.status_code == 409
        assert "settled meanwhile: Granted" in response.content.decode()
    assert first.post(url, {"answer": "refuse", "reason": "No."}).status_code == 409
    assert Appointment.objects.filter(user=person).count() == 1


def test_what_was_withdrawn_meanwhile_is_told(ktu, ruta):
    person = newcomer()
    made = asked(person, ktu)
    actions.withdraw_request(made, by=person)
    response = site(ruta).post(f"{REQUESTS}{made.uuid}/", {"answer": "grant"})
    assert response.status_code == 409
    assert "Withdrawn" in response.content.decode()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"answer": "refuse"}, 422), ({"answer": "refuse", "reason": " "}, 422),
        ({"answer": "refuse", "reason": "x" * 501}, 422), ({"answer": "grant", "until": "yesterday"}, 422),
        ({"answer": "grant", "until": "2020-01-01"}, 422), ({"answer": "grant", "until": "9999-12-31"}, 422),
        ({"answer": "withdraw"}, 400), ({"answer": "rector"}, 400), ({}, 400),
    ],
)  # fmt: skip
def test_a_bad_answer_answers_nothing(ktu, ruta, sent, status):
    made = asked(newcomer(), ktu)
    assert site(ruta).post(f"{REQUESTS}{made.uuid}/", sent).status_code == status
    made.refresh_from_db()
    assert made.status == "waiting"


@pytest.mark.parametrize("who", ["bruno", "dainius", "ana", "themselves"])
def test_a_request_of_others_is_not_there(ktu, who, request):
    person = newcomer()
    url = f"{REQUESTS}{asked(person, ktu).uuid}/"
    client = site(person if who == "themselves" else request.getfixturevalue(who))
    page(client, url, 404)
    assert client.post(url, {"answer": "grant"}).status_code == 404
    assert not Appointment.objects.filter(user=person).exists()


def test_a_coordinator_does_not_answer_the_own_request(ktu, ruta):
    url = f"{REQUESTS}{asked(ruta, ktu).uuid}/"
    assert site(ruta).post(url, {"answer": "grant"}).status_code == 404


def test_pages_speak_lithuanian(ktu, ruta):
    person = newcomer()
    made = asked(person, ktu)
    for client, path in (
        (site(person), "join/"),
        (site(ruta), "requests/"),
        (site(ruta), f"requests/{made.uuid}/"),
    ):
        assert client.get(f"/lt/universities/{path}").status_code == 200


def test_administrators_read_requests_in_the_back_office_and_change_none(ktu, laima):
    made = asked(newcomer(), ktu)
    JoinChoice.objects.create(user=made.user, choice="later", made_at=factories.LONG_AGO)
    client = site(laima)
    for name, row in (("appointmentrequest", made), ("joinchoice", made.user.join_choice)):
        text = page(client, f"/admin/members/{name}/{row.pk}/change/")
        assert 'name="_save"' not in text
        assert (
            client.post(f"/admin/members/{name}/{row.pk}/change/", {"status": "granted"}).status_code == 403
        )
        assert client.post(f"/admin/members/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get(f"/admin/members/{name}/add/").status_code == 403


def test_the_office_keeps_the_domains_beside_the_university(ktu, laima):
    domain(ktu, "ktu.lt")
    assert 'value="ktu.lt"' in page(site(laima), f"/admin/members/university/{ktu.pk}/change/")


def test_an_account_whose_person_never_signed_in_is_no_newcomer_without_an_address(ktu):
    assert User.objects.count() == 0
    assert "Say where you study or work" not in page(site(factories.UserFactory()), "/en/my-work/")
