import datetime as dt

import pytest
from django.test import Client

from members.models import (
    Centre,
    CentreNetwork,
    Contact,
    Factsheet,
    FactsheetTerm,
    FieldOfEducation,
    Figure,
    Identifier,
    Membership,
    OwnProfile,
    TeachingLanguage,
)
from projects.models import Partnership
from tests import factories
from tests.members.agreeing import agreed

pytestmark = pytest.mark.django_db
PAGE = "/en/universities/ktu/"
CANARY = "canary-internal-contact"
IN_FORCE = dt.datetime(2027, 11, 2, 10, tzinfo=dt.UTC)


@pytest.fixture
def autumn_2026(at):
    """The moment in which agreements are made, before their first academic year."""
    with at(dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC)):
        yield


def read(path=PAGE, person=None):
    client = Client()
    if person:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def fill(university, number):
    """`number` rows of everything that the page shows."""
    for n in range(number):
        Contact.objects.create(university=university, name=f"Office {n}", is_public=True)
        Figure.objects.create(university=university, kind="students", value=1000 + n, year=2020 + n)
        unit = factories.UnitFactory(university=university)
        factories.UnitFactory(university=university, parent=unit)
        factories.ProjectFactory(lead=university)
        factories.CallFactory(university=university)
        factories.PlaceFactory(host=university)
        factories.NewsItemFactory(university=university)
        factories.EventFactory(university=university)
        Centre.objects.create(host=university.organisation, slug=f"centre-{n}", name_en=f"Centre {n}")
        sheet = Factsheet.objects.create(
            university=university, year=f"{2026 + n}/{2027 + n}", is_published=True
        )
        FactsheetTerm.objects.create(factsheet=sheet, term="autumn", nomination_until=dt.date(2027 + n, 4, 1))
        TeachingLanguage.objects.create(university=university, language=("lt", "en", "de")[n], level=None)


def agree(university, by, number=1):
    """Agreements of `university` with `number` other partners, in force from 2027/2028."""
    for _ in range(number):
        partner = factories.UniversityFactory()
        other = factories.UserFactory()
        factories.AppointmentFactory(user=other, role="mobility_coordinator", university=partner)
        agreed(university, partner, by, other)


def test_the_page_costs_the_same_with_one_row_and_with_three(ktu, autumn_2026, django_assert_num_queries):
    with django_assert_num_queries(4):
        read()
    fill(ktu, 1)
    with django_assert_num_queries(4):
        read()
    for model in (Centre, Contact, Figure, Factsheet, TeachingLanguage):
        model.objects.all().delete()
    fill(ktu, 3)
    with django_assert_num_queries(4):
        read()


def test_agreements_add_four_queries_however_many(ktu, ruta, autumn_2026, at, django_assert_num_queries):
    for number in (1, 3):
        agree(ktu, ruta, number)
        with at(IN_FORCE), django_assert_num_queries(8):
            assert "Agreements in force" in read()


def test_codes_keep_their_significant_spaces(ktu):
    Identifier.objects.create(organisation=ktu.organisation, scheme="erasmus", value="D  HAMBURG03")
    assert "<code>D  HAMBURG03</code>" in read()


def test_the_schools_of_a_group_stand_with_their_own_codes(ktu):
    school = factories.OrganisationFactory(name="INSA Lyon", city="Villeurbanne", parent=ktu.organisation)
    Identifier.objects.create(organisation=school, scheme="erasmus", value="F  LYON12")
    text = read()
    assert "INSA Lyon" in text
    assert "<code>F  LYON12</code>" in text


def test_the_newest_figure_of_a_kind_is_shown_with_its_year_and_qualifier(ktu):
    Figure.objects.create(university=ktu, kind="students", value=8000, year=2022)
    Figure.objects.create(university=ktu, kind="students", value=9500, qualifier="about", year=2024)
    text = read()
    assert "about 9,500" in text
    assert "Students, 2024" in text
    assert "8,000" not in text


