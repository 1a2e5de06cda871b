"""The page of a university: its own facts, and what the other rooms have of it.

Four queries (the university with its rows and what is told of it; projects; places; agreements), and four more for what
agreements in force allow.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import clock, linked_data
from ground.finished import finished
from members import directory, sheet
from members.agreements import public
from members.models import Organisation, University
from members.models.exchange import year_on
from mobility.models import Call, Place
from news.models import Event, NewsItem
from projects.models import Partnership, Project

SHOWN = 6
_TITLE = ("slug", "title_en", "title_lt")
_CARD = (*_TITLE, "summary_en", "summary_lt", "is_demo")
_WHEN = ("zone", "starts_at", "starts_on", "starts_by", "ends_by", "place_en", "place_lt")


@login_not_required
@finished()
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything the portal has about one university, as far as the person may see it."""
    found = _found(request.user, slug)
    today = clock.today(found.zone)
    context = {
        "sheet": sheet.read(found, today),
        "university": found,
        "projects": _projects(request.user, found),
        "calls": [_record(Call, row) for row in found.calls_open],
        "places": _places(found),
        "partners": public.partners_of(found, year_on(today)),
        "agreement_year": year_on(today),
        "news": [_record(NewsItem, row, university=found) for row in found.news_told],
        "events": [_record(Event, row) for row in found.events_told],
        "pins": directory.pins([found]),
        "today": today,
        "linked_data": _data(found),
        **_offered(request.user, found),
    }
    context["contents"] = list(_contents(context))
    return render(request, "pages/university.html", context)


def _found(user: Any, slug: str) -> Any:
    rows = sheet.with_rows(University.objects.visible_to(user), user, clock.today(settings.TIME_ZONE))
    here = OuterRef("pk")
    calls = Call.objects.open_at(clock.now()).filter(university=here).order_by("closes_at", "pk")
    about = NewsItem.universities.through.objects.filter(newsitem=OuterRef("pk"), university=OuterRef(here))
    told = Q(university=here) | Exists(about)
    news = NewsItem.objects.live().filter(told).order_by("-published_at", "-pk")
    events = Event.objects.live().filter(university=here).order_by("-starts_by", "-pk")
    rows = rows.annotate(
        calls_open=sheet.rows_of(calls[:SHOWN], *_TITLE, "kind", "academic_year", "closes_at"),
        news_told=sheet.rows_of(news[:3], *_CARD, "published_at"),
        events_told=sheet.rows_of(events[:3], *_CARD, *_WHEN),
    )
    return get_object_or_404(rows, slug=slug)


def _record(model: Any, row: dict[str, Any], **more: Any) -> Any:
    """The record of a row, unsaved, with the values in their own types."""
    values = {name: model._meta.get_field(name).to_python(value) for name, value in row.items()}
    return model(**values, **more)


def _projects(user: Any, found: University) -> QuerySet[Project]:
    """Projects that the university leads or takes part in, those that end last first."""
    part = Partnership.objects.filter(project=OuterRef("pk"), organisation=found.organisation_id)
    return Project.objects.visible_to(user).filter(Q(lead=found) | Exists(part)).for_list()[:SHOWN]


def _places(found: University) -> QuerySet[Place]:
    """Free seats at the university in calls that are open now."""
    open_calls = Call.objects.open_at(clock.now())
    free = Place.objects.filter(
        host=found, call__in=open_calls, taken__lt=F("capacity") + F("waiting")
    ).for_table()
    return free.select_related("call__university__organisation", "field").order_by("call__closes_at", "pk")[
        :50
    ]


def _offered(user: Any, found: University) -> dict[str, Any]:
    """Where this person may go on from here."""
    edit = user.has_perm("members.edit_university", found)
    return {
        "edit": _address("members:edit", found.slug) if edit else "",
        "register": _address("members:agreements") if edit else "",
        "compare": f"{reverse('members:compare')}?u={found.slug}",
        "factsheet_addresses": {
            one["year"]: _address("members:factsheet", found.slug, one["year"].replace("/", "-"))
            for one in found.sheets_kept
        },
    }


def _address(name: str, *args: Any) -> str:
    """The address of a page, or nothing where the portal has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _contents(context: dict[str, Any]) -> Any:
    """The sections that the page has: where each begins, and its heading."""
    told: sheet.Sheet = context["sheet"]
    yield from (("figures", _("In figures")),) if told.figures else ()
    yield from (("schools", _("Schools")),) if told.schools else ()
    yield from ((text.name, text.title) for text in told.texts)
    sections = {
        "studies": (_("Fields and languages"), told.fields or told.taught),
        "units": (_("Departments and units"), told.units),
        "contacts": (_("Contacts"), told.contacts),
        "centres": (_("Innovation centres"), told.centres),
        "exchanges": (_("Exchanges open now"), context["calls"] or context["places"] or told.deadlines),
        "agreements": (_("Agreements in force"), context["partners"]),
        "factsheets": (_("Factsheets for incoming students"), told.factsheets),
        "projects": (_("Projects"), True),
        "news": (_("News and events"), context["news"] or context["events"]),
    }
    yield from ((name, title) for name, (title, there) in sections.items() if there)
    yield "facts", _("Facts")


def _data(found: Any) -> Any:
    organisation: Organisation = found.organisation
    codes = {row["scheme"]: row["value"] for row in found.identifiers}
    place = found.latitude is not None and {
        "@type": "GeoCoordinates", "latitude": float(found.latitude), "longitude": float(found.longitude),
    }  # fmt: skip
    return linked_data.block(
        "CollegeOrUniversity",
        name=organisation.name,
        alternateName=[*dict.fromkeys(name for name in organisation.names[1:] if name)],
        url=organisation.website or f"{settings.BASE_URL}{found.get_absolute_url()}",
        sameAs=codes.get("ror", ""),
        identifier=[
            {"@type": "PropertyValue", "propertyID": scheme, "value": value}
            for scheme, value in codes.items()
        ],
        address={
            "@type": "PostalAddress",
            "streetAddress": organisation.street,
            "postalCode": organisation.post_code,
            "addressLocality": organisation.city,
            "addressCountry": organisation.country.code,
        },
        geo=place or "",
    )
