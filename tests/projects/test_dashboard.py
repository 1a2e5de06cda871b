import datetime as dt

import pytest

from members.models import Role
from projects import dashboard
from projects.models import FundingLine, Sharing, TeamMember
from tests import factories

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TODAY = NOON.date()
DAY = dt.timedelta(days=1)
ADDRESS = "/en/projects/dashboard/"


def ending(lead, in_days, **fields):
    return factories.ProjectFactory(lead=lead, ends_on=TODAY + in_days * DAY, **fields)


@pytest.fixture
def look(client, at):
    """The dashboard as a person sees it at noon."""

    def shown(person, query=""):
        client.force_login(person)
        with at(NOON):
            response = client.get(ADDRESS + query)
        assert response.status_code == 200
        return response.context["overview"]

    return shown


def codes(overview):
    return [project.code for project in overview.page.rows]


@pytest.mark.parametrize(
    ("query", "days"), [("", 90), ("?days=180", 180), ("?days=77", 90), ("?days=\x00", 90)]
)
def test_the_switch_shows_what_ends_within_90_or_180_days(look, egle, ktu, query, days):
    for in_days in (-1, 0, 90, 91, 180, 181):
        ending(ktu, in_days, code=f"IN {in_days}".replace("-", "M"))
    wanted = {90: ["IN 0", "IN 90"], 180: ["IN 0", "IN 90", "IN 91", "IN 180"]}
    shown = look(egle, query)
    assert codes(shown) == wanted[days]
    assert (shown.near, shown.far) == (2, 4)


def test_what_has_not_begun_does_not_end(look, egle, ktu):
    ending(ktu, 30, starts_on=TODAY + DAY)
    assert codes(look(egle)) == []