@pytest.mark.parametrize(
    ("persona", "seen"),
    [(None, False), ("ana", False), ("chiara", False), ("jonas", False), ("ruta", True), ("dainius", True),
     ("ieva", True), ("egle", True), ("laima", True)],
)  # fmt: skip
def test_an_internal_contact_is_for_the_staff_of_its_university_and_the_office(request, persona, seen, ktu):
    unit = factories.UnitFactory(university=ktu)
    Contact.objects.create(university=ktu, name=CANARY, email="hidden@ktu.example", subject_en=CANARY)
    Contact.objects.create(university=ktu, name=f"{CANARY} of a unit", unit=unit)
    Contact.objects.create(university=ktu, name="Open office", email="open@ktu.example", is_public=True)
    person = request.getfixturevalue(persona) if persona else None
    text = read(person=person)
    assert "Open office" in text
    assert (CANARY in text) is seen
    assert (f"{CANARY} of a unit" in text) is seen
    assert ("hidden@ktu.example" in text) is seen
    for path in ("/en/universities/", "/en/search/?q=canary", "/en/"):
        assert CANARY not in read(path, person).replace('value="canary', "")


def test_units_stand_as_a_tree(ktu):
    faculty = factories.UnitFactory(university=ktu, name_en="Faculty of Informatics")
    factories.UnitFactory(university=ktu, name_en="Department of Software", parent=faculty)
    text = read()
    assert text.index("Faculty of Informatics") < text.index("Department of Software")
    assert text.count('<ul class="tree">') == 2


def test_drafts_of_projects_show_to_those_who_may_see_them(ktu, dainius):
    factories.ProjectFactory(lead=ktu, title_en="Hidden draft", publication="draft")
    assert "Hidden draft" not in read()
    assert "Hidden draft" in read(person=dainius)


def test_projects_in_which_the_university_takes_part_are_shown(ktu, aveiro):
    project = factories.ProjectFactory(lead=aveiro, title_en="Circular cities")
    assert "Circular cities" not in read()
    Partnership.objects.create(project=project, organisation=ktu.organisation)
    assert "Circular cities" in read()


def test_places_here_are_those_of_open_calls_with_free_seats(ktu, aveiro):
    factories.PlaceFactory(host=ktu, call__title_en="Come to Kaunas", call__university=aveiro)
    factories.PlaceFactory(host=ktu, call__title_en="Full call", taken=2)
    closed = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
    factories.PlaceFactory(host=ktu, call__title_en="Closed call", call__closes_at=closed)
    text = read()
    assert "Come to Kaunas" in text
    assert "Full call" not in text
    assert "Closed call" not in text


def test_membership_is_told_with_the_dates_that_are_known(ktu):
    Membership.objects.create(university=ktu, kind="member", valid_from=dt.date(2020, 1, 1))
    text = read()
    assert "since 1 January 2020" in text


def test_a_membership_that_has_ended_is_history_and_no_standing(ktu):
    Membership.objects.create(university=ktu, kind="member", valid_until=dt.date(2020, 12, 31))
    text = read()
    assert "until 31 December 2020" in text
    assert ">Member</span>" not in text


def test_a_name_cannot_end_the_data_block(ktu):
    ktu.organisation.name = "</script><script>alert(1)</script>"
    ktu.organisation.save()
    text = read()
    assert "<script>alert" not in text
    assert "\\u003C/script\\u003E" in text


def test_an_unknown_university_is_not_found(ktu):
    assert Client().get("/en/universities/nowhere/").status_code == 404


def test_the_page_is_there_in_lithuanian_with_the_other_text_marked(ktu):
    ktu.priorities_en = "Only English"
    ktu.save()
    text = read("/lt/universities/ktu/")
    assert 'lang="en"' in text
    assert "Only English" in text


def test_a_centre_shows_its_host_founding_sisters_news_and_events(django_assert_num_queries):
    network = CentreNetwork.objects.create(name_en="InnHUB")
    host = factories.OrganisationFactory(name="Bialystok University of Technology", country="PL")
    centre = Centre.objects.create(
        host=host, network=network, slug="innhub", name_en="InnHUB Białystok", founded_on=dt.date(2023, 2, 9),
        mission_en="To **bring** together", operator_en="The foundation",
    )  # fmt: skip
    Centre.objects.create(
        host=factories.OrganisationFactory(), network=network, slug="lodz", name_en="InnHUB Łódź"
    )
    Centre.objects.create(
        host=factories.OrganisationFactory(), slug="alone", name_en="A centre of no network"
    )
    factories.NewsItemFactory(title_en="The hub opens").centres.add(centre)
    factories.NewsItemFactory(title_en="A draft of it", publication="draft", published_at=None).centres.add(
        centre
    )
    factories.EventFactory(title_en="The signing").centres.add(centre)
    with django_assert_num_queries(4):
        text = read("/en/universities/centres/innhub/")
    for words in (
        "Bialystok University",
        "9 February 2023",
        "<strong>bring</strong>",
        "InnHUB Łódź",
        "The hub opens",
    ):
        assert words in text
    assert "The signing" in text
    assert "A draft of it" not in text
    assert "A centre of no network" not in text


