"""A slip of the finger in a date (year 1, year 20260) is refused, by the form and for calls by the database too."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from mobility.models import Call
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("year", [1, 1899, 2201, 9998])
def test_a_year_that_nobody_means_is_refused(year):
    call = factories.CallFactory()
    call.opens_at = call.closes_at = dt.datetime(year, 6, 1, tzinfo=dt.UTC)
    with pytest.raises(ValidationError) as refused:
        call.full_clean()
    assert {"opens_at", "closes_at"} <= set(refused.value.message_dict)


def test_the_database_refuses_it_too():
    call = factories.CallFactory()
    with pytest.raises(IntegrityError, match="mobility_call_sensible_years"):
        Call.objects.filter(pk=call.pk).update(opens_at=dt.datetime(1, 1, 2, tzinfo=dt.UTC))
