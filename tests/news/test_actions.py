import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from reversion.models import Version

from audit.models import Event as Line
from documents.checks import Refused
from documents.models import Document
from ground.workflow import NotPossible
from news import actions
from news.models import Attachment, NewsItem, Topic
from tests import factories
from tests.world import PDF

pytestmark = pytest.mark.django_db


def begin(by, university, title="A title", **fields):
    given = {"token": uuid.uuid4(), "topics": [], "title_en": title} | fields
    return actions.create(by=by, university=university, **given)


def test_a_draft_is_begun_with_author_topics_history_and_a_line_in_the_trail(ieva, ktu):
    topic = Topic.objects.create(slug="mobility", name_en="Mobility")
    item = begin(ieva, ktu, "Čia – naujiena!", topics=[topic], body_en="Text\r\nmore\x00 ")
    assert (item.slug, item.publication, item.author) == ("cia-naujiena", "draft", ieva)
    assert item.body_en == "Text\nmore"
    assert list(item.topics.all()) == [topic]
    assert Version.objects.get_for_object(item).count() == 1
    assert Line.objects.get(verb="news.create").subject_uuid == item.uuid


def test_the_same_form_sent_again_gives_the_same_item(ieva, ktu):
    token = uuid.uuid4()
    first, second = (begin(ieva, ktu, token=token) for _ in range(2))
    assert first == second
    assert NewsItem.objects.count() == 1


def test_a_token_of_somebody_elses_form_opens_nothing(ieva, other, ktu):
    token = uuid.uuid4()
    begin(ieva, ktu, token=token)
    with pytest.raises(PermissionDenied):
        begin(other, ktu, token=token)


@pytest.mark.parametrize("persona", ["ana", "dainius", "ruta", "bruno"])
def test_who_is_no_editor_begins_nothing(request, persona, ktu):
    with pytest.raises(PermissionDenied):
        begin(request.getfixturevalue(persona), ktu)
    assert not NewsItem.objects.exists()


def test_an_editor_does_not_write_in_the_name_of_another_member_or_the_alliance(ieva, aveiro):
    for university in (aveiro, None):
        with pytest.raises(PermissionDenied):
            begin(ieva, university)


def test_texts_that_an_item_does_not_have_are_an_error_of_the_caller(ieva, ktu):
    with pytest.raises(TypeError, match="publication"):
        begin(ieva, ktu, publication="published")


@pytest.mark.parametrize(
    ("title", "slug"), [("Desk", "desk-news"), ("жизнь", "news"), ("x" * 200, "x" * 100)]
)
def test_addresses_are_free_and_never_reserved(ieva, ktu, title, slug):
    assert begin(ieva, ktu, title).slug == slug
    assert begin(ieva, ktu, title).slug == f"{slug}-2"
    assert begin(ieva, ktu, title).slug == f"{slug}-3"


def test_when_no_address_stays_free_the_person_is_told(ieva, ktu, monkeypatch):
    begin(ieva, ktu, "Taken")
    monkeypatch.setattr(actions, "free_slug", lambda title: "taken")
    with pytest.raises(NotPossible, match="Try again"):
        begin(ieva, ktu, "Taken")


def test_a_change_makes_its_writer_the_author_and_keeps_the_old_text(ieva, other, ktu):
    item = begin(ieva, ktu)
    changed = actions.change(item, by=other, version=1, topics=[], title_en="Better")
    assert (changed.title_en, changed.author, changed.version) == ("Better", other, 2)
    versions = Version.objects.get_for_object(item)
    assert [v.field_dict["title_en"] for v in versions] == ["Better", "A title"]


def test_what_was_saved_meanwhile_is_not_overwritten(ieva, other, ktu):
    item = begin(ieva, ktu)
    actions.change(item, by=other, version=1, topics=[], title_en="Theirs")
    with pytest.raises(actions.Stale, match="meanwhile"):
        actions.change(item, by=ieva, version=1, topics=[], title_en="Mine")
    item.refresh_from_db()
    assert item.title_en == "Theirs"


def test_a_text_goes_from_its_author_over_another_editor_to_the_public(ieva, other, ktu):
    item = actions.advance(begin(ieva, ktu), "hand_in", by=ieva)
    with pytest.raises(PermissionDenied):
        actions.advance(item, "publish", by=ieva)
    item = actions.advance(item, "publish", by=other)
    assert item.publication == "published"
    assert item.published_at is not None
    assert list(Line.objects.order_by("pk").values_list("verb", flat=True)) == [
        "news.create", "news.hand_in", "news.publish",
    ]  # fmt: skip


def test_who_rewrote_the_text_in_review_does_not_approve_it(ieva, other, egle, ktu):
    item = actions.advance(begin(ieva, ktu), "hand_in", by=ieva)
    actions.change(item, by=other, version=1, topics=[], title_en="Quite another text")
    with pytest.raises(PermissionDenied):
        actions.advance(item, "publish", by=other)
    assert actions.advance(item, "publish", by=egle).publication == "published"


def test_a_planned_date_of_publication_is_kept(ieva, egle, ktu):
    item = begin(ieva, ktu)
    item.published_at = factories.LONG_AGO
    item.save()
    item = actions.advance(actions.advance(item, "hand_in", by=ieva), "publish", by=egle)
    assert item.published_at == factories.LONG_AGO


def test_a_text_goes_back_with_a_reason_which_its_author_reads(ieva, other, ktu):
    item = actions.advance(begin(ieva, ktu), "hand_in", by=ieva)
    with pytest.raises(NotPossible, match="Say why"):
        actions.advance(item, "send_back", by=other)
    item = actions.advance(item, "send_back", by=other, reason="Name the laboratory.")
    assert (item.publication, item.returned_because) == ("draft", "Name the laboratory.")
    assert Line.objects.get(verb="news.send_back").details == {"reason": "Name the laboratory."}
    assert actions.advance(item, "hand_in", by=ieva).returned_because == ""


