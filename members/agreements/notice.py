"""When an agreement can end by the notice of one side: pure functions of a date."""

from __future__ import annotations

import datetime as dt

from members.models import AgreementVersion
from members.models.exchange import year_begins, year_of, year_on, years_between


def earliest_end(day: dt.date) -> str:
    """The first academic year after which notice given on `day` can end an agreement.

    Notice is at least one academic year: given by 1 September it takes effect on 1 September of the next year.
    """
    begun = year_on(day)
    return begun if year_begins(begun) == day else year_of(int(begun[5:]))


def possible_ends(version: AgreementVersion, day: dt.date) -> list[str]:
    """The academic years after which notice given on `day` can end what `version` says; none when it ends sooner."""
    earliest = max(earliest_end(day), version.first_year)
    return years_between(earliest, version.last_year) if earliest <= version.last_year else []
