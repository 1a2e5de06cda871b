"""News as everybody reads it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from documents import serving
from ground import clock, linked_data, paging
from ground.finished import finished, stands_for
from ground.templatetags.ground_tags import in_language
from members.models import University
from mobility.models import Call
from news import filters, showing, social
from news.models import Attachment, Event, NewsItem, Picture
from news.workflow import NEEDS_REASON, PUBLICATION, WRITE, Publication
from projects.models import Project

PAGE = 12
RELATED = 3


@login_not_required
@finished("topic", "university", "partner", "year")
@require_safe
def news_list(request: HttpRequest) -> HttpResponse:
    """Published news, newest first, pinned ones before them; by topic, who tells it, year, and words."""
    live = NewsItem.objects.visible_to(request.user).live()
    narrowed = filters.NewsFilter(request.GET, queryset=live, request=request)
    stands_for(narrowed.canonical)
    pinned = filters.pinned(narrowed)
    rows = narrowed.qs.exclude(pk__in=[item.pk for item in pinned]) if pinned else narrowed.qs
    context = {
        "left_out": not narrowed.is_valid(),
        "pinned": pinned if not (request.GET.get("after") or request.GET.get("before")) else [],
        "page": one_page(request, rows.for_list().with_leads(), ["-published_at", "-id"]),
        "facets": filters.facets(narrowed, request.GET),
        "typed": narrowed.typed,
        "kept": narrowed.chosen,
        "narrowed": bool(narrowed.chosen or narrowed.typed),
        "may_write": request.user.has_perm("news.create_item"),
    }
    return render(request, "news/list.html", context)


def one_page(request: HttpRequest, rows: Any, order: list[str]) -> paging.Page[Any]:
    """The page of `rows` that the address asks for; a cursor that was not made here is refused with 400."""
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    try:
        return paging.page(rows, order, size=PAGE, **cursors)
    except paging.BadCursor as error:
        raise BadRequest("This is not a page of this list.") from error


@login_not_required
@finished()
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An article; a draft for those who may write it. An address that it had before leads on."""
    try:
        item = find_item(request.user, slug)
    except Http404:
        moved = get_object_or_404(NewsItem.objects.visible_to(request.user), old_addresses__slug=slug)
        return redirect(moved, permanent=True)
    return article(request, item)


def find_item(user: Any, slug: str, rows: Any = None) -> NewsItem:
    """The item with what its page shows of it; of other rooms' records only what `user` may see."""
    rows = NewsItem.objects.visible_to(user) if rows is None else rows
    rows = rows.select_related("university__organisation", "partner", "author")
    rows = rows.prefetch_related(
        "topics",
        "centres",
        Prefetch("universities", University.objects.for_list()),
        Prefetch("pictures", Picture.objects.for_showing()),
        Prefetch("attachments", Attachment.objects.select_related("document")),
        Prefetch("projects", Project.objects.visible_to(user).for_list()),
        Prefetch("calls", Call.objects.visible_to(user).for_list()),
        Prefetch("events", Event.objects.visible_to(user)),
    )
    return get_object_or_404(rows, slug=slug)


def article(request: HttpRequest, item: NewsItem, status: int = 200, **more: Any) -> HttpResponse:
    """The page of `item`, with the steps that this person may take."""
    ways = PUBLICATION.offered_to(request.user, item)
    context = shown_of(item) | {
        "ways": ways,
        "asks_why": NEEDS_REASON,
        "may_change": request.user.has_perm("news.change_item_text", item),
        "links": open_links(request.user, item),
        **more,
    }
    return render(request, "news/detail.html", context, status=status)


def open_links(user: Any, item: NewsItem) -> Any:
    """The secret addresses of a text that isn't out yet, for those who may make them; None for everybody else."""
    if item.is_public or not user.has_perm(WRITE, item):
        return None
    return item.preview_links.open_at(clock.now()).select_related("made_by")


def shown_of(item: NewsItem, token: str = "") -> dict[str, Any]:
    """What the page of an article shows, be it published or looked at before."""
    pictures = list(item.pictures.all())
    lead = next((picture for picture in pictures if picture.is_lead), None)
    return {
        "item": item,
        "source": source(item),
        "state": "" if item.is_public and item.publication == Publication.PUBLISHED else _state(item),
        "lead": lead,
        "body": showing.body(item, pictures, token),
        "token": token,
        "related": related(item),
        "image": social.address(item) if item.is_public else "",
        "linked_data": _article_data(item, lead) if item.is_public else "",
    }


def _state(item: NewsItem) -> Any:
    return _("Scheduled") if item.is_scheduled else item.get_publication_display()


def related(item: NewsItem) -> Any:
    """The newest other news that share a topic, project, centre or university with it."""
    shares = Q(topics__in=item.topics.all()) | Q(projects__in=item.projects.all())
    shares |= Q(centres__in=item.centres.all()) | Q(universities__in=item.universities.all())
    others = NewsItem.objects.live().filter(shares).exclude(pk=item.pk)
    newest = others.values("pk").distinct()
    rows = NewsItem.objects.filter(pk__in=newest).for_list().with_leads()
    return rows.prefetch_related(None).order_by("-published_at", "-pk")[:RELATED]


def source(item: NewsItem) -> Any:
    """The organisation that tells the news; None for the alliance itself."""
    return item.university.organisation if item.university else item.partner


def _article_data(item: NewsItem, lead: Picture | None) -> Any:
    teller = source(item)
    name = teller.name if teller else settings.BRAND["alliance"]
    url = f"{settings.BASE_URL}{item.get_absolute_url()}"
    images = [f"{settings.BASE_URL}{social.address(item)}"]
    if lead:
        images.insert(0, f"{settings.BASE_URL}{showing.original(lead)}")
    return linked_data.block(
        "NewsArticle",
        headline=in_language(item, "title")[0],
        description=in_language(item, "summary")[0],
        inLanguage=in_language(item, "title")[1] or get_language(),
        datePublished=item.published_at,
        dateModified=max(item.changed_at, item.published_at) if item.published_at else None,
        url=url,
        mainEntityOfPage=url,
        image=images,
        author={"@type": "Organization", "name": name},
        publisher={"@type": "Organization", "name": settings.BRAND["alliance"]},
        keywords=[topic.name for topic in item.topics.all()],
    )


@login_not_required
@require_safe
def attachment(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponseBase:
    """A file of an article that the person may read."""
    item = get_object_or_404(NewsItem.objects.visible_to(request.user), slug=slug)
    found = get_object_or_404(item.attachments.select_related("document"), uuid=pk)
    return serving.respond(found.document)
