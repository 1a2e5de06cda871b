import pytest

from projects.models import FundingLine, Programme
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def funded(ktu, programmes):
    """A project with money from two actions of one programme, and a draft that nobody counts."""
    project = factories.ProjectFactory(lead=ktu, title_en="Funded twice")
    draft = factories.ProjectFactory(lead=ktu, title_en="Hidden", publication="draft")
    for slug in ("alliances", "ka2"):
        FundingLine.objects.create(project=project, programme=programmes[slug])
        FundingLine.objects.create(project=draft, programme=programmes[slug])
    return project


def test_guide_shows_the_tree_with_projects_counted_once(client, funded, django_assert_num_queries):
    with django_assert_num_queries(2):
        response = client.get("/en/funding/")
    roots = response.context["tree"]
    assert [(node.programme.slug, node.projects) for node in roots] == [("erasmus", 1), ("budget", 0)]
    (key,) = roots[0].children
    assert (key.programme.slug, key.projects, [n.programme.slug for n in key.children]) == (
        "ka2",
        1,
        ["alliances"],
    )


def test_guide_without_programmes_says_so(client, db):
    assert b"The guide is empty" in client.get("/en/funding/").content


@pytest.mark.parametrize("rows", [1, 3])
def test_action_takes_five_queries_however_many_projects(
    client, ktu, programmes, rows, django_assert_num_queries
):
    for _i in range(rows):
        FundingLine.objects.create(project=factories.ProjectFactory(lead=ktu), programme=programmes["ka2"])
    with django_assert_num_queries(5):
        response = client.get("/en/funding/ka2/")
    assert response.context["chapter"].total == rows
    assert response.content.decode().count("TEST-26-") == rows


def test_action_says_what_a_reader_needs(client, funded, programmes):
    successor = factories.ProgrammeFactory(slug="next", name_en="The next one", position=50)
    Programme.objects.filter(slug="ka2").update(
        purpose_en="To **work** together.", participants_en="Universities.", activities_en="- meetings",
        links="https://one.example/\nhttps://two.example/", year_from=2014, year_until=2020, successor=successor,
    )  # fmt: skip
    text = client.get("/en/funding/ka2/").content.decode()
    for words in (
        "<strong>work</strong>", "Universities.", "<li>meetings</li>", "https://one.example/", "https://two.example/",
        "2014–2020", "The next one", "Funded twice", "Alliances", "?programme=ka2", "Erasmus+",
    ):  # fmt: skip
        assert words in text, words
    assert "Hidden" not in text
    assert "Key Action 2" in client.get("/en/funding/next/").content.decode()


def test_programme_lists_the_projects_of_its_actions(client, funded):
    assert client.get("/en/funding/erasmus/").context["chapter"].total == 1


def test_action_without_projects_says_so(client, programmes):
    assert b"No published project" in client.get("/en/funding/budget/").content


def test_unknown_action_is_not_found(client, programmes):
    assert client.get("/en/funding/nothing/").status_code == 404


def test_name_missing_in_lithuanian_is_marked(client, programmes):
    assert '<span lang="en">Erasmus+</span>' in client.get("/lt/funding/").content.decode()
