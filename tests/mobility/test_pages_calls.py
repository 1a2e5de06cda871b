import datetime as dt

import pytest
from django.urls import reverse

from ground import clock
from mobility.models import Application
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    """GET a page of the room, as somebody or nobody."""

    def get(name, *args, by=None, **query):
        if by:
            client.force_login(by)
        return client.get(reverse(f"mobility:{name}", args=args), query)

    return get


def test_everybody_reads_how_it_works_and_what_is_open(page, call, place):
    text = page("index").content.decode()
    assert "Studies abroad" in text
    assert "2 seats left" in text


def test_list_has_open_coming_and_past_calls(page, ktu):
    now = clock.now()
    day = dt.timedelta(days=1)
    factories.CallFactory(university=ktu, title_en="Open one")
    factories.CallFactory(university=ktu, title_en="Coming one", opens_at=now + day, closes_at=now + 2 * day)
    factories.CallFactory(university=ktu, title_en="Past one", closes_at=now - day)
    factories.CallFactory(university=ktu, title_en="Hidden one", publication="draft")
    response = page("calls")
    text = response.content.decode()
    assert text.index("Open one") < text.index("Coming one") < text.index("Past one")
    assert "Hidden one" not in text


def test_list_is_narrowed_by_kind_and_university(page, call, staff_call, trento):
    factories.CallFactory(university=trento, title_en="From Trento")
    text = page("calls", kind="student_studies", university="ktu").content.decode()
    assert "Studies abroad" in text
    assert "From Trento" not in text
    assert reverse("mobility:call", args=["teaching"]) not in text


def test_each_choice_says_how_many_calls_it_finds_beside_the_others(page, call, staff_call, trento):
    factories.CallFactory(university=trento, mode="virtual")
    factories.CallFactory(university=trento, publication="draft", kind="staff_training")
    text = page("calls", university="ktu").content.decode()
    for words in ("Student studies (1)", "Staff teaching (1)", f"{call.university} (2)",
                  f"{trento} (1)", "Physical (2)"):  # fmt: skip
        assert words in text
    for words in ("Staff training (", "Virtual ("):
        assert words not in text


def test_visitors_read_whom_to_ask_and_whether_they_may_still_change_it(page, call):
    text = page("call", call.slug).content.decode()
    assert "Not sure whether you may apply?" in text
    assert "You can change your application until the deadline." in text
    call.may_take_back = False
    call.save()
    assert "but you can withdraw it" in page("call", call.slug).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "x"}, {"kind": "student_studies' OR 1=1"}, {"university": "nowhere"}, {"university": "\x00"},
        {"after": "-1"}, {"after": "é"}, {"before": "W10"}, {"after": "\x00"},
    ],
)  # fmt: skip
def test_list_refuses_what_it_does_not_know(page, call, query):
    assert page("calls", **query).status_code == 400


def test_past_calls_come_in_pages(page, ktu):
    past = clock.now() - dt.timedelta(days=1)
    factories.CallFactory.create_batch(21, university=ktu, closes_at=past)
    first = page("calls")
    assert first.context["past"].after
    assert len(page("calls", after=first.context["past"].after).context["past"].rows) == 1


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("index", 1), ("calls", 4)])
def test_lists_cost_the_same_for_one_row_and_three(name, queries, rows, page, ktu, django_assert_num_queries):
    for _ in range(rows):
        call = factories.CallFactory(university=ktu)
        factories.PlaceFactory.create_batch(2, call=call)
        factories.CallFactory(university=ktu, closes_at=clock.now() - dt.timedelta(days=1))
    with django_assert_num_queries(queries + 1):  # and the moment
        page(name)


@pytest.mark.parametrize("rows", [1, 3])
def test_call_page_costs_the_same_for_one_place_and_three(rows, page, call, django_assert_num_queries):
    for _ in range(rows):
        factories.PlaceFactory(call=call, field=factories.FieldFactory())
        factories.RequiredDocumentFactory(call=call)
    with django_assert_num_queries(4):  # moment, call, all that belongs to it, news
        page("call", call.slug)


def test_call_page_tells_deadline_places_papers_and_ties(page, call, place):
    factories.RequiredDocumentFactory(call=call)
    call.tie_break_en = "The earlier application goes first."
    call.save()
    text = page("call", call.slug).content.decode()
    for words in (
        "1 January 2090, 02:00 (Vilnius time)", "University of Aveiro", "Bachelor (EQF 6)", "2 of 2", "English B2",
        "Transcript of records", "The earlier application goes first.", "60 ECTS credits", "60 seconds",
        "Sign in to apply",
    ):  # fmt: skip
        assert words in text


