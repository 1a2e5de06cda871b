"""The top of the home page: who may choose what leads it, until when, and how it falls back by itself."""

import datetime as dt
import threading
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from audit.models import Event as Line
from ground import clock
from ground.workflow import NotPossible
from members.models import Role
from news import actions, leading
from news.models import Lead, NewsItem
from tests import factories
from tests.finished import shown
from tests.ground.conftest import pages_are_kept  # noqa: F401
from tests.news.test_desk import client_of

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def texts():
    """Three articles, the newest last."""
    return [
        factories.NewsItemFactory(title_en=f"Told {n}", published_at=clock.now() - (9 - n) * HOUR)
        for n in range(3)
    ]


@pytest.fixture
def alliance_editor(db):
    """An editor of the alliance."""
    person = factories.UserFactory(name="Aljanso Redaktorė")
    factories.AppointmentFactory(user=person, role=Role.EDITOR, university=None)
    return person


def leads():
    """The title that leads the home page."""
    text = shown("/en/").content.decode()
    start = text.index('class="front')
    top = text[start : text.index("</article>", start)] if "</article>" in text[start:] else text[start:]
    return top[top.index("<h2") :].split("</a>")[0].rpartition(">")[2]


def test_the_newest_leads_until_somebody_chooses_and_again_when_the_choice_ends(egle, texts):
    assert leads() == "Told 2"
    leading.choose_lead(texts[0], by=egle)
    assert leads() == "Told 0"
    leading.end_lead(by=egle)
    assert leads() == "Told 2"
    assert [line.verb for line in Line.objects.order_by("pk")] == ["news.choose_lead", "news.end_lead"]


def test_pinned_news_lead_before_newer_ones(texts):
    NewsItem.objects.filter(pk=texts[1].pk).update(pinned_until=clock.now() + HOUR)
    assert leads() == "Told 1"


def test_an_editor_of_the_alliance_chooses_and_those_of_universities_do_not(
    alliance_editor, ieva, dainius, texts
):
    leading.choose_lead(texts[0], by=alliance_editor)
    for person in (ieva, dainius):
        with pytest.raises(PermissionDenied):
            leading.choose_lead(texts[1], by=person)
        with pytest.raises(PermissionDenied):
            leading.end_lead(by=person)
        with pytest.raises(PermissionDenied):
            leading.undo_lead(Lead.objects.get().uuid, by=person)
    assert Lead.objects.get().item == texts[0]


def test_it_falls_back_at_the_moment_that_was_named(egle, texts, at):
    now = clock.now()
    leading.choose_lead(texts[0], by=egle, until=now + HOUR)
    with at(now + HOUR - dt.timedelta(seconds=1)):
        assert leads() == "Told 0"
    with at(now + HOUR):
        assert leads() == "Told 2"


@pytest.mark.parametrize("step", ["archive", "take_back"])
def test_it_falls_back_when_the_article_is_archived_or_taken_back(egle, texts, step):
    leading.choose_lead(texts[0], by=egle)
    actions.advance(texts[0], step, by=egle, reason="A mistake in the figures.")
    assert leads() == "Told 2"
    assert Lead.objects.get().ended_at is None


def test_an_event_leads_with_its_countdown_and_stands_once(egle, texts):
    events = [
        factories.EventFactory(title_en=f"Meeting {n}", starts_at=clock.now() + (n + 2) * 24 * HOUR)
        for n in range(3)
    ]
    leading.choose_lead(events[1], by=egle)
    page = shown("/en/").content.decode()
    assert leads() == "Meeting 1"
    assert page.count(">Meeting 1<") == 1
    assert page.index(">Meeting 1<") < page.index(">Meeting 0<")
    assert "Meeting 2" not in page
    assert page.count("data-countdown") == 2
    events[1].cancelled_at = clock.now()
    events[1].save()
    assert leads() == "Told 2"


