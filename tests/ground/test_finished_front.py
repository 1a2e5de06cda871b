"""What stands before Django, driven as a web server drives it."""

import gzip
import io
import json
import logging
import re
from contextlib import contextmanager
from time import monotonic

import pytest
import structlog
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from alliance_portal import logs, wsgi
from ground import finished_front
from ground.finished_front import ASKED, FinishedPages
from ground.finished_middleware import FinishedPagesMiddleware
from ground.one_encoding import OneEncoding
from projects.models import Project
from tests import factories
from tests.finished import another, pages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pages_are_kept")]


@pytest.fixture
def portal():
    """The whole application under the settings of the test."""
    return FinishedPages(WSGIHandler())


@pytest.fixture
def path():
    return f"/en/projects/{factories.ProjectFactory(title_en='Old words').key}/"


def environ(path, method="GET", query="", **more):
    """What a web server says of a request."""
    return {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "REMOTE_ADDR": "192.0.2.77",
        "HTTP_HOST": "testserver", "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
        **more,
    }  # fmt: skip


def served(application, *asked, **more):
    """Status, headers and body that `application` answers."""
    said = []
    body = application(environ(*asked, **more), lambda status, headers: said.append((status, headers)))
    whole = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    ((status, headers),) = said
    assert len(dict(headers)) == len(headers), "no header twice"
    return status, dict(headers), whole


def nobody(environ, start_response):
    raise AssertionError("Django was asked")


def kept(application):
    """The same shelf before a Django that must not be asked."""
    application._application = nobody
    return application


@pytest.mark.parametrize("accepted", ["gzip", ""])
def test_a_kept_page_is_answered_without_django_and_is_the_page_that_django_drew(portal, path, accepted):
    drawn = served(portal, path, HTTP_ACCEPT_ENCODING=accepted)
    assert pages() == 1
    again = served(kept(portal), path, HTTP_ACCEPT_ENCODING=accepted)
    assert again == drawn
    status, headers, body = again
    assert (status, headers["Content-Length"]) == ("200 OK", str(len(body)))
    assert b"Old words" in (gzip.decompress(body) if accepted else body)


def test_it_has_every_header_that_django_puts_on_a_page(portal, path, settings):
    served(portal, path)
    _, held, _ = served(portal, path)
    settings.FINISHED_PAGES = False
    _, drawn, _ = served(portal, path)
    assert held.keys() - drawn.keys() == {"ETag", "Cache-Control"}
    drawn["Content-Security-Policy"] = held["Content-Security-Policy"]  # its parts come in any order
    assert drawn.items() <= held.items()
    assert {"Cross-Origin-Resource-Policy", "X-Frame-Options", "X-Content-Type-Options"} <= held.keys()


def test_head_has_the_headers_and_no_body(portal, path):
    _, headers, _ = served(portal, path)
    assert served(kept(portal), path, "HEAD") == ("200 OK", headers, b"")


def test_who_has_the_page_gets_no_body(portal, path):
    _, headers, _ = served(portal, path)
    status, said, body = served(kept(portal), path, HTTP_IF_NONE_MATCH=headers["ETag"])
    assert (status, body) == ("304 Not Modified", b"")
    assert said.items() <= headers.items()
    assert headers.keys() - said.keys() == {"Content-Type", "Content-Length"}
    assert served(kept(portal), path, HTTP_IF_NONE_MATCH='"other"')[0] == "200 OK"


def test_a_part_in_bytes_is_the_whole_page(portal, path):
    whole = served(portal, path)
    assert served(kept(portal), path, HTTP_RANGE="bytes=0-9") == whole


def test_a_committed_change_is_shown_with_the_next_reading(portal, path):
    served(portal, path)
    with another() as writer:
        writer.execute("UPDATE projects_project SET title_en = 'New words'")
        assert b"Old words" in served(portal, path)[2], "not committed yet"
        writer.commit()
        assert b"New words" in served(portal, path)[2]


def test_what_was_withdrawn_is_gone_at_once(portal, path):
    served(portal, path)
    Project.objects.update(publication="draft")
    assert served(portal, path)[0] == "404 Not Found"


def test_each_language_has_its_own_page(portal, path):
    other = path.replace("/en/", "/lt/")
    assert served(portal, path)[1]["Content-Language"] == "en"
    assert served(portal, other)[1]["Content-Language"] == "lt"
    kept(portal)
    assert served(portal, path)[1]["Content-Language"] == "en"
    assert served(portal, other)[1]["Content-Language"] == "lt"


def test_a_host_that_is_not_ours_is_refused_by_django(portal, path):
    served(portal, path)
    assert served(portal, path, HTTP_HOST="evil.example")[0] == "400 Bad Request"


@pytest.mark.parametrize(
    "more",
    [
        {"HTTP_COOKIE": f"{django_settings.SESSION_COOKIE_NAME}=x"}, {"HTTP_HX_REQUEST": "true"},
        {"HTTP_AUTHORIZATION": "Bearer x"}, {"REQUEST_METHOD": "POST"}, {"PATH_INFO": "/static/img/europe.svg"},
        {"PATH_INFO": "/livez"}, {"PATH_INFO": "/readyz"}, {"PATH_INFO": "/robots.txt"},
        {"QUERY_STRING": "q=" + "x" * 400},
    ],
    ids=["session", "part", "credentials", "post", "static", "alive", "ready", "robots", "long"],
)  # fmt: skip
def test_what_is_nobodys_page_never_reaches_the_shelf(monkeypatch, more):
    """The shelf is not even asked, so such requests cost no statement here; Django gets what came, untouched."""
    monkeypatch.setattr(FinishedPages, "_find", lambda self, key: pytest.fail("the shelf was asked"))
    came = []
    FinishedPages(lambda environ, start: came.append(dict(environ)) or ())(
        given := environ("/en/") | more, None
    )
    assert came == [given]
    assert ASKED not in given


