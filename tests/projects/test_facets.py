"""What the list can be narrowed by, and how many projects each choice would leave."""

import datetime as dt

import pytest
from django.db import connection, transaction

from projects import counting
from projects.models import FundingLine, Partnership
from projects.models.version import data_version
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/en/projects/"
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def group(response, name):
    return next((facet for facet in response.context["listing"].facets if facet.name == name), None)


def numbers(response, name):
    found = group(response, name)
    return {choice.value: choice.count for choice in (*found.options, *found.rest)} if found else None


def labels(response, name):
    return [str(choice.label) for choice in group(response, name).options]


def titles(response):
    return {project.title_en for project in response.context["page"].rows}


def partner(project, country):
    organisation = factories.OrganisationFactory(country=country)
    return Partnership.objects.create(project=project, organisation=organisation)


@pytest.fixture
def two(ktu, aveiro):
    """One project with two partners in Portugal and one in Estonia, one with a partner in Estonia."""
    first = factories.ProjectFactory(title_en="First", lead=ktu)
    second = factories.ProjectFactory(title_en="Second", lead=aveiro)
    for country in ("PT", "PT", "EE"):
        partner(first, country)
    partner(second, "EE")
    return first, second


def test_project_counts_once_for_a_country_however_many_partners_are_there(client, two):
    assert numbers(client.get(LIST), "country") == {"EE": 2, "PT": 1}


def test_countries_have_their_names_in_the_readers_language_the_most_frequent_first(client, two):
    assert labels(client.get(LIST), "country") == ["Estonia", "Portugal"]
    assert labels(client.get("/lt/projects/"), "country") == ["Estija", "Portugalija"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"country": "PT"}, {"First"}),
        ({"country": ["PT", "EE"]}, {"First", "Second"}),
        ({"country": "EE", "university": "aveiro"}, {"Second"}),
        ({"country": "LT"}, set()),
    ],
)
def test_country_narrows_to_projects_with_a_partner_there(client, two, query, expected):
    response = client.get(LIST, query)
    assert titles(response) == expected
    assert response.context["listing"].total == len(expected)


def test_department_is_named_with_its_university_and_narrows(client, two, ktu):
    unit = factories.UnitFactory(university=ktu, name_en="Faculty of Glass", name_lt="Stiklo fakultetas")
    two[0].departments.create(unit=unit)
    response = client.get(LIST, {"department": str(unit.uuid)})
    assert titles(response) == {"First"}
    assert numbers(response, "department") == {str(unit.uuid): 1}
    assert labels(response, "department") == ["Faculty of Glass · KTU"]
    assert labels(client.get("/lt/projects/"), "department") == ["Stiklo fakultetas · KTU"]


def test_programme_counts_a_project_once_however_many_of_its_actions_pay(client, two, programmes):
    for slug in ("alliances", "ka2", "erasmus"):
        FundingLine.objects.create(project=two[0], programme=programmes[slug])
    FundingLine.objects.create(project=two[1], programme=programmes["budget"])
    found = numbers(client.get(LIST, {"q": "first"}), "programme")
    assert found == {"erasmus": 1, "ka2": 1, "alliances": 1}
    assert numbers(client.get(LIST), "programme") == {"erasmus": 1, "ka2": 1, "alliances": 1, "budget": 1}


@pytest.fixture
def late(two):
    factories.MilestoneFactory(project=two[0], due_on=dt.date(2026, 11, 21))
    factories.MilestoneFactory(project=two[0], due_on=dt.date(2026, 11, 1))
    factories.MilestoneFactory(project=two[1], due_on=dt.date(2026, 11, 22))
    factories.MilestoneFactory(project=two[1], due_on=dt.date(2026, 1, 1), done_on=dt.date(2026, 1, 1))


