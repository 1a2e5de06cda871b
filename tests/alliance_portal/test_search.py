import json
import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client

from alliance_portal.pages import finding
from ground import linked_data
from ground.patience import TooLong, patience
from members.models import Contact, Identifier, Organisation, OrganisationalUnit
from projects.models import Programme, Project
from tests import factories

pytestmark = pytest.mark.django_db


def answer(typed, person=None, path="/en/search/"):
    client = Client()
    if person:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(path, {"q": typed})


def find(typed, person=None, path="/en/search/"):
    """The page without the marks in it."""
    response = answer(typed, person, path)
    assert response.status_code == 200
    return response.content.decode().replace("<mark>", "").replace("</mark>", "")


def fill(number):
    for n in range(number):
        university = factories.UniversityFactory(organisation__name=f"Šiaurės university {n}")
        factories.ProjectFactory(lead=university, title_en=f"Šiaurės project {n}")
        factories.CallFactory(university=university, title_en=f"Šiaurės call {n}")
        factories.NewsItemFactory(title_en=f"Šiaurės news {n}")
        factories.EventFactory(title_en=f"Šiaurės event {n}")
        factories.ProgrammeFactory(name_en=f"Šiaurės programme {n}")


def test_a_search_costs_the_same_with_one_row_and_with_three(django_assert_num_queries):
    fill(1)
    with django_assert_num_queries(3):
        find("siaures")
    fill(3)
    with django_assert_num_queries(3):
        find("siaures")


