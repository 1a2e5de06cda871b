"""Who has no factsheet of the next academic year in time: by 1 December, when partners begin to plan."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from members.models import Factsheet, University
from members.models.exchange import year_of

DUE = (12, 1)  # month and day


def due_day(day: dt.date) -> dt.date:
    """The first of December that is next on `day`, that day included."""
    this_year = dt.date(day.year, *DUE)
    return this_year if day <= this_year else dt.date(day.year + 1, *DUE)


def year_due(day: dt.date) -> str:
    """The academic year whose factsheet is to be there on `day`, a first of December: the one after that which runs."""
    return year_of(day.year + 1)


def without_factsheet(day: dt.date) -> QuerySet[University]:
    """Universities that are members on `day`, a first of December, and have not published that factsheet."""
    told = Factsheet.objects.published().filter(year=year_due(day)).values("university")
    rows = University.objects.members_on(day).exclude(pk__in=told)
    return rows.select_related("organisation").defer("organisation__search")
