"""Editors hear of texts: what waits for them, what came back and why, what is out."""

import datetime as dt
import uuid

import pytest
from django.db import transaction

from ground.workflow import NotPossible
from news import actions, editors
from news.happening import writing
from news.happening.times import When
from news.models import Event
from news.work import waiting_for
from notifications.models import InboxItem, Message
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def held(at):
    with at(NOW):
        yield


def told(kind, person=None):
    rows = InboxItem.objects.filter(kind=kind, settled_at__isnull=True)
    return rows.filter(user=person).count() if person else rows.count()


def mails(kind):
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("state", flat=True))


@pytest.fixture
def event(ktu, ieva):
    return factories.EventFactory(slug="planned", university=ktu, publication="draft", author=ieva)


def step(record, name, by, **more):
    verb = writing.advance if isinstance(record, Event) else actions.advance
    return verb(record, name, by=by, **more)


@pytest.fixture(params=["article", "event"])
def text(request, draft, event):
    return draft if request.param == "article" else event


def test_the_other_editors_of_the_desk_hear_that_a_text_waits_and_it_is_settled_by_whoever_answers(
    text, ieva, other, egle
):
    step(text, "hand_in", ieva)
    assert (told(editors.WAITS, other), told(editors.WAITS, ieva), told(editors.WAITS, egle)) == (1, 0, 0)
    step(text, "publish", egle)
    assert told(editors.WAITS) == 0
    assert told(editors.APPROVED, ieva) == 1


def test_the_office_hears_where_the_desk_has_no_other_editor(text, ieva, egle):
    step(text, "hand_in", ieva)
    assert told(editors.WAITS, egle) == 1


def test_the_author_hears_why_a_text_came_back_until_it_is_handed_in_again(text, ieva, other):
    step(text, "hand_in", ieva)
    with pytest.raises(NotPossible, match="Say why"):
        step(text, "send_back", other)
    step(text, "send_back", other, reason="Say when the doors open.")
    [item] = InboxItem.objects.filter(kind=editors.RETURNED, user=ieva)
    assert item.context["reason"] == "Say when the doors open."
    text.refresh_from_db()
    assert text.returned_because == "Say when the doors open."
    assert "Sent back: Say when the doors open." in [item.reason for item in waiting_for(ieva)]
    step(text, "hand_in", ieva)
    assert told(editors.RETURNED) == 0
    text.refresh_from_db()
    assert text.returned_because == ""


def test_nobody_is_told_of_a_step_that_is_undone(text, ieva, other):
    with transaction.atomic():
        step(text, "hand_in", ieva)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_the_author_hears_at_the_moment_at_which_the_article_comes_out_and_once(draft, ieva, egle, at):
    actions.advance(draft, "hand_in", by=ieva)
    draft.refresh_from_db()
    draft = actions.change(draft, by=ieva, version=draft.version, published_at=NOW + 3 * DAY)
    actions.advance(draft, "publish", by=egle)
    assert (told(editors.APPROVED, ieva), mails(editors.PUBLISHED)) == (1, ["due"])
    [item] = InboxItem.objects.filter(kind=editors.PUBLISHED)
    assert item.visible_from == NOW + 3 * DAY
    draft.refresh_from_db()
    actions.change(draft, by=egle, version=draft.version, published_at=NOW + 2 * DAY)
    assert mails(editors.PUBLISHED) == ["cancelled", "due"]
    [item] = InboxItem.objects.filter(kind=editors.PUBLISHED)
    assert item.visible_from == NOW + 2 * DAY


def test_what_is_taken_back_before_its_moment_is_not_said_to_be_out(draft, ieva, egle):
    actions.advance(draft, "hand_in", by=ieva)
    draft.refresh_from_db()
    actions.change(draft, by=ieva, version=draft.version, published_at=NOW + 3 * DAY)
    actions.advance(draft, "publish", by=egle)
    actions.advance(draft, "take_back", by=egle, reason="Not yet.")
    assert mails(editors.PUBLISHED) == ["cancelled"]
    assert told(editors.RETURNED, ieva) == 1


def test_a_series_is_one_message_and_one_piece_of_work(ktu, ieva, other):
    first = writing.create(
        by=ieva, token=uuid.uuid4(), university=ktu, when=When("Europe/Vilnius", dt.date(2026, 12, 1)),
        repeats="weekly", until=dt.date(2026, 12, 22), title_en="Seminar",
    )  # fmt: skip
    assert [item.button for item in waiting_for(ieva)] == ["Go on writing"]
    writing.advance(first, "hand_in", by=ieva)
    assert told(editors.WAITS, other) == 1
    assert [item.reason for item in waiting_for(other)] == ["An event waits for approval."]
    last = Event.objects.order_by("pk").last()
    writing.advance(last, "publish", by=other)
    assert told(editors.WAITS) == 0
    assert told(editors.APPROVED, ieva) == 1
    assert waiting_for(other) == []


def test_what_one_wrote_oneself_is_not_told_to_oneself(draft, egle):
    draft.author = egle
    draft.save()
    actions.advance(draft, "hand_in", by=egle)
    actions.advance(draft, "send_back", by=egle)
    actions.advance(draft, "hand_in", by=egle)
    actions.advance(draft, "publish", by=egle)
    assert told(editors.RETURNED, egle) == told(editors.APPROVED, egle) == 0
