"""All that a search finds of one kind, page by page; and that no kind is read from end to end."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client

from alliance_portal.pages import finding, listing
from alliance_portal.pages.looks import LOOKS
from members.models import Centre, Contact, OrganisationalUnit
from news.models import NewsItem
from tests import factories
from tests.alliance_portal.test_search import scanned

pytestmark = pytest.mark.django_db
KINDS = [look.key for look in LOOKS]
ALL = "/en/search/{}/"


def answer(kind, person=None, **query):
    client = Client()
    if person:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(ALL.format(kind), query)


def read(kind, person=None, **query):
    response = answer(kind, person, **query)
    assert response.status_code == 200, response.status_code
    return response.content.decode().replace("<mark>", "").replace("</mark>", "")


@pytest.fixture
def one_of_each(ktu):
    """One of every kind that has the word narwhal."""
    member = factories.UniversityFactory(organisation__name="Narwhal university")
    call = factories.CallFactory(university=ktu, title_en="Narwhal call")
    unit = OrganisationalUnit.objects.create(university=ktu, name_en="Narwhal unit", name_lt="Skyrius")
    return {
        "projects": factories.ProjectFactory(lead=ktu, title_en="Narwhal project"),
        "universities": member,
        "calls": call,
        "places": factories.PlaceFactory(call=call, host=member),
        "contacts": Contact.objects.create(university=ktu, name="Narwhal Office", is_public=True),
        "news": factories.NewsItemFactory(title_en="Narwhal news"),
        "events": factories.EventFactory(title_en="Narwhal event"),
        "funding": factories.ProgrammeFactory(name_en="Narwhal fund"),
        "centres": Centre.objects.create(host=ktu.organisation, slug="narwhal", name_en="Narwhal centre"),
        "units": unit,
    }


def test_every_kind_can_be_seen_whole(one_of_each):
    text = Client().get("/en/search/?q=narwhal").content.decode()
    for kind in KINDS:
        address = "/en/projects/" if kind == "projects" else ALL.format(kind)
        assert f'href="{address}?q=narwhal">Show all</a>' in text, kind
        shown = read(kind, q="narwhal")
        assert "1 result for" in shown, kind
        assert "Narwhal" in shown, kind


def test_every_kind_can_be_seen_whole_after_a_wrong_letter_too(one_of_each):
    text = Client().get("/en/search/?q=narwhol").content.decode()
    for kind in re.findall(r'<h2 id="([a-z]+)"', text):
        assert f'href="{ALL.format(kind)}?q=narwhol&amp;near=1">Show all</a>' in text, kind
        shown = read(kind, q="narwhol", near="1")
        assert "1 result for “narwhol”" in shown, kind
        assert "Shown also for words that differ by one letter" in shown, kind
        assert "Narwhal" in shown, kind
    assert "Nothing was found" in read("news", q="narwhol")


def test_a_wrong_letter_tells_a_list_nothing_of_what_is_hidden(ktu, ana):
    factories.NewsItemFactory(university=ktu, title_en="Canarybird", publication="draft", published_at=None)
    factories.NewsItemFactory(title_en="Narwhal news")
    for person in (None, ana):
        assert "Nothing was found" in read("news", person, q="canarybyrd", near="1")


def test_pages_after_a_wrong_letter_go_on(ktu, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(listing, "SIZE", 2)
    for n in range(3):
        factories.NewsItemFactory(title_en=f"Narwhal {n}")
    first = answer("news", q="narwhol", near="1")
    with django_assert_num_queries(4):
        second = answer("news", q="narwhol", near="1", after=first.context["found"].page.after)
    assert len(first.context["found"].hits) + len(second.context["found"].hits) == 3


@pytest.mark.parametrize("many", [False, True], ids=["best first", "newest first"])
@pytest.mark.parametrize("kind", ["news", "events", "centres", "contacts", "units", "projects"])
def test_pages_follow_each_other_without_gap_or_repetition(kind, many, ktu, monkeypatch, ieva):
    monkeypatch.setattr(listing, "SIZE", 4)
    monkeypatch.setattr(listing, "MOST", 5 if many else 1000)
    for n in range(10):
        title = f"Narwhal {n}"
        if kind == "news":  # a draft has no moment of publication
            factories.NewsItemFactory(university=ktu, title_en=title, publication="draft", published_at=None)
        if kind == "events":
            factories.EventFactory(title_en=title)
        if kind == "centres":
            Centre.objects.create(host=ktu.organisation, slug=f"c-{n}", name_lt=title)
        if kind == "contacts":
            Contact.objects.create(university=ktu, name=title, is_public=True)
        if kind == "units":
            OrganisationalUnit.objects.create(university=ktu, name_en=title)
        if kind == "projects":
            factories.ProjectFactory(lead=ktu, title_en=title)
    found, cursors, query = [], 0, {}
    while True:
        response = answer(kind, ieva, q="narwhal", **query)
        listed = response.context["found"]
        found += [str(one.title) for one in listed.hits]
        if not listed.page.after:
            break
        cursors, query = cursors + 1, {"after": listed.page.after}
    assert cursors == 2
    assert len(found) == len(set(found)) == 10
    back = answer(kind, ieva, q="narwhal", before=listed.page.before).context["found"]
    assert [str(one.title) for one in back.hits] == found[4:8]
    assert listed.more is many


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_costs_the_same_with_one_row_and_with_three(kind, one_of_each, django_assert_num_queries):
    with django_assert_num_queries(
        3 if kind in ("news", "places") else 2
    ):  # the moment, all keys or their number, rows
        read(kind, q="narwhal")
    if kind in ("news", "events", "calls"):
        more = {
            "news": factories.NewsItemFactory,
            "events": factories.EventFactory,
            "calls": factories.CallFactory,
        }
        for _n in range(2):
            more[kind](title_en="Narwhal again")
        with django_assert_num_queries(3 if kind == "news" else 2):
            assert "3 results" in read(kind, q="narwhal")


def test_what_others_may_not_see_is_not_listed(ktu, ieva, ana):
    factories.NewsItemFactory(
        university=ktu, title_en="Narwhal secret", publication="draft", published_at=None
    )
    Contact.objects.create(university=ktu, name="Narwhal Hidden", is_public=False)
    for person in (None, ana):
        assert "Nothing was found" in read("news", person, q="narwhal")
        assert "Nothing was found" in read("contacts", person, q="narwhal")
    assert "Narwhal secret" in read("news", ieva, q="narwhal")


@pytest.mark.parametrize("cursor", ["-1", "\x00", "AAAA", "W10", "bnVsbA", "a" * 4000, "%", "\\"])
def test_a_page_that_was_not_made_here_is_refused(cursor, one_of_each):
    for kind in ("news", "places"):
        assert answer(kind, q="narwhal", after=cursor).status_code == 400
        assert answer(kind, q="narwhal", before=cursor).status_code == 400


def test_a_kind_that_is_not_there_is_not_found():
    assert answer("secrets", q="x").status_code == 404
    assert answer("x" * 300, q="x").status_code == 404


@pytest.mark.parametrize(
    "typed",
    ["'", '"', '"narwhal"', "%", "\\", "&|!():*", "a OR b", "narwhal -call",
     "\x00", "x" * 10_240, "a " * 5_000, "*:*", "{{ 7*7 }}",
     "<->", "\u202e"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["news", "places", "universities"])
def test_whatever_is_typed_is_text(kind, typed, one_of_each):
    assert answer(kind, q=typed).status_code == 200


def test_quotes_and_operators_are_no_language_of_their_own(one_of_each):
    """Who types a sign as elsewhere finds what the words find."""
    for typed in ('"narwhal news"', "narwhal & news", "+narwhal +news", "narwhal: news!", "(narwhal) news*"):
        assert "Narwhal news" in read("news", q=typed), typed


def test_what_took_too_long_says_so(monkeypatch, one_of_each):
    def wait(*anything):
        raise listing.TooLong

    monkeypatch.setattr(listing, "_listed", wait)
    response = answer("news", q="narwhal")
    assert response.status_code == 503
    assert "took too long" in response.content.decode()


NUMBER = 5_000
# Columns that are different in every row, each with what makes it so.
DIFFERENT = {
    "uuid": "gen_random_uuid()", "slug": "t.slug || '-' || n", "code": "t.code || n", "key": "t.key || n",
    "position": "t.position + n", "path": "t.path || n",
    "search": "to_tsvector('simple', 'word' || n % 500 || CASE WHEN n = 77 THEN ' narwhal' ELSE '' END)",
}  # fmt: skip


def copy(record, number=NUMBER, **different):
    """So many rows like `record`, of which one has the word narwhal besides it."""
    table = record._meta.db_table
    names = [field.column for field in record._meta.local_concrete_fields if field.column != "id"]
    values = ", ".join(({**DIFFERENT, **different}).get(name, f"t.{name}") for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} t, "  # noqa: S608
            f"generate_series(1, {number}) n WHERE t.id = {record.pk}"
        )
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return table


def enter(kind, table):
    """The words of the rows of `table` as they stand in the common index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ground_entry (kind, record, words) SELECT %s, id, to_tsvector('simple', 'word' || id %% 500) "  # noqa: S608
            f"FROM {table} WHERE NOT EXISTS (SELECT FROM ground_entry e WHERE e.kind = %s AND e.record = {table}.id)",
            [kind, kind],
        )


