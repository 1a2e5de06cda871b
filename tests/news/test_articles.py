import datetime as dt
from itertools import chain

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents import actions as documents
from members.models import University
from news import counting
from news.models import Attachment, Topic
from tests import factories
from tests.world import PDF

pytestmark = pytest.mark.django_db


def client_of(person=None):
    client = Client()
    if person:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def read(path, person=None):
    response = client_of(person).get(path)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def fill(number, ktu):
    topic, _ = Topic.objects.get_or_create(slug="mobility", defaults={"name_en": "Mobility"})
    for _n in range(number):
        item = factories.NewsItemFactory(university=ktu)
        item.topics.add(topic)


def test_the_list_costs_the_same_with_one_row_and_with_three(ktu, django_assert_num_queries):
    fill(1, ktu)
    with django_assert_num_queries(7):
        read("/en/news/")
    fill(2, ktu)
    with django_assert_num_queries(7):
        read("/en/news/")


@pytest.mark.parametrize("rows", ["news", "events"])
def test_facets_count_what_concerns_a_university(rows, ktu, aveiro):
    """Told by it, by a school of its group, by its organisation as a partner, or naming one of them: once each."""
    group = factories.UniversityFactory()
    school = factories.UniversityFactory(organisation__parent=group.organisation)
    teller = "partner" if rows == "news" else "organiser"
    make = factories.NewsItemFactory if rows == "news" else factories.EventFactory
    partners = [{"university": None, teller: one.organisation} for one in (group, school)]
    told = [
        {"university": ktu},
        {"university": school},
        *partners,
        {"university": None},
        {"university": school},
    ]
    made = [make(**one) for one in told]
    made[0].universities.add(aveiro, school)
    made[5].universities.add(group, school)
    found = type(made[0]).objects.filter(pk__in=[one.pk for one in made])
    everyone = University.objects.for_list()
    numbers = dict(counting.by_university(chain(*counting.tellings(found, teller)), everyone))
    assert numbers == {one: n for one in everyone if (n := found.concerning(one).count())}
    assert numbers[group] == 5


def test_the_article_costs_the_same_with_one_row_and_with_three(ktu, ieva, django_assert_num_queries):
    item = factories.NewsItemFactory(slug="story", university=ktu)
    for number in (1, 2):
        for _n in range(number):
            item.projects.add(factories.ProjectFactory())
            item.calls.add(factories.CallFactory())
            factories.EventFactory(news_item=item)
            paper = documents.store(SimpleUploadedFile("paper.pdf", PDF), by=ieva)
            Attachment.objects.create(item=item, document=paper, title_en="Paper")
        with django_assert_num_queries(4):
            read("/en/news/story/")


def test_topic_and_year_narrow_the_list_and_are_counted():
    mobility = Topic.objects.create(slug="mobility", name_en="Mobility")
    for year, title in ((2022, "Old story"), (2026, "New story"), (2026, "Other story")):
        moment = dt.datetime(year, 6, 17, 9, tzinfo=dt.UTC)
        item = factories.NewsItemFactory(title_en=title, published_at=moment)
        if title != "Other story":
            item.topics.add(mobility)
    text = read("/en/news/")
    assert "Mobility <span>2</span>" in text
    assert "2026 <span>2</span>" in text
    assert "2022 <span>1</span>" in text
    text = read("/en/news/?topic=mobility&year=2026")
    assert "New story" in text
    assert "Old story" not in text
    assert "Other story" not in text
    assert "?topic=mobility" in text  # without the year, which can be taken away


@pytest.mark.parametrize(
    "query",
    [
        "topic=nothing",
        "year=abc",
        "year=99999999999999999999",
        "year=-1",
        "year=NaN",
        "topic=%00",
        "university=x",
        "partner=x",
        "partner=%00",
    ],
)
def test_a_filter_that_is_not_offered_is_left_out_and_said_so(query):
    factories.NewsItemFactory(title_en="A story")
    text = read(f"/en/news/?{query}")
    assert "was left out" in text
    assert "A story" in text


def test_facets_count_what_the_other_choices_and_words_leave(ktu, aveiro):
    mobility = Topic.objects.create(slug="mobility", name_en="Mobility")
    partner = factories.OrganisationFactory(name="City of Kaunas")
    for title, teller in (
        ("Open labs", {"university": ktu}), ("Open doors", {"university": aveiro}), ("Streets", {"partner": partner}),
    ):  # fmt: skip
        factories.NewsItemFactory(title_en=title, **teller).topics.add(mobility)
    text = read("/en/news/?q=open")
    assert "Streets" not in text
    assert "Mobility <span>2</span>" in text
    text = read(f"/en/news/?university={ktu.slug}")
    assert "Open doors" not in text
    assert "Mobility <span>1</span>" in text
    assert f"university={aveiro.slug}" in text  # another choice of the same group keeps its number
    assert "Streets" in read(f"/en/news/?partner={partner.uuid}")


@pytest.mark.parametrize("typed", ["%", "a%00b", "&quot;", "\\", "(", "x" * 10_000, "' OR 1=1 --", "-"])
def test_whatever_is_typed_finds_something_or_nothing(typed):
    factories.NewsItemFactory()
    assert client_of().get("/en/news/", {"q": typed}).status_code == 200


def test_pinned_ones_come_first_once_and_until_their_moment(at):
    later = factories.LONG_AGO + dt.timedelta(days=900)
    factories.NewsItemFactory(title_en="Old pinned", pinned_until=later)
    factories.NewsItemFactory(title_en="Newer one", published_at=factories.LONG_AGO + dt.timedelta(days=1))
    with at(later - dt.timedelta(seconds=1)):
        text = read("/en/news/")
        assert text.index("Old pinned") < text.index("Newer one")
        assert text.count(">Old pinned<") == 1
    with at(later):
        text = read("/en/news/")
    assert text.index("Newer one") < text.index("Old pinned")


