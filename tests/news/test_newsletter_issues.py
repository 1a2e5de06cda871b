"""Issues of the newsletter: put together, looked at, sent once to everybody whose choice they match, and stopped."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from ground import clock
from ground.workflow import NotPossible
from members.models import Role
from news.models import Issue, IssueCopy, Subscription, Topic
from news.newsletter import issues, links, messages, numbers, sending, subscribing
from notifications.models import Message
from notifications.sender import Sender
from tests import factories
from tests.news.test_newsletter import WorkerDies, letters, reader
from tests.news.test_registering import at_once

pytestmark = pytest.mark.django_db
Rhythm, State = Subscription.Rhythm, Issue.State
DAY = dt.timedelta(days=1)
WORDS = {
    "subject_en": "This week", "subject_lt": "Šią savaitę", "introduction_en": "Good morning!\n\nRead.",
    "introduction_lt": "Labas rytas!",
}  # fmt: skip


@pytest.fixture
def news(ktu):
    return [factories.NewsItemFactory(university=ktu, published_at=clock.now() - n * DAY) for n in (1, 2, 3)]


@pytest.fixture
def issue(egle, news):
    made = issues.begin(by=egle, token=uuid.uuid4())
    return issues.change(made, by=egle, version=made.version, texts=news, **WORDS)


def weekly(email="weekly@mail.example", **fields):
    return reader(email, Rhythm.WEEKLY, clock.now() - 30 * DAY, **fields)


def signed_in(client, person):
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sent_form(issue, **more):
    texts = [issues.key_of(one) for one in issues.texts_of(issue)]
    return WORDS | {"version": issue.version, "text": texts, "step": "save"} | more


def edit(issue):
    return reverse("news:newsletter_edit", args=[issue.uuid])


def step(issue):
    return reverse("news:newsletter_step", args=[issue.uuid])


# Putting together


def test_a_new_issue_proposes_what_came_since_the_last_one_and_what_comes(egle, news, ktu):
    old = factories.NewsItemFactory(published_at=clock.now() - 60 * DAY)
    soon = factories.EventFactory(starts_at=clock.now() + 10 * DAY)
    far = factories.EventFactory(starts_at=clock.now() + 100 * DAY)
    factories.EventFactory(starts_at=clock.now() + 5 * DAY, cancelled_at=clock.now())
    factories.NewsItemFactory(published_at=clock.now() + DAY)
    found = issues.proposal()
    assert found.proposed == [*news, soon]
    assert {old, far} < set(found.offered)
    first = issues.begin(by=egle, token=uuid.uuid4())
    assert issues.texts_of(first) == found.proposed
    issues.change(first, by=egle, version=1, texts=news, **WORDS)
    sending.send(first, by=egle, version=2)
    assert issues.proposal().proposed == [soon]


def test_the_button_pressed_twice_begins_one_issue(client, egle, news):
    signed_in(client, egle)
    token = str(uuid.uuid4())
    first, second = (client.post(reverse("news:newsletter_new"), {"token": token}) for _n in range(2))
    assert first["Location"] == second["Location"]
    assert Issue.objects.count() == 1
    assert client.post(reverse("news:newsletter_new"), {"token": "\x00"}).status_code == 302


def test_texts_are_ordered_left_out_and_added_with_buttons(client, egle, issue, news):
    signed_in(client, egle)
    keys = [issues.key_of(one) for one in news]
    extra = factories.NewsItemFactory(published_at=clock.now() - 100 * DAY)
    assert client.post(edit(issue), sent_form(issue, step=f"down:{keys[0]}")).status_code == 302
    issue.refresh_from_db()
    assert issues.texts_of(issue) == [news[1], news[0], news[2]]
    client.post(edit(issue), sent_form(issue, step=f"up:{keys[2]}", subject_en="Typed meanwhile"))
    issue.refresh_from_db()
    assert issues.texts_of(issue) == [news[1], news[2], news[0]]
    assert issue.subject_en == "Typed meanwhile"  # moving a text saves what was typed
    client.post(
        edit(issue), sent_form(issue, step=f"drop:{keys[1]}", add=[issues.key_of(extra), "news:nothing"])
    )
    issue.refresh_from_db()
    assert issues.texts_of(issue) == [news[2], news[0], extra]


def test_who_saves_second_is_told_and_loses_nothing(client, egle, laima, issue):
    signed_in(client, laima)
    mine = sent_form(issue, subject_en="Mine")
    issues.change(issue, by=egle, version=issue.version, texts=[], **WORDS | {"subject_en": "Theirs"})
    answer = client.post(edit(issue), mine)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in body
    assert 'value="Mine"' in body
    assert egle.name in body
    issue.refresh_from_db()
    assert issue.subject_en == "Theirs"
    assert answer.context["version"] == issue.version
    assert client.post(edit(issue), mine | {"version": issue.version}).status_code == 302
    issue.refresh_from_db()
    assert (issue.subject_en, len(issues.texts_of(issue))) == ("Mine", 3)


@pytest.mark.parametrize(
    "sent",
    [{"version": ""}, {"version": "x"}, {"version": "9" * 30}, {"subject_en": "a" * 151}, {"subject_lt": "\x00"},
     {"introduction_en": "\ufffd"}, {"introduction_lt": "a" * 2001}],
)  # fmt: skip
def test_what_is_not_so_is_said_and_not_kept(client, egle, issue, sent):
    signed_in(client, egle)
    assert client.post(edit(issue), sent_form(issue, **sent)).status_code == 422
    issue.refresh_from_db()
    assert issue.version == 2


def test_only_the_alliance_writes_to_everybody(client, ieva, egle, issue):
    for do in (
        lambda: issues.begin(by=ieva, token=uuid.uuid4()),
        lambda: issues.change(issue, by=ieva, version=2, texts=[], **WORDS),
        lambda: sending.send(issue, by=ieva, version=2),
        lambda: sending.schedule(issue, by=ieva, version=2, at=clock.now() + DAY),
        lambda: sending.stop(issue, by=ieva),
        lambda: sending.test(issue, by=ieva),
    ):
        with pytest.raises(PermissionDenied):
            do()
    alliance = factories.UserFactory()
    factories.AppointmentFactory(user=alliance, role=Role.EDITOR, university=None)
    assert signed_in(client, alliance).get(edit(issue)).status_code == 200


# Sending


def test_everybody_gets_it_once_with_what_they_chose(egle, issue, news, aveiro):
    all_of_it, lithuanian = weekly(), weekly("lt@mail.example", language="lt")
    one_topic, nothing = weekly("topic@mail.example"), weekly("nothing@mail.example")
    reader("at-once@mail.example")
    topic = Topic.objects.create(slug="mobility", name_en="Mobility")
    news[1].topics.add(topic)
    one_topic.topics.add(topic)
    nothing.universities.add(aveiro)
    sending.send(issue, by=egle, version=issue.version)
    assert sending.sweep() == 3
    told = {row.subject_uuid: row.context for row in letters(messages.ISSUE)}
    assert set(told) == {all_of_it.uuid, lithuanian.uuid, one_topic.uuid}
    assert [one["title"] for one in told[one_topic.uuid]["news"]] == [news[1].title_en]
    assert len(told[all_of_it.uuid]["news"]) == 3
    assert told[lithuanian.uuid]["heading"] == "Šią savaitę"
    assert sending.sweep() == 0
    issue.refresh_from_db()
    assert (issue.state, issue.looked_at, issue.audience) == (State.SENDING, 4, 4)
    Sender().run()
    sending.sweep()
    issue.refresh_from_db()
    assert (issue.state, sending.progress(issue).gone) == (State.SENT, 3)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_in_the_middle_of_an_issue_loses_nothing(egle, issue, monkeypatch):
    monkeypatch.setattr(sending, "CHUNK", 3)
    for n in range(8):
        weekly(f"w{n}@mail.example")
    sending.send(issue, by=egle, version=issue.version)
    real, calls = messages.tell, []

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == 5:
            raise WorkerDies
        return real(*args, **kwargs)

    monkeypatch.setattr(messages, "tell", dies)
    with pytest.raises(WorkerDies):
        sending.sweep()
    assert (letters().count(), IssueCopy.objects.count()) == (3, 3)
    assert at_once(4, lambda n: sending.sweep()) == []
    sending.sweep()
    Issue.objects.update(cursor=0)
    IssueCopy.objects.all().delete()  # whatever is forgotten, the key of each letter holds
    sending.sweep()
    assert letters().values("subject_uuid").distinct().count() == letters().count() == 8


def test_a_stopped_issue_says_how_many_have_gone(client, egle, issue, monkeypatch):
    for n in range(5):
        weekly(f"w{n}@mail.example")
    sending.send(issue, by=egle, version=issue.version)
    sending.sweep()
    monkeypatch.setattr(Sender, "batch", 2)
    Sender().run(limit=2)
    signed_in(client, egle)
    assert "5 of 5" in client.get(edit(issue)).content.decode()
    assert client.post(step(issue), {"step": "stop"}).status_code == 302
    body = client.get(edit(issue)).content.decode()
    assert "stopped after 2 letters" in body
    Sender().run()
    assert Message.objects.filter(state="sent").count() == 2
    assert sending.sweep() == 0
    assert client.post(step(issue), {"step": "stop"}).status_code == 409


@pytest.mark.parametrize("written", [False, True])
def test_an_issue_stopped_before_any_letter_has_gone_is_a_draft_again_and_in_no_archive(
    client, egle, issue, written
):
    weekly()
    sending.send(issue, by=egle, version=issue.version)
    if written:
        sending.sweep()
    signed_in(client, egle)
    page = client.post(step(issue), {"step": "stop"}, follow=True).content.decode()
    assert "stopped before any letter had gone: the issue is a draft again" in page
    issue.refresh_from_db()
    assert (issue.state, issue.number, issue.looked_at) == (State.DRAFT, None, 0)
    assert "This week" not in client.get("/en/news/newsletter/").content.decode()
    Sender().run()
    assert not Message.objects.filter(state="sent").exists()
    sending.send(issue, by=egle, version=issue.version)
    sending.sweep()
    Sender().run()
    sending.sweep()
    issue.refresh_from_db()
    assert (issue.state, issue.number) == (State.SENT, 1)
    assert Message.objects.filter(kind=messages.ISSUE, state="sent").count() == 1


def test_a_letter_that_is_leaving_keeps_a_stopped_issue_out(egle, issue):
    weekly()
    sending.send(issue, by=egle, version=issue.version)
    sending.sweep()
    letters(messages.ISSUE).update(state=Message.State.UNCERTAIN)
    assert sending.stop(issue, by=egle).state == State.STOPPED


def test_it_is_sent_at_its_moment_and_can_be_called_back(client, egle, issue, at):
    weekly()
    signed_in(client, egle)
    assert (
        client.post(step(issue), {"step": "schedule", "version": 2, "at": "2001-01-01 10:00"}).status_code
        == 409
    )
    assert (
        client.post(step(issue), {"step": "schedule", "version": 2, "at": "2026-02-30 10:00"}).status_code
        == 422
    )
    moment = {"step": "schedule", "version": 2, "at": "2090-07-01T10:00"}
    assert client.post(step(issue), moment).status_code == 302
    issue.refresh_from_db()
    assert (issue.state, issue.send_at) == (State.SCHEDULED, dt.datetime(2090, 7, 1, 7, tzinfo=dt.UTC))
    assert sending.sweep() == 0
    assert client.post(edit(issue), sent_form(issue)).status_code == 409
    client.post(step(issue), {"step": "call_back"})
    issue.refresh_from_db()
    assert (issue.state, issue.send_at) == (State.DRAFT, None)
    client.post(step(issue), moment)
    with at(dt.datetime(2090, 7, 1, 7, tzinfo=dt.UTC)):
        assert sending.sweep() == 1


def test_an_empty_issue_is_refused_and_so_is_one_without_subjects(client, egle, issue, news):
    signed_in(client, egle)
    issues.change(issue, by=egle, version=2, texts=news, **WORDS | {"subject_lt": ""})
    assert client.post(step(issue), {"step": "send", "confirmed": "1", "version": 3}).status_code == 409
    issues.change(issue, by=egle, version=3, texts=[], **WORDS)
    answer = client.post(step(issue), {"step": "send", "confirmed": "1", "version": 4})
    assert answer.status_code == 409
    assert "nothing in this issue" in answer.content.decode()
    assert (
        client.post(step(issue), {"step": "send", "confirmed": "1", "version": 3}).status_code == 409
    )  # seen before it was changed
    assert client.post(step(issue), {"step": "nonsense"}).status_code == 422
    issue.refresh_from_db()
    assert issue.state == State.DRAFT


def test_a_scheduled_issue_with_nothing_left_goes_back_into_the_draft(egle, issue, news, at):
    sending.schedule(issue, by=egle, version=2, at=clock.now() + DAY)
    for item in news:
        item.publication = "draft"
        item.save()
    with at(clock.now() + 2 * DAY):
        assert sending.sweep() == 0
    issue.refresh_from_db()
    assert issue.state == State.DRAFT


def test_two_who_send_at_once_send_once(egle, laima, issue):
    sending.send(issue, by=egle, version=2)
    with pytest.raises(NotPossible):
        sending.send(issue, by=laima, version=2)


def test_the_database_refuses_half_begun_issues(issue):
    for fields in (
        {"state": State.SENT},
        {"number": 3},
        {"state": State.SCHEDULED},
        {"finished_at": clock.now()},
    ):
        with pytest.raises(IntegrityError, match="news_issue"), transaction.atomic():
            Issue.objects.filter(pk=issue.pk).update(**fields)


def test_who_stops_the_newsletter_gets_no_issue_that_waits(egle, issue):
    row = weekly()
    sending.send(issue, by=egle, version=2)
    sending.sweep()
    subscribing.stop(row)
    assert letters(messages.ISSUE).get().state == Message.State.CANCELLED
    sending.sweep()
    issue.refresh_from_db()
    assert issue.state == State.SENT


# Looking


def test_the_letter_is_looked_at_in_both_languages_and_as_a_subscriber(client, egle, issue, news, aveiro):
    signed_in(client, egle)
    page = reverse("news:newsletter_preview", args=[issue.uuid])
    english, lithuanian = (client.get(page, {"language": one}).content.decode() for one in ("en", "lt"))
    assert "This week" in english
    assert "Šią savaitę" in lithuanian
    assert f"/lt/news/{news[0].slug}/" in lithuanian
    assert "style=" not in english
    assert "gets no letter" in client.get(page, {"university": aveiro.slug}).content.decode()
    assert client.get(page, {"language": "\x00", "university": "\x00", "topic": "x" * 999}).status_code == 200


def test_a_test_goes_to_oneself_alone(client, egle, issue, settings):
    weekly()
    egle.email = "egle@eciu.example"
    egle.save()
    signed_in(client, egle)
    assert client.post(step(issue), {"step": "test"}).status_code == 302
    message = letters(messages.ISSUE).get()
    assert message.recipient == f"user:{egle.uuid}"
    assert Sender().run()["sent"] == 1, Message.objects.get().error
    issue.refresh_from_db()
    assert issue.state == State.DRAFT


@pytest.mark.parametrize("language", ["en", "lt"])
def test_the_archive_shows_what_was_sent_and_is_still_public(client, egle, issue, news, language):
    assert client.get(f"/{language}/news/newsletter/1/").status_code == 404
    sending.send(issue, by=egle, version=2)
    news[0].title_en = "Written anew"
    news[0].save()
    news[1].publication = "draft"
    news[1].save()
    body = client.get(f"/{language}/news/newsletter/1/").content.decode()
    assert "Written anew" not in body
    assert f"/{language}/news/{news[0].slug}/" in body
    assert news[1].title_en not in body
    assert WORDS[f"subject_{language}"] in body
    assert f"/{language}/news/newsletter/1/" in client.get(f"/{language}/news/newsletter/").content.decode()
    assert client.get(f"/{language}/news/newsletter/{'9' * 30}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_with_one_text_and_with_three(
    client, egle, news, rows, django_assert_num_queries
):
    signed_in(client, egle)
    issue = issues.begin(by=egle, token=uuid.uuid4())
    issues.change(issue, by=egle, version=1, texts=news[:rows], **WORDS)
    frame = 5  # session, person, moment, appointments and what waits
    with django_assert_num_queries(frame + 4):
        assert client.get(reverse("news:newsletter_desk")).status_code == 200
    with django_assert_num_queries(frame + 6):
        assert client.get(edit(issue)).status_code == 200
    with django_assert_num_queries(frame + 8):
        assert client.get(reverse("news:newsletter_preview", args=[issue.uuid])).status_code == 200
    sending.send(issue, by=egle, version=2)
    client.logout()
    with django_assert_num_queries(3):
        assert client.get("/en/news/newsletter/1/").status_code == 200


# Numbers


def test_small_numbers_are_hidden(ktu, aveiro):
    for n in range(6):
        row = weekly(f"w{n}@mail.example", language="lt")
        row.universities.add(ktu)
    row.universities.add(aveiro)
    assert numbers.readers().total == 6
    by = {table.title: dict(table.rows) for table in numbers.readers().tables}
    assert by["By language"] == {"English": "0", "Lietuvių": "6"}
    assert sorted(by["By university"].values()) == ["6", "fewer than 5"]
    weekly("en@mail.example")
    by = {table.title: dict(table.rows) for table in numbers.readers().tables}
    assert set(by["By language"].values()) == {"hidden"}


def test_addresses_stand_in_the_back_office_for_administrators_alone(client, laima, egle):
    weekly("secret@mail.example")
    url = reverse("admin:news_subscription_changelist")
    assert "secret@mail.example" in signed_in(client, laima).get(url).content.decode()
    assert signed_in(client, egle).get(url).status_code in (302, 403)


def test_the_link_of_the_archive_stands_in_the_letter(egle, issue, settings):
    row = weekly()
    sending.send(issue, by=egle, version=2)
    sending.sweep()
    Sender().run()
    [path] = settings.MAIL_DIR.glob("*.eml")
    text = path.read_text()
    assert "/en/news/newsletter/1/" in text
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in text
    assert links.token_of(row.uuid)[:20] in text


# Asked once more before anything leaves


def confirm(issue):
    return reverse("news:newsletter_confirm", args=[issue.uuid])


def test_before_it_is_sent_a_page_says_what_to_how_many_in_which_languages_and_when(
    client, egle, issue, news
):
    weekly("one@mail.example", language="en")
    weekly("two@mail.example", language="lt")
    weekly("three@mail.example", language="lt")
    signed_in(client, egle)
    preview = client.get(reverse("news:newsletter_preview", args=[issue.uuid])).content.decode()
    assert f'href="{confirm(issue)}"' in preview
    assert 'value="send"' not in preview
    answer = client.get(confirm(issue))
    text = " ".join(answer.content.decode().split())
    for words in (
        "This week",
        "Šią savaitę",
        "At most 3 people",
        "At once",
        news[0].title_en,
        "Send the issue now",
    ):
        assert words in text
    assert answer.context["languages"] == {"en": 1, "lt": 2}
    issue.refresh_from_db()
    assert issue.state == State.DRAFT


def test_a_button_of_an_older_page_asks_before_it_sends(client, egle, issue):
    answer = signed_in(client, egle).post(step(issue), {"step": "send", "version": issue.version})
    assert answer["Location"] == confirm(issue)
    issue.refresh_from_db()
    assert issue.state == State.DRAFT


def test_two_clicks_send_once_and_both_lead_to_the_progress_with_its_stop(client, egle, issue):
    weekly()
    data = {"step": "send", "confirmed": "1", "version": issue.version}
    signed_in(client, egle)
    for _click in range(2):
        page = client.post(step(issue), data, follow=True)
        assert page.status_code == 200
        assert "The sending has begun." in page.content.decode()
        assert "Stop the sending" in page.content.decode()
    sending.sweep()
    sending.sweep()
    assert IssueCopy.objects.count() == 1
    issue.refresh_from_db()
    assert issue.number == 1
    assert client.get(confirm(issue))["Location"] == edit(issue)
    client.post(step(issue), data)
    assert IssueCopy.objects.count() == 1


def test_the_page_that_asks_is_for_those_who_send(client, ieva, ruta, issue):
    for person in (ieva, ruta):
        assert signed_in(client, person).get(confirm(issue)).status_code == 404
