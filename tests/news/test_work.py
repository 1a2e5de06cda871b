import pytest

from members.models import Role
from news.work import waiting_for
from tests import factories

pytestmark = pytest.mark.django_db


def names(user):
    return [item.what for item in waiting_for(user)]


def test_an_editor_is_shown_own_drafts_and_what_others_wrote_for_review(ieva, egle, ana, ktu, aveiro):
    def item(title, author, university=ktu, publication="in_review"):
        factories.NewsItemFactory(
            title_en=title, author=author, university=university, publication=publication, published_at=None
        )

    item("by another", egle)
    item("my own", ieva)
    item("my draft", ieva, publication="draft")
    item("another's draft", egle, publication="draft")
    item("of Aveiro", egle, aveiro)
    assert names(ieva) == ["by another", "my draft"]
    assert names(egle) == ["by another", "my own", "another's draft", "of Aveiro"]
    assert names(ana) == []
    reader = factories.UserFactory()
    factories.AppointmentFactory(user=reader, role=Role.EDITOR, university=None)
    item("of the alliance", egle, None)
    assert names(reader) == ["of the alliance"]


def test_the_work_says_what_to_do(ieva, egle, ktu):
    factories.NewsItemFactory(university=ktu, author=egle, publication="in_review", published_at=None)
    factories.NewsItemFactory(university=ktu, author=ieva, publication="draft", published_at=None)
    review, draft = waiting_for(ieva)
    assert (review.button, draft.button) == ("Read and publish", "Go on writing")
    assert review.url.startswith("/en/news/")
