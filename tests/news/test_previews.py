"""Secret addresses: they open one article, for some days, for whoever has them, and for no search engine."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ground import clock
from ground.workflow import NotPossible
from news import actions, pictures, previews
from news.models import PreviewLink
from tests import factories
from tests.documents.samples import picture
from tests.news.test_desk import client_of
from tests.world import PDF

pytestmark = pytest.mark.django_db


def path_of(link):
    return f"/en/news/preview/{link.token}/"


def test_a_secret_address_opens_the_draft_unlisted_and_unkept(ieva, draft):
    client_of(ieva).post("/en/news/draft/previews/")
    link = PreviewLink.objects.get()
    assert link.token in client_of(ieva).get("/en/news/draft/").content.decode()
    response = Client().get(path_of(link))
    assert "A draft" in response.content.decode()
    assert 'name="robots" content="noindex, nofollow"' in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert Client().get("/en/news/draft/").status_code == 404


def test_it_opens_nothing_once_withdrawn_or_over(ieva, draft, at):
    link = previews.make(draft, by=ieva)
    with at(link.expires_at - dt.timedelta(seconds=1)):
        assert Client().get(path_of(link)).status_code == 200
    with at(link.expires_at):
        assert Client().get(path_of(link)).status_code == 404
    other = previews.make(draft, by=ieva)
    client_of(ieva).post(f"/en/news/draft/previews/{other.uuid}/withdraw/")
    assert Client().get(path_of(other)).status_code == 404
    assert Client().get(path_of(link)).status_code == 200


def test_once_the_article_is_out_it_leads_there_and_what_is_taken_back_it_shows_to_nobody(
    ieva, other, draft, egle
):
    link = previews.make(draft, by=ieva)
    for step, person in (("hand_in", ieva), ("publish", other)):
        actions.advance(draft, step, by=person)
    answer = Client().get(path_of(link))
    assert (answer.status_code, answer["Location"]) == (302, "/en/news/draft/")
    assert answer["Referrer-Policy"] == "no-referrer"
    actions.advance(draft, "take_back", by=egle, reason="A mistake.")
    assert Client().get(path_of(link)).status_code == 404
    again = previews.make(draft, by=ieva)
    assert Client().get(path_of(again)).status_code == 200


def test_what_waits_for_its_moment_or_comes_back_from_review_keeps_its_secret_address(
    ieva, other, draft, egle
):
    link = previews.make(draft, by=ieva)
    actions.advance(draft, "hand_in", by=ieva)
    actions.advance(draft, "send_back", by=other, reason="Shorter.")
    assert Client().get(path_of(link)).status_code == 200
    type(draft).objects.filter(pk=draft.pk).update(published_at=clock.now() + dt.timedelta(days=1))
    for step, person in (("hand_in", ieva), ("publish", other)):
        actions.advance(draft, step, by=person)
    assert Client().get(path_of(link)).status_code == 200


def other_end(token):
    return token[:-2] + ("aa" if token[-2:] != "aa" else "bb")


def no_end(token):
    return token.partition("~")[0]


@pytest.mark.parametrize("change", [other_end, no_end, str.upper])
def test_a_guessed_secret_opens_nothing(ieva, draft, change):
    link = previews.make(draft, by=ieva)
    assert Client().get(f"/en/news/preview/{change(link.token)}/").status_code == 404


def test_it_opens_its_own_article_alone(ieva, draft, ktu):
    link = previews.make(draft, by=ieva)
    factories.NewsItemFactory(
        title_en="Another draft", university=ktu, publication="draft", published_at=None
    )
    assert "Another draft" not in Client().get(path_of(link)).content.decode()


def test_there_are_ten_at_most_and_they_hold_two_weeks(ieva, draft):
    links = [previews.make(draft, by=ieva) for _n in range(previews.MOST)]
    assert links[0].expires_at - clock.now() <= dt.timedelta(days=14)
    with pytest.raises(NotPossible, match="Withdraw one"):
        previews.make(draft, by=ieva)


def test_its_pictures_and_papers_are_had_by_the_same_secret(ieva, draft):
    upload = SimpleUploadedFile("a.png", picture("PNG"))
    pictures.add(draft, upload=upload, alt_en="A lab", alt_lt="", lead=True, by=ieva)
    actions.attach(draft, upload=SimpleUploadedFile("p.pdf", PDF), title_en="The paper", title_lt="", by=ieva)
    link = previews.make(draft, by=ieva)
    page = Client().get(path_of(link)).content.decode()
    found = re.findall(rf'(?:src|href)="(/en/news/preview/{re.escape(link.token)}/[^"]+)"', page)
    assert len(found) == 2
    for path in found:
        response = Client().get(path)
        assert b"".join(response.streaming_content)
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
    previews.withdraw(link, by=ieva)
    assert {Client().get(path).status_code for path in found} == {404}
