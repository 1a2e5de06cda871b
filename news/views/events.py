"""Events as everybody reads them: the list, the archive, and the page of one."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import clock
from ground.finished import finished, stands_for
from ground.gathering import keep, together
from ground.templatetags.ground_tags import in_language
from members.models import University
from mobility.models import Call
from news import exports, linked, social
from news.happening import finding, where
from news.models import Event, NewsItem
from news.registering.coming import closed_because
from news.rules import CHOOSE_LEAD
from news.views.articles import file_of, one_page
from news.workflow import NEEDS_REASON, PUBLICATION, Publication
from projects.models import Project

COMING = 50


@login_not_required
@finished(*finding.NAMES)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """What comes, the next one first; below it what has been, page by page and year by year."""
    live, now = Event.objects.visible_to(request.user).live(), clock.now()
    narrowed = finding.narrowed(request.GET, request.user)
    stands_for(narrowed.canonical)
    past = live.past(now)
    coming = [] if narrowed.year else narrowed.rows(live.coming(now)).for_cards()[:COMING]
    context = {
        "coming": coming,
        "page": one_page(request, narrowed.rows(past).for_cards(), ["-starts_by", "-id"]),
        "facets": finding.facets(live, past, narrowed, request.GET),
        "narrowed": narrowed,
        "may_write": request.user.has_perm("news.create_item"),
        "calendar": calendar_address(narrowed),
    }
    return render(request, "news/events.html", context)


def calendar_address(narrowed: finding.Narrowed | None = None) -> str:
    """Where calendars subscribe to the events in the language of the page, of one university or topic where chosen."""
    part = ""
    if narrowed and narrowed.university:
        part = f"/university/{narrowed.university.slug}"
    elif narrowed and narrowed.topic:
        part = f"/topic/{narrowed.topic.slug}"
    return f"{settings.BASE_URL}/feeds/events/{get_language()}{part}.ics"


@login_not_required
@finished()
@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """One event; a draft for those who may write it."""
    found = _found(request.user, slug)
    public, now = found.publication == Publication.PUBLISHED, clock.now()
    refused = closed_because(_admission(found), found, now)
    context = {
        "event": found,
        "story": NewsItem.objects.visible_to(request.user).filter(pk=found.news_item_id).first(),
        "host": found.university.organisation if found.university else None,
        "over": found.ends_by <= now,
        "state": "" if public else found.get_publication_display(),
        "admission": _admission(found) if public else None,
        "refused": refused,
        "opens": _opens(found, now),
        "others": finding.others(found, now),
        "more": finding.more(found, now),
        "pins": where.pins_of(found),
        "map_address": where.address_outside(found),
        **_offered(request.user, found),
        "image": social.address(found) if public else "",
        "linked_data": linked.event(found, _admission(found), closed=bool(refused)) if public else "",
    }
    return render(request, "news/event.html", context)


def _found(user: Any, slug: str) -> Event:
    """An event with all that its page shows of it, in two queries; of other rooms' records what `user` may see."""
    rows = Event.objects.visible_to(user).select_related(
        "university__organisation", "organiser", "series", "admission", "author"
    )
    found = get_object_or_404(rows, slug=slug)
    names = ("topics", "centres", "programme", "speakers", "universities", "attachments", "projects", "calls")
    there = together(
        found.topics.all(), found.centres.all(), found.programme.all(), found.speakers.all(),
        University.objects.for_list().filter(events_shared=found), found.attachments.select_related("document"),
        Project.objects.visible_to(user).for_list().filter(events=found),
        Call.objects.visible_to(user).for_list().filter(events=found),
    )  # fmt: skip
    keep(found, **dict(zip(names, there, strict=True)))
    return found


def _admission(found: Event) -> Any:
    admission = getattr(found, "admission", None)
    if admission is not None:
        admission.event = found
    return admission


def _opens(found: Event, now: Any) -> Any:
    """When registration opens, where that is still to come."""
    opens = getattr(_admission(found), "opens_at", None)
    return opens if opens and opens > now else None


def _offered(user: Any, found: Event) -> dict[str, Any]:
    """What this person may do with it; nothing for readers."""
    if not user.is_authenticated:
        return {"ways": [], "may_change": False, "may_see_people": False}
    return {
        "ways": PUBLICATION.offered_to(user, found),
        "asks_why": NEEDS_REASON,
        "may_change": user.has_perm("news.change_event", found),
        "may_lead": user.has_perm(CHOOSE_LEAD) and found.publication == Publication.PUBLISHED,
        "may_see_people": user.has_perm("news.see_registrations", found),
    }


@login_not_required
@require_safe
def attachment(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponseBase:
    """A file of an event that the person may see."""
    return file_of(Event.objects.visible_to(request.user), slug, pk)


@login_not_required
@require_safe
def event_file(request: HttpRequest, slug: str) -> HttpResponse:
    """One event as a calendar file; with `?series` all dates of its series."""
    rows = Event.objects.visible_to(request.user).select_related("series")
    found = get_object_or_404(rows, slug=slug)
    name, public = in_language(found, "title")[0], found.publication == Publication.PUBLISHED
    make = exports.calendar if "series" in request.GET and found.series and public else None
    if make:
        body = make([found], name=name, base_url=settings.BASE_URL)
    else:
        body = exports.one_date(found, name=name, base_url=settings.BASE_URL)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.slug}.ics"'
    return response


def subscription(events: Any, of: str = "") -> HttpResponse:
    """Published events as a calendar to subscribe to; `of` names the university or topic."""
    name = _("%(portal)s: events") % {"portal": settings.BRAND["name"]}
    body = exports.calendar(events, name=f"{name} · {of}" if of else name, base_url=settings.BASE_URL)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")
