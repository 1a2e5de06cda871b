"""The pages of factsheets: who reads them, what they say first, how they are written, what becomes of a conflict."""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from members.actions import factsheets as actions
from members.factsheets import content
from members.forms.factsheets import flat
from members.models import Factsheet
from tests.members import facts
from tests.members.facts import AUTUMN, DAY, ENGLISH, SPRING, said
from tests.world import CAST

pytestmark = [pytest.mark.django_db]
CANARY = "canaryfactsheetfig"
NOON = dt.datetime(2027, 4, 15, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def noon(at):
    """The last day of nominations for the autumn."""
    with at(NOON):
        yield


def signed_in(person):
    client = Client()
    if person is not None:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(made, client=None, language="en"):
    with translation.override(language):
        return (client or Client()).get(made.get_absolute_url())


def text_of(response):
    return " ".join(response.content.decode().split())


def address(made, name="factsheet_edit"):
    return reverse(f"members:{name}", args=[made.university.slug, made.year_in_address])


def sent(made, *terms, **more):
    """What the form of `made` would send, with what somebody wrote."""
    fields = {name: more.pop(name) for name in list(more) if name in content.FIELDS}
    about = {name: more.pop(name) for name in ("languages", "contacts") if name in more}
    return {**flat(said(*terms, **about, **fields)), "version": str(made.version), **more}


# Read.


def test_deadlines_stand_first_with_what_is_left_of_them(ktu):
    shown = text_of(page(facts.sheet(ktu, AUTUMN, SPRING)))
    words = [
        "Autumn term: nominations by home universities", "last day today", "Autumn term: applications of students",
        "30 days left", "Spring term: nominations by home universities", "183 days left",
    ]  # fmt: skip
    places = [shown.index(one) for one in words]
    assert places == sorted(places)
    assert "That day included, until its end in Vilnius time." in shown
    assert places[0] < shown.index("In short")


def test_the_day_is_that_of_the_universitys_zone(ktu, at):
    made = facts.sheet(ktu)
    with at(dt.datetime(2027, 4, 15, 21, 30, tzinfo=dt.UTC)):  # half past midnight in Vilnius
        assert "passed" in text_of(page(made))


def test_a_text_that_is_missing_in_one_language_is_shown_in_the_other_and_says_so(ktu):
    made = facts.sheet(ktu, housing_en="A room in a hall.", visa_lt="Vizos nereikia.")
    assert '<div class="flow" lang="en"><p>A room in a hall.</p>' in text_of(page(made, language="lt"))
    assert '<div class="flow" lang="lt"><p>Vizos nereikia.</p>' in text_of(page(made))
    assert "Insurance" not in text_of(page(made))


def test_facts_languages_and_costs_are_said(ktu):
    made = facts.sheet(ktu, decision_weeks=3, transcript_weeks=1, costs_from=500, costs_to=700)
    made.languages.create(whom="staff", language="lt", level="B1")
    made.languages.create(whom="students", language="en", level="B2", note="A certificate")
    shown = text_of(page(made))
    assert "English B2 <span" in shown
    assert shown.index("English B2") < shown.index("Lithuanian B1")
    for words in (
        "within 3 weeks",
        "1 week after the results are known",
        "€500 to €700 a month",
        "A certificate",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(500, None, "from €500 a month"), (None, 700, "up to €700 a month"), (600, 600, "about €600 a month")],
)
def test_half_a_span_of_costs_is_said_too(low, high, words, ktu):
    assert words in text_of(page(facts.sheet(ktu, costs_from=low, costs_to=high)))


def test_only_public_contacts_are_shown_to_anybody(cast, ktu):
    made = facts.sheet(ktu)
    desk = facts.contact(ktu, "Open desk", email="open@ktu.example")
    made.contacts.set([desk, facts.contact(ktu, CANARY, public=False)])
    for persona in CAST:
        shown = text_of(page(made, signed_in(cast[persona])))
        assert "open@ktu.example" in shown
        assert CANARY not in shown, persona


