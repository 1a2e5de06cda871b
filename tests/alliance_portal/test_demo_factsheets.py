"""The demo's factsheets: two years of three universities, in any year of loading, and no trace when the demo goes."""

import datetime as dt

import pytest
from django.core.management import call_command

from alliance_portal.demo import cast, factsheets
from alliance_portal.demo.reading import Days, read
from ground import clock
from members.factsheets import checks, content
from members.models import Contact, Factsheet, TeachingLanguage, University
from tests import factories

pytestmark = pytest.mark.django_db


def load(year=2026):
    moment = dt.datetime(year, 11, 23, 8, 30, tzinfo=dt.UTC)
    with clock.one_moment(moment):
        factsheets.load_factsheets(Days(moment), cast.load_people())


@pytest.fixture(autouse=True)
def grounds(ktu, aveiro, trento):
    """The universities of which the demo tells, and the fields that it names."""
    for code in sorted({code for row in read("factsheets")["university"] for code in row["fields"]}):
        factories.FieldFactory(code=code)


@pytest.fixture(scope="module")
def slugs():
    return [row["slug"] for row in read("factsheets")["university"]]


def test_three_universities_tell_of_two_years_and_one_has_dates_to_check(slugs):
    load()
    found = {(row.university.slug, row.year): row.is_published for row in Factsheet.objects.all()}
    assert found == {(slug, year): True for slug in slugs for year in ("2026/2027", "2027/2028")} | {
        ("ktu", "2027/2028"): False
    }
    draft = Factsheet.objects.get(is_published=False)
    assert all(term.to_check for term in draft.terms.all())
    for row in Factsheet.objects.all():
        assert checks.faults(content.read(row), row.year) == {}
        assert row.contacts.count() >= 1
    for university in University.objects.filter(slug__in=slugs):
        assert university.fields.count() == 6
        assert university.teaching_languages.exists()


def test_nothing_in_them_looks_like_a_real_address(slugs):
    for row in read("factsheets")["university"]:
        for name, value in row["facts"].items():
            if name.endswith("_website"):
                assert value.partition("://")[2].strip("/").endswith(".example")
            elif isinstance(value, str):
                assert value.strip().startswith(("Invented example.", "Išgalvotas pavyzdys."))
        assert all(contact["email"].endswith(".example") for contact in row["contact"])


@pytest.mark.parametrize("year", [2026, 2027, 2031])
def test_they_can_be_loaded_in_any_year_and_twice(year):
    load(year)
    before = Factsheet.objects.count()
    assert set(Factsheet.objects.values_list("year", flat=True)) == {f"{y}/{y + 1}" for y in (year, year + 1)}
    load(year)
    assert Factsheet.objects.count() == before


def test_what_somebody_wrote_stays_when_the_demo_goes(slugs):
    load()
    ktu, aveiro = (University.objects.get(slug=slug) for slug in ("ktu", "aveiro"))
    own = Factsheet.objects.create(university=ktu, year="2025/2026")
    aveiro.fields.add("0541")
    TeachingLanguage.objects.create(university=aveiro, language="es")
    call_command("remove_demo", verbosity=0)
    assert list(Factsheet.objects.all()) == [own]
    assert not Contact.objects.filter(email__endswith=".example").exists()
    assert (ktu.fields.count(), ktu.teaching_languages.count()) == (0, 0)
    assert (aveiro.fields.count(), aveiro.teaching_languages.filter(language="es").count()) == (7, 1)
