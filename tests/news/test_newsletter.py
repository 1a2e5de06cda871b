"""Subscribing to the newsletter: two steps, nothing told, one click to stop; and what is told at once."""

import datetime as dt
import threading
from email import message_from_bytes, policy

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from ground.workflow import NotPossible
from news import actions
from news.happening import writing
from news.models import Announcement, Subscription, Topic
from news.newsletter import announcing, clients, keeping, links, messages, subscribing
from news.newsletter.subscribing import Choice, digest_of
from news.tasks import keep_subscriptions, send_newsletter
from notifications.models import Message
from notifications.sender import Sender
from tests import factories
from tests.news.test_registering import at_once

pytestmark = pytest.mark.django_db
State, Rhythm = Subscription.State, Subscription.Rhythm
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY, PAGE = dt.timedelta(days=1), "/en/news/newsletter/"
SENT = {"email": "jonas@mail.example", "language": "lt", "rhythm": "weekly", "consent": "on"}
WEEKLY, ONCE = Choice("en", Rhythm.WEEKLY), Choice("en", Rhythm.AT_ONCE)


@pytest.fixture
def now(at):
    with at(NOW):
        yield NOW


def reader(email="reader@mail.example", rhythm=Rhythm.AT_ONCE, since=NOW - 30 * DAY, **fields):
    """A confirmed subscription."""
    return Subscription.objects.create(
        email=email, digest=digest_of(email), rhythm=rhythm, state=State.LIVE, created_at=since,
        confirmed_at=since, **fields,
    )  # fmt: skip


def letters(kind=None):
    rows = Message.objects.order_by("pk")
    return rows.filter(kind=kind) if kind else rows.filter(kind__startswith="news.newsletter")


# Subscribing


