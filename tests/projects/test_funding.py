import pytest

from alliance_portal.demo.reading import read
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
        "<strong>work</strong>", "Universities.", "<li>meetings</li>", "https://one.example/",
        "https://two.example/",
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


def test_guide_begins_with_its_contents(client, funded):
    text = client.get("/en/funding/").content.decode()
    for slug in ("erasmus", "ka2", "alliances", "budget"):
        assert f'href="#{slug}"' in text
        assert f'id="{slug}"' in text
        assert f'href="/en/funding/{slug}/"' in text
        assert (f"?programme={slug}" in text) is (slug != "budget")


@pytest.mark.parametrize(
    ("slug", "before", "after"),
    [
        ("erasmus", None, "ka2"),
        ("ka2", "erasmus", "alliances"),
        ("alliances", "ka2", "budget"),
        ("budget", "alliances", None),
    ],
)
def test_guide_can_be_read_through_from_end_to_end(slug, before, after, client, programmes):
    response = client.get(f"/en/funding/{slug}/")
    chapter, text = response.context["chapter"], response.content.decode()
    assert (chapter.before and chapter.before.slug, chapter.after and chapter.after.slug) == (before, after)
    assert ('rel="prev"' in text, 'rel="next"' in text) == (before is not None, after is not None)
    assert f'href="/en/funding/#{slug}"' in text


def test_way_to_an_action_names_everything_that_it_is_part_of(client, programmes):
    crumbs = (
        client.get("/en/funding/alliances/")
        .content.decode()
        .partition('<nav class="crumbs"')[2]
        .partition("</nav>")[0]
    )
    assert [f'href="/en/funding/{slug}"' in crumbs for slug in ("", "erasmus/", "ka2/")] == [True] * 3
    assert "Alliances" in crumbs


def test_action_that_moves_in_the_tree_takes_its_parts_and_projects_along(client, funded, programmes):
    moved = programmes["ka2"]
    moved.parent, moved.position = programmes["budget"], 7
    moved.full_clean()
    moved.save()
    programmes["alliances"].refresh_from_db()
    assert programmes["alliances"].path == "0002.0007.0001"
    tree = {node.programme.slug: node for node in client.get("/en/funding/").context["tree"]}
    assert (tree["erasmus"].projects, tree["budget"].projects) == (0, 1)
    assert [node.programme.slug for node in tree["budget"].children] == ["ka2"]


def test_draft_counts_for_those_who_keep_it(client, funded, dainius):
    client.force_login(dainius)
    (erasmus, _budget) = client.get("/en/funding/").context["tree"]
    assert erasmus.projects == 2


# The content that ships


CONTENT = {row["slug"]: row for row in read("programmes")["programme"]}
FACTS = {
    "erasmus-plus": ["education, training, youth and sport"],
    "key-action-2": ["cooperation for innovation and the exchange of good practices"],
    "strategic-partnerships": [
        "fields of education, training and youth", "experience and know-how",
        "higher education as a whole", "curricula",
        "public and private", "companies work with students and staff", "virtual mobility",
        "open educational resources",
        "Distance, part-time and modular", "regional authorities", "civil society", "formal and informal",
        "counselling",
        "coaching", "student support",
    ],
    "knowledge-alliances": [
        "innovation, entrepreneurship, creativity and employability", "exchange knowledge",
        "across disciplines",
        "Higher education institutions together with enterprises", "learning and teaching",
        "Continuing education", "created",
        "problems that matter", "any discipline", "entrepreneurial skills", "counts towards the degree",
        "Trials",
        "Exchanges of students, researchers and staff", "teach and do research", "/knowledge_en",
    ],
    "sector-skills-alliances": [
        "gaps in skills", "initial and continuing vocational", "one or more occupations",
        "economic development",
        "locally and regionally", "more competitive", "learning at work", "labour mobility", "mutual trust",
        "recognition of qualifications", "joint vocational programmes",
        "skills that the labour market asks for",
        "which skills and which training a sector needs", "designing joint curricula", "teaching them",
        "/sector-skills_en",
    ],
    "capacity-building": ["Partner Countries", "higher education and youth", "Programme Countries",
        "mobility of students"],
    "joint-projects": ["develop, modernise and share curricula, teaching methods and materials",
        "quality assurance", "governance"],
    "structural-projects": ["develop and reform", "institutions and systems", "quality and relevance",
        "region"],
    "it-support-platforms": [
        "eTwinning", "European Platform for Adult Learning (EPALE)", "European Youth Portal",
        "Virtual spaces", "Databases",
        "Communities of practice", "online services", "volunteers and youth workers", "Europe and beyond",
        "http://www.etwinning.net/en/pub/index.htm",
    ],
    "recovery-and-resilience-facility": ["reforms and investments", "European university networks"],
    "state-budget-lithuania": ["membership of European university networks"],
    "horizon-europe": ["research and innovation"],
    "european-universities": ["alliances of universities"],
}  # fmt: skip
TEXTS = ("name", "purpose", "participants", "activities")


@pytest.mark.parametrize("slug", FACTS)
def test_content_says_what_its_source_says(slug):
    row = CONTENT[slug]
    said = " ".join([*(row[f"{name}_en"] for name in TEXTS), *row["links"]])
    for fact in FACTS[slug]:
        assert fact in said, fact


@pytest.mark.parametrize("slug", CONTENT)
def test_content_is_whole_in_both_languages(slug):
    row = CONTENT[slug]
    for name in TEXTS:
        assert row[f"{name}_en"].strip()
        assert row[f"{name}_lt"].strip()
        assert row[f"{name}_en"].count("\n- ") == row[f"{name}_lt"].count("\n- ")
    assert all(address.startswith("http") for address in row["links"])
    if row.get("year_until") == 2020:
        assert row.get("successor") in CONTENT or "live on" in row["purpose_en"]


def test_content_keeps_the_tree_of_the_source():
    parents = {slug: row.get("parent") for slug, row in CONTENT.items()}
    assert parents["joint-projects"] == parents["structural-projects"] == "capacity-building"
    below = [slug for slug, parent in parents.items() if parent == "key-action-2"]
    assert below[:5] == [
        "strategic-partnerships", "knowledge-alliances", "sector-skills-alliances", "capacity-building",
        "it-support-platforms",
    ]  # fmt: skip
