"""Names of organisations: as the list of charter holders has them, as people write them, and in Lithuanian."""

import datetime as dt

import pytest
from django.utils.translation import override

from members.imports import Charter, import_charters, load_names
from members.imports.merging import Counts
from members.models import Contact, Identifier, Organisation
from members.models.organisation import in_lithuanian
from notifications import kinds
from tests import factories

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 4, 8)
BIALYSTOK = (("pic", "999889193"), ("erasmus", "PL BIALYST01"), ("oid", "E10209056"))


def charter(**values):
    given = {
        "name": "POLITECHNIKA BIALOSTOCKA", "street": "ULICA WIEJSKA 45A", "post_code": "15-351", "city": "BIALYSTOK",
        "country": "PL", "website": "https://www.pb.edu.pl", "charter_from": dt.date(2021, 1, 1),
        "charter_until": dt.date(2029, 12, 31), "charter_proposal": "101013485",
    }  # fmt: skip
    return Charter(**{"codes": BIALYSTOK, **given, **values})


@pytest.fixture
def bialystok():
    import_charters([charter()], day=DAY)
    return Organisation.objects.get()


def test_the_list_alone_is_read_in_small_letters_and_kept_as_it_is(bialystok):
    assert (bialystok.name, bialystok.name_shown) == ("POLITECHNIKA BIALOSTOCKA", "Politechnika Bialostocka")
    assert (bialystok.city, bialystok.city_shown) == ("BIALYSTOK", "Bialystok")


def test_known_names_are_merged_into_the_row_of_the_list(bialystok):
    assert load_names() == Counts(changed=1)
    found = Organisation.objects.get()  # no second one
    assert found.pk == bialystok.pk
    assert (found.local_name, found.local_language, found.city) == (
        "Politechnika Białostocka",
        "pl",
        "Białystok",
    )
    shown = {}
    for language in ("en", "lt"):
        with override(language):
            shown[language] = found.name_shown
    assert shown == {
        "en": "Bialystok University of Technology", "lt": "Balstogės technologijos universitetas",
    }  # fmt: skip
    for typed in ("balstoges", "bialostocka", "Bialystok"):
        assert Organisation.objects.search(typed).get() == found
    assert load_names() == Counts(unchanged=1)


def test_the_list_leaves_names_that_people_gave_and_changes_the_rest(bialystok):
    load_names()
    import_charters([charter(street="WIEJSKA 45", charter_until=dt.date(2030, 12, 31))], day=DAY)
    found = Organisation.objects.get()
    assert (found.name, found.city) == ("Bialystok University of Technology", "Białystok")
    assert (found.street, found.charter_until.year) == ("WIEJSKA 45", 2030)


def test_names_that_somebody_wrote_stay(bialystok):
    bialystok.local_name, bialystok.local_language, bialystok.lithuanian_name = "PB", "pl", "Balstogės PB"
    bialystok.save()
    assert load_names() == Counts(unchanged=1)
    assert Organisation.objects.get().name == "POLITECHNIKA BIALOSTOCKA"


def test_a_member_gets_its_lithuanian_name_alone():
    aveiro = factories.UniversityFactory(slug="aveiro", organisation__name="University of A.")
    ktu = factories.UniversityFactory(slug="ktu", organisation__name="KTU")
    assert load_names() == Counts(changed=1, unchanged=1)
    aveiro.organisation.refresh_from_db()
    ktu.organisation.refresh_from_db()
    assert (aveiro.organisation.name, aveiro.organisation.lithuanian_name) == (
        "University of A.", "Aveiro universitetas",
    )  # fmt: skip
    assert ktu.organisation.lithuanian_name == ""


@pytest.mark.parametrize(
    ("local", "language", "lithuanian", "expected"),
    [
        ("", "", "", ""), ("", "", "Lt", "Lt"), ("Own", "lt", "", "Own"), ("Own", "lt", "Lt", "Own"),
        ("Own", "pl", "Lt", "Lt"), ("Own", "pl", "", ""), ("", "lt", "Lt", "Lt"),
    ],
)  # fmt: skip
def test_the_database_and_the_record_know_the_same_lithuanian_name(local, language, lithuanian, expected):
    one = factories.OrganisationFactory(
        name="English", local_name=local, local_language=language, lithuanian_name=lithuanian
    )
    assert one.name_in("lt") == expected
    assert (Organisation.objects.values_list(in_lithuanian(), flat=True).get() or "") == expected


def test_no_identifier_is_lost_or_doubled(bialystok):
    before = set(Identifier.objects.values_list("organisation", "scheme", "value"))
    load_names()
    import_charters([charter()], day=DAY)
    assert set(Identifier.objects.values_list("organisation", "scheme", "value")) == before


@pytest.mark.parametrize(("language", "name"), [("en", "University of A."), ("lt", "Aveiro universitetas")])
def test_messages_name_a_university_in_their_own_language(language, name):
    aveiro = factories.OrganisationFactory(name="University of A.", lithuanian_name="Aveiro universitetas")
    kind = kinds.find("members.charter_ends")
    context = dict(kind.sample) | aveiro.told_as("university")
    moment = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    assert name in kinds.word(kind, context, name="", moment=moment, language=language).subject


def test_without_a_lithuanian_name_messages_have_the_english_one():
    context = factories.OrganisationFactory(name="UNIVERSITY OF NOWHERE").told_as("university")
    assert context == {"university": "University of Nowhere", "university_lt": ""}
    kind = kinds.find("members.charter_ends")
    wording = kinds.word(
        kind,
        dict(kind.sample) | context,
        name="",
        moment=dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
        language="lt",
    )
    assert "University of Nowhere" in wording.subject


def test_a_contact_that_is_an_office_has_a_lithuanian_name():
    office = Contact(name="Mobility office", lithuanian_name="Mobilumo tarnyba")
    with override("lt"):
        assert (office.name_shown, Contact(name="Rūta").name_shown) == ("Mobilumo tarnyba", "Rūta")
    with override("en"):
        assert office.name_shown == "Mobility office"
