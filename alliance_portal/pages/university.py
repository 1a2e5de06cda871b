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

from alliance_portal.pages import told
from ground import clock, linked_data
from ground.finished import finished
from members import directory, sheet
from members.agreements import public
from members.models import Organisation, University
from members.models.exchange import year_on
from mobility.models import Call, Place
from news.models import Event, NewsItem
from news.models.item import concerns
from projects.models import Partnership, Project

SHOWN = 6
_TITLE = ("slug", "title_en", "title_lt")


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
        "calls": [_call(row) for row in found.calls_open],
        "places": _places(found),
        "partners": public.partners_of(found, year_on(today)),
        "agreement_year": year_on(today),
        "told": told.of_columns(found, university=found.slug),
        "pins": directory.pins([found]),
        "today": today,
        "linked_data": _data(found),
        **_offered(request.user, found),
    }
    context["contents"] = list(_contents(context))
    return render(request, "pages/university.html", context)


def _found(user: Any, slug: str) -> Any:
    rows = sheet.with_rows(University.objects.visible_to(user), user, clock.today(settings.TIME_ZONE))
    here, organisation = OuterRef("pk"), OuterRef("organisation")
    calls = Call.objects.open_at(clock.now()).filter(university=here).order_by("closes_at", "pk")
    rows = rows.annotate(
        calls_open=sheet.rows_of(calls[:SHOWN], *_TITLE, "kind", "academic_year", "closes_at"),
        **told.columns(
            NewsItem.objects.filter(concerns(NewsItem, "partner", here, organisation)),
            Event.objects.filter(concerns(Event, "organiser", here, organisation)),
        ),
    )
    return get_object_or_404(rows, slug=slug)


def _call(row: dict[str, Any]) -> Call:
    """The call of a row, unsaved, with the values in their own types."""
    return Call(**{name: Call._meta.get_field(name).to_python(value) for name, value in row.items()})


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
    facts: sheet.Sheet = context["sheet"]
    yield from (("figures", _("In figures")),) if facts.figures else ()
    yield from (("schools", _("Schools")),) if facts.schools else ()
    yield from ((text.name, text.title) for text in facts.texts)
    sections = {
        "studies": (_("Fields and languages"), facts.fields or facts.taught),
        "units": (_("Departments and units"), facts.units),
        "contacts": (_("Contacts"), facts.contacts),
        "centres": (_("Innovation centres"), facts.centres),
        "exchanges": (_("Exchanges open now"), context["calls"] or context["places"] or facts.deadlines),
        "agreements": (_("Agreements in force"), context["partners"]),
        "factsheets": (_("Factsheets for incoming students"), facts.factsheets),
        "projects": (_("Projects"), True),
        "news": (_("News"), context["told"].news),
        "events": (_("Events"), context["told"].events),
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