@pytest.mark.parametrize("wrong", ["draft", "scheduled", "archived", "past", "cancelled"])
def test_what_not_everybody_reads_now_cannot_be_chosen(egle, wrong):
    now = clock.now()
    text = {
        "draft": lambda: factories.NewsItemFactory(publication="draft", published_at=None),
        "scheduled": lambda: factories.NewsItemFactory(published_at=now + HOUR),
        "archived": lambda: factories.NewsItemFactory(publication="archived"),
        "past": lambda: factories.EventFactory(starts_at=now - 9 * HOUR),
        "cancelled": lambda: factories.EventFactory(cancelled_at=now),
    }[wrong]()
    with pytest.raises(NotPossible):
        leading.choose_lead(text, by=egle)
    kind = "event" if wrong in ("past", "cancelled") else "item"
    answer = client_of(egle).post("/en/news/desk/lead/", {kind: text.slug})
    assert answer.status_code == 422
    assert not Lead.objects.exists()


def test_a_choice_is_taken_back_and_the_taking_back_too(egle, texts):
    first = leading.choose_lead(texts[0], by=egle)
    second = leading.choose_lead(texts[1], by=egle)
    assert second.follows == first
    leading.undo_lead(second.uuid, by=egle)
    assert Lead.objects.standing().get().item == texts[0]
    leading.undo_lead(Lead.objects.standing().get().uuid, by=egle)
    assert Lead.objects.standing().get().item == texts[1]
    leading.end_lead(by=egle)
    leading.undo_lead(Lead.objects.order_by("-pk")[0].uuid, by=egle)
    assert Lead.objects.standing().get().item == texts[1]


def test_the_first_choice_taken_back_leaves_none(egle, texts):
    lead = leading.choose_lead(texts[0], by=egle)
    assert leading.undo_lead(lead.uuid, by=egle) is None
    assert not Lead.objects.standing().exists()


def test_nothing_is_taken_back_after_somebody_else_has_chosen(egle, laima, texts):
    mine = leading.choose_lead(texts[0], by=egle)
    leading.choose_lead(texts[1], by=laima)
    with pytest.raises(NotPossible, match="Somebody else"):
        leading.undo_lead(mine.uuid, by=egle)
    with pytest.raises(NotPossible):
        leading.undo_lead(texts[0].uuid, by=egle)


def test_what_led_for_a_while_that_is_over_does_not_come_back(egle, texts, at):
    now = clock.now()
    leading.choose_lead(texts[0], by=egle, until=now + HOUR)
    with at(now + 2 * HOUR):
        second = leading.choose_lead(texts[1], by=egle)
        with pytest.raises(NotPossible, match="had its time"):
            leading.undo_lead(second.uuid, by=egle)


def test_a_moment_that_has_passed_is_refused_in_words_by_the_verb_too(egle, texts):
    with pytest.raises(NotPossible, match="still to come"):
        leading.choose_lead(texts[0], by=egle, until=clock.now() - HOUR)
    assert not Lead.objects.exists()


def test_the_same_choice_again_changes_nothing(egle, laima, texts):
    first = leading.choose_lead(texts[0], by=egle)
    assert leading.choose_lead(texts[0], by=laima) == first
    assert Lead.objects.count() == 1


