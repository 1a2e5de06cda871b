"""The directory: facets, search, map and what is ticked."""

import re

import pytest
from django.http import QueryDict
from django.test import Client

from members import directory
from members.models import FieldOfEducation, TeachingLanguage, University
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/en/universities/"


@pytest.fixture
def fields():
    names = {
        "06": "Technologies",
        "061": "Technologies",
        "0613": "Software",
        "07": "Engineering",
        "0711": "Chemistry",
    }
    return {
        code: FieldOfEducation.objects.create(code=code, name_en=name, name_lt=f"{name} lt")
        for code, name in names.items()
    }


def university(short, country="LT", fields=(), languages=(), **more):
    one = factories.UniversityFactory(
        organisation__name=f"University {short}", organisation__short_name=short, organisation__country=country,
        slug=short.lower(), **more,
    )  # fmt: skip
    factories.MembershipFactory(university=one)
    one.fields.set(fields)
    for language in languages:
        TeachingLanguage.objects.create(university=one, language=language, level=6)
    return one


@pytest.fixture
def three(fields):
    return [
        university("AAA", "LT", ["0613", "061", "0711"], ["lt", "en"]),
        university("BBB", "PT", ["06"], ["pt", "en"]),
        university("CCC", "PT", [], []),
    ]


def listing(query=""):
    rows = University.objects.for_list().with_schools()
    return directory.listing(list(directory.with_told(rows)), QueryDict(query))


def shorts(query):
    return [row.organisation.short_name for row in listing(query).rows]


def counts(query, facet):
    found = {one.name: one for one in listing(query).facets}
    return {option.value: option.count for option in found[facet].options} if facet in found else {}


def page(query="", language="en"):
    response = Client().get(f"/{language}/universities/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_a_university_counts_once_in_a_broad_field_however_many_of_its_fields_it_has(three):
    assert counts("", "field") == {"06": 2, "07": 1}
    assert counts("", "language") == {"en": 2, "lt": 1, "pt": 1}
    assert counts("", "country") == {"LT": 1, "PT": 2}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("field=06", ["AAA", "BBB"]),
        ("field=07", ["AAA"]),
        ("field=06&field=07", ["AAA", "BBB"]),
        ("field=06&country=PT", ["BBB"]),
        ("language=lt", ["AAA"]),
        ("language=lt&country=PT", []),
        ("q=bbb", ["BBB"]),
        ("q=university c", ["CCC"]),
        ("q=!!!", []),
        ("q=%00", ["AAA", "BBB", "CCC"]),
    ],
)
def test_facets_and_search_narrow_together(three, query, expected):
    assert shorts(query) == expected


def test_a_number_says_what_choosing_the_value_would_leave(three):
    assert counts("country=PT", "field") == {"06": 1}
    assert counts("country=PT", "country") == {"LT": 1, "PT": 2}
    assert counts("q=aaa", "country") == {"LT": 1}
    for facet in directory.VALUES:
        for value, number in counts("country=LT", facet).items():
            asked = f"{facet}={value}" if facet == "country" else f"country=LT&{facet}={value}"
            assert len(shorts(asked)) == number


def test_a_chosen_value_stays_in_sight_when_it_leaves_nothing(three):
    assert counts("language=lt&country=PT", "language")["lt"] == 0


@pytest.mark.parametrize(
    "query", ["field=99", "field=0613", "language=xx", "country=%00", "field=07&field=%27"]
)
def test_a_value_that_is_not_offered_is_left_out_and_said_so(three, query):
    assert listing(query).left_out
    assert "was left out" in page(f"?{query}")


def test_who_has_not_told_a_field_is_counted_not_passed_over_in_silence(three):
    assert listing("field=06").untold == 1
    assert listing("country=PT").untold == 0
    assert "1 has not told what is filtered by" in page("?field=06")