def test_addresses_beyond_ascii_reach_django_as_they_came(portal):
    status, _, body = served(portal, "/en/naujienos-ž/€/".encode().decode("latin-1"))
    assert status == "404 Not Found"
    assert b"<html" in body


def test_django_says_that_the_database_is_down(portal, path, monkeypatch):
    served(portal, path)
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    status, _, body = served(portal, path)
    assert status == "503 Service Unavailable"
    assert b"<html" in body
    monkeypatch.undo()
    connection.close()


def test_a_connection_that_the_database_ended_is_replaced(portal, path):
    served(portal, path)
    with another() as other:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert served(portal, path)[0] == "200 OK"
    assert served(kept(portal), path)[0] == "200 OK"


def test_a_connection_that_is_too_old_is_not_used_again(portal, path):
    served(portal, path)
    kept(portal)
    old = connection.connection
    connection.close_at = monotonic() - 1
    assert served(portal, path)[0] == "200 OK"
    assert connection.connection is not old


def test_no_connection_stays_open_where_they_last_for_one_request(portal, path, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    served(portal, path)
    connection.close()
    assert served(kept(portal), path)[0] == "200 OK"
    assert connection.connection is None


def test_a_page_that_is_drawn_costs_no_second_proof_of_the_connections_health(path):
    seen = []

    def draw(request):
        seen.append(connection.health_check_done)
        return HttpResponse("page")

    request = RequestFactory().get(path)
    assert FinishedPages(None).held(request.META) is None
    connection.health_check_done = False  # as Django leaves it at the beginning of a request
    FinishedPagesMiddleware(draw)(request)
    assert seen == [True]


def test_within_a_transaction_the_shelf_is_not_asked(path):
    asked = environ(path)
    with transaction.atomic():
        assert FinishedPages(nobody).held(asked) is None
    assert ASKED not in asked


@contextmanager
def heard():
    """What the request log says meanwhile, as the portal writes it."""
    written, logger = io.StringIO(), logging.getLogger("django_structlog")
    handler, level = logging.StreamHandler(written), logger.level
    handler.setFormatter(logs.formatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield written
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_a_hit_is_one_line_of_the_log_and_names_nobody(portal, path):
    served(portal, path)
    with heard() as written:
        served(kept(portal), path, HTTP_USER_AGENT="Browser/1", HTTP_REFERER="https://x.example/Pavardenis")
    (line,) = [json.loads(line) for line in written.getvalue().splitlines()]
    assert line["request"] == f"GET {path}"
    assert (line["code"], line["kept"], line["user_agent"]) == (200, True, "Browser/1")
    assert len(line["request_id"]) == 36
    assert "192.0.2.77" not in written.getvalue()
    assert "Pavardenis" not in written.getvalue()


@pytest.mark.parametrize(
    "agent",
    ['"Browser" \\ 1\n', "Ąčė 😀", "see https://x.example/Pavardenis?a=b", "a/unsubscribe/secret", None],
)
def test_its_line_is_the_one_that_the_log_would_write_of_any_other_answer(portal, path, agent):
    served(portal, path)
    more = {} if agent is None else {"HTTP_USER_AGENT": agent}
    with heard() as written:
        served(kept(portal), path, **more)
        said = structlog.get_logger("django_structlog.finished")
        said.info(
            "request_finished", request=f"GET {path}", code=200, request_id="-", user_agent=agent, kept=True
        )
    quick, plain = (json.loads(line) for line in written.getvalue().splitlines())
    differing = {"request_id": "-", "timestamp": "-"}
    assert quick | differing == plain | differing
    assert re.sub(r"\d", "0", quick["timestamp"]) == re.sub(r"\d", "0", plain["timestamp"])


def test_what_an_address_asked_for_is_remembered_for_this_very_request_alone(portal, path):
    """The same address with a session, another host or scheme is another request, in any order."""
    served(portal, path)
    for more in (
        {"HTTP_COOKIE": f"{django_settings.SESSION_COOKIE_NAME}=x"}, {"HTTP_HX_REQUEST": "true"},
        {"HTTP_AUTHORIZATION": "Bearer x"}, {"HTTP_HOST": "evil.example"}, {"wsgi.url_scheme": "https"},
        {"QUERY_STRING": "q=x"}, {"REQUEST_METHOD": "POST"},
    ):  # fmt: skip
        assert portal.held(environ(path)) is not None
        assert portal.held(environ(path) | more) is None


def test_every_way_to_run_the_portal_goes_through_it():
    assert get_internal_wsgi_application() is wsgi.application
    assert isinstance(wsgi.application, OneEncoding)
    assert isinstance(wsgi.application._application, FinishedPages)
    for file in ("Dockerfile", "alliance_portal/supervisor.py"):
        assert "alliance_portal.wsgi:application" in (django_settings.BASE_DIR / file).read_text()


def test_texts_for_who_takes_no_gzip_are_unpacked_once(portal, path):
    finished_front._unpacked.cache_clear()
    for _ in range(3):
        served(portal, path)
    assert finished_front._unpacked.cache_info().misses == 1