def test_other_years_are_offered_and_drafts_among_them_to_their_writers(ktu, ruta, ana):
    made = facts.sheet(ktu)
    facts.sheet(ktu, year="2026/2027")
    facts.sheet(ktu, year="2028/2029", published=False)
    for person, years in ((None, 1), (ana, 1), (ruta, 2)):
        shown = text_of(page(made, signed_in(person)))
        assert "/factsheets/2026-2027/" in shown
        assert shown.count("/factsheets/202") - shown.count("/factsheets/2027-2028/") == years
        assert ("/factsheets/2028-2029/" in shown) == (person == ruta)


def test_a_draft_is_seen_by_its_writers_alone_on_every_page_of_the_university(cast, ktu):
    draft = facts.sheet(ktu, published=False, housing_en=CANARY, housing_website=f"https://{CANARY}.example/")
    facts.sheet(ktu, year="2026/2027")
    paths = [
        draft.get_absolute_url(), ktu.get_absolute_url(), "/en/universities/", "/en/search/?q=" + CANARY[:8],
        "/en/universities/compare/?u=ktu&year=2027-2028", "/feeds/factsheets/en/ktu.ics", "/sitemap.xml",
        "/en/universities/ktu/factsheets/2026-2027/", "/en/my-work/",
    ]  # fmt: skip
    for persona in CAST:
        client = signed_in(cast[persona])
        writes = persona in ("ruta", "egle", "laima")
        for path in paths:
            shown = client.get(path, follow=True).content.decode()
            assert (CANARY in shown) == (writes and path == draft.get_absolute_url()), f"{persona} at {path}"
            if not writes and path != draft.get_absolute_url():
                assert "factsheets/2027-2028/" not in shown, f"{persona} at {path}"
        assert page(draft, client).status_code == (200 if writes else 404)


def test_published_ones_stand_in_the_sitemap(ktu):
    made = facts.sheet(ktu)
    facts.sheet(ktu, year="2028/2029", published=False)
    shown = Client().get("/sitemap.xml").content.decode()
    assert f"{made.get_absolute_url()}</loc>" in shown
    assert "2028-2029" not in shown


def test_a_page_costs_the_same_queries_whatever_is_in_it(ktu, django_assert_num_queries):
    bare, whole = facts.sheet(ktu, year="2026/2027"), facts.sheet(ktu, AUTUMN, SPRING)
    whole.languages.create(language="en", level="B2")
    whole.contacts.set([facts.contact(ktu, "One"), facts.contact(ktu, "Two")])
    for made in (bare, whole):
        with django_assert_num_queries(5):
            page(made)


# Begun and published.


def test_a_coordinator_takes_a_factsheet_from_the_year_before_to_everybody(ktu, ruta):
    facts.sheet(ktu, by=ruta)
    client = signed_in(ruta)
    new = reverse("members:factsheet_create", args=["ktu"])
    assert 'value="2028/2029" selected' in client.get(new).content.decode()
    response = client.post(new, {"year": "2028/2029", "begin": "copy"})
    draft = Factsheet.objects.get(year="2028/2029")
    assert response["Location"] == address(draft)
    refused = client.post(address(draft, "factsheet_publication"), {"step": "publish"})
    assert refused.status_code == 422
    assert "Autumn term: check the dates, they were copied." in text_of(refused)
    form = sent(draft, facts.moved(AUTUMN, **{n: getattr(draft.terms.get(), n) for n in content.DATES}))
    assert client.post(address(draft), form).status_code == 302
    assert client.post(address(draft, "factsheet_publication"), {"step": "publish"}).status_code == 302
    assert page(draft).status_code == 200
    assert client.post(address(draft, "factsheet_publication"), {"step": "unpublish"}).status_code == 302
    assert page(draft).status_code == 404


