"""What search engines may read: every public page in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as draw
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from members.models import Centre, Factsheet, University
from mobility.models import Call
from news.models import Event, NewsItem
from projects.models import Programme, Project

NAMED = (
    "pages:home", "projects:list", "members:list", "mobility:index", "news:list", "news:events", "funding:index",
    "pages:about", "pages:accessibility", "pages:privacy", "pages:cookies", "pages:contacts",
)  # fmt: skip


class BothLanguages(Sitemap):
    """Each page once a language, each naming the other."""

    i18n = True
    alternates = True
    x_default = True


class Named(BothLanguages):
    """Pages without a record."""

    def items(self) -> tuple[str, ...]:
        return NAMED

    def location(self, item: str) -> str:
        return reverse(item)


class Records(BothLanguages):
    """The pages of what anybody may see of a model; only what an address is made of is read."""

    limit = 10_000

    def __init__(self, model: Any, key: str) -> None:
        self.model, self.key = model, key

    def items(self) -> QuerySet[Any]:
        return self.model.objects.visible_to(AnonymousUser()).only(self.key).order_by("pk")


class News(Records):
    """Published news with the moment of their last change."""

    def __init__(self) -> None:
        super().__init__(NewsItem, "slug")

    def items(self) -> QuerySet[Any]:
        return super().items().only("slug", "published_at", "changed_at")

    def lastmod(self, item: NewsItem) -> dt.datetime:
        """What was written before it came out is as new as its publication."""
        return max(item.changed_at, item.published_at) if item.published_at else item.changed_at


class Factsheets(BothLanguages):
    """Published factsheets, with the universities whose addresses theirs begin with."""

    limit = 10_000

    def items(self) -> QuerySet[Any]:
        rows = Factsheet.objects.visible_to(AnonymousUser()).select_related("university")
        return rows.only("year", "university__slug").order_by("pk")


SECTIONS: dict[str, Any] = {
    "pages": Named(),
    "projects": Records(Project, "key"),
    "universities": Records(University, "slug"),
    "centres": Records(Centre, "slug"),
    "factsheets": Factsheets(),
    "calls": Records(Call, "slug"),
    "programmes": Records(Programme, "slug"),
    "news": News(),
    "events": Records(Event, "slug"),
}


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """All sections in one file, page by page (`?p=2`)."""
    return draw(request, sitemaps=SECTIONS)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What machines leave alone, and where the sitemap is."""
    closed = [
        "/admin/",
        *(f"/{code}/{part}/" for code, _name in settings.LANGUAGES for part in ("accounts", "search")),
    ]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
