import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import FundingLine, Project
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/en/projects/"
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def titles(response):
    return [project.title_en for project in response.context["page"].rows]


def numbers(response):
    return {f.name: {c.value: c.count for c in f.options} for f in response.context["listing"].facets}


@pytest.fixture
def four_phases(ktu, aveiro, programmes):
    """One project in each phase, at two universities."""
    today = NOON.date()
    periods = {
        "planned": (today + DAY, today + 400 * DAY),
        "under_way": (today, today + 91 * DAY),
        "ending": (today - 100 * DAY, today + 90 * DAY),
        "completed": (today - 100 * DAY, today - DAY),
    }
    made = {}
    for i, (phase, (first, last)) in enumerate(periods.items()):
        made[phase] = factories.ProjectFactory(
            code=f"P-{i}", title_en=phase, lead=ktu if i < 3 else aveiro, starts_on=first, ends_on=last
        )
    FundingLine.objects.create(project=made["planned"], programme=programmes["alliances"])
    FundingLine.objects.create(project=made["planned"], programme=programmes["ka2"])
    FundingLine.objects.create(project=made["planned"], programme=programmes["budget"])
    FundingLine.objects.create(project=made["ending"], programme=programmes["erasmus"])
    return made


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("query", "cold", "warm"),
    [
        ({}, 5, 3),  # moment, version, names, numbers, rows; names and numbers are kept
        ({"phase": "under_way", "programme": "ka2"}, 5, 3),
        ({"q": "project"}, 7, 6),  # also the keys of what words find, and the best of them first
        ({"phase": "under_way", "programme": "ka2", "q": "project"}, 7, 6),
        ({"q": "project", "sort": "title"}, 6, 5),
        ({"after": "garbage"}, 5, 3),
    ],
)
def test_list_takes_the_same_queries_however_many_rows(
    client, rows, query, cold, warm, ktu, programmes, django_assert_num_queries
):
    for _i in range(rows):
        project = factories.ProjectFactory(lead=ktu)
        FundingLine.objects.create(project=project, programme=programmes["alliances"])
    for number in (cold, warm):
        with django_assert_num_queries(number):
            response = client.get(LIST, query)
        assert len(response.context["page"].rows) == rows
        assert response.content.decode().count("TEST-26-") == rows


@pytest.mark.parametrize(("language", "words"), [("en", "Projects 26–27 of 27; filters: "), ("lt", "27")])
def test_paper_says_which_part_of_how_many_it_shows_and_under_which_filters(client, ktu, language, words):
    for i in range(27):
        factories.ProjectFactory(lead=ktu, title_en=f"Number {i}")
    address = f"/{language}/projects/?university=ktu&sort=code"
    first = client.get(address).context["listing"]
    assert (first.page.first, first.page.last) == (1, 25)
    second = client.get(f"{address}&after={first.page.after}").context["listing"]
    assert (second.page.first, second.page.last) == (26, 27)
    assert words in second.part
    assert ktu.organisation.name_shown in second.part
    back = client.get(f"{address}&before={second.page.before}").context["listing"]
    assert (back.page.first, back.page.last) == (1, 25)


def test_counts_tell_what_choosing_would_bring(client, four_phases, at):
    with at(NOON):
        found = numbers(client.get(LIST))
        narrowed = numbers(client.get(LIST, {"university": "ktu"}))
    assert found["phase"] == {"planned": 1, "under_way": 1, "ending": 1, "completed": 1}
    assert found["programme"] == {"erasmus": 2, "ka2": 1, "alliances": 1, "budget": 1}
    assert found["university"] == {"ktu": 3, "aveiro": 1}
    assert narrowed["phase"] == {"planned": 1, "under_way": 1, "ending": 1}
    assert narrowed["university"] == {"ktu": 3, "aveiro": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"phase": "completed"}, {"completed"}),
        ({"phase": ["planned", "ending"]}, {"planned", "ending"}),
        ({"programme": "erasmus"}, {"planned", "ending"}),
        ({"programme": "alliances"}, {"planned"}),
        ({"programme": ["budget", "erasmus"], "university": "ktu"}, {"planned", "ending"}),
        ({"university": "aveiro"}, {"completed"}),
        ({"year": "2026", "phase": "under_way"}, {"under_way"}),
        ({"q": "p-2"}, {"ending"}),
        ({"q": "ENDÏNG"}, {"ending"}),
        ({"q": "nothing like it"}, set()),
        ({"phase": "planned", "q": "ending"}, set()),
    ],
)
def test_filters_narrow_the_list(query, expected, client, four_phases, at):
    with at(NOON):
        response = client.get(LIST, query)
    assert set(titles(response)) == expected
    assert response.context["listing"].total == len(expected)


