"""What must never lie on the shelf of visitors' pages, and who must never be served from it."""

import datetime as dt
import gzip

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test.utils import CaptureQueriesContext

from ground import finished, finished_shelf
from ground.finished_front import LONGEST_ADDRESS
from ground.finished_middleware import FinishedPagesMiddleware
from news.models import Topic
from tests import factories
from tests.finished import Visitor, asked, fill, pages, plain, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages_are_kept")]


@pytest.fixture
def path():
    return f"/en/projects/{factories.ProjectFactory().key}/"


def test_who_is_signed_in_neither_fills_the_shelf_nor_sees_it(path):
    user = factories.UserFactory(name="Ana Bandomoji")
    client = Visitor()
    client.force_login(user)
    own = shown(path, client)
    assert (pages(), own["Cache-Control"].count("no-store"), own.has_header("ETag")) == (0, 1, False)
    visitor = fill(path)
    assert user.get_short_name().encode() not in visitor.content
    assert user.get_short_name().encode() in shown(path, client).content


def test_any_session_cookie_passes_the_shelf_by(path, settings):
    client = Visitor()
    client.cookies[settings.SESSION_COOKIE_NAME] = "made-up"
    assert not shown(path, client).has_header("ETag")
    assert pages() == 0


def test_messages_are_shown_to_their_reader_alone(path):
    client = Visitor()
    client.force_login(factories.UserFactory())
    client.post("/en/accounts/logout/")  # leaves a message in a session without a person
    told = shown(path, client)
    assert pages() == 0
    assert b'class="alert' in told.content
    assert b'class="alert' not in fill(path).content


def test_a_page_with_a_form_token_is_not_kept():
    def respond(request):
        return plain(get_token(request).encode())

    first, second = asked(respond).content, asked(respond).content
    assert first != second
    assert pages() == 0


def test_a_page_with_a_form_token_is_not_kept_for_who_has_its_cookie(settings):
    cookie = f"{settings.CSRF_COOKIE_NAME}={'a' * 32}"
    asked(lambda request: plain(get_token(request).encode()), HTTP_COOKIE=cookie)
    assert pages() == 0


def with_cookie(request):
    response = plain()
    response.set_cookie("any", "thing")
    return response


def not_found(request):
    response = plain()
    response.status_code = 404
    return response


@pytest.mark.parametrize(
    "respond",
    [
        with_cookie,
        not_found,
        lambda request: StreamingHttpResponse([b"page"], headers={"Content-Language": "en"}),
        lambda request: plain(**{"Cache-Control": "private"}),
        lambda request: plain(Vary="Cookie, User-Agent"),
        lambda request: plain(Vary="*"),
        lambda request: plain(**{"Content-Language": "lt"}),
    ],
    ids=["cookie", "404", "stream", "private", "varies", "varies by all", "other language"],
)
def test_not_every_answer_is_kept(respond):
    asked(respond)
    assert pages() == 0


def test_what_is_kept_otherwise():
    """The control of the tests around it."""
    asked(lambda request: plain())
    assert pages() == 1


@pytest.mark.parametrize("path", ["/en/nothing-here/", "/en/projects/no-such-key/", "/en/news/nothing/"])
def test_what_is_not_there_does_not_fill_the_shelf(path):
    assert shown(path).status_code == 404
    assert pages() == 0


@pytest.mark.parametrize(
    "query",
    [
        "q=erasmus",
        "phase=under_way&x=1",
        "after=abc",
        "utm_source=x",
        "phase=under_way%00&%ff=1",
        "a=" + "b" * 400,
        "year=x1",
        "programme=" + "a" * 40,
        "phase=nothing",
        "phase=active;q=x",
        "phase=under_way;q=x",
        "sort=ends-last",
        "sort=nothing",
        "year=2026&year=2026",
        "year=%32026",
        "%79ear=2026",
        "year=2026&",
        "&",
        "year=",
        "year=2026&phase=under_way",  # the canonical one has the phase first
    ],
)
def test_queries_that_nobody_else_will_ask_do_not_fill_the_shelf(query):
    shown(f"/en/projects/?{query}")
    assert pages() == 0


def test_a_long_address_passes_the_shelf_by():
    asked(lambda request: plain(), f"/en/{'a' * LONGEST_ADDRESS}/")
    assert pages() == 0


