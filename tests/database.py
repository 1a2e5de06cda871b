"""A database for each test process, cloned from one that was migrated once.

`from tests.database import *` in conftest.py replaces pytest-django's own set-up: migrating takes seconds, cloning
takes 0.03 s. The migrated template is kept between runs and made anew when a migration, the settings or the locked
packages change (its comment holds their fingerprint). What a test has committed is deleted afterwards, table by table.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

from alliance_portal.startup import schema_print

__all__ = ["django_db_setup"]

# Made together with the tables; Django would make the same rows again.
KEPT = {"django_content_type", "auth_permission"}
LOCK = 0x616C6C79  # one process at a time looks at the template; any number that others do not use


@contextmanager
def maintenance() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Give a connection to the server's own database, in which databases are made and dropped."""
    settings_dict = connection.settings_dict
    with psycopg.connect(
        dbname="postgres",
        host=settings_dict["HOST"] or None,
        port=settings_dict["PORT"] or None,
        user=settings_dict["USER"] or None,
        password=settings_dict["PASSWORD"] or None,
        autocommit=True,
    ) as server:
        yield server


def point_at(name: str) -> None:
    """Let Django use another database of the same server."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def drop(server: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Drop a database, whoever is still connected to it."""
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def ready(server: psycopg.Connection[tuple[object, ...]], template: str) -> bool:
    """Out: whether the template is there and made from what the code says today."""
    row = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [template]
    ).fetchone()
    return row is not None and row[0] == schema_print()


def make_template(server: psycopg.Connection[tuple[object, ...]], template: str) -> None:
    """Make the migrated template. Nobody stays connected to it, or it could not be cloned."""
    drop(server, template)
    server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(template)))
    point_at(template)
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()
    server.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(template), sql.Literal(schema_print()))
    )


@contextmanager
def with_template(original: str) -> Iterator[tuple[psycopg.Connection[tuple[object, ...]], str]]:
    """Give a connection and the name of the template, made first where it is out of date. One process at a time."""
    template = f"test_{original}_template"
    with maintenance() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # freed with the connection
        if not ready(server, template):
            make_template(server, template)
        yield server, template


def prepare() -> None:
    """Make the template ahead of the tests: `script/test` does while the gates run."""
    with with_template(connection.settings_dict["NAME"]):
        pass


def clone(name: str, original: str) -> None:
    """Make this process's database from the template."""
    with with_template(original) as (server, template):
        drop(server, name)
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )


def filled(tables: list[str]) -> list[sql.Identifier]:
    """Out: those of the tables in which there is a row."""
    each = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(table), sql.Identifier(table))
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(each))
        return [sql.Identifier(table) for (table,) in cursor.fetchall()]


def empty() -> None:
    """Empty every table of a model.

    Django truncates them all, which takes a quarter of a second; a test seldom fills more than a dozen. The locks are
    those of TRUNCATE: a request that a browser has under way is waited for. As a replica the server passes over what
    may never be deleted; the second DELETE finds nothing and tells the tables' watchers that something has changed.
    """
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("LOCK TABLE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        there = filled(tables)
        for role in ("replica", "origin"):
            cursor.execute(sql.SQL("SET LOCAL session_replication_role = {}").format(sql.Literal(role)))
            for table in there:
                cursor.execute(sql.SQL("DELETE FROM {}").format(table))


def may_empty() -> bool:
    """Out: whether our account may pass over triggers; the one of a server of somebody else's may not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        return bool(cursor.fetchone()[0])


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker) -> Iterator[None]:
    """Give this test process a database of its own and take it away at the end."""
    original = connection.settings_dict["NAME"]
    name = f"test_{original}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock():
        clone(name, original)
        point_at(name)
        quickly = may_empty()
    with pytest.MonkeyPatch.context() as patch:
        if quickly:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: empty())
        yield
    with django_db_blocker.unblock():
        point_at(original)
        with maintenance() as server:
            drop(server, name)
