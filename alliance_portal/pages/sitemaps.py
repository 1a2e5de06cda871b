"""What search engines may read: every public page in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index as draw_index
from django.contrib.sitemaps.views import sitemap as draw
from django.core.paginator import Paginator
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from reversion.models import Version

from members.models import Centre, Factsheet, University
from mobility.models import Call
from news.models import Event, NewsItem
from projects.models import Programme, Project

NAMED = (
    "pages:home", "projects:list", "members:list", "mobility:index", "mobility:calls", "news:list", "news:events",
    "news:newsletter", "pages:feeds", "funding:index", "pages:about", "pages:accessibility", "pages:privacy",
    "pages:cookies", "pages:contacts",
)  # fmt: skip


class _Pages(Paginator):  # type: ignore[type-arg]
    """Pages of records, of which only those of one page are read; on it each record stands once a language."""

    def page(self, number: Any) -> Any:
        page: Any = super().page(number)
        page.object_list = [(item, code) for item in page.object_list for code, _name in settings.LANGUAGES]
        return page


class BothLanguages(Sitemap):
    """Each page once a language, each naming the other."""

    i18n = True
    alternates = True
    x_default = True
    limit = 5_000  # records in a file: 10,000 addresses; the protocol allows 50,000

    @property
    def paginator(self) -> Any:
        return _Pages(self.items(), self.limit)

    def get_latest_lastmod(self) -> None:
        """Not told: it would mean to read all."""


class Named(BothLanguages):
    """Pages without a record."""

    def items(self) -> tuple[str, ...]:
        return NAMED

    def location(self, item: str) -> str:
        return reverse(item)


class Records(BothLanguages):
    """The pages of what anybody may see of a model; only what an address is made of is read.

    `changed`: the field with the moment of the last change. Without one, the last save that the history knows counts.
    """

    def __init__(self, model: Any, key: str, *changed: str) -> None:
        self.model, self.key, self.changed = model, key, changed

    def items(self) -> QuerySet[Any]:
        rows = self.model.objects.visible_to(AnonymousUser()).only(self.key, *self.changed).order_by("pk")
        return rows if self.changed else rows.annotate(saved=_last_save(self.model))

    def lastmod(self, item: Any) -> dt.datetime | None:
        """What was written before it came out is as new as its publication."""
        moments = [getattr(item, name) for name in (*self.changed, *(() if self.changed else ("saved",)))]
        return max((moment for moment in moments if moment), default=None)


def _last_save(model: Any) -> Subquery:
    """The moment of the last save of a record that its history knows."""
    saves = Version.objects.filter(
        content_type=Subquery(_type_of(model)), object_id=Cast(OuterRef("pk"), CharField()), db="default"
    )
    return Subquery(saves.order_by("-pk").values("revision__date_created")[:1])


def _type_of(model: Any) -> QuerySet[Any]:
    named = {"app_label": model._meta.app_label, "model": model._meta.model_name}
    return ContentType.objects.filter(**named).order_by().values("pk")[:1]


class Factsheets(BothLanguages):
    """Published factsheets, with the universities whose addresses theirs begin with."""

    def items(self) -> QuerySet[Any]:
        rows = Factsheet.objects.visible_to(AnonymousUser()).select_related("university")
        return rows.only("year", "changed_at", "university__slug").order_by("pk")

    def lastmod(self, item: Factsheet) -> dt.datetime:
        return item.changed_at


SECTIONS: dict[str, Any] = {
    "pages": Named(),
    "projects": Records(Project, "key"),
    "universities": Records(University, "slug"),
    "centres": Records(Centre, "slug"),
    "factsheets": Factsheets(),
    "calls": Records(Call, "slug"),
    "programmes": Records(Programme, "slug"),
    "news": Records(NewsItem, "slug", "published_at", "changed_at"),
    "events": Records(Event, "slug", "changed_at"),
}


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """All sections in one file while each fits; else the list of their files."""
    if all(section.paginator.num_pages == 1 for section in SECTIONS.values()):
        return draw(request, sitemaps=SECTIONS)
    return draw_index(request, sitemaps=SECTIONS, sitemap_url_name="sitemap_section")


@login_not_required
@require_safe
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """One section, page by page (`?p=2`)."""
    return draw(request, sitemaps=SECTIONS, section=section)


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
