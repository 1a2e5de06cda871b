import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from mobility import actions
from mobility.models import Application, Place
from mobility.workflow import Status
from tests import factories
from tests.documents.samples import upload
from tests.mobility.test_actions_applying import run_at_once
from tests.mobility.test_pages_applying import url

pytestmark = pytest.mark.django_db


def table(call, **query):
    from urllib.parse import urlencode

    return f"{reverse('mobility:call_applications', args=[call.slug])}?{urlencode(query)}"


def decide(client, application, step, **data):
    return client.post(url(application, "application_decide"), {"step": step, **data})


@pytest.mark.parametrize("rows", [1, 3])
def test_review_costs_the_same_for_one_row_and_three(rows, desk, call, ruta, ana, django_assert_num_queries):
    places = factories.PlaceFactory.create_batch(rows, call=call, field=factories.FieldFactory())
    draft = factories.complete_application(ana, *places)
    application = actions.decide(actions.submit_application(draft, by=ana), "find_eligible", by=ruta)
    with django_assert_num_queries(5):
        desk.get(url(application, "application_review"))


def test_review_shows_answers_as_submitted_and_what_can_be_decided(desk, submitted, ruta):
    Application.objects.update(motivation="Changed afterwards")
    page = desk.get(url(submitted, "application_review"))
    text = page.content.decode()
    assert "teach robots" in text
    assert "Changed afterwards" not in text
    assert [way.name for way, _form, _open in page.context["ways"]] == [
        "return",
        "find_eligible",
        "find_ineligible",
    ]


def test_office_reads_but_does_not_decide(client, submitted, egle):
    client.force_login(egle)
    page = client.get(url(submitted, "application_review"))
    assert page.status_code == 200
    assert page.context["ways"] == []
    assert decide(client, submitted, "find_eligible").status_code == 403
    assert Application.objects.get().status == Status.SUBMITTED


PERSONAL = [
    "Date of birth",
    "Nationality",
    "Telephone",
    "E-mail address",
    "Why you want to go",
    "transcript.pdf",
]


def _review_of(client, person, application):
    client.force_login(person)
    return client.get(url(application, "application_review")).content.decode()


def test_office_follows_the_process_without_the_personal_parts(client, draft, call, ana, egle, ruta, laima):
    Application.objects.update(phone="+370 600 00000")
    asked = factories.RequiredDocumentFactory(call=call)
    paper = actions.attach_document(draft, asked, upload(), by=ana)
    submitted = actions.submit_application(Application.objects.get(), by=ana)
    client.force_login(ruta)
    assert client.get(url(submitted, "application_document", paper.document.uuid)).getvalue()
    for person in (ruta, laima):
        assert [words for words in PERSONAL if words not in _review_of(client, person, submitted)] == []
    text = _review_of(client, egle, submitted)
    hidden = [*PERSONAL, ana.email, "+370 600 00000", "teach robots", str(paper.document.uuid)]
    assert [words for words in hidden if words in text] == []
    for words in ("Study programme", "Wish 1", "The application was submitted.", "are read by the mobility"):
        assert words in text


