"""Universities side by side: what each tells, what nobody may see, and addresses that ask for the impossible."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.test import Client

from ground import clock
from members.models import (
    Contact,
    Factsheet,
    FactsheetLanguage,
    FactsheetTerm,
    Figure,
    TeachingLanguage,
)
from tests import factories
from tests.members import agreeing

pytestmark = pytest.mark.django_db
URL = "/en/universities/compare/"
NOVEMBER = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
CANARY = "canarycomparefig"


def sheet(university, *, year="2026/2027", is_published=True, **facts):
    return Factsheet.objects.create(university=university, year=year, is_published=is_published, **facts)


def coordinator(university):
    return factories.AppointmentFactory(role="mobility_coordinator", university=university).user


def agreed(home, host, *, places=3):
    """An agreement in force in 2027/2028 by which `home` sends students to `host`."""
    people = [coordinator(home), coordinator(host)]
    return agreeing.agreed(home, host, *people, replace(agreeing.STUDIES, places=places), agreeing.TEACHING)


def page(query="?u=ktu&u=aveiro", moment=NOVEMBER, language="en", client=None):
    with clock.one_moment(moment):
        response = (client or Client()).get(f"/{language}/universities/compare/{query}")
    assert response.status_code == 200
    return response.content.decode()


def answers(text, title):
    """What stands beside a question: university → its words."""
    row = re.search(rf'<th scope="row"[^>]*>{re.escape(title)}.*?</tr>', text, re.S)
    assert row, title
    cells = re.findall(r'data-label="([^"]*)">(.*?)</td>', row[0], re.S)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", words).split()) for name, words in cells}


def test_universities_stand_in_the_order_of_the_address(ktu, aveiro):
    text = page("?u=aveiro&u=ktu")
    assert text.index('columnheader">University of Aveiro') < text.index('columnheader">Kaunas University')
    assert answers(text, "Country") == {"UA": "Portugal", "KTU": "Lithuania"}


def test_what_nobody_told_is_said_to_be_untold(ktu, aveiro):
    text = page()
    for title in (
        "Fields of education",
        "Teaches in",
        "Housing",
        "Terms and deadlines",
        "Cost of living a month",
    ):
        assert answers(text, title) == {"KTU": "not told", "UA": "not told"}


def test_figures_fields_and_languages_are_told_with_year_and_level(ktu, aveiro):
    Figure.objects.create(university=ktu, kind="students", value=8000, qualifier="about", year=2024)
    Figure.objects.create(university=ktu, kind="students", value=9000, year=2019)
    factories.FieldFactory(code="06", name_en="Technologies")
    ktu.fields.set(
        [factories.FieldFactory(code="0613"), factories.FieldFactory(code="061", name_en="Narrow")]
    )
    for level in (6, 7):
        TeachingLanguage.objects.create(university=ktu, language="en", level=level)
    TeachingLanguage.objects.create(university=ktu, language="lt")
    text = page()
    assert answers(text, "Students") == {"KTU": "about 8,000 (2024)", "UA": "not told"}
    assert answers(text, "Fields of education")["KTU"] == "Technologies"
    assert answers(text, "Teaches in")["KTU"] == "English Bachelor (EQF 6), Master (EQF 7) Lithuanian"


def test_a_factsheet_tells_dates_weeks_costs_links_and_languages(ktu, aveiro):
    told = sheet(
        aveiro, decision_weeks=4, transcript_weeks=1, costs_from=500, costs_to=750, costs_en="A room is *dear*.",
        housing_en="Ask early.", housing_website="https://www.housing.example/rooms", visa_website="https://visa.example/",
    )  # fmt: skip
    FactsheetTerm.objects.create(
        factsheet=told, term="spring", nomination_until=dt.date(2026, 10, 15), application_until=dt.date(2026, 12, 1),
        starts_on=dt.date(2027, 2, 1), ends_on=dt.date(2027, 6, 30),
    )  # fmt: skip
    FactsheetLanguage.objects.create(factsheet=told, language="en", level="B2", note="or a test")
    FactsheetLanguage.objects.create(factsheet=told, whom="staff", language="en", level="C1")
    text = page()
    assert answers(text, "Spring term") == {"KTU": "not told", "UA": "1 February 2027 to 30 June 2027"}
    assert answers(text, "Spring term: nominations until")["UA"] == "15 October 2026 passed"
    assert answers(text, "Spring term: applications until")["UA"] == "1 December 2026 9 days left"
    assert answers(text, "Decision on an application within")["UA"] == "4 weeks"
    assert answers(text, "Transcript of records within")["UA"] == "1 week"
    assert answers(text, "Cost of living a month")["UA"] == "500 to 750 euros A room is dear."
    assert answers(text, "Housing")["UA"].startswith("Ask early. housing.example")
    assert 'href="https://visa.example/"' in text
    assert answers(text, "Language that students need")["UA"] == "English B2 or a test"
    assert "Autumn term" not in text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (500, None, "from 500 euros"),
        (None, 700, "up to 700 euros"),
        (600, 600, "600 euros"),
        (None, None, "not told"),
    ],
)
def test_costs_are_told_as_far_as_they_are_known(ktu, aveiro, low, high, words):
    sheet(ktu, costs_from=low, costs_to=high)
    assert answers(page(), "Cost of living a month")["KTU"] == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (dt.datetime(2026, 12, 1, 21, 59, tzinfo=dt.UTC), "1 December 2026 last day today"),
        (dt.datetime(2026, 12, 1, 22, 1, tzinfo=dt.UTC), "1 December 2026 passed"),
        (dt.datetime(2026, 9, 1, tzinfo=dt.UTC), "1 December 2026"),
    ],
)
def test_a_deadline_passes_at_the_end_of_its_day_where_the_university_is(ktu, aveiro, moment, words):
    FactsheetTerm.objects.create(factsheet=sheet(ktu), term="autumn", application_until=dt.date(2026, 12, 1))
    assert answers(page(moment=moment), "Autumn term: applications until")["KTU"] == words


def test_dates_that_were_only_moved_on_by_a_year_say_so(ktu, aveiro):
    FactsheetTerm.objects.create(
        factsheet=sheet(ktu), term="spring", application_until=dt.date(2027, 3, 1), to_check=True,
        starts_on=dt.date(2027, 2, 1),
    )  # fmt: skip
    text = page()
    said = "1 March 2027 dates still to be checked"
    assert answers(text, "Spring term: applications until")["KTU"] == said
    assert answers(text, "Spring term")["KTU"].endswith("dates still to be checked")


def test_a_draft_factsheet_is_seen_by_nobody_here_not_even_by_its_author(ktu, aveiro):
    draft = sheet(ktu, is_published=False, housing_en=CANARY, costs_from=777, year="2031/2032")
    FactsheetTerm.objects.create(factsheet=draft, term="summer", nomination_until=dt.date(2032, 3, 1))
    for role, place in (("mobility_coordinator", ktu), ("alliance_office", None)):
        person = factories.AppointmentFactory(role=role, university=place).user
        client = Client()
        client.force_login(person)
        for query in ("?u=ktu&u=aveiro", "?u=ktu&u=aveiro&year=2031-2032"):
            for reader in (client, None):
                text = page(query, client=reader)
                assert CANARY not in text
                assert "2031/2032" not in text
                assert "Summer term" not in text


def test_an_internal_contact_is_seen_by_nobody_here(ktu, aveiro):
    told = sheet(aveiro)
    hidden = Contact.objects.create(university=aveiro, name=CANARY, duty="incoming", is_public=False)
    told.contacts.add(hidden)
    shown = Contact.objects.create(
        university=aveiro,
        name="Incoming office",
        email="incoming@aveiro.example",
        duty="incoming",
        is_public=True,
    )
    coordinator = Client()
    coordinator.force_login(factories.AppointmentFactory(role="mobility_coordinator", university=ktu).user)
    for client in (coordinator, None):
        text = page(client=client)
        assert CANARY not in text
        assert "incoming@aveiro.example" in text
    told.contacts.add(shown)
    assert answers(page(), "Contacts")["UA"].startswith("incoming@aveiro.example")


def test_the_year_asked_for_is_the_year_told(ktu, aveiro):
    sheet(ktu, decision_weeks=3)
    sheet(ktu, year="2027/2028", decision_weeks=5)
    title = "Decision on an application within"
    assert answers(page(), title)["KTU"] == "3 weeks"
    assert answers(page("?u=ktu&u=aveiro&year=2027-2028"), title)["KTU"] == "5 weeks"
    assert "year=2027-2028" in page("?u=ktu&u=aveiro&year=2027-2028")


def test_without_a_factsheet_of_this_year_the_next_one_is_told(ktu, aveiro):
    sheet(ktu, year="2025/2026", decision_weeks=2)
    sheet(ktu, year="2027/2028", decision_weeks=5)
    assert answers(page(), "Decision on an application within")["KTU"] == "5 weeks"


def test_places_agreed_are_those_in_force_for_the_home_university_and_year(ktu, aveiro):
    trento = factories.UniversityFactory(slug="trento", organisation__short_name="UniTrento")
    agreed(ktu, aveiro, places=4)
    agreed(trento, aveiro, places=17)
    agreed(aveiro, ktu, places=19)
    agreeing.sent(ktu, trento, coordinator(ktu), replace(agreeing.STUDIES, places=23))
    text = page("?u=aveiro&u=trento&home=ktu&year=2027-2028")
    found = answers(text, "Agreed with KTU, each year")
    assert found["UA"].startswith("4 places: Student studies Bachelor (EQF 6); Master (EQF 7); Software")
    assert found["UA"].endswith("English B2")
    assert found["UniTrento"] == "no places in force"
    assert "2 places" not in text  # those of staff
    earlier = page("?u=aveiro&u=trento&home=ktu")
    assert answers(earlier, "Agreed with KTU, each year")["UA"] == "no places in force"
    assert "Agreed with" not in page("?u=aveiro&u=trento")
    assert answers(page("?u=ktu&u=aveiro&home=ktu"), "Agreed with KTU")["KTU"] == "the home university itself"


def test_the_home_university_is_the_readers_own_until_another_is_chosen(ktu, aveiro):
    client = Client()
    client.force_login(factories.AppointmentFactory(role="student", university=ktu).user)
    assert "Agreed with KTU" in page(client=client)
    assert "Agreed with" not in page("?u=ktu&u=aveiro&home=", client=client)
    assert "Agreed with UA" in page("?u=ktu&u=aveiro&home=aveiro", client=client)


def test_places_open_now_come_from_calls_that_are_open(ktu, aveiro):
    call = factories.CallFactory(university=ktu, title_en="Autumn abroad")
    factories.PlaceFactory(call=call, host=aveiro, capacity=2)
    factories.PlaceFactory(call=call, host=aveiro, capacity=5, taken=1)
    factories.PlaceFactory(call=factories.CallFactory(publication="draft", title_en=CANARY), host=aveiro)
    factories.PlaceFactory(
        call=factories.CallFactory(closes_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), title_en="Over"),
        host=aveiro,
    )
    factories.PlaceFactory(
        call=factories.CallFactory(kind="staff_teaching", title_en="For staff"), host=aveiro
    )
    text = page()
    assert "6 places" in answers(text, "Free now in calls")["UA"]
    assert answers(text, "Free now in calls")["KTU"] == "none now"
    for other in (CANARY, "Over", "For staff"):
        assert other not in text
    assert answers(page("?u=ktu&u=aveiro&home=aveiro"), "Free now in calls of UA")["UA"] == "none now"


def test_what_all_tell_alike_is_marked_and_can_be_left_out(ktu, aveiro):
    other = factories.UniversityFactory(
        slug="vilnius", organisation__country="LT", organisation__city="Vilnius"
    )
    text = page(f"?u=ktu&u={other.slug}")
    assert re.search(r'<tr role="row" class="same"><th[^>]*>Country', text)
    assert not re.search(r'class="same"><th[^>]*>City', text)
    assert not re.search(r'class="same"><th[^>]*>Housing', text)
    differing = page(f"?u=ktu&u={other.slug}&differ=1")
    assert ">Country<" not in differing
    assert ">Housing<" not in differing
    assert ">City<" in differing
    assert "Show everything" in differing


@pytest.mark.parametrize("query", ["", "?u=ktu", "?u=nobody", "?u=ktu&u=ktu"])
def test_fewer_than_two_are_asked_to_be_chosen(ktu, aveiro, query):
    text = page(query)
    assert "<table" not in text
    assert "Tick two to four universities" in text
    assert text.count('type="checkbox"') == 2
    assert ("Ticked so far: Kaunas University of Technology. Tick one to three more." in text) == (
        "ktu" in query
    )


@pytest.mark.parametrize(
    "bad", ["nobody", "%00", "%F0%9F%98%80", "a" * 3000, "'%20OR%201=1", "<script>alert(1)</script>"]
)
def test_an_unknown_university_is_left_out_and_said_so(ktu, aveiro, bad):
    text = page(f"?u=ktu&u={bad}&u=aveiro")
    assert "1 university of the address is not known here" in text
    assert "<table" in text
    assert "<script>alert" not in text


def test_those_beyond_four_are_named_and_can_be_chosen_instead(ktu, aveiro):
    more = [factories.UniversityFactory(slug=f"more-{n}", organisation__name=f"More {n}") for n in range(4)]
    asked = "".join(f"&u={one.slug}" for one in more)
    text = page(f"?u=ktu&u=aveiro{asked}")
    assert "At most four are compared at a time. Left out: More 2, More 3." in text
    everyone = f"?u=ktu&u=aveiro{asked}".replace("&", "&amp;")
    assert f'<a href="/en/universities/{everyone}">Choose which four</a>' in text
    assert text.count('role="columnheader"') == 4


@pytest.mark.parametrize("bad", ["year=1999-2000", "year=%00", "year=2026", "home=nobody", "home=%00"])
def test_a_year_or_home_that_is_not_offered_is_left_out_and_said_so(ktu, aveiro, bad):
    assert "was left out" in page(f"?u=ktu&u=aveiro&{bad}")


def test_a_group_is_in_the_cities_of_its_schools(ktu):
    group = factories.UniversityFactory(slug="insa", organisation__short_name="INSA", organisation__city="")
    for city in ("Lyon", "Rennes", "Lyon"):
        factories.OrganisationFactory(city=city, parent=group.organisation)
    assert answers(page("?u=ktu&u=insa"), "City")["INSA"] == "Lyon Rennes"


def test_one_can_be_removed_and_others_chosen(ktu, aveiro):
    third = factories.UniversityFactory(slug="third")
    text = page("?u=ktu&u=aveiro&u=third&home=ktu")
    assert f'href="?u=ktu&amp;u={third.slug}&amp;home=ktu"' in text
    assert "/en/universities/?u=ktu&amp;u=aveiro&amp;u=third" in text


def test_a_text_in_the_other_language_is_marked(ktu, aveiro):
    sheet(ktu, visa_en="No visa needed.")
    told = page(language="lt")
    assert '<div><span lang="en">No visa needed.</span> <span class="small muted">(' in told
    Factsheet.objects.update(visa_lt="Vizos nereikia.")
    assert "Vizos nereikia.</div>" in page(language="lt")


def test_a_note_on_a_language_is_told_in_the_readers_language_else_marked(ktu, aveiro):
    row = FactsheetLanguage.objects.create(
        factsheet=sheet(ktu), language="en", level="B2", note_en="By letter"
    )
    assert '<span class="small muted" lang="en">By letter</span> <span class="small muted">(' in page(
        language="lt"
    )
    FactsheetLanguage.objects.filter(pk=row.pk).update(note_lt="Raštu")
    told = page(language="lt")
    assert '<span class="small muted">Raštu</span>' in told
    assert "By letter" not in told


def test_it_costs_the_same_for_two_bare_universities_and_four_that_tell_much(
    ktu, aveiro, django_assert_num_queries
):
    full(ktu)
    full(aveiro)
    agreed(ktu, aveiro)
    with django_assert_num_queries(14):
        page("?u=ktu&u=aveiro&home=ktu&year=2027-2028")
    more = [factories.UniversityFactory() for _ in range(2)]
    for host in more:
        full(host)
        agreed(ktu, host)
    with django_assert_num_queries(14):
        page(f"?u=ktu&u=aveiro&u={more[0].slug}&u={more[1].slug}&home=ktu&year=2027-2028")


def full(university):
    """One that has something in every table."""
    told = sheet(university, year="2027/2028")
    FactsheetTerm.objects.create(factsheet=told, term="autumn", starts_on=dt.date(2027, 9, 1))
    FactsheetLanguage.objects.create(factsheet=told, language="en", level="B2")
    told.contacts.add(Contact.objects.create(university=university, name="Office", is_public=True))
    university.fields.add(factories.FieldFactory(code="06"))
    TeachingLanguage.objects.create(university=university, language="en")
    Figure.objects.create(university=university, kind="students", value=1, year=2024)
    factories.PlaceFactory(call=factories.CallFactory(), host=university)
