"""What a test commits is taken away after it, as Django's own way would."""

import pytest
from django.db import connection

from audit.models import Event
from tests.database import KEPT, empty, filled, may_empty

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def allowed(transactional_db):
    """Where our account may not pass over triggers, Django's own way is taken."""
    if not may_empty():
        # Then tables are emptied in Django's own way, and there is nothing of ours to try.
        pytest.skip("the server's account is no superuser")


def tables():
    return connection.introspection.django_table_names(only_existing=True)


def number_of_the_data():
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM ground_version")
        return cursor.fetchone()[0]


def test_no_row_is_left_in_any_table_however_sealed_it_is(records):
    assert len(filled(tables())) > 30
    assert records.agreed.versions.exists()
    assert Event.objects.exists()
    empty()
    assert {name.as_string().strip('"') for name in filled(tables())} == KEPT


def test_whoever_watches_the_tables_is_told(ktu):
    before = number_of_the_data()
    empty()
    assert number_of_the_data() > before
