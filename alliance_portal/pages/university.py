"""The page of a university: its own facts, and what the other rooms have of it. Eight queries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ground import clock, linked_data
from members import directory
from members.models import (
    Centre,
    Contact,
    Figure,
    Identifier,
    Membership,
    MembershipKind,
    Organisation,
    OrganisationalUnit,
    Scheme,
    University,
)
from mobility.models import Call, Place
from news.models import Event, NewsItem
from projects.models import Partnership, Project

SHOWN = 6
_OWN = OuterRef("organisation")


def _rows(rows: QuerySet[Any], *names: str) -> ArraySubquery:
    """`rows` as an array of objects, so that the small tables come with the university in one query."""
    written = JSONObject(**{name.replace("__", "_"): F(name) for name in names})
    return ArraySubquery(rows.annotate(row=written).values("row"))


def _found(user: Any, slug: str) -> University:
    contacts = Contact.objects.filter(university=OuterRef("pk"), is_public=True).order_by("name", "pk")
    figures = Figure.objects.filter(university=OuterRef("pk")).order_by("kind", "-year")
    code = Identifier.objects.filter(organisation=OuterRef("pk"), scheme=Scheme.ERASMUS).values("value")
    schools = (
        Organisation.objects.filter(parent=_OWN).annotate(code=Subquery(code)).order_by("sort_key", "pk")
    )
    rows = University.objects.visible_to(user).with_standing(clock.today(settings.TIME_ZONE))
    rows = rows.select_related("organisation").defer("organisation__search")
    return get_object_or_404(
        rows.annotate(
            identifiers=_rows(Identifier.objects.filter(organisation=_OWN), "scheme", "value"),
            memberships_held=_rows(
                Membership.objects.filter(university=OuterRef("pk")).order_by(F("valid_from").asc(nulls_first=True)),
                "kind", "valid_from", "valid_until",
            ),
            figures_given=_rows(figures, "kind", "value", "qualifier", "year"),
            public_contacts=_rows(
                contacts, "name", "subject_en", "subject_lt", "email", "phone", "unit__name_en", "unit__name_lt"
            ),
            centres_hosted=_rows(
                Centre.objects.filter(host=_OWN).order_by("slug"), "slug", "name_en", "name_lt", "founded_on"
            ),
            schools=_rows(schools, "name", "city", "website", "code"),
        ),
        slug=slug,
    )  # fmt: skip


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything the portal has about one university, as far as the person may see it."""
    found = _found(request.user, slug)
    context = _own_facts(found) | {
        "university": found,
        "units": _tree(found.units.all()),
        "projects": _projects(request.user, found),
        "calls": Call.objects.open_at(clock.now()).filter(university=found).for_list()[:SHOWN],
        "places": _places(found),
        "news": NewsItem.objects.live().filter(university=found).for_list().prefetch_related(None)[:3],
        "events": Event.objects.live().filter(university=found).for_list().prefetch_related(None)[:3],
        "pins": directory.pins([found]),
        "today": clock.today(found.zone),
        "linked_data": _data(found),
    }
    return render(request, "pages/university.html", context)


def _own_facts(found: Any) -> dict[str, Any]:
    """The small tables as records that templates can ask for translated fields."""
    return {
        "identifiers": [(Scheme(row["scheme"]).label, row["value"]) for row in found.identifiers],
        "standing": MembershipKind(found.standing).label if found.standing else "",
        "memberships": [_membership(row) for row in found.memberships_held],
        "figures": directory.in_order(Figure(**row) for row in _newest(found.figures_given)),
        "contacts": [SimpleNamespace(**row) for row in found.public_contacts],
        "centres": [Centre(**row) for row in found.centres_hosted],
        "schools": [SimpleNamespace(**row) for row in found.schools],
    }


def _newest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each kind the first, which is the newest."""
    by_kind: dict[str, dict[str, Any]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], row)
    return list(by_kind.values())


def _membership(row: dict[str, Any]) -> Membership:
    """The row with real dates: JSON has none."""
    field = Membership._meta.get_field("valid_from")
    return Membership(
        kind=MembershipKind(row["kind"]),
        valid_from=field.to_python(row["valid_from"]),
        valid_until=field.to_python(row["valid_until"]),
    )


def _tree(units: QuerySet[OrganisationalUnit]) -> list[OrganisationalUnit]:
    """The units that are part of no other, each with `parts`."""
    rows = {unit.pk: unit for unit in units}
    for unit in rows.values():
        unit.parts = []  # type: ignore[attr-defined]
    for unit in rows.values():
        if unit.parent_id in rows:
            rows[unit.parent_id].parts.append(unit)  # type: ignore[attr-defined]
    return [unit for unit in rows.values() if unit.parent_id not in rows]


def _projects(user: Any, found: University) -> QuerySet[Project]:
    """Projects that the university leads or takes part in, those that end last first."""
    part = Partnership.objects.filter(project=OuterRef("pk"), organisation=found.organisation_id)
    return Project.objects.visible_to(user).filter(Q(lead=found) | Exists(part)).for_list()[:SHOWN]


def _places(found: University) -> QuerySet[Place]:
    """Free seats at the university in calls that are open now."""
    open_calls = Call.objects.open_at(clock.now())
    free = Place.objects.filter(host=found, call__in=open_calls, taken__lt=F("capacity")).for_table()
    return free.select_related("call__university__organisation", "field").order_by("call__closes_at", "pk")[
        :50
    ]


def _data(found: University) -> Any:
    organisation = found.organisation
    return linked_data.block(
        "CollegeOrUniversity",
        name=organisation.name,
        alternateName=[name for name in (organisation.local_name, organisation.short_name) if name],
        url=organisation.website or f"{settings.BASE_URL}{found.get_absolute_url()}",
        address={
            "@type": "PostalAddress",
            "addressLocality": organisation.city,
            "addressCountry": organisation.country.code,
        },
    )