def test_the_database_keeps_one_at_most_and_one_text_in_it(texts):
    now = clock.now()
    Lead.objects.create(item=texts[0], chosen_at=now)
    for wrong in (
        {"item": texts[1], "chosen_at": now},
        {"chosen_at": now, "ended_at": now},
        {"item": texts[1], "event": factories.EventFactory(), "chosen_at": now, "ended_at": now},
        {"item": texts[1], "chosen_at": now, "until": now, "ended_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Lead.objects.create(**wrong)
    Lead.objects.create(item=texts[1], chosen_at=now, ended_at=now)


@pytest.mark.django_db(transaction=True)
def test_two_who_choose_at_once_leave_one_lead_and_both_lines(egle, laima, texts):
    start, refused = threading.Barrier(6), []

    def choose(person, text):
        try:
            start.wait()
            leading.choose_lead(text, by=person)
        except NotPossible:
            refused.append(text)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=choose, args=(person, text)) for person in (egle, laima) for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Lead.objects.standing().count() == 1
    assert Lead.objects.count() + len(refused) <= 6
    assert Lead.objects.count() == Line.objects.filter(verb="news.choose_lead").count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("pages_are_kept")
def test_a_kept_home_page_is_right_after_each_change_and_at_the_moment_it_ends(egle, texts, at):
    now = clock.now()
    with at(now):
        assert leads() == "Told 2"
    leading.choose_lead(texts[0], by=egle, until=now + dt.timedelta(seconds=20))
    with at(now + dt.timedelta(seconds=1)):
        assert leads() == "Told 0"
        assert leads() == "Told 0"
    with at(now + dt.timedelta(seconds=20)):
        assert leads() == "Told 2"


def test_the_page_shows_looks_chooses_ends_and_takes_back(egle, texts):
    client = client_of(egle)
    assert "Nothing is chosen" in client.get("/en/news/desk/lead/").content.decode()
    looked = client.get("/en/news/desk/lead/?item=" + texts[0].slug).content.decode()
    assert "As it would look" in looked
    assert not Lead.objects.exists()
    answer = client.post(
        "/en/news/desk/lead/", {"item": texts[0].slug, "until": "2090-03-01T10:00"}, follow=True
    )
    assert "This was chosen." in answer.content.decode()
    lead = Lead.objects.get()
    assert (lead.item, lead.chosen_by) == (texts[0], egle)
    client.post("/en/news/desk/lead/end/")
    assert not Lead.objects.standing().exists()
    client.post("/en/news/desk/lead/undo/", {"last": lead.uuid})
    assert Lead.objects.standing().get().until == lead.until
    stale = client.post("/en/news/desk/lead/undo/", {"last": lead.uuid}, follow=True).content.decode()
    assert "Somebody else" in stale


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422), ({"item": "no-such"}, 422), ({"item": "\x00"}, 422), ({"item": "\ud800"}, 422),
        ({"item": "x" * 5000}, 422), ({"event": "no-such"}, 422),
        ({"item": "t", "until": "2026-02-30T10:00"}, 422), ({"item": "t", "until": "1999-01-01T10:00"}, 422),
        ({"item": "t", "until": "99999-01-01T10:00"}, 422), ({"item": "t", "until": "\x00"}, 422),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_words_and_what_was_typed_stays(egle, sent, status):
    factories.NewsItemFactory(slug="t")
    body = urlencode(sent, errors="surrogatepass")
    form = "application/x-www-form-urlencoded"
    answer = client_of(egle).post("/en/news/desk/lead/", body, content_type=form)
    assert answer.status_code == status
    assert not Lead.objects.exists()
    if sent.get("until", "").startswith(("2026", "1999")):
        assert sent["until"] in answer.content.decode()


@pytest.mark.parametrize("query", ["item=%00", "item=%ff", "item=a&item=b", "event=" + "y" * 999, "item="])
def test_a_strange_address_shows_the_page(egle, query):
    assert client_of(egle).get(f"/en/news/desk/lead/?{query}").status_code == 200
    assert client_of(egle).post("/en/news/desk/lead/undo/", {"last": "\x00"}).status_code == 404


def test_the_page_costs_eight_queries_and_the_clock_with_one_row_and_with_three(
    egle, django_assert_num_queries, monkeypatch
):
    client = client_of(egle)
    now = clock.now()
    monkeypatch.setattr(clock, "read", lambda: now)
    for _round in range(2):
        for n in range(1 + 2 * _round):
            item = factories.NewsItemFactory(university=factories.UniversityFactory())
            factories.EventFactory(starts_at=clock.now() + (n + 1) * HOUR)
            leading.choose_lead(item, by=egle)
        with django_assert_num_queries(8):
            client.get("/en/news/desk/lead/")


def test_editors_find_the_way_there(egle, ieva, ktu):
    item = factories.NewsItemFactory(university=ktu)
    event = factories.EventFactory(university=ktu)
    for address in (item.get_absolute_url(), event.get_absolute_url(), "/en/news/desk/"):
        assert "/en/news/desk/lead/" in client_of(egle).get(address).content.decode()
        assert "/en/news/desk/lead/" not in client_of(ieva).get(address).content.decode()


def test_who_may_choose_finds_the_way_on_the_home_page_and_visitors_never_do(
    egle, ieva, ana, alliance_editor, texts, pages_are_kept  # noqa: F811
):  # fmt: skip
    link = 'href="/en/news/desk/lead/"'
    for person, offered in ((egle, True), (alliance_editor, True), (ieva, False), (ana, False)):
        assert (link in client_of(person).get("/en/").content.decode()) is offered
        assert link not in shown("/en/").content.decode()
    item = texts[0].get_absolute_url()
    assert f"{item}edit/" in client_of(egle).get(item).content.decode()
    assert "edit/" not in shown(item).content.decode()