def test_pages_of_other_filters_are_other_pages():
    factories.ProjectFactory(title_en="Of this year")
    assert b"Of this year" in fill("/en/projects/?year=2026").content
    assert b"Of this year" not in fill("/en/projects/?year=2020").content
    assert b"Of this year" in shown("/en/projects/?year=2026").content


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("news", "year=2026.0"), ("news", "year=+2026"), ("news", "topic=nothing"), ("news", "year=1"),
        ("news", "year=2026&topic="), ("mobility/calls", "kind=nothing"), ("mobility/calls", "kind="),
        ("mobility/calls", "kind=&kind="), ("universities", "country=LT;x"), ("universities", "country=XX"),
        ("universities", "country=LT&country=LT"),
    ],
)  # fmt: skip
def test_odd_ways_to_narrow_other_lists_do_not_fill_the_shelf(ktu, page, query):
    shown(f"/en/{page}/?{query}")
    assert pages() == 0


def test_narrowed_lists_are_kept_as_their_links_and_forms_ask_for_them(records):
    topic = Topic.objects.get_or_create(slug="mobility", defaults={"name": "Mobility"})[0]
    lead = records.project.lead.slug
    for query in (
        "projects/?phase=under_way", "projects/?phase=under_way&phase=planned", f"projects/?university={lead}",
        f"projects/?phase=under_way&university={lead}&year=2026&sort=title", "news/?year=2026",
        f"news/?topic={topic.slug}", f"news/?topic={topic.slug}&university={lead}&year=2026",
        "mobility/calls/?kind=student_studies", "mobility/calls/?kind=student_studies&university=&mode=",
        f"mobility/calls/?university={records.call.university.slug}", "universities/?country=LT",
    ):  # fmt: skip
        fill(f"/en/{query}")


def test_real_pages_stay_on_the_shelf_whatever_else_is_asked_for(at):
    """Whoever combines known choices makes pages without number; those push out each other alone."""
    middleware = FinishedPagesMiddleware(answered)
    real = ["/en/", "/en/news/", "/en/projects/?phase=under_way"]
    with at(LATER):  # pages that have ended by the database's clock would be tidied away
        for path in real:
            asked(None, path, parameters=("phase",), middleware=middleware)
        for number in range(3000):
            path = f"/en/projects/?phase=under_way&phase={number}"
            asked(None, path, parameters=("phase",), middleware=middleware)
        assert pages() <= finished_shelf.MOST_PAGES + finished_shelf.TIDY_EVERY
        for path in real:
            assert asked(drawn_anew, path, parameters=("phase",)).content == b"page", path


LATER = dt.datetime(2100, 1, 1, 12, 1, tzinfo=dt.UTC)


def answered(request):
    """A page that stands for whatever was asked; a real one ends before those that are to push it out."""
    query = request.META["QUERY_STRING"]
    finished.stands_for(query)
    if "&" not in query:
        finished.until(LATER + dt.timedelta(minutes=5))
    return plain()


def drawn_anew(request):
    return plain(b"drawn anew")


def test_ports_and_ways_to_write_the_host_have_no_pages_of_their_own(settings, path):
    settings.ALLOWED_HOSTS = ["portal.example"]
    for host in (
        "portal.example",
        "portal.example:443",
        "portal.example:81",
        "PORTAL.example",
        "portal.example.",
    ):
        assert Visitor().get(path, headers={"host": host}).status_code == 200
    assert pages() == 1


def test_no_page_that_is_kept_says_at_which_host_and_port_it_was_asked_for(settings, records):
    settings.ALLOWED_HOSTS = ["portal.example"]
    settings.FINISHED_PAGES = False
    for address in every_kept_address(records):
        answers = [Visitor().get(address, headers={"host": f"portal.example{port}"}) for port in ("", ":81")]
        assert answers[0].content == answers[1].content, address
        assert b"portal.example:81" not in answers[1].content + str(dict(answers[1].items())).encode()


