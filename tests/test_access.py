"""Runs the access table, and fails when an address has no row or a row has no address."""

from functools import cache
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation
from psycopg import sql

from tests import people, world
from tests.access import LOGIN, MAY, ON
from tests.access_table import TABLE, WITHOUT_ROWS
from tests.world import CAST

pytestmark = pytest.mark.django_db


def names(resolver=None, space=""):
    """The full name of every address there is (the admin's have their own rule below)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "admin":
                continue
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else f"unnamed {pattern.pattern}"


def test_every_address_has_a_row_and_every_row_an_address():
    there, listed = set(names()), {row.name for row in TABLE} | set(WITHOUT_ROWS)
    assert there - listed == set(), "addresses without a row in the access table"
    assert listed - there == set(), "rows without an address"


def as_seen(response):
    """The status, with the way to the sign-in page and other ways told apart."""
    if response.status_code in (301, 302):
        return LOGIN if reverse(settings.LOGIN_URL) in response["Location"] else ON
    return response.status_code


@pytest.fixture(scope="module")
def everything(django_db_setup, django_db_blocker, tmp_path_factory):
    """The cast, the records and a session of everybody, made once for all tests here; each undoes what it does."""
    files = tmp_path_factory.mktemp("documents")
    quick = override_settings(
        DOCUMENTS_ROOT=files, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]
    )
    with django_db_blocker.unblock(), transaction.atomic(), quick, translation.override("en"):
        at = {key: people.university(key) for key in people.UNIVERSITIES}
        known = {key: people.person(key, at.get(place)) for key, (_, _, place) in people.PEOPLE.items()}
        cast = people.everybody(known, at["ktu"], at["aveiro"])
        records = world.build(cast, at["ktu"], at["aveiro"])
        sessions = {persona: session_of(person) for persona, person in cast.items() if person}
        # Loading the middleware takes longer than many a page: all browsers of the cast share what answers.
        yield SimpleNamespace(
            cast=cast, records=records, sessions=sessions, files=files, handler=Client().handler
        )
        transaction.set_rollback(True)


@pytest.fixture
def cast(everything, db):
    return everything.cast


@pytest.fixture
def records(everything, cast, plain_settings, settings):
    settings.DOCUMENTS_ROOT = everything.files
    return everything.records


@pytest.fixture
def client_of(everything, cast):
    """`client_of("ana")`: a browser in which she has signed in."""

    def open_one(persona):
        client = Client(raise_request_exception=False)
        client.handler = everything.handler
        if persona in everything.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = everything.sessions[persona]
        return client

    return open_one


def session_of(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@cache
def every_row():
    """One statement, which PostgreSQL plans once, for what stands in every table of every room."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in ("sessions", "contenttypes", "auth")
    )
    rows = sql.SQL("SELECT {}, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t")
    each = [rows.format(sql.Literal(table), sql.Identifier(table)) for table in tables]
    return sql.SQL(" UNION ALL ").join(each)


def fingerprint():
    """Number and content of every row of every room."""
    with connection.cursor() as cursor:
        cursor.execute(every_row())
        return dict(cursor.fetchall())


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_everybody_gets_what_the_table_says(row, records, client_of):
    url = reverse(row.name, kwargs=row.args(records))
    data = row.data(records) if callable(row.data) else row.data
    clients = {persona: client_of(persona) for persona in CAST}
    before = fingerprint() if row.method == "post" else None
    for persona, client in clients.items():
        with transaction.atomic():  # whatever one of the cast does is undone before the next one comes
            response = getattr(client, row.method)(url, data)
            seen, wanted = as_seen(response), row.expected(persona)
            if response.streaming:
                list(response)  # read to its end, so that the file is closed
            assert seen in (200, ON, 409, 422) if wanted == MAY else seen == wanted, (
                f"{persona} at {url}: {seen}, not {wanted}"
            )
            if before is not None and seen in (LOGIN, 403, 404, 405, 409, 422):
                assert fingerprint() == before, f"{persona} was refused and yet something changed"
            transaction.set_rollback(True)


def admin_names():
    return sorted(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in admin.site._registry
        for page in ("changelist", "add")
    )


@pytest.mark.parametrize("persona", CAST)
def test_the_back_office_is_for_administrators_alone(persona, records, client_of):
    client = client_of(persona)
    for name in ["admin:index", *admin_names()]:
        status = client.get(reverse(name)).status_code
        if persona == "laima":
            assert status == 200 or (status == 403 and name.endswith("_add")), name
        else:
            assert status in (302, 403, 404), f"{persona} at {name}"


def test_every_record_stands_in_the_back_office():
    rooms = {"accounts", "audit", "documents", "members", "mobility", "news", "notifications", "projects",
             "texts"}  # fmt: skip
    inlines = {i.model for site in admin.site._registry.values() for i in site.inlines}
    through = {f.remote_field.through for m in apps.get_models() for f in m._meta.many_to_many}
    missing = [
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in rooms
        and model not in admin.site._registry
        and model not in inlines | through
    ]
    assert missing == []


def test_the_door_of_the_back_office(client_of):
    door, inside = reverse("admin:login"), reverse("admin:index")
    assert as_seen(client_of("nobody").get(door)) == LOGIN
    assert client_of("ana").get(inside, follow=True).status_code == 404
    assert client_of("laima").get(door, follow=True).status_code == 200
    away = client_of("nobody").get(door, {"next": "https://elsewhere.example/"})
    assert "elsewhere" not in away["Location"]


def test_what_no_database_can_look_for_is_refused_in_suggestions(client_of):
    asked = {"app_label": "mobility", "model_name": "application", "field_name": "call", "term": "\x00"}
    assert client_of("laima").get(reverse("admin:autocomplete"), asked).status_code == 400


def test_a_project_is_found_however_its_number_is_typed(records, client_of):
    for page in ("edit", "history", "documents"):
        assert client_of("dainius").get(f"/en/projects/PUB-1/{page}/").status_code == 200
