import pytest

from members.models import Role
from news.rules import desks
from tests import factories

pytestmark = pytest.mark.django_db


def editor(university=None):
    person = factories.UserFactory()
    factories.AppointmentFactory(user=person, role=Role.EDITOR, university=university)
    return person


def test_an_editor_writes_for_the_own_university_only(ieva, ktu, aveiro):
    own = factories.NewsItemFactory(university=ktu, publication="draft", published_at=None)
    foreign = factories.NewsItemFactory(university=aveiro, publication="draft", published_at=None)
    alliance = factories.NewsItemFactory(publication="draft", published_at=None)
    assert ieva.has_perm("news.write_item", own)
    assert not ieva.has_perm("news.write_item", foreign)
    assert not ieva.has_perm("news.write_item", alliance)


def test_an_editor_of_the_alliance_writes_for_the_alliance(ktu):
    person = editor()
    assert person.has_perm("news.write_item", factories.NewsItemFactory())
    assert not person.has_perm("news.write_item", factories.NewsItemFactory(university=ktu))


def test_who_wrote_the_text_does_not_approve_it(ieva, ktu):
    item = factories.NewsItemFactory(university=ktu, author=ieva, publication="in_review", published_at=None)
    assert not ieva.has_perm("news.approve_item", item)
    assert editor(ktu).has_perm("news.approve_item", item)


def test_the_office_and_administrators_approve_anything(egle, laima, ktu):
    item = factories.NewsItemFactory(university=ktu, author=egle, publication="in_review", published_at=None)
    assert egle.has_perm("news.approve_item", item)
    assert laima.has_perm("news.approve_item", item)


def test_a_published_text_is_changed_by_the_office_alone(ieva, egle, ktu):
    item = factories.NewsItemFactory(university=ktu)
    assert not ieva.has_perm("news.change_item_text", item)
    assert egle.has_perm("news.change_item_text", item)


@pytest.mark.parametrize("persona", ["ana", "bruno", "dainius", "ruta", "jonas", "tomas"])
def test_nobody_else_writes(request, persona, ktu):
    person = request.getfixturevalue(persona)
    item = factories.NewsItemFactory(university=ktu, publication="draft", published_at=None)
    for right in ("news.create_item", "news.write_item", "news.change_item_text", "news.approve_item"):
        assert not person.has_perm(right, item)


def test_without_a_record_there_is_nothing_to_write(ieva):
    assert not ieva.has_perm("news.write_item", None)
    assert not ieva.has_perm("news.change_item_text", None)


def test_the_desks_are_where_a_person_may_write(ieva, egle, laima, ktu, aveiro):
    assert [list(desks(ieva)[0]), desks(ieva)[1]] == [[ktu], False]
    for person in (egle, laima):
        assert (desks(person)[0].count(), desks(person)[1]) == (2, True)
    universities, alliance = desks(editor())
    assert (list(universities), alliance) == ([], True)
