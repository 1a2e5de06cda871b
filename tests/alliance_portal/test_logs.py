"""Nothing personal gets into the logs, not even by way of an error."""

import logging

import pytest
from django.db import IntegrityError

from alliance_portal import logs
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