@pytest.mark.parametrize("who", ["bruno", "chiara", "dainius", "jonas", "ieva", "tomas"])
def test_others_see_nothing_of_it(who, client, submitted, call, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(table(call)).status_code == 404
    for name in ("application", "application_review"):
        assert client.get(url(submitted, name)).status_code == 404
    assert decide(client, submitted, "find_eligible").status_code == 404
    assert Application.objects.get().status == Status.SUBMITTED


def test_coordinator_does_not_see_drafts_nor_decide_on_them(desk, draft, call):
    assert desk.get(table(call)).context["table"].lines == []
    assert decide(desk, draft, "find_eligible").status_code == 404


def test_applicant_does_not_review_their_own(client, submitted, ana):
    client.force_login(ana)
    assert client.get(url(submitted, "application_review")).status_code == 404
    assert decide(client, submitted, "find_eligible").status_code == 404


def test_coordinator_is_led_from_the_applicants_page_to_the_review(desk, submitted):
    assert desk.get(url(submitted)).url == url(submitted, "application_review")


def test_way_from_submitted_to_offered(desk, submitted, place):
    assert decide(desk, submitted, "find_eligible").url == url(submitted, "application_review")
    text = desk.get(url(submitted, "application_review")).content.decode()
    assert "2 seats left" in text
    assert decide(desk, submitted, "offer", place=str(place.uuid), days="5").status_code == 302
    now = Application.objects.get()
    assert (now.status, now.offered_place) == (Status.OFFERED, place)
    assert Place.objects.get().taken == 1


def test_second_click_on_a_decision_gets_the_same_answer(desk, eligible, place):
    for _ in range(3):
        assert decide(desk, eligible, "offer", place=str(place.uuid), days="5").status_code == 302
    assert Place.objects.get().taken == 1


def test_repeated_offer_of_the_last_seat_is_done_already(desk, eligible, place):
    Place.objects.update(capacity=1)
    answers = [decide(desk, eligible, "offer", place=str(place.uuid), days="5").status_code for _ in range(4)]
    assert answers == [302] * 4
    assert "This was done already." in desk.get(url(eligible, "application_review")).content.decode()
    assert Event.objects.filter(verb="mobility.offer").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_of_one_offer_at_once_get_the_same_answer(eligible, place, ruta):
    Place.objects.update(capacity=1)

    def post():
        client = Client()
        client.force_login(ruta)
        return decide(client, eligible, "offer", place=str(place.uuid), days="5").status_code

    assert run_at_once([post] * 20) == [302] * 20
    assert Event.objects.filter(verb="mobility.offer").count() == 1
    assert Place.objects.get().taken == 1


def test_offer_of_another_place_than_the_one_offered_is_not_done(desk, offered, call, trento):
    other = factories.PlaceFactory(call=call, host=trento)
    for sent in ({"place": str(other.uuid), "days": "5"}, {"days": "5"}, {"place": "x"}):
        assert decide(desk, offered, "offer", **sent).status_code == 422


def test_office_is_refused_what_is_done_already(client, egle, offered, place):
    client.force_login(egle)
    assert decide(client, offered, "offer", place=str(place.uuid), days="5").status_code == 403
    Place.objects.update(capacity=1)  # no choice is left in the form either
    assert decide(client, offered, "offer", place=str(place.uuid), days="5").status_code == 422


@pytest.mark.parametrize("step", ["return", "find_ineligible"])
def test_decision_without_the_words_it_needs_is_shown_again(step, desk, submitted):
    response = decide(desk, submitted, step, note="  ")
    assert response.status_code == 422
    assert [way.name for way, _form, is_open in response.context["ways"] if is_open] == [step]
    assert Application.objects.get().status == Status.SUBMITTED


@pytest.mark.parametrize(
    "data",
    [
        {}, {"place": "x", "days": "5"}, {"days": "5"}, {"place": "PLACE"}, {"place": "PLACE", "days": "0"},
        {"place": "PLACE", "days": "61"}, {"place": "PLACE", "days": "soon"}, {"place": "PLACE", "days": "9" * 40},
        {"place": "\x00", "days": "5"}, {"place": "OTHER", "days": "5"},
    ],
)  # fmt: skip
def test_wrong_offer_is_told_beside_the_field(data, desk, eligible, place, call, trento):
    other = factories.PlaceFactory(call=call, host=trento)
    known = {"PLACE": str(place.uuid), "OTHER": str(other.uuid)}
    response = decide(
        desk, eligible, "offer", **{key: known.get(value, value) for key, value in data.items()}
    )
    assert response.status_code == 422
    assert Application.objects.get().status == Status.ELIGIBLE
    assert list(Place.objects.values_list("taken", flat=True)) == [0, 0]


@pytest.mark.parametrize(
    "step", ["", "approve", "accept", "withdraw", "expire", "submit", "offer\x00", "a" * 5000]
)
def test_unknown_step_is_refused_and_nothing_stored(step, desk, submitted):
    events = Event.objects.count()
    assert decide(desk, submitted, step, note="x").status_code in (403, 409)
    assert Application.objects.get().status == Status.SUBMITTED
    assert Event.objects.count() == events


def test_step_that_is_not_open_now_is_refused(desk, submitted):
    assert decide(desk, submitted, "waitlist").status_code == 409


def test_place_without_a_seat_is_no_choice(desk, eligible, place):
    Place.objects.update(taken=2)
    assert decide(desk, eligible, "offer", place=str(place.uuid), days="5").status_code == 422


# Documents


def test_document_is_read_by_those_who_decide_and_the_reading_is_recorded(
    client, draft, call, ana, ruta, egle, laima, bruno, dainius
):
    asked = factories.RequiredDocumentFactory(call=call)
    paper = actions.attach_document(draft, asked, upload(), by=ana)
    address = url(draft, "application_document", paper.document.uuid)
    for person in (ruta, egle, bruno):
        client.force_login(person)
        assert client.get(address).status_code == 404
    actions.submit_application(draft, by=ana)
    who = {ana: 200, ruta: 200, laima: 200, egle: 404, bruno: 404, dainius: 404}
    for person, status in who.items():
        client.force_login(person)
        response = client.get(address)
        assert response.status_code == status
        assert response.getvalue().startswith(b"%PDF") is (status == 200)
    readers = Event.objects.filter(verb="mobility.read_document").values_list("actor_name", flat=True)
    assert sorted(readers) == sorted([laima.name, ruta.name])


def test_paper_added_after_the_return_is_not_seen_before_it_is_submitted(desk, in_state, call, ana):
    application = in_state("returned")
    asked = factories.RequiredDocumentFactory(call=call, is_required=False)
    paper = actions.attach_document(application, asked, upload(), by=ana)
    assert desk.get(url(application, "application_document", paper.document.uuid)).status_code == 404


def test_document_of_another_application_is_not_found_below_this_one(desk, submitted, many, call):
    other = many(1)[0]
    paper = other.documents.create(asked=factories.RequiredDocumentFactory(call=call), document=_stored())
    assert desk.get(url(submitted, "application_document", paper.document.uuid)).status_code == 404


def _stored():
    from documents import actions as documents

    return documents.store(upload(), by=None)


# Back office


@pytest.fixture
def office(client, laima):
    client.force_login(laima)
    return client


def test_administrator_finds_calls_and_applications(office, submitted, call):
    for name in ("call", "application", "place", "requireddocument"):
        assert office.get(reverse(f"admin:mobility_{name}_changelist")).status_code == 200
    assert office.get(reverse("admin:mobility_call_change", args=[call.pk])).status_code == 200
    assert office.get(reverse("admin:mobility_application_change", args=[submitted.pk])).status_code == 200


def test_administrator_reads_an_application_as_lines_and_saves_nothing(office, submitted):
    text = office.get(reverse("admin:mobility_application_change", args=[submitted.pk])).content.decode()
    assert "Study programme: " in text
    for words in (
        'name="_save"',
        "sort_name",
        "folded",
        "visited",
        "&quot;academic_year",
        "&#x27;academic_year",
    ):
        assert words not in text


def test_administrator_takes_steps_through_the_verbs(office, submitted, many):
    other = many(1)[0]
    address = reverse("admin:mobility_application_changelist")
    chosen = {"_selected_action": [submitted.pk, other.pk]}
    assert office.post(address, {"action": "find_eligible", **chosen}).status_code == 302
    assert set(Application.objects.values_list("status", flat=True)) == {Status.ELIGIBLE}
    office.post(address, {"action": "expire", **chosen})
    assert set(Application.objects.values_list("status", flat=True)) == {Status.ELIGIBLE}
    assert Event.objects.filter(verb="mobility.find_eligible").count() == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_changelist_costs_the_same_for_one_row_and_three(rows, office, many, django_assert_num_queries):
    many(rows)
    with django_assert_num_queries(11):
        office.get(reverse("admin:mobility_application_changelist"))


def test_seats_are_not_cut_below_what_is_taken(offered, place):
    from django.core.exceptions import ValidationError

    place.refresh_from_db()
    place.capacity = 0
    with pytest.raises(ValidationError):
        place.full_clean()
