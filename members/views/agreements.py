"""The register of agreements, and one agreement with its versions."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ground import clock, spreadsheets
from members.actions import agreements as actions
from members.agreements import difference
from members.forms.agreements import CodeForm
from members.models import Agreement
from members.register import exports, listing
from members.register.page import Sheet, sheet, this_year
from members.reports import agreement_paper, typeset
from members.views.agreement_finding import coordinated, for_keepers, found, found_whole, refused, version_of

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@for_keepers
def agreement_register(request: HttpRequest) -> HttpResponse:
    """Agreements of the person's universities, or all of them for the office: what waits first, narrowed by facets."""
    mine = coordinated(request.user)
    visible = Agreement.objects.visible_to(request.user)
    rows = listing.lines(visible, request.user, mine, this_year())
    narrowed = listing.listing(rows, request.GET)
    page, shown, bad_cursor = listing.page(narrowed, visible, request.GET)
    kept = request.GET.copy()
    for name in ("after", "before", "sort"):
        kept.pop(name, None)
    context = {
        "listing": narrowed,
        "page": page,
        "lines": shown,
        "bad_cursor": bad_cursor,
        "all": len(rows),
        "both_sides": not mine,
        "orders": [(name, words, name == narrowed.order) for name, words in listing.ORDERS.items()],
        "kept": kept.urlencode(),
        "query": request.GET.urlencode(),
    }
    return render(request, "members/agreements.html", context)


@require_safe
@for_keepers
def agreements_export(request: HttpRequest, format: str) -> HttpResponse:
    """What the register lists under the same query, as CSV or XLSX."""
    if format not in TYPES:
        raise Http404
    visible = Agreement.objects.visible_to(request.user)
    lines = listing.lines(visible, request.user, coordinated(request.user), this_year())
    rows = exports.rows(listing.listing(lines, request.GET).lines)
    if format == "csv":
        body = spreadsheets.as_csv(exports.COLUMNS, rows)
    else:
        body = spreadsheets.as_xlsx("agreements", exports.COLUMNS, rows)
    name = _("agreements-%(day)s") % {"day": clock.today(settings.TIME_ZONE).isoformat()}
    response = HttpResponse(body, content_type=TYPES[format])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{format}") or "attachment"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def agreement(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """One agreement: who must act, what is in force, what is open, and all that happened."""
    found_sheet = _sheet(request, uuid)
    forms = [
        (side, CodeForm(prefix=f"side-{side.place}", initial={"code": side.code}))
        for side in found_sheet.filed
    ]
    return render(request, "members/agreement.html", {"sheet": found_sheet, "forms": forms, "form": None})


def _sheet(request: HttpRequest, uuid: uuid.UUID) -> Sheet:
    try:
        return sheet(uuid, request.user)
    except Agreement.DoesNotExist as nothing:
        raise Http404 from nothing


@require_POST
def agreement_code(request: HttpRequest, uuid: uuid.UUID, place: int) -> HttpResponse:
    """Keep the number under which a side files the agreement."""
    one = found(request, uuid)
    side = get_object_or_404(one.sides.select_related("university__organisation"), place=place)
    form = CodeForm(request.POST, prefix=f"side-{place}")
    if form.is_valid():
        try:
            actions.set_code(side, form.cleaned_data["code"], by=request.user)
        except actions.Refused as refusal:
            refused(form, refusal.places)
        else:
            messages.success(request, _("The code was saved."))
            return redirect(one)
    context = {"sheet": _sheet(request, uuid), "forms": [(side, form)], "form": form}
    return render(request, "members/agreement.html", context, status=422)


@require_safe
def agreement_version(request: HttpRequest, uuid: uuid.UUID, number: int) -> HttpResponse:
    """One version whole, with its approvals."""
    one = found_whole(request, uuid)
    context = {"agreement": one.agreement, "version": version_of(one, number)}
    return render(request, "members/agreement_version.html", context)


@require_safe
def agreement_compare(request: HttpRequest, uuid: uuid.UUID, number: int, other: int) -> HttpResponse:
    """What one version says differently from another; the earlier one stands first."""
    one = found_whole(request, uuid)
    if request.GET:
        return _chosen(request, one.agreement)
    earlier, later = (version_of(one, n) for n in sorted((number, other)))
    context = {
        "agreement": one.agreement,
        "earlier": earlier.row,
        "later": later.row,
        "parts": difference.compare(earlier.settled, later.settled, one.names),
        "versions": one.versions,
    }
    return render(request, "members/agreement_compare.html", context)


def _chosen(request: HttpRequest, one: Agreement) -> HttpResponse:
    """The address of the pair that was chosen in the form of the page."""
    numbers = [request.GET.get(name, "") for name in ("later", "earlier")]
    if not all(number.isascii() and number.isdigit() and len(number) < 5 for number in numbers):
        raise Http404
    return redirect("members:agreement_compare", one.uuid, *map(int, numbers))


@require_safe
def agreement_pdf(request: HttpRequest, uuid: uuid.UUID, number: int) -> HttpResponse:
    """One version as a tagged PDF in the language in use."""
    one = found_whole(request, uuid)
    day = clock.today(settings.TIME_ZONE)
    paper = agreement_paper(one.agreement, version_of(one, number), made_on=day, zone=request.user.zone)
    response = HttpResponse(typeset(paper, made_on=day), content_type="application/pdf")
    name = f"{'-'.join(str(s.university) for s in one.sides)}-{number}-{get_language()}.pdf"
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
