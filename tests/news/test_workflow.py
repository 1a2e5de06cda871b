import pytest
from django.utils import translation

from news.workflow import PUBLICATION, Publication


@pytest.mark.parametrize("status", Publication)
def test_every_status_is_reached_and_can_be_left(status):
    reached = {way.target for way in PUBLICATION.transitions.values()} | {PUBLICATION.first}
    assert status in reached
    assert status in PUBLICATION.final or PUBLICATION.open_from(status)


@pytest.mark.parametrize("name", PUBLICATION.transitions)
def test_every_way_has_a_permission_and_words_in_both_languages(name):
    way = PUBLICATION.transitions[name]
    assert way.permission.startswith("news.")
    for language in ("en", "lt"):
        with translation.override(language):
            assert str(way.label)
            assert str(way.sentence).endswith(".")


def test_nothing_is_published_without_review():
    assert {way.name for way in PUBLICATION.transitions.values() if way.target == Publication.PUBLISHED} == {
        "publish"
    }
    assert PUBLICATION.transitions["publish"].sources == {Publication.IN_REVIEW}