def settle(*tables):
    """What a server does by itself in a while: sort new words into their index, and count."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                "SELECT gin_clean_pending_list(c.oid) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid "
                "JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'gin' AND i.indrelid = %s::regclass",
                [table],
            )
            cursor.execute(f"ANALYZE {table}")


ENTRIES = {
    "calls": "call",
    "contacts": "contact",
    "funding": "programme",
    "centres": "centre",
    "units": "unit",
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "projects"])
def test_no_kind_is_read_from_end_to_end(kind, one_of_each, monkeypatch):
    monkeypatch.setattr(finding, "LONGEST", 60)
    monkeypatch.setattr(listing, "LONGEST", 60)
    record = one_of_each[kind]
    tables = ["ground_entry"]
    if kind == "universities":
        tables = [copy(record.organisation)]  # every university of Europe, of which a few are members
    elif kind == "places":
        calls = copy(record.call)
        enter("call", calls)
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM mobility_call")
            last = cursor.fetchone()[0]
        hosts = [factories.UniversityFactory().pk for _n in range(20)]
        tables.append(copy(record, call_id=f"{last} - n + 1", host_id=f"(ARRAY{hosts})[n % 20 + 1]"))
    elif kind == "units":
        tables.append(copy(record, name_en="t.name_en || n"))
    else:
        tables.append(copy(record))
    if kind in ENTRIES:
        enter(ENTRIES[kind], tables[-1])
    settle(*tables)
    for page in (lambda: Client().get("/en/search/?q=narwhal"), lambda: read(kind, q="narwhal")):
        assert not scanned(page) & set(tables)


def test_the_search_of_news_is_right_after_the_latest_change(at):
    moment = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    with at(moment):
        item = factories.NewsItemFactory(title_en="Narwhal", published_at=moment)
        assert "1 result" in read("news", q="narwhal")
        NewsItem.objects.filter(pk=item.pk).update(publication="draft")
        assert "Nothing was found" in read("news", q="narwhal")