def test_a_wrong_letter_costs_one_query_more_and_a_person_four(django_assert_num_queries, dainius):
    for number in (1, 3):
        fill(number)
        with django_assert_num_queries(4):
            find("siaurse")
        client = Client()
        client.force_login(dainius, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.get("/en/")
        with django_assert_num_queries(8):
            assert client.get("/en/search/", {"q": "siaurse"}).status_code == 200


def test_every_room_is_searched_without_regard_to_case_and_diacritics():
    fill(1)
    text = find("SIAURES")
    for kind in ("project", "university", "call", "news", "event", "programme"):
        assert f"Šiaurės {kind} 0" in text
    assert "6 results" in text


def test_groups_say_how_many_there_are_beyond_those_shown():
    for n in range(7):
        factories.NewsItemFactory(title_en=f"Wind farm {n}")
    text = find("wind")
    assert "7 results" in text
    assert text.count("Wind farm") == 5


def test_every_word_counts_and_a_beginning_is_enough():
    factories.NewsItemFactory(title_en="Circular cities meet")
    assert "Circular cities" in find("cit circ")
    assert "Nothing was found" in find("circular villages")


def test_a_code_is_found_with_and_without_its_marks():
    factories.ProjectFactory(code="S-NET-24-50", title_en="Membership")
    assert "S-NET-24-50" in find("s-net-24-50").replace('value="s-net-24-50"', "")
    assert "Membership" in find("snet24")


def test_drafts_are_found_only_by_those_who_may_see_them(ktu, dainius, ieva, ruta, ana):
    factories.ProjectFactory(lead=ktu, title_en="Zebra project", publication="draft")
    factories.NewsItemFactory(university=ktu, title_en="Zebra news", publication="draft", published_at=None)
    factories.EventFactory(university=ktu, title_en="Zebra event", publication="draft")
    factories.CallFactory(university=ktu, title_en="Zebra call", publication="draft")
    for stranger in (None, ana):
        assert "Nothing was found" in find("zebra", stranger)
    assert "Zebra project" in find("zebra", dainius)
    assert "Zebra news" in find("zebra", ieva)
    assert "Zebra event" in find("zebra", ieva)
    assert "Zebra call" in find("zebra", ruta)
    assert "Zebra news" not in find("zebra", dainius)


def test_hidden_things_are_neither_found_nor_told_of_by_a_wrong_letter(ktu, ana):
    factories.ProjectFactory(title_en="Quantum sensors")
    factories.ProjectFactory(lead=ktu, title_en="Quantim secret canary", publication="draft")
    factories.NewsItemFactory(university=ktu, title_en="Canarybird", publication="draft", published_at=None)
    Contact.objects.create(university=ktu, name="Canarina Canaryte", is_public=False)
    for person in (None, ana):
        text = find("quantam", person)
        assert "Quantum sensors" in text
        assert "Shown for: quantum<" in text
        for hidden in ("canaryx", "canarybrid", "canarina", "canarita"):
            assert "Nothing was found" in find(hidden, person), hidden


def test_internal_contacts_are_found_by_nobody(ktu, ruta):
    Contact.objects.create(university=ktu, name="Živilė Putinė", is_public=False)
    Contact.objects.create(university=ktu, name="Živilė Kalnė", is_public=True, email="kalne@ktu.example")
    for person in (None, ruta):
        text = find("zivile", person)
        assert "Živilė Kalnė" in text
        assert "Putinė" not in text
    assert f"/en/universities/{ktu.slug}/#contacts" in find("kalne@ktu.example")


def test_schools_codes_units_and_centres_lead_to_their_pages(ktu):
    Organisation.objects.create(name="Academy of Lighthouses", country="LT", parent=ktu.organisation)
    Identifier.objects.filter(organisation=ktu.organisation).delete()
    Identifier.objects.create(organisation=ktu.organisation, scheme="pic", value="999844961")
    OrganisationalUnit.objects.create(
        university=ktu, name_en="Beacon laboratory", name_lt="Švyturių laboratorija"
    )
    page = f"/en/universities/{ktu.slug}/"
    assert f'href="{page}"' in find("lighthouses")
    assert f'href="{page}"' in find("999844961")
    assert f'href="{page}#units"' in find("svyturiu")


def test_places_are_those_that_can_be_applied_for_now(aveiro):
    open_call = factories.CallFactory(title_en="Open call", slug="open-call")
    closed = factories.CallFactory(title_en="Closed call", slug="closed", closes_at="2021-01-01T00:00Z")
    draft = factories.CallFactory(title_en="Draft call", slug="draft", publication="draft")
    for call in (open_call, closed, draft):
        factories.PlaceFactory(call=call, host=aveiro)
    factories.PlaceFactory(call=open_call, host=aveiro, is_offered=False)
    found = finding.find("aveiro", AnonymousUser(), each=5)
    (places,) = [group for group in found.groups if group.look.key == "places"]
    assert [(hit.hit.href, hit.hit.note) for hit in places.hits] == [
        ("/en/mobility/calls/open-call/", "Open call")
    ]


def test_words_are_marked_and_a_text_is_shown_where_the_name_has_none():
    factories.NewsItemFactory(title_en="<i>Wind</i> farm", body_en="Of no importance.")
    factories.NewsItemFactory(title_en="Another", body_en="Something **about** the wind & the <b>sea</b>.")
    text = answer("wind").content.decode()
    assert "&lt;i&gt;<mark>Wind</mark>&lt;/i&gt; farm" in text
    assert "Something about the <mark>wind</mark> &amp; the &lt;b" in text


def test_exact_hits_come_first_and_others_are_told_of():
    factories.NewsItemFactory(title_en="Univercity, as the sign said")
    factories.NewsItemFactory(title_en="University")
    text = find("univercity")
    assert text.index("Univercity, as") < text.index("University<")
    assert "Shown also for: university<" in text
    assert "Shown for" not in text


def test_with_enough_exact_hits_nobody_asks_about_letters():
    for number in range(5):
        factories.NewsItemFactory(title_en=f"Univercity {number}")
    factories.NewsItemFactory(title_en="University")
    assert "Shown also" not in find("univercity")


def test_the_best_come_first_where_they_are_few_and_the_newest_where_they_are_many(ktu, monkeypatch):
    factories.ProjectFactory(lead=ktu, title_en="Wind", ends_on="2026-12-31")
    factories.ProjectFactory(lead=ktu, title_en="Another", description_en="wind", ends_on="2029-12-31")
    text = find("wind")
    assert text.index("Wind<") < text.index("Another<")
    monkeypatch.setattr(finding, "MOST", 1)
    text = find("wind")
    assert text.index("Another<") < text.index("Wind<")
    assert "More than 1 results" in text
    assert "more than 1<" in text


def many(ktu, number, every=20):
    """So many projects, of which one in `every` is about wind and one about a narwhal."""
    project = factories.ProjectFactory(lead=ktu, title_en="Plain")
    columns = [
        f.column
        for f in Project._meta.local_concrete_fields
        if f.column not in ("id", "uuid", "code", "key", "search")
    ]
    names = ", ".join(columns)
    rows = (
        f"INSERT INTO projects_project (uuid, code, key, search, {names}) SELECT gen_random_uuid(), 'M-' || n, "  # noqa: S608
        "'m-' || n, to_tsvector('simple', 'word' || n %% 500 || CASE WHEN n %% %s = 0 THEN ' wind' ELSE '' END || "
        f"CASE WHEN n = 77 THEN ' narwhal' ELSE '' END), {names} FROM projects_project, "
        "generate_series(1, %s::int) n WHERE id = %s"
    )
    words = (
        "INSERT INTO ground_titleword SELECT unnest(ground_near(w)), w FROM (SELECT 'word' || translate(n::text, "
        "'0123456789', 'abcdefghij') w FROM generate_series(1, %s::int) n) words"
    )
    entries = (
        "INSERT INTO ground_entry SELECT 'unit', 1000000 + n, to_tsvector('simple', 'unit' || n) "
        "FROM generate_series(1, %s::int) n"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE projects_project DISABLE TRIGGER USER"
        )  # the words come below, all at once
        cursor.execute(rows, [every, number, project.pk])
        cursor.execute("ALTER TABLE projects_project ENABLE TRIGGER USER")
        cursor.execute(words, [number])
        cursor.execute(entries, [number])
        for table in ("projects_project", "ground_titleword", "ground_entry"):
            # What a server does by itself in a while: sort new words into their index, and count.
            cursor.execute(
                "SELECT gin_clean_pending_list(c.oid) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid "
                "JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'gin' AND i.indrelid = %s::regclass",
                [table],
            )
            cursor.execute(f"ANALYZE {table}")


def scanned(page):
    """The tables that the database reads from end to end for a search."""
    kept, found = [], set()

    def note(execute, sql, values, many, context):
        kept.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        page()

    def walk(plan):
        if plan.get("Node Type") == "Seq Scan":
            found.add(plan["Relation Name"])
        for part in plan.get("Plans", []):
            walk(part)

    with connection.cursor() as cursor:
        for sql, values in kept:
            if "SELECT" in sql[:10]:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
                (plan,) = cursor.fetchone()
                walk((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return found


def test_large_tables_are_never_read_from_end_to_end(ktu, monkeypatch):
    monkeypatch.setattr(finding, "LONGEST", 60)
    many(ktu, 10_000)
    for typed in ("narwhal", "wind", "wind narwhal", "narwhla", "nothing", "word44"):
        read = scanned(lambda typed=typed: find(typed))
        assert not read & {"projects_project", "ground_titleword", "ground_entry"}, typed


def test_more_than_a_thousand_are_not_counted_to_the_end(ktu, monkeypatch):
    monkeypatch.setattr(finding, "LONGEST", 60)
    many(ktu, 1_100, every=1)
    text = find("wind")
    assert "More than 1,000 results" in text
    assert "more than 1,000<" in text


def test_what_takes_too_long_is_cancelled_and_said():
    begun = time.monotonic()
    with pytest.raises(TooLong), patience(0.1):
        connection.cursor().execute("SELECT pg_sleep(20)")
    assert time.monotonic() - begun < 10


def test_a_search_that_took_too_long_says_what_to_do(monkeypatch):
    def wait(*anything, **more):
        raise TooLong

    monkeypatch.setattr(finding, "_find", wait)
    response = answer("wind")
    assert response.status_code == 503
    assert "took too long" in response.content.decode()
    assert answer("wind", path="/en/search/suggestions/").status_code == 200


def test_suggestions_are_options_with_the_address_of_each(ktu):
    fill(3)
    response = answer("siaur", path="/en/search/suggestions/")
    text = response.content.decode()
    assert text.count('role="option"') == 12  # two of each of six kinds
    assert 'data-href="/en/universities/' in text
    assert "12 suggestions" in text
    assert response["Cache-Control"] == "private, no-store"
    assert "No suggestions" in answer("zzzz", path="/en/search/suggestions/").content.decode()


def test_what_is_found_is_called_as_readers_of_lithuanian_know_it(ktu):
    factories.ProjectFactory(title_en="Wind farms", title_lt="Vėjo jėgainės")
    text = find("vejo", path="/lt/search/")
    assert "Vėjo jėgainės" in text
    assert "Wind farms" not in text
    assert "Wind farms" in find("vejo")


def test_what_was_found_by_its_other_language_shows_why():
    factories.NewsItemFactory(title_en="Wind farms", title_lt="Vėjo jėgainės", body_en="", body_lt="")
    factories.NewsItemFactory(
        title_en="Nothing of it", title_lt="Nieko", body_en="All about the wind.", body_lt="Apie orą."
    )
    text = answer("wind", path="/lt/search/").content.decode()
    assert "Vėjo jėgainės</a>" in text
    assert 'lang="en"><mark>Wind</mark> farms</span>' in text
    assert 'lang="en">All about the <mark>wind</mark>.</span>' in text
    assert 'lang="en"><mark>' not in answer("wind", path="/en/search/").content.decode()


@pytest.mark.parametrize("path", ["/en/search/", "/en/search/suggestions/"])
@pytest.mark.parametrize(
    "typed",
    [
        "'", '"', "%", "\\", "&|!():*", "a & | b", "<->", "<script>alert(1)</script>", "\x00", "a\x00b", "x" * 10_240,
        "a " * 5_000, "' OR 1=1 --", "{{ 7*7 }}", "😀", "\u202e", "ąčę", "-", "*:*", "жизнь", "\t\n",
        "word " * 400, " ".join(f"w{n}" for n in range(400)), "a" * 41, "x'||'y", "e\u0301" * 200, "%s %d %(x)s",
        "\ud800", "a\udfffb",
    ],
)  # fmt: skip
def test_nothing_that_can_be_typed_breaks_the_search(typed, path):
    fill(1)
    text = find(
        typed.encode("utf-8", "surrogatepass") if "\ud800" <= max(typed) <= "\udfff" else typed, path=path
    )
    assert "<script>alert" not in text
    assert "\x00" not in text


def test_a_broken_encoding_is_searched_as_what_can_be_read_of_it():
    assert Client().get("/en/search/?q=%ff%fe%ED%A0%80").status_code == 200


def test_nothing_typed_asks_for_something():
    assert "Type the name of" in find("")
    assert "Type the name of" in find(" \t ")


def test_the_language_of_what_is_found_is_marked():
    Programme.objects.create(slug="aid", name_lt="Parama", position=1)
    assert 'lang="lt"' in find("parama")


def test_a_data_block_leaves_out_what_is_empty_and_escapes_the_rest():
    block = linked_data.block("Event", name="</script>&\u2028", place=None)
    assert block == (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Event", '
        '"name": "\\u003C/script\\u003E\\u0026\\u2028"}</script>'
    )
