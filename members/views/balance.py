"""Balances with partners: places agreed and people who went, by kind."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import clock, spreadsheets
from members.register import balances
from members.register.page import this_year
from members.views.agreement_finding import coordinated, for_keepers
from members.views.agreements import TYPES


@require_safe
@for_keepers
def agreement_balance(request: HttpRequest) -> HttpResponse:
    """What was agreed with each partner for an academic year, by kind and direction, and who went."""
    mine = coordinated(request.user)
    sheet = balances.sheet(request.user, mine, request.GET, this_year())
    context = {
        "sheet": sheet,
        "people": [(value, words) for value, (words, _kinds) in balances.PEOPLE.items()],
        "years": [(year.replace("/", "-"), year) for year in sheet.years] if sheet else [],
        "query": urlencode(sheet.asked) if sheet else "",
    }
    return render(request, "members/balance.html", context)


@require_safe
@for_keepers
def agreement_balance_export(request: HttpRequest, format: str) -> HttpResponse:
    """What the page of balances lists under the same query, as CSV or XLSX."""
    sheet = balances.sheet(request.user, coordinated(request.user), request.GET, this_year())
    if format not in TYPES or sheet is None:
        raise Http404
    rows = balances.rows(sheet)
    if format == "csv":
        body = spreadsheets.as_csv(balances.COLUMNS, rows)
    else:
        body = spreadsheets.as_xlsx("balance", balances.COLUMNS, rows)
    name = _("balance-%(university)s-%(year)s-%(day)s") % {
        "university": sheet.university.slug,
        "year": sheet.year.replace("/", "-"),
        "day": clock.today(settings.TIME_ZONE).isoformat(),
    }
    response = HttpResponse(body, content_type=TYPES[format])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{format}") or "attachment"
    response["X-Robots-Tag"] = "noindex"
    return response
