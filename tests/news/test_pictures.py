"""Pictures of articles: words required, placed by their lines, seen by who may read the article."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from documents import tasks
from documents.models import Document
from ground.workflow import NotPossible
from news import actions, figures, pictures, showing
from news.models import Picture
from tests import factories
from tests.documents.samples import picture
from tests.news.test_desk import client_of

pytestmark = pytest.mark.django_db


def fetched(client, path):
    """The answer, read to its end."""
    response = client.get(path)
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def add(item, by, **fields):
    size = (1000, 600 + item.pictures.count())  # each another picture
    upload = SimpleUploadedFile("a.jpg", picture("JPEG", size=size))
    return pictures.add(
        item, upload=upload, by=by, **({"alt_en": "A lab", "alt_lt": "", "lead": False} | fields)
    )


def test_a_picture_needs_words_in_the_verb_and_in_the_database(ieva, draft):
    with pytest.raises(NotPossible, match="Say in words"):
        add(draft, ieva, alt_en="  ")
    assert not Document.objects.exists()
    kept = add(draft, ieva)
    with pytest.raises(IntegrityError, match="news_picture_has_words"), transaction.atomic():
        Picture.objects.filter(pk=kept.pk).update(alt_en="")


def test_one_picture_leads_and_numbers_never_come_again(ieva, draft):
    first, second = add(draft, ieva, lead=True), add(draft, ieva, lead=True)
    assert list(draft.pictures.values_list("number", "is_lead")) == [(1, False), (2, True)]
    with pytest.raises(IntegrityError, match="news_picture_one_leads"), transaction.atomic():
        Picture.objects.filter(pk=first.pk).update(is_lead=True)
    pictures.describe(first, alt_en="Another", alt_lt="Kita", lead=True, by=ieva)
    assert list(draft.pictures.values_list("alt_en", "is_lead")) == [("Another", True), ("A lab", False)]
    with pytest.raises(NotPossible):
        pictures.describe(second, alt_en="", alt_lt="", lead=False, by=ieva)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("![](picture:1)", "lacks its alternative text"),
        ("![x](picture:2)", "doesn.t have"),
        ("![x](https://other.example/x.png)", "not one of this article"),
        ("words ![x](picture:1) words", "a paragraph of its own"),
    ],
)
def test_a_figure_without_words_or_from_elsewhere_is_refused(ieva, draft, text, words):
    add(draft, ieva)
    with pytest.raises(figures.Unfit, match=words):
        actions.change(draft, by=ieva, version=1, body_en=text)


def test_a_figure_is_drawn_with_its_measures_words_and_widths(ieva, draft):
    kept = add(draft, ieva)
    body = 'Before\n\n![A lab at <night>](picture:1 "Seen & drawn")\n\nAfter'
    item = actions.change(draft, by=ieva, version=1, body_en=body)
    html = showing.body(item, list(item.pictures.for_showing()))
    assert 'width="1000" height="600" alt="A lab at &lt;night&gt;"' in html
    assert "<figcaption>Seen &amp; drawn</figcaption>" in html
    assert "<source" not in html
    tasks.make_renditions()
    html = showing.body(item, list(item.pictures.for_showing()))
    assert html.count("<source") == 2
    assert html.index("image/avif") < html.index("image/webp")
    assert " 480w, " in html
    assert 'loading="lazy"' in html
    with pytest.raises(NotPossible, match="stands in the text"):
        pictures.remove(kept, by=ieva)
    actions.change(item, by=ieva, version=2, body_en="Before")
    pictures.remove(kept, by=ieva)
    assert not Document.objects.exists()


def test_pictures_are_had_by_who_may_read_the_article(client, ieva, ana, draft):
    kept = add(draft, ieva)
    tasks.make_renditions()
    kept = Picture.objects.for_showing().get(pk=kept.pk)
    paths = [showing.original(kept), *(showing.address(kept, showing.name_of(one)) for one in kept.widths)]
    for path in paths:
        assert client.get(path).status_code == 404
        assert client_of(ana).get(path).status_code == 404
        own = fetched(client_of(ieva), path)
        assert (own.status_code, own["Cache-Control"][:17]) == (200, "private, no-store")
    type(draft).objects.filter(pk=draft.pk).update(publication="published", published_at=factories.LONG_AGO)
    for path, reader in [
        (path, reader) for path in paths for reader in (client, client_of(ana), client_of(ieva))
    ]:
        public = fetched(reader, path)
        assert public.status_code == 200
        assert public["Cache-Control"] == "public, max-age=31536000, immutable"
        assert public["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/pictures/{kept.uuid}/0123456789abcdef.avif").status_code == 404


def test_a_scheduled_article_shows_its_pictures_from_its_moment(client, ieva, draft, at):
    kept = add(draft, ieva)
    later = factories.LONG_AGO.replace(year=2090)
    type(draft).objects.filter(pk=draft.pk).update(publication="published", published_at=later)
    import datetime as dt

    with at(later - dt.timedelta(seconds=1)):
        assert fetched(client, showing.original(kept)).status_code == 404
    with at(later):
        assert fetched(client, showing.original(kept)).status_code == 200


@pytest.mark.parametrize("persona", ["ana", "dainius", "bruno"])
def test_who_is_no_editor_adds_nothing(request, persona, draft):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        add(draft, request.getfixturevalue(persona))