def test_an_address_counts_once_its_link_was_confirmed(client):
    assert client.post(PAGE, SENT).status_code == 200
    row = Subscription.objects.get()
    assert (row.state, row.language, row.rhythm) == (State.UNCONFIRMED, "lt", "weekly")
    assert letters().get().kind == messages.CONFIRM
    page = links.own_path(row.uuid)
    for _scanner in range(2):
        assert b"step" in client.get(page).content
        assert client.head(page).status_code == 200
    row.refresh_from_db()
    assert row.state == State.UNCONFIRMED
    assert client.post(page, {"step": "confirm"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.confirmed_at is not None) == (State.LIVE, True)
    assert client.post(page, {"step": "confirm"}).status_code == 302


def test_the_answer_is_the_same_whether_an_address_is_subscribed_or_not(client):
    reader("known@mail.example")
    answers = {
        client.post(PAGE, SENT | {"email": one}).content for one in ("known@mail.example", "new@mail.example")
    }
    assert len(answers) == 1
    assert letters(messages.KNOWN).count() == letters(messages.CONFIRM).count() == 1
    assert (
        Subscription.objects.get(email="known@mail.example").rhythm == Rhythm.AT_ONCE
    )  # nothing has changed


def test_an_address_gets_three_letters_a_day_and_the_answer_stays_the_same(client, at):
    with at(NOW):
        answers = {
            client.post(PAGE, SENT | {"email": "Jonas@mail.example"[n % 2 :]}).content for n in range(1)
        }
        for _n in range(5):
            answers.add(client.post(PAGE, SENT | {"email": "JONAS@mail.example"}).content)
        assert letters().count() == subscribing.MOST_LETTERS
        assert len(answers) == 1
    with at(NOW + DAY + dt.timedelta(minutes=1)):
        client.post(PAGE, SENT)
        assert letters().count() == subscribing.MOST_LETTERS + 1


def test_one_client_asks_for_few_letters(client, monkeypatch):
    monkeypatch.setattr(clients, "MOST", 2)
    answers = [client.post(PAGE, SENT | {"email": f"a{n}@mail.example"}).status_code for n in range(4)]
    assert answers == [200, 200, 429, 429]
    assert client.post(PAGE, SENT, REMOTE_ADDR="192.0.2.9").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one():
    raised = at_once(20, lambda n: subscribing.ask(email="jonas@mail.example", choice=WEEKLY))
    assert raised == []
    assert Subscription.objects.count() == 1
    assert letters().count() == subscribing.MOST_LETTERS
    row = Subscription.objects.get()
    assert at_once(20, lambda n: subscribing.confirm(row)) == []
    assert Subscription.objects.get().state == State.LIVE


def test_the_database_itself_refuses_an_address_twice_and_half_told_states(now):
    one = reader("jonas@mail.example")
    with pytest.raises(IntegrityError, match="address_once"), transaction.atomic():
        reader("JONAS@mail.example")
    for fields in ({"confirmed_at": None}, {"state": State.ENDED}, {"ended_at": NOW}):
        with pytest.raises(IntegrityError, match="news_subscription"), transaction.atomic():
            Subscription.objects.filter(pk=one.pk).update(**fields)


def test_a_signed_in_person_with_a_verified_address_needs_no_letter(client, ana):
    client.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert b'name="email"' in client.get(PAGE).content
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    assert b'name="email"' not in client.get(PAGE).content
    answer = client.post(PAGE, {"language": "en", "rhythm": "at_once", "consent": "on"})
    row = Subscription.objects.get()
    assert (answer.status_code, row.state, row.user, row.email) == (302, State.LIVE, ana, ana.email)
    assert letters().count() == 0
    assert links.own_path(row.uuid) in client.get(PAGE).content.decode()
    client.post(PAGE, {"language": "lt", "rhythm": "weekly", "consent": "on"})
    row.refresh_from_db()
    assert (row.rhythm, row.language) == (Rhythm.WEEKLY, "lt")


def test_an_unverified_address_is_nobodys(ana):
    with pytest.raises(NotPossible):
        subscribing.subscribe(by=ana, choice=WEEKLY)


@pytest.mark.parametrize(
    "sent",
    [
        {"email": ""}, {"email": "no address"}, {"email": "a@b.example\nBcc: c@d.example"}, {"email": "\x00@b.example"},
        {"email": f"{'a' * 300}@b.example"}, {"email": "\ufffd@b.example"}, {"language": "xx"}, {"rhythm": "hourly"},
        {"topics": "nothing"}, {"topics": "\x00"}, {"universities": ["nothing", "\ufffd"]}, {"consent": ""},
        {"email": "a@b.example, c@d.example"},
    ],
)  # fmt: skip
def test_what_is_not_so_is_said_beside_its_field_and_nothing_is_kept(client, sent):
    answer = client.post(PAGE, SENT | sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert Subscription.objects.count() == letters().count() == 0


def test_the_list_of_news_brings_its_choice_along(client, ktu):
    Topic.objects.create(slug="mobility", name_en="Mobility", name_lt="Mobilumas")
    assert "newsletter/?topic=mobility" in client.get("/en/news/?topic=mobility").content.decode()
    form = client.get(f"/lt/news/newsletter/?university={ktu.slug}&topic=mobility").context["form"]
    assert form["universities"].value() == [ktu.slug]
    assert (form["topics"].value(), form["language"].value()) == (["mobility"], "lt")
    assert client.get(PAGE + "?topic=%00&university=nothing").status_code == 200


@pytest.mark.parametrize("language", ["en", "lt"])
def test_the_pages_speak_both_languages_and_cost_the_same(client, language, ktu, django_assert_num_queries):
    factories.NewsItemFactory()
    with django_assert_num_queries(3):
        assert client.get(f"/{language}/news/newsletter/").status_code == 200
    row = reader()
    row.universities.add(ktu)
    with django_assert_num_queries(5):
        assert client.get(f"/{language}/news/newsletter/mine/{links.token_of(row.uuid)}/").status_code == 200
    with django_assert_num_queries(1):
        assert client.get(links.leave_path(row.uuid)).status_code == 200


# Managing and stopping


def test_choices_change_on_the_secret_page(client, ktu):
    row = reader()
    topic = Topic.objects.create(slug="mobility", name_en="Mobility")
    page = links.own_path(row.uuid)
    sent = {"step": "change", "language": "lt", "rhythm": "weekly", "universities": [ktu.slug], "topics": ["mobility"],
            "alliance": "on"}  # fmt: skip
    assert client.post(page, sent).status_code == 302
    row.refresh_from_db()
    assert (row.language, row.rhythm, row.alliance) == ("lt", "weekly", True)
    assert ([*row.universities.all()], [*row.topics.all()]) == ([ktu], [topic])
    assert client.post(page, sent | {"rhythm": "never"}).status_code == 422
    assert client.post(page, {"step": "nonsense"}).status_code == 422
    client.post(page, {"step": "stop"})
    assert client.post(page, sent).status_code == 409


def test_one_click_stops_without_a_token_of_the_form_and_looking_does_not():
    row = reader()
    address = links.leave_path(row.uuid)
    assert address.startswith("/newsletter/unsubscribe/")
    client = Client(enforce_csrf_checks=True)
    assert client.get(address).status_code == 200
    assert client.head(address).status_code == 200
    row.refresh_from_db()
    assert row.state == State.LIVE
    for _twice in range(2):
        answer = client.post(
            address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 200
    row.refresh_from_db()
    assert row.state == State.ENDED
    assert (
        client.post(links.own_path(row.uuid), {"step": "again"}).status_code == 403
    )  # everything else asks for it
    Client().post(links.own_path(row.uuid), {"step": "again"})
    row.refresh_from_db()
    assert (row.state, row.ended_at) == (State.LIVE, None)


def test_a_link_whose_row_is_gone_says_so(client):
    row = reader()
    own, leave = links.own_path(row.uuid), links.leave_path(row.uuid)
    row.delete()
    assert client.get(own).status_code == client.get(leave).status_code == 404
    assert client.post(leave).status_code == 200  # a mail program that asks late is not sent away
    made_up = reverse("newsletter_leave", args=["made-up"])
    assert client.get(made_up).status_code == client.post(made_up).status_code == 404


def test_letters_that_wait_do_not_leave_after_stopping(now, draft, ieva, other):
    row = reader()
    published(draft, other)
    announcing.sweep()
    assert letters(messages.AT_ONCE).get().state == Message.State.DUE
    subscribing.stop(row)
    assert letters(messages.AT_ONCE).get().state == Message.State.CANCELLED


def test_who_did_not_confirm_and_who_stopped_is_forgotten(at):
    with at(NOW):
        subscribing.ask(email="never@mail.example", choice=WEEKLY)
        ended = reader("ended@mail.example")
        subscribing.stop(ended)
        reader("stays@mail.example")
        keeping.erase_due()
        assert Subscription.objects.count() == 3
    with at(NOW + 8 * DAY):
        assert keep_subscriptions() == 1
        message = letters(messages.CONFIRM).get()
        assert (message.recipient, message.address, message.context) == ("mail:erased", "", {})
    with at(NOW + 31 * DAY):
        assert keep_subscriptions() == 1
        assert [row.email for row in Subscription.objects.all()] == ["stays@mail.example"]
        assert keep_subscriptions() == 0


def test_a_letter_too_old_confirms_nothing(at):
    with at(NOW):
        subscribing.ask(email="late@mail.example", choice=WEEKLY)
    row = Subscription.objects.get()
    with at(NOW + 8 * DAY), pytest.raises(NotPossible):
        subscribing.confirm(row)


# At once


def published(record, by):
    """The draft, published by another editor."""
    actions.advance(record, "hand_in", by=record.author)
    return actions.advance(record, "publish", by=by)


def test_what_is_published_is_told_once_to_those_who_want_it_at_once(now, draft, other):
    wanted, weekly = reader(), reader("weekly@mail.example", Rhythm.WEEKLY)
    late = reader("late@mail.example", since=NOW + DAY)
    elsewhere = reader("elsewhere@mail.example")
    elsewhere.universities.add(factories.UniversityFactory())
    gone = reader("gone@mail.example", user=factories.UserFactory(is_active=False))
    published(draft, other)
    assert send_newsletter() == 1
    message = letters().get()
    assert message.subject_uuid == wanted.uuid
    assert {late, weekly, gone, elsewhere}.isdisjoint({message.subject_uuid})
    assert send_newsletter() == 0
    actions.advance(draft, "take_back", by=other, reason="A mistake")
    published(draft, other)
    assert send_newsletter() == 0
    assert Announcement.objects.get().told == 1


def test_a_scheduled_article_is_told_when_its_moment_comes(at, draft, other):
    with at(NOW):
        reader()
        between = reader("between@mail.example", since=NOW + DAY)
        after = reader("after@mail.example", since=NOW + 3 * DAY)
        draft.published_at = NOW + 2 * DAY
        draft.save()
        published(draft, other)
        assert announcing.sweep() == 0
    with at(NOW + 2 * DAY):
        assert announcing.sweep() == 2
    assert not letters().filter(subject_uuid=after.uuid).exists()
    assert letters().filter(subject_uuid=between.uuid).exists()


def test_an_event_is_told_and_of_a_series_the_first(now, ktu, egle):
    reader()
    event = factories.EventFactory(university=ktu, publication="in_review")
    writing.advance(event, "publish", by=egle)
    assert announcing.sweep() == 1
    assert letters().get().context["kind"] == "event"
    over = factories.EventFactory(publication="in_review", starts_at=NOW - DAY)
    writing.advance(over, "publish", by=egle)
    assert announcing.sweep() == 0
    series = factories.EventFactory(publication="in_review").pk
    first, second = (factories.EventFactory(publication="in_review") for _n in range(2))
    assert series
    from news.models import Series

    row = Series.objects.create(repeats="weekly", first_on=NOW.date(), until=NOW.date() + 30 * DAY)
    for n, one in enumerate((first, second)):
        one.series, one.occurrence_on = row, NOW.date() + n * 7 * DAY
        one.save()
    writing.advance(first, "publish", by=egle)
    assert announcing.sweep() == 1


def test_choices_are_any_of_them_and_none_is_everything(now, ktu, aveiro, draft):
    from news.newsletter.matching import facts_of, wants

    topic = Topic.objects.create(slug="mobility", name_en="Mobility")
    everything, member, subject, alliance = (reader(f"{n}@mail.example") for n in range(4))
    member.universities.add(aveiro)
    subject.topics.add(topic)
    alliance.alliance = True
    of_ktu = facts_of(draft)
    assert [wants(one, of_ktu) for one in (everything, member, subject, alliance)] == [
        True,
        False,
        False,
        False,
    ]
    draft.universities.add(aveiro)
    draft.topics.add(topic)
    assert [wants(one, facts_of(draft)) for one in (member, subject, alliance)] == [True, True, False]
    ours = facts_of(factories.NewsItemFactory())
    assert [wants(one, ours) for one in (everything, member, subject, alliance)] == [True, False, False, True]


class WorkerDies(BaseException):
    """What a kill looks like from within."""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_in_the_middle_loses_nothing_and_doubles_nothing(at, draft, other, monkeypatch):
    monkeypatch.setattr(announcing, "CHUNK", 3)
    with at(NOW):
        for n in range(8):
            reader(f"r{n}@mail.example")
        published(draft, other)
        real, calls = messages.tell, []

        def dies(*args, **kwargs):
            calls.append(1)
            if len(calls) == 5:
                raise WorkerDies
            return real(*args, **kwargs)

        monkeypatch.setattr(messages, "tell", dies)
        with pytest.raises(WorkerDies):
            announcing.sweep()
        assert letters().count() == 3
        assert announcing.sweep() == 5
        Announcement.objects.update(
            cursor=0, done_at=None
        )  # the marker lost: the key of each letter still holds
        assert announcing.sweep() == 0
    assert letters().values("subject_uuid").distinct().count() == letters().count() == 8


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_tell_everybody_once(at, draft, other, monkeypatch):
    monkeypatch.setattr(announcing, "CHUNK", 2)
    with at(NOW):
        for n in range(9):
            reader(f"r{n}@mail.example")
        published(draft, other)
    assert at_once(6, lambda n: announcing.sweep()) == []
    announcing.sweep()
    assert letters().values("subject_uuid").distinct().count() == letters().count() == 9


@pytest.mark.django_db(transaction=True)
def test_who_stops_while_letters_are_written_gets_none(at, draft, other, monkeypatch):
    with at(NOW):
        row = reader()
        published(draft, other)
    real, written, stopping = messages.tell, threading.Event(), threading.Event()

    def slow(*args, **kwargs):
        written.set()
        stopping.wait(2)
        return real(*args, **kwargs)

    monkeypatch.setattr(messages, "tell", slow)

    def stop(n):
        if n:
            announcing.sweep()
            return
        written.wait(5)
        threading.Timer(0.3, stopping.set).start()
        subscribing.stop(row)

    assert at_once(2, stop) == []
    assert letters().get().state == Message.State.CANCELLED
    connection.close()


# Letters


@pytest.mark.parametrize("language", ["en", "lt"])
def test_every_letter_says_why_and_ends_with_one_click(settings, language, draft, other, now):
    row = reader(language=language)
    published(draft, other)
    announcing.sweep()
    Sender().run()
    leave = settings.BASE_URL + links.leave_path(row.uuid)
    sent = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in settings.MAIL_DIR.glob("*.eml")
    ]
    [mail] = [one for one in sent if one["List-Unsubscribe"] == f"<{leave}>"]  # the author is told too
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = mail.get_body(("plain",)).get_content()
    assert leave in text
    assert f"/{language}/news/draft/" in text
    assert message_of(row).address == ""


def message_of(row):
    return Message.objects.get(subject_uuid=row.uuid)
