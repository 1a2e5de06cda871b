"""Calls, for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import clock, languages, paging
from ground.finished import finished, stands_for
from ground.gathering import together
from mobility import gathered, progress, ways
from mobility.editing import changes
from mobility.filters import CallFilter, PlaceFilter
from mobility.models import GRACE, Application, Call, Eqf, Term
from mobility.rules import coordinates_somewhere, may
from mobility.writing import desk

PAST_PER_PAGE = 20


@login_not_required
@finished()
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """How going abroad works, and the calls that are open."""
    desk.arrive(request.user)
    now = clock.now()
    calls = Call.objects.visible_to(request.user)
    rows = [_rows(calls.open_at(now)), _rows(calls.coming_at(now).order_by("opens_at", "pk"))]
    open_now, coming = (ways.mark(found, request.user) for found in together(*rows))
    context = {"open": open_now, "coming": coming, "ways": ways.of_person(request.user)}
    return render(request, "mobility/index.html", context)


@login_not_required
@finished("kind", "university", "mode")
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Every published call: open, coming, past; by kind and university."""
    desk.arrive(request.user)
    now = clock.now()
    published = Call.objects.visible_to(request.user).published()
    chosen = CallFilter(request.GET, queryset=published)
    right = chosen.form.is_valid()
    found = chosen.qs if right else published.none()
    stands_for(*chosen.canonical)
    if right:
        chosen.count()
    past = _page(found.filter(closes_at__lte=now - GRACE).for_list(), request)
    coming = found.coming_at(now).order_by("opens_at", "pk")
    rows = together(_rows(found.open_at(now)), _rows(coming), _drafts(request))
    lists = [ways.mark(one, request.user) for one in rows]
    ways.mark(past.rows, request.user)
    context = {
        "filter": chosen, "open": lists[0], "coming": lists[1], "drafts": lists[2], "past": past,
        "may_write": coordinates_somewhere(request.user), "ways": ways.of_person(request.user),
    }  # fmt: skip
    return render(request, "mobility/calls.html", context, status=200 if right else 400)


def _drafts(request: HttpRequest) -> Any:
    """The drafts that the person writes."""
    seen = (
        Call.objects.visible_to(request.user) if coordinates_somewhere(request.user) else Call.objects.none()
    )
    return _rows(seen.filter(publication="draft").order_by("opens_at", "pk"))


def _page(calls: QuerySet[Call], request: HttpRequest) -> paging.Page[Call]:
    try:
        return paging.page(
            calls, ["-closes_at", "-id"], size=PAST_PER_PAGE, after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )  # fmt: skip
    except paging.BadCursor as error:
        raise BadRequest(str(error)) from error


def _rows(calls: Any) -> Any:
    return calls.for_list().annotate(
        seats=Sum(F("places__capacity") - F("places__taken") + F("places__waiting"))
    )


def call_page(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What the start page of a call shows: deadline, who may apply, places, papers, who decides, and the button.

    The page itself is put together above, with what later rooms have about the call.
    """
    desk.arrive(request.user)
    found = get_object_or_404(Call.objects.visible_to(request.user).for_list(), slug=slug)
    own = (
        Application.objects.of(request.user) if request.user.is_authenticated else Application.objects.none()
    )
    (rows,) = gathered.call_with(found, own.filter(call=found))
    mine = rows[0] if rows else None
    facts = call_facts(found, mine, request.GET)
    stands_for(*facts["places"].canonical)
    return facts | {
        "standing": _standing(request, found, mine),
        "reader_zone": _other_zone(request.user, found),
        "may_see_applications": may("mobility.see_applications", request.user, found),
        "may_edit": may("mobility.edit_call", request.user, found),
    }


def call_facts(
    found: Call, mine: Application | None = None, given: QueryDict | None = None
) -> dict[str, Any]:
    """What everybody may know of a call that was read `call_with` what belongs to it, as its page shows it.

    Its places are narrowed by what is `given`.
    """
    return {
        "call": found,
        "places": PlaceFilter(found.places.all(), given),
        "levels": [Eqf(level).label for level in found.levels if level in Eqf.values],
        "fields": found.fields_of_education.all(),
        "languages": [(languages.name(one.language), one.level) for one in found.languages.all()],
        "terms": [Term(term).label for term in found.terms if term in Term.values],
        "criteria": found.criteria.all(),
        "papers": found.required_documents.all(),
        "changes": [(one, changes.titles(one.parts)) for one in found.changes.all()],
        "stages": progress.stages(found, mine),
        "open": found.is_open,
    }


def _other_zone(user: Any, call: Call) -> str:
    """The reader's own time zone, where the deadline reads differently in it."""
    zone = getattr(user, "zone", "")
    return zone if zone and zone != call.university.zone else ""


def _standing(request: HttpRequest, call: Call, mine: Application | None) -> dict[str, Any]:
    """What the reader can do about this call now."""
    now: dt.datetime = clock.now()
    if mine is not None:
        step = progress.next_step(mine, now)
        return {"words": step.words, "button": _("Open your application"), "url": mine.get_absolute_url(),
                "state": mine.get_status_display(), "tone": progress.tone(mine.status)}  # fmt: skip
    if call.publication == "draft":
        return {"words": _("A draft: only you and your colleagues see it. You publish it from its preview.")}
    if not call.takes_at(now):
        coming = call.opens_at > now
        return {"words": _("This call is not open yet.") if coming else _("This call has closed.")}
    if not request.user.is_authenticated:
        sign_in = (
            f"{resolve_url('account_login')}?{urlencode({'next': resolve_url('mobility:apply', call.slug)})}"
        )
        return {"words": _("Sign in to apply."), "button": _("Sign in to apply"), "url": sign_in}
    if may("mobility.apply_to_call", request.user, call):
        return {"words": _("Your answers are saved page by page."), "button": _("Start application"),
                "url": resolve_url("mobility:apply", call.slug)}  # fmt: skip
    if call.for_students:
        return {"words": _("You can't apply: this call is for students of the sending university.")}
    return {"words": _("You can't apply: this call is for staff of the sending university.")}
