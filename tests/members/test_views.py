import pytest
from django.test import Client
from django.urls import reverse

from members.models import Centre, Figure
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/en/universities/"


def member(name, country="LT", kind="member", **fields):
    university = factories.UniversityFactory(
        organisation__name=name, organisation__country=country, organisation__short_name=name[:3], **fields
    )
    factories.MembershipFactory(university=university, kind=kind)
    return university


def page(query=""):
    response = Client().get(URL + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_costs_the_same_with_one_row_and_with_three(django_assert_num_queries):
    member("Alpha")
    Centre.objects.create(host=factories.OrganisationFactory(), slug="one", name_en="One")
    with django_assert_num_queries(4):
        page()
    member("Beta")
    member("Gamma", kind="associate")
    Centre.objects.create(host=factories.OrganisationFactory(), slug="two", name_en="Two")
    with django_assert_num_queries(4):
        page()


def test_members_and_associates_stand_apart_and_are_counted_not_written_down():
    member("Alpha")
    member("Monterrey", country="MX", kind="associate", latitude=25.7, longitude=-100.3)
    text = page().split('id="list"')[1]
    assert (
        text.index("Members</h2>")
        < text.index("Alpha")
        < text.index("Associates</h2>")
        < text.index("Monterrey")
    )
    assert "2 universities" in text
    assert "Not in the alliance today" not in text


def test_those_outside_europe_stand_in_the_list_and_in_the_inset_of_the_map():
    member("Kaunas", latitude=54.9, longitude=23.9)
    member("Monterrey", country="MX", kind="associate", latitude=25.7, longitude=-100.3)
    text = page()
    _europe, inset = text.split('class="inset"')
    assert 'aria-label="Kau, Kaunas"' in inset
    assert inset.index('aria-label="Kau, Kaunas"') < inset.index('aria-label="Mon, Monterrey"')
    assert "Monterrey" in text.split('id="list"')[1]


def test_a_group_shows_its_schools():
    group = member("INSA Group", country="FR")
    for city in ("Lyon", "Rennes"):
        factories.OrganisationFactory(name=f"INSA {city}", city=city, country="FR", parent=group.organisation)
    text = page()
    assert "2 schools" in text
    assert "INSA Lyon" in text


def test_the_page_of_a_group_tells_every_code_of_its_schools():
    group = member("INSA Group", country="FR")
    school = factories.OrganisationFactory(
        name="INSA Lyon", city="Lyon", country="FR", parent=group.organisation
    )
    known = {"erasmus": "F  LYON12", "pic": "999886089", "ror": "https://ror.org/050jn9y42"}
    for scheme, value in known.items():
        school.identifiers.create(scheme=scheme, value=value)
    text = page(f"{group.slug}/").split('id="schools"')[1].split("</section>")[0]
    assert all(f"<code>{value}</code>" in text for value in known.values())
    assert all(name in text for name in ("Erasmus code", "PIC", "ROR id"))


def test_the_country_narrows_the_list_and_counts_stay():
    member("Alpha", "LT")
    member("Beta", "PT")
    text = page("?country=PT")
    assert "Beta" in text
    assert "Alpha" not in text
    assert "1 university" in text
    assert "Lithuania" in text


@pytest.mark.parametrize("bad", ["XX", "%00", "' OR 1=1", "a" * 5000, "%F0%9F%98%80"])
def test_a_country_that_is_not_offered_is_left_out_and_said_so(bad):
    member("Alpha", "LT")
    text = page(f"?country={bad}")
    assert "was left out" in text
    assert "Alpha" in text


def test_the_alliances_own_figures_carry_their_qualifier():
    Figure.objects.create(kind="students", value=300000, qualifier="over", year=2024)
    text = page()
    assert "over 300,000" in text
    assert "Students, 2024" in text


def test_an_empty_directory_says_what_that_means():
    assert "No universities yet" in page()


def test_only_reading_is_served(ktu):
    assert Client().post(URL).status_code == 405
    assert reverse("members:list") == URL