@pytest.mark.parametrize(
    ("person", "offered"),
    [
        (None, False), ("ana", False), ("tomas", False), ("dainius", True), ("bruno", True), ("jonas", True),
        ("egle", True), ("laima", True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", [{}, {"q": "university"}])
def test_overdue_milestones_are_a_filter_for_staff_alone(client, late, person, offered, more, at, request):
    if person:
        client.force_login(request.getfixturevalue(person))
    with at(NOON):
        every = client.get(LIST, more)
        narrowed = client.get(LIST, {"overdue": "1", **more})
    assert numbers(every, "overdue") == ({"1": 1} if offered else None)
    assert titles(narrowed) == ({"First"} if offered else {"First", "Second"})
    assert (b"left out" in narrowed.content) is not offered


def test_overdue_is_told_by_the_date_of_the_lead_university(client, egle, two, at):
    for project in two:
        factories.MilestoneFactory(project=project, due_on=dt.date(2026, 11, 22))
    client.force_login(egle)
    with at(dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC)):  # past midnight in Kaunas, not in Aveiro
        response = client.get(LIST, {"overdue": "1"})
    assert titles(response) == {"First"}


def test_value_is_offered_once_somebody_has_it_and_no_longer_when_nobody_has(client, two):
    assert "PT" in numbers(client.get(LIST), "country")
    Partnership.objects.filter(organisation__country="PT").delete()
    assert "PT" not in numbers(client.get(LIST), "country")


@pytest.fixture
def many_departments(ktu):
    project = factories.ProjectFactory(lead=ktu, title_en="Everywhere")
    units = [factories.UnitFactory(university=ktu, name_en=f"Unit {n:02d} Žalia") for n in range(60)]
    for unit in units:
        project.departments.create(unit=unit)
    other = factories.ProjectFactory(lead=ktu)
    other.departments.create(unit=units[40])
    return units


def test_long_group_shows_the_most_frequent_and_says_how_many_more_there_are(client, many_departments):
    response = client.get(LIST)
    shown = group(response, "department")
    assert len(shown.options) == 8
    assert shown.options[0].value == str(many_departments[40].uuid)
    assert shown.hidden == 52
    assert 'name="find-department"' in response.content.decode()


def test_values_of_a_long_group_are_found_by_a_part_of_their_name(client, many_departments):
    response = client.get(LIST, {"find-department": "37 zal"})
    assert labels(response, "department") == ["Unit 37 Žalia · KTU"]
    assert 'value="37 zal"' in response.content.decode()
    assert response.context["listing"].query == ""
    assert len(group(client.get(LIST, {"find-department": "unit"}), "department").options) == 30
    strange = client.get(LIST, {"find-department": "\x00<script>", "find-country": "x" * 5000})
    assert strange.status_code == 200
    assert b"<script>" not in strange.content.split(b'id="facets"')[1]


def test_chosen_value_of_a_long_group_stays_in_sight(client, many_departments):
    chosen = str(many_departments[59].uuid)
    for query in ({"department": chosen}, {"department": chosen, "find-department": "nothing"}):
        options = group(client.get(LIST, query), "department").options
        assert [choice.value for choice in options if choice.checked] == [chosen]


def test_years_beyond_the_first_stand_behind_a_fold(client, ktu):
    for year in range(2001, 2016):
        factories.ProjectFactory(lead=ktu, starts_on=dt.date(year, 1, 1))
    years = group(client.get(LIST, {"year": "2002"}), "year")
    assert [choice.value for choice in years.options] == [*map(str, range(2015, 2007, -1)), "2002"]
    assert [choice.value for choice in years.rest] == ["2007", "2006", "2005", "2004", "2003", "2001"]


def test_numbers_are_new_after_each_change_and_kept_between(client, two, django_assert_num_queries):
    client.get(LIST)
    with django_assert_num_queries(3):
        client.get(LIST)
    partner(two[1], "PT")
    with django_assert_num_queries(5):
        assert numbers(client.get(LIST), "country") == {"EE": 2, "PT": 2}


def test_numbers_for_one_person_are_not_shown_to_another(client, ktu, aveiro, egle, dainius):
    factories.ProjectFactory(lead=ktu, publication="draft")
    factories.ProjectFactory(lead=aveiro, publication="draft")
    factories.ProjectFactory(lead=aveiro)
    for person, total in ((egle, 3), (dainius, 2), (None, 1)):
        client.force_login(person) if person else client.logout()
        assert client.get(LIST).context["listing"].total == total


def test_counting_that_takes_long_rests_but_the_projects_are_those_of_now(client, two, monkeypatch, at):
    monkeypatch.setattr(counting, "DEAR", 0)
    monkeypatch.setattr(counting, "REST", 1_000_000)
    with at(NOON):
        client.get(LIST)
    factories.ProjectFactory(title_en="Third", lead=two[0].lead)
    with at(NOON + dt.timedelta(seconds=59)):
        resting = client.get(LIST)
    assert "Third" in titles(resting)
    assert resting.context["listing"].total == 2
    with at(NOON + dt.timedelta(seconds=61)):
        assert client.get(LIST).context["listing"].total == 3


def test_version_differs_within_a_transaction_and_after_it_was_taken_back(two):
    before = data_version()
    try:
        with transaction.atomic():
            partner(two[0], "LV")
            within = data_version()
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert data_version() == before
    assert within != before


@pytest.mark.django_db(transaction=True)
def test_version_rises_with_each_transaction_that_changes_something():
    project = factories.ProjectFactory()
    before = data_version()
    with transaction.atomic():
        project.save()
        factories.MilestoneFactory(project=project)
    after = data_version()
    assert int(after) == int(before) + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM projects_change")
        assert cursor.fetchone() == (0,)
