"""A university's published deadlines as a calendar (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from ground import clock
from members.factsheets.deadlines import Deadline, of_terms
from members.models import FactsheetTerm, University

KEPT_FOR = dt.timedelta(days=366)


def calendar_of(university: University) -> tuple[bytes, dt.datetime | None]:
    """The deadlines of `university` from a year ago on, in the language in use, and when the youngest was changed.

    The same content gives the same bytes; drafts are not in it. One query (and one for the moment).
    """
    today = clock.today(university.zone)
    rows = list(FactsheetTerm.objects.published().filter(factsheet__university=university).with_university())
    found = [one for one in of_terms(rows, today) if one.on >= today - KEPT_FOR]
    found.sort(key=lambda one: (one.on, one.kind, one.row.uuid))
    book = Calendar()
    book.add("prodid", "-//Alliance Portal//Factsheet deadlines//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", _("Deadlines: %(university)s") % {"university": university.name_shown})
    book.add("refresh-interval", dt.timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for entry in _entries(found, university):
        book.add_component(entry)
    return bytes(book.to_ical()), max((one.row.factsheet.changed_at for one in found), default=None)


def _entries(found: Iterable[Deadline], university: University) -> Iterable[Entry]:
    host = settings.BASE_URL.rpartition("/")[2].partition(":")[0]
    for one in found:
        factsheet = one.row.factsheet
        url = f"{settings.BASE_URL}{factsheet.get_absolute_url()}"
        entry = Entry()
        entry.add("uid", f"{one.row.uuid}-{one.kind}@{host}")
        entry.add("dtstamp", factsheet.changed_at)
        entry.add("last-modified", factsheet.changed_at)
        entry.add("sequence", factsheet.version)
        words = {"university": str(university), "deadline": one.words}
        entry.add("summary", _("%(university)s, %(deadline)s") % words)
        entry.add("dtstart", one.on)
        entry.add("dtend", one.on + dt.timedelta(days=1))
        entry.add("transp", "TRANSPARENT")
        about = _("%(university)s, academic year %(year)s. Last day, that day included.")
        about = about % {"university": university.name_shown, "year": factsheet.year}
        entry.add("description", f"{about}\n\n{url}")
        entry.add("url", url)
        yield entry