def test_phase_is_told_by_the_date_of_the_lead_university(client, aveiro, ktu, at):
    for lead in (ktu, aveiro):
        factories.ProjectFactory(title_en=lead.slug, lead=lead, ends_on=dt.date(2026, 11, 22))
    with at(dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC)):  # past midnight in Kaunas, not in Aveiro
        response = client.get(LIST, {"phase": "completed"})
        assert titles(response) == ["ktu"]
        assert numbers(response)["phase"] == {"ending": 1, "completed": 1}
        assert b"ends today" in client.get(LIST, {"phase": "ending"}).content


@pytest.mark.parametrize(
    "query",
    [
        "phase=bogus", "programme=nope", "university=%00", "year=abc", "year=20260", "year=-1", "sort=title_en",
        "phase=under_way&phase=%27%3B--", "programme=1%20OR%201%3D1",
    ],
)  # fmt: skip
def test_value_that_is_not_offered_is_left_out_and_said(query, client, four_phases, at):
    with at(NOON):
        response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert b"left out" in response.content


@pytest.mark.parametrize(
    "query",
    [
        "publication=draft", "lead__organisation__search=x", "page=-1", "page=999", "order_by=version",
        "q=" + "x" * 9000,
        "q=%00%ED%A0%80%F0%9F%98%80", "q=%26%7C%21%3A%2A%28", "q=%3Cscript%3Ealert(1)%3C/script%3E", "q=%E2%80%AE",
        "q[]=1", "phase[$ne]=1",
    ],
)  # fmt: skip
def test_strange_queries_do_no_harm(query, client, four_phases, at):
    with at(NOON):
        response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("cursor", ["abc", "%00", "W10", "e30", "x" * 5000, "WyItZW5kc19vbiJd"])
def test_bad_cursor_leads_to_the_beginning_with_a_word(cursor, client, four_phases):
    for way in ("after", "before"):
        response = client.get(f"{LIST}?{way}={cursor}")
        assert response.status_code == 200
        assert len(titles(response)) == 4
        assert b"no longer there" in response.content


@pytest.mark.parametrize("sort", ["ends-last", "ends-first", "newest", "title", "code"])
def test_pages_show_every_project_once_in_every_order(sort, client, ktu):
    for i in range(60):
        factories.ProjectFactory(
            lead=ktu, ends_on=dt.date(2027, 12, 1 + i % 7), starts_on=dt.date(2025, 1, 1 + i % 5)
        )
    seen, query = [], {"sort": sort}
    for expected in (25, 25, 10):
        page = client.get(LIST, query).context["page"]
        assert len(page.rows) == expected
        seen += [project.pk for project in page.rows]
        query = {"sort": sort, "after": page.after}
    assert sorted(seen) == sorted(Project.objects.values_list("pk", flat=True))
    back = client.get(LIST, {"sort": sort, "before": page.before}).context["page"]
    assert [project.pk for project in back.rows] == seen[25:50]


def test_filters_in_force_can_be_taken_away_one_by_one(client, four_phases, at):
    with at(NOON):
        listing = client.get(LIST, {"phase": "ending", "q": "p-2", "sort": "newest"}).context["listing"]
    assert [(str(link.words), link.query) for link in listing.active] == [
        ("“p-2”", "?phase=ending&sort=newest"),
        ("Ending within 90 days", "?q=p-2&sort=newest"),
    ]