def test_related_news_share_a_topic_or_a_link_and_are_public(ktu):
    topic = Topic.objects.create(slug="labs", name_en="Labs")
    for slug, more in (("story", {}), ("near", {}), ("far", {}), ("hidden", {"publication": "draft"})):
        item = factories.NewsItemFactory(slug=slug, title_en=slug.title(), **more)
        if slug != "far":
            item.topics.add(topic)
    text = read("/en/news/story/")
    assert "Near" in text
    assert "Far" not in text
    assert "Hidden" not in text


@pytest.mark.parametrize("cursor", ["-1", "%00", "AAAA", "W10", "bnVsbA", "a" * 4000])
def test_a_page_that_was_not_made_here_is_refused(cursor):
    assert client_of().get(f"/en/news/?after={cursor}").status_code == 400
    assert client_of().get(f"/en/events/?before={cursor}").status_code == 400


def test_the_next_page_goes_on_where_this_one_ends():
    for n in range(15):
        factories.NewsItemFactory(
            title_en=f"Story {n:02}.", published_at=factories.LONG_AGO + dt.timedelta(days=n)
        )
    first = client_of().get("/en/news/")
    titles = [item.title_en for item in first.context["page"].rows]
    assert (titles[0], titles[-1]) == ("Story 14.", "Story 03.")
    second = client_of().get("/en/news/", {"after": first.context["page"].after})
    assert [item.title_en for item in second.context["page"].rows] == ["Story 02.", "Story 01.", "Story 00."]


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        (None, 404),
        ("ana", 404),
        ("dainius", 404),
        ("bruno", 404),
        ("ieva", 200),
        ("egle", 200),
        ("laima", 200),
    ],
)
def test_a_draft_is_there_for_its_editors_and_the_office_only(request, persona, status, ktu):
    factories.NewsItemFactory(slug="draft", university=ktu, publication="draft", published_at=None)
    person = request.getfixturevalue(persona) if persona else None
    assert client_of(person).get("/en/news/draft/").status_code == status


def test_the_article_shows_topics_university_papers_and_what_it_belongs_to(ktu, ieva):
    item = factories.NewsItemFactory(
        slug="story", university=ktu, title_en="Micro-credentials", body_en="## Why\n\nBecause **it** counts.",
        published_at=dt.datetime(2022, 6, 17, 9, tzinfo=dt.UTC),
    )  # fmt: skip
    item.topics.add(Topic.objects.create(slug="micro", name_en="Short courses"))
    item.projects.add(factories.ProjectFactory(title_en="A project of it"))
    item.projects.add(factories.ProjectFactory(title_en="A hidden project", publication="draft"))
    item.calls.add(factories.CallFactory(title_en="A hidden call", publication="draft"))
    factories.EventFactory(news_item=item, title_en="The event")
    factories.EventFactory(news_item=item, title_en="A hidden event", publication="draft")
    paper = documents.store(SimpleUploadedFile("paper.pdf", PDF), by=ieva)
    Attachment.objects.create(item=item, document=paper, title_en="The paper")
    text = read("/en/news/story/")
    for words in (
        "17 June 2022", "Kaunas University of Technology", "Short courses", "<h3>Why</h3>", "<strong>it</strong>",
        "A project of it", "The event", "The paper", "PDF, ", '"@type": "NewsArticle"',
    ):  # fmt: skip
        assert words in text
    for words in ("A hidden project", "A hidden call", "A hidden event"):
        assert words not in text
    assert "For editors" not in text


def test_a_text_cannot_bring_a_script_along():
    body = "<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))"
    factories.NewsItemFactory(slug="bad", title_en="<script>alert(1)</script>", body_en=body)
    text = read("/en/news/bad/")
    assert "<script>alert" not in text
    assert "<img" not in text
    assert 'href="javascript' not in text


def test_a_text_in_one_language_is_marked_in_the_other():
    factories.NewsItemFactory(slug="only-lt", title_en="", title_lt="Tik lietuviškai")
    assert '<span lang="lt">Tik lietuviškai</span>' in read("/en/news/only-lt/")
    assert "<span lang" not in read("/lt/news/only-lt/")


def test_a_paper_is_served_with_its_article_only(ktu, ieva, ana):
    draft = factories.NewsItemFactory(slug="draft", university=ktu, publication="draft", published_at=None)
    story = factories.NewsItemFactory(slug="story", university=ktu)
    papers = {}
    for item in (draft, story):
        paper = documents.store(SimpleUploadedFile("paper.pdf", PDF), by=ieva)
        papers[item.slug] = Attachment.objects.create(item=item, document=paper, title_en="Paper").uuid
    url = "/en/news/{}/attachments/{}/"
    public = client_of().get(url.format("story", papers["story"]))
    assert b"".join(public.streaming_content) == PDF
    for person in (None, ana):
        assert client_of(person).get(url.format("draft", papers["draft"])).status_code == 404
        assert client_of(person).get(url.format("story", papers["draft"])).status_code == 404
    response = client_of(ieva).get(url.format("draft", papers["draft"]))
    assert response.status_code == 200
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == PDF


def test_the_heading_over_the_address_to_share_is_no_share_of_money(ktu):
    item = factories.NewsItemFactory(title_lt="Atverta")
    text = Client().get(f"/lt/news/{item.slug}/").content.decode()
    assert 'id="share-address"' in text
    assert "<h2>Dalis</h2>" not in text  # as the history of a project calls the part that a partner takes
