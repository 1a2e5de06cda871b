"""Universities side by side: what the members' room tells of each, and the places open now. At most 14 queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ground import clock
from ground.templatetags.ground_tags import closes, in_language, urgency
from members import compare, directory
from members.appointments import held_by
from members.compare import Fact, Row, Section, Told
from members.models import University
from members.models.exchange import STUDENT_KINDS
from mobility.models import Call, Place


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Two to four universities in columns; fewer, more or unknown ones are said so, never an error."""
    rows = directory.by_name(
        directory.with_told(University.objects.visible_to(request.user).for_list().with_schools())
    )
    found, too_many, unknown = compare.chosen(rows, request.GET.getlist("u"))
    context: dict[str, Any] = {
        "rows": rows,
        "chosen": found,
        "ticked": [row.slug for row in found],
        "most": compare.MOST,
        "too_many": [row.organisation.name_shown for row in too_many],
        "query_all": _query(QueryDict(), [*found, *too_many]),
        "unknown": unknown,
    }
    if len(found) >= compare.LEAST:
        context |= _compared(request, rows, found)
    return render(request, "members/compare.html", context)


def _compared(request: HttpRequest, rows: Sequence[University], found: list[University]) -> dict[str, Any]:
    """The table for the year and the home university that the address asks for."""
    query, today = request.GET, clock.today(settings.TIME_ZONE)
    sheets = list(compare.factsheets(found))
    year = compare.year_chosen(query.get("year", ""), sheets, today)
    home = _home(request, rows)
    told = compare.told(found, sheets, year, home)
    sections = compare.sections(told)
    sections.insert(2, Section(_("Places"), _places(told, home)))
    sections.append(compare.contacts_section(told))
    differing = bool(query.get("differ"))
    if differing:
        sections = [Section(one.title, [row for row in one.rows if row.differs]) for one in sections]
    return {
        "sections": [one for one in sections if one.rows],
        "columns": [(one, _query(query, [row for row in found if row != one])) for one in found],
        "left_out": query.get("year", year).replace("-", "/") != year or bool(query.get("home") and not home),
        "year": year,
        "years": [(one.replace("/", "-"), one) for one in compare.years_offered(sheets, today)],
        "home": home,
        "differing": differing,
        "query_differ": _query(query, found, differ="" if differing else "1"),
        "query_more": _query(QueryDict(), found),
    }


def _home(request: HttpRequest, rows: Sequence[University]) -> University | None:
    """The university asked for, else the one at which the person holds an appointment, if it is one."""
    asked = request.GET.get("home")
    if asked is not None:
        return next((row for row in rows if row.slug == asked), None)
    own = {place for places in held_by(request.user).by_role.values() for place in places if place}
    return next((row for row in rows if row.pk in own), None) if len(own) == 1 else None


def _query(query: QueryDict, universities: Sequence[University], **more: str) -> str:
    """The address's question about `universities`, with year, home and the rest as they are, but for `more`."""
    asked = QueryDict(mutable=True)
    asked.setlist("u", [row.slug for row in universities])
    for name in ("year", "home", "differ"):
        if value := more.get(name, query.get(name, "")):
            asked[name] = value
    return asked.urlencode()


def _places(told: Sequence[Told], home: University | None) -> list[Row]:
    """Places that agreements give to the home university, and those free in calls now."""
    hosts = [one.university for one in told]
    free: dict[int, dict[int, list[Place]]] = {host.pk: {} for host in hosts}
    for place in _free(hosts, home):
        free[place.host_id].setdefault(place.call_id, []).append(place)
    title = _("Free now in calls of %(university)s") % {"university": home.organisation} if home else ""
    none = [Fact(_("none now"))]
    cells = [[_call(places) for places in free[host.pk].values()] or none for host in hosts]
    open_now = Row(title or _("Free now in calls"), cells, [str(host) for host in hosts])
    return [*([compare.agreed_row(told, home)] if home else []), open_now]


def _free(hosts: Sequence[University], home: University | None) -> Any:
    """Places for students at `hosts` with a free seat in calls that are open, the first to close first; one query."""
    calls = Call.objects.open_at(clock.now()).filter(kind__in=STUDENT_KINDS)
    if home:
        calls = calls.filter(university=home)
    places = Place.objects.filter(host__in=hosts, call__in=calls, taken__lt=F("capacity") + F("waiting"))
    return places.select_related("call__university__organisation").order_by("call__closes_at", "pk")


def _call(places: Sequence[Place]) -> Fact:
    """A call with the number of its places that are free."""
    call, free = places[0].call, sum(place.left_as_told for place in places)
    words, lang = in_language(call, "title")
    count = ngettext("%(count)d place", "%(count)d places", free) % {"count": free}
    return Fact(
        words,
        href=call.get_absolute_url(),
        note=" · ".join([count, call.academic_year, str(call.university.organisation)]),
        lang=lang,
        tag=closes(call.closes_at, call.university.zone),
        tone=urgency(call.closes_at, call.university.zone),
    )