@pytest.mark.parametrize(
    ("person", "sees"),
    [(None, False), ("ana", False), ("bruno", False), ("dainius", True), ("egle", True), ("ruta", False)],
)
def test_drafts_show_only_to_those_who_keep_them(person, sees, client, ktu, request):
    factories.ProjectFactory(lead=ktu, title_en="Secret plans", publication="draft")
    if person:
        client.force_login(request.getfixturevalue(person))
    response = client.get(LIST)
    assert (b"Secret plans" in response.content) is sees
    assert response.context["listing"].total == int(sees)
    assert (b">draft<" in response.content) is sees
    assert numbers(response).get("university", {}) == ({"ktu": 1} if sees else {})


def test_text_missing_in_lithuanian_is_shown_in_english_and_marked(client, ktu):
    factories.ProjectFactory(lead=ktu, title_en="English only", title_lt=None)
    assert '<span lang="en">English only</span>' in client.get("/lt/projects/").content.decode()


def test_empty_list_helps(client, db):
    assert b"No projects yet" in client.get(LIST).content
    response = client.get(LIST, {"q": "zzz"})
    assert b"No project matches" in response.content
    assert b"Show all projects" in response.content


@pytest.mark.parametrize(("person", "offered"), [("dainius", True), ("egle", True), ("ruta", False)])
def test_new_project_is_offered_to_those_who_may(person, offered, client, request):
    client.force_login(request.getfixturevalue(person))
    assert (b"/en/projects/new/" in client.get(LIST).content) is offered


def test_list_does_not_read_long_texts(client, ktu):
    factories.ProjectFactory(lead=ktu, description_en="x" * 1000)
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    assert not any("description" in query["sql"] or "history" in query["sql"] for query in queries)


def test_part_for_the_script_is_the_changing_part_and_the_address_follows(client, four_phases, at):
    with at(NOON):
        page = client.get(LIST, {"phase": "ending"})
        chosen = client.get(LIST, {"phase": "ending", "q": ""}, headers={"HX-Request": "true"})
        typed = client.get(LIST, {"q": "p-2"}, headers={"HX-Request": "true", "HX-Trigger-Name": "q"})
        bare = client.get(LIST, {"q": ""}, headers={"HX-Request": "true"})
    assert "HX-Request" in page["Vary"]
    assert "HX-Request" in chosen["Vary"]
    assert b"<html" in page.content
    assert b"<html" not in chosen.content
    assert b'id="results"' in chosen.content
    assert b'id="facets" hx-swap-oob="true"' in chosen.content
    assert b"<title>Projects: Ending within 90 days" in chosen.content
    assert chosen["HX-Push-Url"] == f"{LIST}?phase=ending"
    assert typed["HX-Replace-Url"] == f"{LIST}?q=p-2"
    assert bare["HX-Push-Url"] == LIST


def test_title_says_what_is_filtered_by(client, four_phases, at):
    with at(NOON):
        content = client.get(LIST, {"phase": "ending", "q": "p-2"}).content.decode()
    assert "<title>Projects: “p-2” · Ending within 90 days · " in content


def test_titles_stand_in_the_order_of_the_readers_language(client, ktu):
    for english, lithuanian in [("Zebra", "Čia"), ("Apple", "Dar"), ("Middle", "Cukrus"), ("Lone", None)]:
        factories.ProjectFactory(lead=ktu, title_en=english, title_lt=lithuanian)
    english = client.get(LIST, {"sort": "title"}).context["page"].rows
    lithuanian = client.get("/lt/projects/", {"sort": "title"}).context["page"].rows
    assert [project.title_en for project in english] == ["Apple", "Lone", "Middle", "Zebra"]
    assert [project.title_lt or project.title_en for project in lithuanian] == [
        "Cukrus",
        "Čia",
        "Dar",
        "Lone",
    ]


def test_best_matches_come_first_unless_an_order_is_chosen(client, ktu):
    aside = factories.ProjectFactory(
        lead=ktu, title_en="Something else", description_en="It names robots.", ends_on=dt.date(2029, 1, 1)
    )
    meant = factories.ProjectFactory(lead=ktu, title_en="Robots", ends_on=dt.date(2027, 1, 1))
    best = client.get(LIST, {"q": "robots"})
    latest = client.get(LIST, {"q": "robots", "sort": "ends-last"})
    assert [project.pk for project in best.context["page"].rows] == [meant.pk, aside.pk]
    assert [project.pk for project in latest.context["page"].rows] == [aside.pk, meant.pk]
    assert [str(o.words) for o in best.context["listing"].orders if o.current] == ["Best match"]


