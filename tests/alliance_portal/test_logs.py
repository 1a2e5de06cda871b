"""Nothing personal gets into the logs, not even by way of an error."""

import io
import json
import logging
import re

import pytest
from django.db import IntegrityError
from django.test import Client, override_settings
from django.urls import get_resolver

from alliance_portal import gunicorn_settings, logs
from tests import factories

pytestmark = pytest.mark.django_db


def test_what_the_database_quotes_is_left_out():
    address = "@".join(["somebody", "people.example"])  # a traceback shows lines of source
    factories.UserFactory(email=address)
    try:
        factories.UserFactory(email=address.upper())
    except IntegrityError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "x", 1, "failed", (), (type(error), error, error.__traceback__)
        )
    line = logs.formatter().format(record)
    assert "accounts_user_email_once" in line
    assert address not in line.lower()


def test_an_internet_address_is_left_out():
    assert logs.without_addresses(None, "", {"ip": "192.0.2.1", "event": "x"}) == {"event": "x"}


NAME, PERSON = "Jonas%20Pavardenis", "somebody@people.example"


@pytest.fixture
def lines():
    """What is logged from here on, as the portal's handlers write it, with every level of requests."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter())
    loggers = [logging.getLogger(name) for name in ("", "django_structlog")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.parametrize(
    ("address", "event"),
    [
        ("/en/projects/", "request_finished"),
        ("/en/search/", "request_finished"),
        ("/en/no-such-page/", "request_finished"),
        ("/broken/", "request_failed"),
        ("/down/", "request_failed"),
    ],
)
def test_a_request_log_line_never_contains_personal_data(client, ruta, lines, address, event):
    client.raise_request_exception = False
    client.force_login(ruta, backend="allauth.account.auth_backends.AuthenticationBackend")
    query = f"q={NAME}&email={PERSON}&{NAME}&{NAME}=1&q=again"
    with override_settings(ROOT_URLCONF="tests.alliance_portal.test_errors"):
        client.get(f"{address}?{query}", REMOTE_ADDR="192.0.2.77", HTTP_REFERER=f"http://testserver/?{query}")
    said = [line for line in lines() if "request" in line]
    assert event in {line["event"] for line in said}
    assert {line["request"] for line in said} == {f"GET {address}?q=…&email=…"}
    written = json.dumps(lines(), ensure_ascii=False)
    for private in ("Pavardenis", PERSON, "192.0.2.77", ruta.email, ruta.name):
        assert private not in written


def test_what_somebody_sends_is_not_logged(client, lines):
    client.post("/en/accounts/login/?next=/en/", {"login": PERSON, "password": "a-secret-of-mine"})
    assert any(line.get("request") == "POST /en/accounts/login/?next=…" for line in lines())
    written = json.dumps(lines())
    assert PERSON not in written
    assert "a-secret-of-mine" not in written


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Error handling request GET /en/?q=Jonas'%20x?y HTTP/1.1", "Error handling request GET /en/?q=… HTTP/1.1"),
        ("Forbidden (Referer checking failed - https://x.example/Jonas-?mail=a b does not match any trusted origins.): "
         "/en/",
         "Forbidden (Referer checking failed - it is another site.): /en/"),
        ("Origin checking failed - https://jonas.example does not match any trusted origins.",
         "Origin checking failed - it is another site."),
        ("Referer checking failed - no Referer.", "Referer checking failed - no Referer."),
        ("CSRF token missing.", "CSRF token missing."),
        ("Invalid HTTP_HOST header: 'jonas.example'. You may need to add 'jonas.example' to ALLOWED_HOSTS.",
         "Invalid HTTP_HOST header"),
        ("came from https://a:b@x.example/people/Jonas/-?mail=x, and HTTP://y.example", "came from https://… and HTTP://…"),
        ("GET /en/a)?mail=Jonas", "GET /en/a)?mail=…"),
        ("GET /en/-?mail=Jonas", "GET /en/-?mail=…"),
        ("GET /en/!?Jonas", "GET /en/!?"),
        ("GET /en/?q=…", "GET /en/?q=…"),
        ("Is it so? Yes.", "Is it so? Yes."),
        ("Invalid request from ip=2001:db8::1: Invalid HTTP request line: 'GET /?q=Jonas \\x00'",
         "Invalid request: Invalid HTTP request line"),
        ("Invalid request from ip=192.0.2.77: Invalid HTTP Header: 'Cookie; Jonas'",
         "Invalid request: Invalid HTTP Header"),
        ("Invalid request from ip=192.0.2.77: Request Line is too large (9000 > 8190)",
         "Invalid request: Request Line is too large ("),
    ],
)  # fmt: skip
def test_lines_of_others_lose_queries_and_visitors(said, written):
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "x", 1, said, (), None)
    assert json.loads(logs.formatter().format(record))["event"] == written


def test_the_web_server_keeps_no_log_of_its_own_and_speaks_through_the_portals_formatter():
    assert gunicorn_settings.accesslog is None
    ours = gunicorn_settings.logconfig_dict
    assert ours["loggers"]["gunicorn.error"] == {
        "handlers": ["stream"],
        "level": "WARNING",
        "propagate": False,
    }
    assert ours["handlers"]["stream"]["formatter"] == "json"
    assert ours["formatters"]["json"] == {"()": "alliance_portal.logs.formatter"}


def test_no_logger_writes_or_mails_past_the_portals_formatter():
    """Django's own configuration mails faults to administrators and prints lines of its test server."""
    for name in ("django", "django.request", "django.server", "django.security", "django_structlog"):
        assert logging.getLogger(name).handlers == [], name
        assert logging.getLogger(name).propagate, name


