"""Events as everybody reads them: the list, the archive, and the page of one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import clock, linked_data
from ground.finished import finished, stands_for
from ground.templatetags.ground_tags import in_language
from mobility.models import Call
from news import exports
from news.happening import finding
from news.models import Event, NewsItem
from news.registering.coming import closed_because
from news.views.articles import one_page
from news.workflow import PUBLICATION, Publication
from projects.models import Project

COMING = 50


@login_not_required
@finished(*finding.NAMES)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """What comes, the next one first; below it what has been, page by page and year by year."""
    live, now = Event.objects.visible_to(request.user).live(), clock.now()
    narrowed = finding.narrowed(request.GET)
    stands_for(narrowed.canonical)
    past = live.past(now)
    coming = [] if narrowed.year else narrowed.rows(live.coming(now)).for_list()[:COMING]
    context = {
        "coming": coming,
        "page": one_page(request, narrowed.rows(past).for_list(), ["-starts_by", "-id"]),
        "facets": finding.facets(live, narrowed, request.GET),
        "years": finding.years(past, narrowed, request.GET),
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
    found = get_object_or_404(_rows(request.user), slug=slug)
    public, now = found.publication == Publication.PUBLISHED, clock.now()
    context = {
        "event": found,
        "story": NewsItem.objects.visible_to(request.user).filter(pk=found.news_item_id).first(),
        "host": found.university.organisation if found.university else None,
        "over": found.ends_by <= now,
        "state": "" if public else found.get_publication_display(),
        "admission": _admission(found) if public else None,
        "refused": closed_because(_admission(found), found, now),
        "opens": _opens(found, now),
        "others": finding.others(found, now),
        "more": finding.more(found, now),
        "address": f"{settings.BASE_URL}{found.get_absolute_url()}",
        **_offered(request.user, found),
        "linked_data": _data(found) if public else "",
    }
    return render(request, "news/event.html", context)


def _rows(user: Any) -> Any:
    """An event with all that its page shows of it; of other rooms' records only what `user` may see."""
    rows = Event.objects.visible_to(user).select_related(
        "university__organisation", "organiser", "series", "admission", "author"
    )
    return rows.prefetch_related(
        "topics", "centres", "programme", "speakers", "universities__organisation",
        Prefetch("projects", Project.objects.visible_to(user).for_list()),
        Prefetch("calls", Call.objects.visible_to(user).for_list()),
    )  # fmt: skip


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
        "may_change": user.has_perm("news.change_event", found),
        "may_see_people": user.has_perm("news.see_registrations", found),
    }


def _data(found: Event) -> Any:
    place, host = in_language(found, "place")[0], found.organiser
    if host is None and found.university:
        host = found.university.organisation
    where: list[dict[str, Any]] = [{"@type": "Place", "name": place, "address": place}] if place else []
    if found.is_online:
        where.append(
            {
                "@type": "VirtualLocation",
                "url": found.link or f"{settings.BASE_URL}{found.get_absolute_url()}",
            }
        )
    mode = "Mixed" if len(where) > 1 else "Online" if found.is_online else "Offline"
    return linked_data.block(
        "Event",
        name=in_language(found, "title")[0],
        description=in_language(found, "summary")[0],
        startDate=found.starts_at or found.first_day,
        endDate=found.ends_at or found.last_day,
        eventStatus=f"https://schema.org/Event{'Cancelled' if found.is_cancelled else 'Scheduled'}",
        eventAttendanceMode=f"https://schema.org/{mode}EventAttendanceMode",
        location=where[0] if len(where) == 1 else where,
        organizer={"@type": "Organization", "name": host.name} if host else None,
        performer=[{"@type": "Person", "name": one.name} for one in found.speakers.all()],
        url=f"{settings.BASE_URL}{found.get_absolute_url()}",
    )


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