def test_deadline_is_also_told_in_the_readers_zone(page, call, ana):
    ana.zone = "Europe/Lisbon"
    ana.save()
    assert "For you: 1 January 2090, 00:00 (Lisbon time)" in page("call", call.slug, by=ana).content.decode()


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("ana", "Start application"),
        ("tomas", "for students of the sending university"),
        ("bruno", "for students of the sending university"),
        ("ruta", "Applications to this call"),
        ("egle", "Applications to this call"),
    ],
)
def test_call_page_says_what_the_reader_can_do(who, words, page, call, request):
    assert words in page("call", call.slug, by=request.getfixturevalue(who)).content.decode()


def test_call_page_leads_to_ones_own_application(page, draft, call, ana):
    assert draft.get_absolute_url() in page("call", call.slug, by=ana).content.decode()


def test_draft_call_is_seen_by_its_coordinators_only(page, call, ruta, bruno):
    call.publication = "draft"
    call.save()
    assert page("call", call.slug).status_code == 404
    assert page("call", call.slug, by=bruno).status_code == 404
    assert page("call", call.slug, by=ruta).status_code == 200


def test_applying_makes_one_draft_however_often_it_is_clicked(client, call, ana):
    client.force_login(ana)
    answers = {client.post(reverse("mobility:apply", args=[call.slug])).url for _ in range(3)}
    assert answers == {Application.objects.get().get_absolute_url()}
    assert (
        client.get(reverse("mobility:apply", args=[call.slug])).url
        == Application.objects.get().get_absolute_url()
    )


def test_applying_to_a_closed_call_is_told_and_stores_nothing(client, call, ana):
    call.closes_at = clock.now() - dt.timedelta(seconds=61)
    call.save()
    client.force_login(ana)
    response = client.post(reverse("mobility:apply", args=[call.slug]))
    assert response.status_code == 409
    assert "does not take applications" in response.content.decode()
    assert not Application.objects.exists()


def test_applying_is_for_those_who_are_invited(client, call, tomas):
    client.force_login(tomas)
    assert client.post(reverse("mobility:apply", args=[call.slug])).status_code == 403
    assert not Application.objects.exists()


def test_call_page_is_lithuanian_too(client, call, place):
    assert "Studijos užsienyje" in client.get(f"/lt/mobility/calls/{call.slug}/").content.decode()


# The places of a call


@pytest.fixture
def table(call, aveiro):
    """Six places: one in Portugal for any field and level, five in Germany."""
    german = factories.UniversityFactory(organisation__country="DE")
    field = factories.FieldFactory(code="0613")
    factories.PlaceFactory(call=call, host=aveiro, field=None, level=None, term_code="")
    for n in range(5):
        term = "autumn" if n < 2 else "spring"
        factories.PlaceFactory(call=call, host=german, field=field, level=6 + n % 2, term_code=term)


def places_found(client, call, **asked):
    answer = client.get(reverse("mobility:call", args=[call.slug]), asked)
    assert answer.status_code == 200
    return answer, len(answer.context["places"].found)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({}, 6), ({"country": "DE"}, 5), ({"country": "PT"}, 1), ({"level": "6"}, 4), ({"field": "0613"}, 6),
        ({"country": "DE", "term": "autumn"}, 2), ({"term": "autumn", "level": "7"}, 2), ({"country": "XX"}, 0),
        ({"level": "'\x00"}, 1), ({"term": "x" * 5000}, 1), ({"unknown": "x"}, 6),
    ],
)  # fmt: skip
def test_places_are_narrowed_and_one_for_any_is_found_by_all(asked, number, client, call):
    answer, found = places_found(client, call, **asked)
    assert found == number
    assert ("Remove filters" in answer.content.decode()) is bool(asked.keys() - {"unknown"})


@pytest.mark.usefixtures("table")
def test_choices_of_places_say_what_they_find_beside_the_others(client, call):
    answer, _number = places_found(client, call, term="autumn")
    choices = {name: [str(words) for _key, words in field.choices][1:]
               for name, field in answer.context["places"].form.fields.items()}  # fmt: skip
    assert choices == {
        "country": ["Germany (2)", "Portugal (1)"], "level": ["Bachelor (EQF 6) (2)", "Master (EQF 7) (2)"],
        "term": ["Autumn term (3)", "Spring term (4)"],
    }  # fmt: skip


def test_a_few_places_need_no_filters(client, call, aveiro):
    factories.PlaceFactory(call=call, host=aveiro)
    answer, number = places_found(client, call, country="DE")
    assert number == 1
    assert "Any country" not in answer.content.decode()


def test_the_page_of_a_call_shows_public_news_about_it(client):
    call = factories.CallFactory(slug="autumn")
    for title, state in (("Told", "published"), ("Untold", "draft")):
        factories.NewsItemFactory(title_en=title, publication=state).calls.add(call)
    text = client.get("/en/mobility/calls/autumn/").content.decode()
    assert "More news" in text
    assert ">Told<" in text
    assert "Untold" not in text