def test_who_wrote_it_takes_it_back_without_giving_a_reason(ieva, ktu):
    item = actions.advance(begin(ieva, ktu), "hand_in", by=ieva)
    assert actions.advance(item, "send_back", by=ieva).publication == "draft"


def test_what_is_published_is_taken_back_into_draft_and_gone_for_visitors(ieva, egle, ktu):
    item = factories.NewsItemFactory(university=ktu, author=egle)
    item = actions.advance(item, "take_back", by=ieva, reason="The date is wrong.")
    assert item.publication == "draft"
    assert not NewsItem.objects.visible_to(AnonymousUser()).exists()


def test_links_and_moments_are_kept_and_a_schedule_makes_nobody_the_author(ieva, other, ktu, aveiro):
    item = begin(ieva, ktu)
    project, later = factories.ProjectFactory(), factories.LONG_AGO.replace(year=2090)
    links = {"projects": [project], "universities": [aveiro]}
    item = actions.change(item, by=other, version=1, published_at=later, pinned_until=later, **links)
    assert (list(item.projects.all()), list(item.universities.all())) == ([project], [aveiro])
    assert (item.published_at, item.pinned_until, item.author) == (later, later, ieva)
    assert item.title_en == "A title"


def test_what_is_published_keeps_a_moment_of_publication(egle):
    item = factories.NewsItemFactory()
    with pytest.raises(NotPossible, match="Say when"):
        actions.change(item, by=egle, version=1, published_at=None)


HOSTILE = (
    "<html><head><style>p{}</style></head><body><!--StartFragment--><p class=MsoNormal onclick='x()'>Hello "
    "<b>you</b><script>alert(1)</script><o:p></o:p></p><a href='javascript:alert(2)'>here</a></body></html>"
)


def test_what_a_word_processor_brings_is_stored_as_words_alone(ieva, ktu):
    item = begin(ieva, ktu, body_en=HOSTILE)
    assert item.body_en == "Hello **you**\n\nhere"
    item = actions.change(item, by=ieva, version=1, body_lt=HOSTILE)
    assert item.body_lt == "Hello **you**\n\nhere"


def test_a_new_address_leaves_the_old_one_leading_on_and_nobody_else_gets_it(ieva, ktu):
    item = begin(ieva, ktu, "Open day")
    item = actions.move(item, slug="open-day-2027", by=ieva)
    assert begin(ieva, ktu, "Open day").slug == "open-day-2"
    with pytest.raises(NotPossible, match="taken"):
        actions.move(begin(ieva, ktu, "Third"), slug="open-day", by=ieva)
    item = actions.move(item, slug="open-day", by=ieva)  # its own old one comes back
    assert list(item.old_addresses.values_list("slug", flat=True)) == ["open-day-2027"]


@pytest.mark.parametrize("slug", ["desk", "A b", "ąžuolas", "", "x/y"])
def test_an_address_that_is_none_is_refused(ieva, ktu, slug):
    with pytest.raises(NotPossible):
        actions.move(begin(ieva, ktu), slug=slug, by=ieva)


@pytest.mark.parametrize("step", ["publish", "archive", "reopen", "send_back", "nonsense", ""])
def test_a_step_that_does_not_lead_out_of_a_draft_is_refused(ieva, egle, ktu, step):
    item = begin(ieva, ktu)
    with pytest.raises(NotPossible):
        actions.advance(item, step, by=egle)
    item.refresh_from_db()
    assert item.publication == "draft"


def test_an_event_takes_the_same_ways(egle):
    event = factories.EventFactory(publication="draft")
    event = actions.advance(actions.advance(event, "hand_in", by=egle), "publish", by=egle)
    assert event.publication == "published"
    assert Line.objects.filter(subject_kind="news.event").count() == 2


def test_a_paper_is_attached_and_taken_away_with_its_file(ieva, other, ktu, settings):
    item = begin(ieva, ktu)
    upload = SimpleUploadedFile("paper.pdf", PDF)
    attachment = actions.attach(item, upload=upload, title_en="", title_lt="Straipsnis", by=other)
    assert (attachment.title_en, attachment.title_lt) == ("paper.pdf", "Straipsnis")
    actions.detach(attachment, by=ieva)
    assert not Attachment.objects.exists()
    assert not Document.objects.exists()
    assert set(Line.objects.values_list("verb", flat=True)) == {"news.create", "news.attach", "news.detach"}


def test_files_of_the_wrong_kind_and_too_many_files_are_refused(ieva, ktu, monkeypatch):
    item = begin(ieva, ktu)
    with pytest.raises(Refused):
        actions.attach(
            item, upload=SimpleUploadedFile("x.pdf", b"MZ no pdf"), title_en="", title_lt="", by=ieva
        )
    monkeypatch.setattr(actions, "_MAX_ATTACHMENTS", 0)
    with pytest.raises(NotPossible, match="at most"):
        actions.attach(item, upload=SimpleUploadedFile("x.pdf", PDF), title_en="", title_lt="", by=ieva)
    assert not Document.objects.exists()


def test_a_published_item_keeps_its_papers_from_editors(ieva, ktu):
    item = factories.NewsItemFactory(university=ktu)
    with pytest.raises(PermissionDenied):
        actions.attach(item, upload=SimpleUploadedFile("x.pdf", PDF), title_en="", title_lt="", by=ieva)
