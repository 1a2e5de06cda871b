"""Statements that are planned for the values they carry."""

import pytest
from django.db import connection

from ground import plans

pytestmark = pytest.mark.django_db


def _prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%told apart%"]
        )
        return cursor.fetchone()[0]


def _ask() -> None:
    with connection.cursor() as cursor:
        for number in range(5):
            cursor.execute("SELECT 'told apart', %s::int", [number])


def test_within_the_block_nothing_is_prepared_and_after_it_all_is_as_before():
    connection.ensure_connection()
    threshold = connection.connection.prepare_threshold
    with plans.for_these_values():
        _ask()
        assert _prepared() == 0
    assert connection.connection.prepare_threshold == threshold
    if threshold is not None:
        _ask()
        assert _prepared() == 1


def test_after_an_error_all_is_as_before():
    connection.ensure_connection()
    threshold = connection.connection.prepare_threshold
    with pytest.raises(ZeroDivisionError), plans.for_these_values():
        raise ZeroDivisionError
    assert connection.connection.prepare_threshold == threshold