@pytest.mark.parametrize("mark", ["", "-", ")", "!", "%2F", "ž"])
@pytest.mark.parametrize("header", ["referer", "origin"])
def test_nothing_of_where_a_refused_form_came_from_is_logged(lines, header, mark):
    came = f"https://evil.example/people/Pavardenis/{mark}?mail={PERSON}"
    Client(enforce_csrf_checks=True).post("/en/accounts/login/", secure=True, headers={header: came})
    written = json.dumps(lines(), ensure_ascii=False)
    assert "checking failed - it is another site" in written
    for private in ("Pavardenis", PERSON, "evil.example"):
        assert private not in written


def test_nothing_of_a_host_that_is_not_ours_is_logged(lines):
    Client().get("/en/", headers={"host": "jonas-pavardenis.example"})
    written = json.dumps(lines())
    assert "Invalid HTTP_HOST header" in written
    assert "jonas-pavardenis" not in written


# Words in an address that open nothing: what they name is public, or its reader has signed in.
OPEN = {
    "language", "format", "slug", "year", "part", "name", "object_id", "content_type_id", "id", "url", "app_label",
    "revision", "step", "decision", "kind", "section",
}  # fmt: skip
PROJECTS = "projects/<"  # the key of a project is its number, which stands on its page
SECRET = "Abc-1_xyz-SECRET"


def ways(resolver, before=""):
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from ways(one, route)
        else:
            yield route


def typed(route):
    """The names of what may be any text in `route`; what is left out is a number or a UUID."""
    named = re.findall(r"<(?:(?!int:|uuid:)\w+:)?(\w+)>", route)
    return {name for name in named if not (name == "key" and PROJECTS in route)} - OPEN


SECRET_WAYS = sorted(route for route in ways(get_resolver()) if typed(route))


def test_the_ways_that_end_in_a_secret_are_found():
    assert any("calendar/projects/<str:token>" in route for route in SECRET_WAYS)
    assert any("password/reset/key/" in route for route in SECRET_WAYS)


@pytest.mark.parametrize("route", SECRET_WAYS)
def test_no_secret_in_an_address_is_logged(lines, route):
    plain = re.sub(r"\(\?P<\w+>.*?\)(?=[-/$])|<[^>]+>", SECRET, route).replace("^", "").replace("$", "")
    assert SECRET in plain
    for address in (plain, plain.upper(), plain.replace("/", "//")):
        Client().get(f"/{address}")
        written = json.dumps(lines())
        assert f"/{address[:5]}" in written, "it is logged"
        assert SECRET.lower() not in written.lower(), address
        assert "SECRET" not in written.upper(), address