def test_names_of_fields_and_languages_are_in_the_readers_language(three):
    assert "Engineering lt" in page(language="lt")
    assert "Lietuvių" in page(language="lt")
    assert "Lithuanian" in page()


def test_nothing_found_shows_the_way_back(three):
    text = page("?q=nobody")
    assert "No university fits" in text
    assert "0 universities" in text


def test_a_group_is_found_by_its_school_and_by_the_schools_city(three):
    group = university("INSA", "FR")
    factories.OrganisationFactory(
        name="INSA Lyon", city="Villeurbanne", country="FR", parent=group.organisation
    )
    assert shorts("q=insa lyon") == ["INSA"]
    assert shorts("q=villeurb") == ["INSA"]


def test_what_was_typed_stands_in_the_field_as_text():
    assert 'value="&quot;&gt;&lt;b&gt;"' in page('?q="><b>')


def test_the_pins_are_those_of_the_list():
    university("AAA", latitude=54.9, longitude=23.9)
    university("BBB", "PT", latitude=40.6, longitude=-8.6)
    assert page().count('class="pin"') == 2
    text = page("?country=PT")
    assert text.count('class="pin"') == 1
    assert 'aria-label="BBB, University BBB"' in text


def test_a_university_overseas_has_its_pin_in_the_inset_which_is_there_only_then():
    university("AAA", latitude=54.9, longitude=23.9)
    assert "inset" not in page()
    university("TEC", "MX", latitude=25.7, longitude=-100.3)
    text = page()
    assert 'class="inset"' in text
    assert 'aria-label="TEC, University TEC"' in text


def test_a_group_without_a_place_stands_where_its_schools_are_and_is_one_link():
    group = university("INSA", "FR", organisation__city="")
    for city in ("Rennes", "Toulouse", "Nowhere at all"):
        factories.OrganisationFactory(name=f"INSA {city}", city=city, country="FR", parent=group.organisation)
    text = page()
    found = re.search(
        r'<a href="/en/universities/insa/" aria-label="INSA, University INSA" class="parts">(.*?)</a>', text
    )
    assert found[1].count('class="pin"') == 2


def test_a_university_without_coordinates_stands_in_its_city():
    university("AAA", organisation__city="Kaunas")
    assert page().count('class="pin"') == 1


def test_the_map_can_be_passed_by_keyboard():
    university("AAA", latitude=54.9, longitude=23.9)
    text = page()
    assert text.index('class="map-skip" href="#list"') < text.index('aria-label="AAA, University AAA"')
    assert 'id="list" tabindex="-1"' in text


def test_what_was_ticked_stays_ticked_and_is_not_lost_when_it_is_filtered_out(three):
    assert re.search(r'value="aaa"[^>]* checked', page("?u=aaa&u=nobody"))
    text = page("?u=aaa&country=PT")
    form = text[text.index('action="/en/universities/compare/"') :]
    assert '<input type="hidden" name="u" value="aaa">' in form
    assert 'value="nobody"' not in page("?u=nobody")


def test_the_list_costs_the_same_with_one_row_and_with_three(django_assert_num_queries, fields):
    university("AAA", fields=["06"], languages=["en"])
    with django_assert_num_queries(5):
        page()
    with django_assert_num_queries(6):
        page("?q=university&field=06")
    university("BBB", fields=["0613", "07"], languages=["en", "lt"])
    group = university("CCC", "FR", fields=["07"])
    factories.OrganisationFactory(name="School", city="Rennes", country="FR", parent=group.organisation)
    with django_assert_num_queries(5):
        page()
    with django_assert_num_queries(6):
        page("?q=university&field=06")


def test_where_nothing_fits_there_is_no_map_but_a_way_back(three):
    found, nothing = page(), page("?q=nobodyhere")
    assert 'class="map"' in found
    assert 'class="map"' not in nothing
    assert "Natural Earth" not in nothing
    assert "No university fits" in nothing
    assert '<a class="button quiet" href="/en/universities/">Clear filters</a>' in nothing