def test_the_office_sees_all_and_managers_what_they_keep(look, egle, dainius, ktu, aveiro, trento):
    ending(ktu, 10, code="OWN")
    shared = ending(aveiro, 20, code="SHARED")
    Sharing.objects.create(project=shared, university=ktu, shared_at=NOON)
    late = factories.MilestoneFactory(project=ending(trento, 30, code="FOREIGN"), due_on=TODAY - DAY)
    assert codes(look(egle)) == ["OWN", "SHARED", "FOREIGN"]
    assert [milestone.pk for milestone in look(egle).overdue] == [late.pk]
    assert codes(look(dainius)) == ["OWN", "SHARED"]
    assert look(dainius).overdue == []
    assert {group.slug for group in look(dainius).universities} == {"aveiro", "ktu"}


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno", "ieva", "jonas", "tomas"])
def test_who_keeps_no_projects_has_no_dashboard(client, person, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(ADDRESS).status_code == 403


def test_members_and_programmes_are_counted_once_for_each_project(look, egle, ktu, aveiro):
    programme, other = factories.ProgrammeFactory(slug="one"), factories.ProgrammeFactory(slug="two")
    for lead, in_days in ((ktu, 10), (ktu, 100), (aveiro, 20)):
        project = ending(lead, in_days)
        for line in (programme, programme, other):
            FundingLine.objects.create(project=project, programme=line)
    shown = look(egle)
    assert {(g.slug, g.near, g.far) for g in shown.universities} == {("ktu", 1, 2), ("aveiro", 1, 1)}
    assert {(g.slug, g.near, g.far) for g in shown.programmes} == {("one", 2, 3), ("two", 2, 3)}


def test_the_links_of_the_counts_lead_to_as_many_projects(client, look, egle, ktu, aveiro):
    for lead, in_days in ((ktu, 10), (ktu, 100), (aveiro, 20)):
        ending(lead, in_days)
    [group] = [group for group in look(egle).universities if group.slug == "ktu"]
    assert len(codes(look(egle, f"?{group.far_query}"))) == group.far
    assert group.near_query == "phase=ending&university=ktu"


@pytest.mark.parametrize(
    "query", ["?university=none", "?programme=none", "?sort=key", "?university=%00&days=180"]
)
def test_what_is_not_offered_is_an_empty_table_or_left_out(look, egle, ktu, query):
    ending(ktu, 10)
    look(egle, query)


def test_the_table_is_sorted_by_each_heading(look, egle, ktu, aveiro):
    b = ending(ktu, 10, code="B")
    a = ending(aveiro, 20, code="A")
    factories.MilestoneFactory(project=a, due_on=TODAY - DAY)
    for sort, wanted in {"end": "BA", "code": "AB", "overdue": "AB"}.items():
        assert "".join(codes(look(egle, f"?sort={sort}"))) == wanted
    assert [p.late for p in look(egle).page.rows] == [0, 1]
    assert b.code == "B"


@pytest.mark.parametrize("sort", ["end", "code", "university", "overdue"])
def test_every_project_stands_on_one_page_in_every_order_and_the_numbers_stay_exact(
    look, egle, ktu, aveiro, sort, monkeypatch
):
    monkeypatch.setattr(dashboard, "PAGE_SIZE", 2)
    made = [ending(lead, 10 + i % 2, code=f"P{i}") for i, lead in enumerate([ktu, aveiro, ktu, aveiro, ktu])]
    factories.MilestoneFactory(project=made[3], due_on=TODAY - DAY)
    first = shown = look(egle, f"?sort={sort}")
    found, back = [codes(shown)], []
    while shown.page.after:
        shown = look(egle, f"?sort={sort}&after={shown.page.after}")
        found.append(codes(shown))
        assert (shown.near, shown.total) == (5, 5)
    while shown.page.before:
        shown = look(egle, f"?sort={sort}&before={shown.page.before}")
        back.insert(0, codes(shown))
    assert sorted(code for part in found for code in part) == ["P0", "P1", "P2", "P3", "P4"]
    assert [len(part) for part in found] == [2, 2, 1]
    assert back == found[:-1]
    assert codes(first) == found[0]


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwiYiJd", "\x00"])
def test_a_cursor_of_elsewhere_leads_to_the_beginning_and_says_so(look, egle, ktu, cursor):
    ending(ktu, 10, code="A")
    shown = look(egle, f"?after={cursor}")
    assert (codes(shown), shown.bad_cursor) == (["A"], True)


def test_what_is_missing_is_said(look, egle, ktu):
    bare = ending(ktu, 10, code="BARE", title_lt="")
    whole = ending(ktu, 20, code="WHOLE", title_en="T", title_lt="T")
    TeamMember.objects.create(project=whole, name="V", part="head")
    FundingLine.objects.create(project=whole, programme=factories.ProgrammeFactory())
    shown = {project.code: project.missing for project in look(egle).page.rows}
    assert [str(word) for word in shown[bare.code]] == ["head", "funding", "one language"]
    assert shown[whole.code] == []


def test_a_description_in_one_language_only_is_missing_in_the_other(look, egle, ktu):
    project = ending(ktu, 20, title_en="T", title_lt="T", description_lt="Tik lietuviškai")
    TeamMember.objects.create(project=project, name="V", part="head")
    FundingLine.objects.create(project=project, programme=factories.ProgrammeFactory())
    assert [str(word) for word in look(egle).page.rows[0].missing] == ["one language"]


def test_milestones_of_archived_projects_are_not_overdue(look, egle, ktu):
    factories.MilestoneFactory(project=ending(ktu, 20, publication="archived"), due_on=TODAY - DAY)
    assert look(egle).overdue == []


@pytest.mark.parametrize("rows", [1, 3])
def test_eight_queries_however_many_rows(client, egle, ktu, at, rows, django_assert_num_queries):
    for i in range(rows):
        project = ending(ktu, 10 + i)
        FundingLine.objects.create(project=project, programme=factories.ProgrammeFactory())
        factories.MilestoneFactory(project=project, due_on=TODAY - DAY)
    client.force_login(egle)
    with at(NOON), django_assert_num_queries(7):  # the moment is held here
        text = client.get(ADDRESS).content.decode()
    assert text.count("1 day overdue") == rows


@pytest.mark.parametrize("role", [Role.PROJECT_MANAGER])
def test_my_work_leads_to_it_for_those_who_have_one(client, ana, ktu, role):
    client.force_login(ana)
    assert ADDRESS not in client.get("/en/my-work/").content.decode()
    manager = factories.UserFactory()
    factories.AppointmentFactory(user=manager, role=role, university=ktu)
    client.force_login(manager)
    assert ADDRESS in client.get("/en/my-work/").content.decode()


def test_table_has_a_column_for_what_is_missing_only_where_something_is(look, egle, ktu, client):
    whole = ending(ktu, 20, title_en="T", title_lt="T")
    TeamMember.objects.create(project=whole, name="V", part="head")
    programme = factories.ProgrammeFactory(name_en="Once")
    for _line in range(2):
        FundingLine.objects.create(project=whole, programme=programme)
    shown = look(egle)
    assert not shown.lacks
    assert shown.page.rows[0].programmes_shown == ["Once"]
    ending(ktu, 10)
    assert look(egle).lacks