def test_a_year_that_is_there_leads_to_it_and_one_that_is_none_is_refused(ktu, ruta):
    made = facts.sheet(ktu)
    client, new = signed_in(ruta), reverse("members:factsheet_create", args=["ktu"])
    refused = client.post(new, {"year": "2027/2028", "begin": "empty"})  # no longer in the list
    assert refused.status_code == 422
    refused = client.post(new, {"year": "2026/2027", "begin": "copy"})
    assert "There is no factsheet of the year before to copy from." in text_of(refused)
    assert Factsheet.objects.get() == made


# Written.


def test_the_form_has_every_term_the_stored_languages_and_says_what_is_missing(ktu, ruta):
    made = facts.sheet(ktu, by=ruta, published=False, housing_en="A room.")
    shown = text_of(signed_in(ruta).get(address(made)))
    for name in ("term-autumn-starts_on", "term-summer-ends_on", "languages-0-level", "more_lt"):
        assert f'name="{name}"' in shown
    assert 'name="term-autumn-nomination_until" value="2027-04-15"' in shown
    assert "Missing: text in Lithuanian" in shown


def test_rows_are_added_and_removed_without_losing_what_was_typed(ktu, ruta):
    made = facts.sheet(ktu, by=ruta, published=False)
    client = signed_in(ruta)
    typed = sent(made, housing_en="Half a sen", **{"term-autumn-starts_on": "1 Sep"})
    more = text_of(client.post(address(made), typed | {"step": "add-languages"}))
    assert 'name="languages-1-language"' in more
    assert "Half a sen" in more
    assert 'value="1 Sep"' in more
    less = text_of(client.post(address(made), typed | {"step": "remove-languages-0"}))
    assert '<option value="en" selected' not in less
    assert Factsheet.objects.get().housing_en == ""


def test_dates_can_be_typed_in_the_ways_of_people(ktu, ruta):
    made = facts.sheet(ktu, by=ruta, published=False)
    typed = {"term-autumn-nomination_until": "20/4/2027", "term-autumn-application_until": "16.5.2027"}
    assert signed_in(ruta).post(address(made), sent(made) | typed).status_code == 302
    term = made.terms.get()
    assert (term.nomination_until, term.application_until) == (DAY(2027, 4, 20), DAY(2027, 5, 16))


def test_what_is_wrong_is_said_on_top_with_a_link_and_beside_the_field(ktu, ruta):
    made = facts.sheet(ktu, by=ruta, published=False)
    wrong = {
        "term-autumn-application_until": "2027-04-01", "term-autumn-ends_on": "some day", "decision_weeks": "99",
        "visa_website": "javascript:alert(1)", "languages-0-level": "B9", "housing_en": "Kept as typed",
    }  # fmt: skip
    response = signed_in(ruta).post(address(made), sent(made) | wrong)
    shown = text_of(response)
    assert response.status_code == 422
    assert "<title>Error: " in shown
    for words in (
        '<a href="#id_term-autumn-ends_on">Autumn term: Ends on: Enter a real date',
        '<a href="#id_languages-0-level">Language 1: Level: ',
        "Kept as typed",
    ):
        assert words in shown
    wrong |= {"term-autumn-ends_on": "", "languages-0-level": "B2"}
    shown = text_of(signed_in(ruta).post(address(made), sent(made) | wrong))
    for words in (
        '<a href="#id_term-autumn-application_until">Autumn term: Applications until: Applications end before',
        '<a href="#id_decision_weeks">',
        '<a href="#id_visa_website">',
    ):
        assert words in shown
    assert content.read(Factsheet.objects.get()) == content.read(made)


def test_a_draft_is_kept_without_the_level_of_a_language_and_not_published(ktu, ruta):
    made = facts.sheet(ktu, by=ruta, published=False)
    client = signed_in(ruta)
    assert client.post(address(made), sent(made) | {"languages-0-level": ""}).status_code == 302
    made = Factsheet.objects.get()
    assert made.languages.get().level == ""
    with pytest.raises(actions.Incomplete, match="English: choose the level that is needed"):
        actions.publish(made, by=ruta)
    assert "English: choose the level that is needed." in text_of(client.get(made.get_absolute_url()))
    assert client.post(address(made), sent(made) | {"languages-0-level": "B2"}).status_code == 302
    published = actions.publish(Factsheet.objects.get(), by=ruta)
    said = content.read(published)
    bare = replace(said, languages=(replace(said.languages[0], level=""),))
    with pytest.raises(actions.Incomplete):
        actions.write(published, bare, by=ruta, seen=None)


