"""The page of a factsheet, which everybody reads once it is published, and its calendar."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from ground import clock
from ground.templatetags.ground_tags import zone_words
from members.factsheets import checks, content, dates_feed, deadlines, told
from members.models import Contact, Factsheet, Term, University

_TERMS = list(Term.values)
CALENDAR_FRESH = 3600  # seconds for which a program may keep the calendar without asking


@login_not_required
@require_safe
def factsheet_page(request: HttpRequest, slug: str, year: str) -> HttpResponse:
    """Deadlines first, then what students and partners ask. A draft is there for who writes it alone."""
    return shown(request, found(request, slug, year))


def found(request: HttpRequest, slug: str, year: str) -> Factsheet:
    """The factsheet at this address, if the person may see it; with its terms, languages and public contacts."""
    contacts = Contact.objects.filter(is_public=True).order_by("duty", "name", "pk")
    rows = Factsheet.objects.visible_to(request.user).select_related("university__organisation")
    rows = rows.defer("university__organisation__search").prefetch_related(
        "terms", "languages", Prefetch("contacts", contacts, to_attr="public_contacts")
    )
    return get_object_or_404(rows, university__slug=slug, year=year.replace("-", "/"))


def shown(
    request: HttpRequest, factsheet: Any, *, refused: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    """The page; `refused` says why it could not be published."""
    university = factsheet.university
    today = clock.today(university.zone)
    terms = sorted(factsheet.terms.all(), key=lambda row: _TERMS.index(row.term))
    others = Factsheet.objects.visible_to(request.user).of(university).exclude(pk=factsheet.pk)
    context = {
        "factsheet": factsheet,
        "university": university,
        "zone": zone_words(university.zone),
        "changed_on": clock.date_in(factsheet.changed_at, university.zone),
        "deadlines": deadlines.of_terms(terms, today),
        "terms": [row for row in terms if row.starts_on or row.ends_on],
        "required": told.required(factsheet),
        "sections": list(told.sections(factsheet)),
        "costs": told.cost_words(factsheet),
        "others": others.only("year", "is_published", "university").order_by("-year"),
        "calendar": calendar_addresses(university) if factsheet.is_published else None,
        "tools": _tools(request, factsheet),
        "refused": refused,
    }
    return render(request, "members/factsheet.html", context, status=status)


def calendar_addresses(university: University) -> dict[str, str]:
    """Where the calendar of a university's deadlines is, in the language in use: to download, and to subscribe to."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    path = reverse("factsheets_calendar", args=[language[:2], university.slug])
    host = settings.BASE_URL.partition("://")[2]
    return {"file": path, "subscribe": f"webcal://{host}{path}"}


def _tools(request: HttpRequest, factsheet: Factsheet) -> dict[str, Any] | None:
    """What the person can do with it; None for who only reads."""
    if not request.user.has_perm("members.edit_university", factsheet.university):
        return None
    said = content.read(factsheet)
    args = [factsheet.university.slug, factsheet.year_in_address]
    return {
        "edit": reverse("members:factsheet_edit", args=args),
        "publication": reverse("members:factsheet_publication", args=args),
        "create": reverse("members:factsheet_create", args=args[:1]),
        "history": reverse("members:factsheet_history", args=args),
        "lacking": checks.lacking(said),
        "gaps": checks.gap_lines(said),
    }


@login_not_required
@require_safe
def factsheets_calendar(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """A university's published deadlines for calendar programs; outside the languages, so that the address stays."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    rows = University.objects.visible_to(request.user).select_related("organisation")
    university = get_object_or_404(rows.defer("organisation__search"), slug=slug)
    with translation.override(language):
        book, changed = dates_feed.calendar_of(university)
    response = HttpResponse(book, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{university.slug}.ics"'
    response["Cache-Control"] = f"public, max-age={CALENDAR_FRESH}"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Language"] = language
    response["ETag"] = etag = f'"{hashlib.sha256(book).hexdigest()[:32]}"'
    if changed:  # said, but never asked: what was taken back leaves a younger date nowhere
        response["Last-Modified"] = http_date(changed.timestamp())
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