def test_the_next_deadlines_stand_with_the_days_that_are_left(ktu, at):
    for year, until, published in (
        ("2025/2026", 2026, True),
        ("2026/2027", 2027, True),
        ("2027/2028", 2027, False),
    ):
        sheet = Factsheet.objects.create(university=ktu, year=year, is_published=published)
        FactsheetTerm.objects.create(
            factsheet=sheet, term="autumn", nomination_until=dt.date(until, 1, 1),
            application_until=dt.date(until, 4, 1) if published else dt.date(2027, 2, 2),
        )  # fmt: skip
    with at(dt.datetime(2026, 12, 31, 23, tzinfo=dt.UTC)):  # 1 January in Kaunas already
        text = read()
    assert "1 April 2027" in text
    assert "90 days left" in text
    assert "last day today" in text
    assert "1 April 2026" not in text
    assert "2 February 2027" not in text


def test_drafts_of_factsheets_are_named_to_those_who_keep_them(ktu, ruta, chiara):
    Factsheet.objects.create(university=ktu, year="2026/2027", is_published=True)
    Factsheet.objects.create(university=ktu, year="2031/2032")
    assert "2026/2027" in read()
    assert "2031/2032" not in read()
    assert "2031/2032" not in read(person=chiara)
    assert "2031/2032" in read(person=ruta)


def test_agreements_in_force_are_told_without_their_people(ktu, aveiro, ruta, bruno, autumn_2026, at):
    assert "Agreements in force" not in read()
    agreed(ktu, aveiro, ruta, bruno)
    assert "from 2027/2028" in read()
    with at(IN_FORCE):
        text = read()
        assert "Register of agreements" in read(person=ruta)
    assert "Agreements in force" in text
    assert "University of Aveiro" in text
    assert "Register of agreements" not in text
    assert "Bruno" not in text


def test_a_text_that_only_the_own_language_has_is_shown_in_it(ktu):
    OwnProfile.objects.create(
        university=ktu, language="pt", strategy="Ser **aberta**", summary="Uma universidade"
    )
    text = read()
    assert '<div class="prose" lang="pt"><p>Ser <strong>aberta</strong></p>' in text
    assert '<p class="lede" lang="pt">Uma universidade</p>' in text


def test_fields_and_languages_of_teaching_are_named_in_the_language_of_the_page(ktu):
    ktu.fields.add(
        FieldOfEducation.objects.create(code="0613", name_en="Software", name_lt="Programinė įranga")
    )
    for language, level in (("en", 6), ("en", 7), ("lt", None)):
        TeachingLanguage.objects.create(university=ktu, language=language, level=level)
    text = read("/lt/universities/ktu/")
    assert "Programinė įranga" in text
    assert "Anglų" in text
    assert "Lietuvių" in text


def test_a_membership_whose_ends_are_unknown_says_so(ktu):
    Membership.objects.create(university=ktu, kind="member")
    assert "date of joining not known" in read()


def test_the_page_says_what_codes_are_for_and_who_left_the_charter_list(ktu):
    Identifier.objects.create(organisation=ktu.organisation, scheme="ror", value="https://ror.org/01me6gb93")
    ktu.organisation.charter_gone_on = dt.date(2026, 4, 8)
    ktu.organisation.save()
    text = read()
    assert "Number in the Research Organization Registry." in text
    assert '<a href="https://ror.org/01me6gb93" rel="noopener">' in text
    assert "not in the list of charter holders since 8 April 2026" in text


def test_the_way_to_edit_is_shown_to_those_who_may(ktu, ruta, chiara, egle):
    for person, offered in ((None, False), (chiara, False), (ruta, True), (egle, True)):
        assert ("/en/universities/ktu/edit/" in read(person=person)) is offered