def test_a_published_one_can_not_lose_its_last_deadline_on_the_form(ktu, ruta):
    made = facts.sheet(ktu, by=ruta)
    bare = {"term-autumn-nomination_until": "", "term-autumn-application_until": ""}
    response = signed_in(ruta).post(address(made), sent(made) | bare)
    assert response.status_code == 422
    assert "Give the deadline of one term at least." in text_of(response)


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999"])
def test_a_form_that_did_not_arrive_whole_saves_nothing(version, ktu, ruta):
    made = facts.sheet(ktu, by=ruta, published=False)
    response = signed_in(ruta).post(address(made), sent(made, housing_en="New") | {"version": version})
    assert response.status_code in (409, 422)
    assert Factsheet.objects.get().housing_en == ""


@pytest.mark.parametrize("junk", ["\x00", "languages-999-language", "2027-13-45"])
def test_junk_is_refused_without_an_error_of_ours(junk, ktu, ruta):
    made = facts.sheet(ktu, by=ruta, published=False)
    names = ("housing_en", "term-spring-starts_on", "languages-7-language", "contacts")
    data = sent(made) | dict.fromkeys(names, junk)
    assert signed_in(ruta).post(address(made), data).status_code == 422


# A conflict.


def test_what_both_changed_is_shown_side_by_side_and_chosen(ktu, ruta, egle):
    made = facts.sheet(ktu, by=ruta, published=False, housing_en="Before", visa_en="Before")
    theirs = facts.moved(AUTUMN, nomination_until=DAY(2027, 4, 1))
    actions.write(made, said(theirs, housing_en="Theirs", visa_en="Before"), by=egle, seen=made.version)
    client = signed_in(ruta)
    data = sent(made, languages=(), housing_en="Mine", visa_en="Mine too")
    conflict = client.post(address(made), data)
    shown = text_of(conflict)
    assert conflict.status_code == 409
    for words in ("Theirs", "Mine", "nominations until: 1 April 2027", "Students: English B2", "Mine too"):
        assert words in shown
    assert 'name="keep-term-autumn" value="theirs" checked' in shown  # only they changed it
    assert 'name="keep-visa_en" value="mine" checked' in shown
    made.refresh_from_db()
    chosen = data | {
        "version": str(made.version), "keep-term-autumn": "theirs", "keep-housing_en": "theirs",
        "keep-languages": "theirs", "keep-visa_en": "mine",
    }  # fmt: skip
    assert client.post(address(made), chosen).status_code == 302
    saved = content.read(Factsheet.objects.get())
    assert (saved.fields["housing_en"], saved.fields["visa_en"]) == ("Theirs", "Mine too")
    assert (saved.terms, saved.languages) == ((theirs,), (ENGLISH,))


def test_what_somebody_only_published_meanwhile_is_no_conflict(ktu, ruta, egle):
    made = facts.sheet(ktu, by=ruta, published=False)
    actions.publish(made, by=egle)
    assert signed_in(ruta).post(address(made), sent(made, housing_en="Mine")).status_code == 302
    saved = Factsheet.objects.get()
    assert (saved.housing_en, saved.is_published) == ("Mine", True)


def test_a_conflict_over_contacts_names_them(ktu, ruta, egle):
    office = facts.contact(ktu, "The desk")
    made = facts.sheet(ktu, by=ruta, published=False)
    actions.write(made, said(contacts=[office], costs_from=500), by=egle, seen=made.version)
    shown = text_of(signed_in(ruta).post(address(made), sent(made, costs_from=400)))
    assert "The desk" in shown
    assert "500" in shown