def test_best_matches_are_paged_to_and_fro(client, ktu):
    for _i in range(60):
        factories.ProjectFactory(lead=ktu, title_en="Robots")
    seen, query = [], {"q": "robots"}
    for expected in (25, 25, 10):
        page = client.get(LIST, query).context["page"]
        assert len(page.rows) == expected
        seen += [project.pk for project in page.rows]
        query = {"q": "robots", "after": page.after}
    assert page.after == ""
    assert len(set(seen)) == 60
    back = client.get(LIST, {"q": "robots", "before": page.before}).context["page"]
    assert [project.pk for project in back.rows] == seen[25:50]
    stray = client.get(LIST, {"q": "robots zzz", "after": page.before})
    assert stray.status_code == 200


@pytest.fixture
def dear_from_three(monkeypatch):
    monkeypatch.setattr("projects.listing.MOST_EXACT", 2)


def test_more_matches_than_are_counted_are_said_so_and_groups_show_no_numbers(
    client, four_phases, dear_from_three, at
):
    with at(NOON):
        response = client.get(LIST, {"q": "p"})
    assert "More than 2 projects" in response.content.decode()
    assert numbers(response)["phase"] == {
        "planned": None, "under_way": None, "ending": None, "completed": None
    }  # fmt: skip
    assert len(titles(response)) == 4
    assert b"Type more words" in response.content


def test_group_with_a_choice_shows_no_numbers_when_the_rest_is_too_many(
    client, four_phases, dear_from_three, at
):
    with at(NOON):
        response = client.get(LIST, {"q": "p", "phase": "ending"})
    assert response.context["listing"].total == 1
    assert numbers(response)["phase"]["planned"] is None
    assert numbers(response)["university"] == {"ktu": 1}


@pytest.mark.parametrize("typed", ["kazlauskiene", "KAZLAUSKIENĖ", "kazl"])
def test_name_is_found_without_its_diacritics(client, ktu, typed):
    project = factories.ProjectFactory(lead=ktu, title_en="Headed")
    project.team.create(name="Vida Kazlauskienė", part="head")
    project.refresh_search()
    factories.ProjectFactory(lead=ktu, title_en="Other")
    assert titles(client.get(LIST, {"q": typed})) == ["Headed"]


def test_hundred_thousand_letters_and_thousands_of_values_do_no_harm(client, four_phases):
    assert client.get(f"{LIST}?q={'a' * 100_000}").status_code == 200
    assert client.get(f"{LIST}?{'&'.join(['phase=ending'] * 1500)}").status_code == 200
    assert client.get(f"{LIST}?{'&'.join(f'phase={n}' for n in range(10_000))}").status_code == 400


def test_cursors_both_ways_at_once_do_no_harm(client, four_phases):
    assert client.get(f"{LIST}?after=abc&before=def").status_code == 200


def test_page_deep_in_the_list_reads_one_range_of_the_index(client, ktu):
    for i in range(30):
        factories.ProjectFactory(lead=ktu, ends_on=dt.date(2027, 12, 1 + i % 7))
    page = client.get(LIST).context["page"]
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST, {"after": page.after})
    assert '("projects_project"."ends_on", "projects_project"."id") <' in queries[-1]["sql"]


@pytest.mark.parametrize("sort", ["ends-last", "newest", "title", "code"])
def test_page_with_another_after_it_takes_no_query_more(client, ktu, sort, django_assert_num_queries):
    factories.ProjectFactory.create_batch(27, lead=ktu)
    client.get(LIST, {"sort": sort})
    with django_assert_num_queries(3):
        page = client.get(LIST, {"sort": sort}).context["page"]
    with django_assert_num_queries(3):
        assert len(client.get(LIST, {"sort": sort, "after": page.after}).context["page"].rows) == 2


@pytest.mark.parametrize("typed", ["-", "?", "'\"\\;--", "😀", "\x00"])
def test_nothing_but_marks_finds_nothing_for_staff_too(typed, client, project, dainius):
    client.force_login(dainius)
    response = client.get("/en/projects/", {"q": typed})
    assert response.status_code == 200