@pytest.mark.parametrize("fault", ["cut", "one byte", "head", "empty", "nonsense"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_page_that_was_damaged_on_the_shelf_is_drawn_again_and_replaced(path, fault, encoding):
    wanted = fill(path).content
    change = {
        "cut": "substr(bytes, 1, length(bytes) - 20)",
        "one byte": "set_byte(bytes, length(bytes) - 30, (get_byte(bytes, length(bytes) - 30) + 1) % 256)",
        "head": "set_byte(bytes, 20, (get_byte(bytes, 20) + 1) % 256)",
        "empty": "''",
        "nonsense": "'nonsense'",
    }[fault]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ground_finished SET bytes = {change}")  # noqa: S608 - one of the above
    with CaptureQueriesContext(connection) as queries:
        again = shown(path, **{"Accept-Encoding": encoding})
    assert len(queries) > 1, "it was drawn"
    assert (gzip.decompress(again.content) if encoding == "gzip" else again.content) == wanted
    with CaptureQueriesContext(connection) as queries:
        assert shown(path).content == wanted
    assert len(queries) == 1, "the page that was damaged was replaced"


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_only_reading_is_answered_from_the_shelf(method):
    asked(lambda request: plain())
    assert asked(lambda request: plain(b"drawn"), method=method).content == b"drawn"


def test_head_is_answered_from_the_shelf_and_does_not_fill_it():
    assert asked(lambda request: plain(), method="head").content == b"page"
    assert pages() == 0
    asked(lambda request: plain())
    held = asked(lambda request: plain(b"drawn"), method="head")
    assert held["Content-Length"] == "4"
    assert held.content == b"page"


def test_a_part_of_a_page_is_no_page():
    fill("/en/projects/")
    part = shown("/en/projects/", **{"HX-Request": "true"})
    assert b"<html" not in part.content
    assert pages() == 1
    assert b"<html" in shown("/en/projects/").content


def test_credentials_pass_the_shelf_by():
    asked(lambda request: plain(), HTTP_AUTHORIZATION="Bearer x")
    assert pages() == 0


def test_hosts_have_pages_of_their_own_and_foreign_ones_none(settings, path):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    fill(path)
    assert Visitor().get(path, headers={"host": "evil.example"}).status_code == 400
    Visitor().get(path, headers={"host": "other.example"})
    assert pages() == 2


@pytest.mark.parametrize(
    ("header", "value"),
    [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Port", "81"), ("X-Original-URL", "/en/"),
     ("X-Rewrite-URL", "/en/"), ("Forwarded", "host=evil.example"), ("Accept-Language", "lt"),
     ("X-HTTP-Method-Override", "POST"), ("Cookie", "django_language=lt; theme=dark"), ("Accept", "text/plain")],
)  # fmt: skip
def test_headers_change_nothing_of_what_the_next_visitor_gets(path, settings, header, value):
    settings.FINISHED_PAGES = False
    wanted = shown(path).content
    settings.FINISHED_PAGES = True
    assert shown(path, **{header: value}).content == wanted
    assert pages() == 1
    assert shown(path).content == wanted


def test_the_way_of_the_connection_is_part_of_the_key(settings, path):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    fill(path)
    shown(path, **{"X-Forwarded-Proto": "https"})
    assert pages() == 2


def test_compressed_and_plain_answers_are_the_same_page(path):
    plain_page = fill(path)
    packed = shown(path, **{"Accept-Encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain_page.content
    assert packed["Content-Length"] == str(len(packed.content))
    assert packed["ETag"] == plain_page["ETag"]
    assert "Accept-Encoding" in packed["Vary"]
    assert not plain_page.has_header("Content-Encoding")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True), ("br, gzip", True), ("gzip;q=0.5", True), ("br;q=0, gzip ; q=1.0", True),
        ("gzip;q=0.001", True), ("gzip;q=0", False), ("gzip; q=0.000", False), ("gzip;Q=0", False),
        ("x-gzip", False), ("gzipped", False), ("identity", False), ("", False), ("br", False), ("gzip;q = 0", False),
    ],
)  # fmt: skip
def test_only_who_takes_gzip_gets_it(path, accepted, packed):
    page = fill(path).content
    for address in (path, "/en/search/?q=x"):  # one that is kept and one that never is
        answer = shown(address, **{"Accept-Encoding": accepted})
        assert answer.has_header("Content-Encoding") == packed, address
        assert "Accept-Encoding" in answer["Vary"]
    answer = shown(path, **{"Accept-Encoding": accepted})
    assert (gzip.decompress(answer.content) if packed else answer.content) == page


def test_a_tag_of_a_visitor_is_nothing_to_who_is_signed_in(path):
    tag = fill(path)["ETag"]
    client = Visitor()
    client.force_login(factories.UserFactory())
    assert shown(path, client, **{"If-None-Match": tag}).status_code == 200


def test_plain_http_is_still_sent_to_https_and_kept_pages_still_say_hsts(settings, path):
    fill(path)
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31536000
    assert shown(path).status_code == 301
    secure = Visitor().get(path, secure=True)
    assert secure.status_code == 200
    assert "max-age=31536000" in Visitor().get(path, secure=True)["Strict-Transport-Security"]


def every_kept_address(records):
    """An address of each view that opted in."""
    project, call = records.project, records.call
    item, event = factories.NewsItemFactory(), factories.EventFactory()
    programme = factories.ProgrammeFactory()
    return [
        "/en/", "/en/projects/", f"/en/projects/{project.key}/", "/en/funding/", programme.get_absolute_url(),
        "/en/universities/", records.ktu.get_absolute_url(), records.centre.get_absolute_url(), "/en/mobility/",
        "/en/mobility/calls/", call.get_absolute_url(), "/en/news/", item.get_absolute_url(), "/en/events/",
        event.get_absolute_url(),
    ]  # fmt: skip


def test_every_view_that_opted_in_is_kept(records):
    for address in every_kept_address(records):
        fill(address)
