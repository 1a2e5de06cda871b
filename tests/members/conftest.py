import datetime as dt

import pytest

from ground import clock

AUTUMN_2026 = dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC)


@pytest.fixture
def autumn_2026():
    """Hold one moment, before the first academic year of the agreements that tests make."""
    with clock.one_moment(AUTUMN_2026):
        yield AUTUMN_2026
