"""News as everybody reads it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from documents import serving
from ground import linked_data, paging
from ground.finished import finished, stands_for
from ground.templatetags.ground_tags import in_language
from mobility.models import Call
from news import filters
from news.models import Attachment, Event, NewsItem
from news.workflow import PUBLICATION, Publication
from projects.models import Project

PAGE = 12


@login_not_required
@finished("topic", "university", "year")
@require_safe
def news_list(request: HttpRequest) -> HttpResponse:
    """Published news, newest first, by topic, university and year."""
    live = NewsItem.objects.visible_to(request.user).live()
    narrowed = filters.NewsFilter(request.GET, queryset=live, request=request)
    stands_for(narrowed.canonical)
    context = {
        "left_out": not narrowed.is_valid(),
        "page": one_page(request, narrowed.qs.for_list(), ["-published_at", "-id"]),
        "topics": filters.topics(live, request.GET),
        "years": filters.years(live, request.GET),
        "narrowed": any(request.GET.get(name) for name in narrowed.filters),
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
    """An article; a draft for those who may write it."""
    return article(request, find_item(request.user, slug))


def find_item(user: Any, slug: str) -> NewsItem:
    """The item with what its page shows of it; of other rooms' records only what `user` may see."""
    rows = NewsItem.objects.visible_to(user).select_related("university__organisation", "partner", "author")
    rows = rows.prefetch_related(
        "topics",
        "centres",
        Prefetch("attachments", Attachment.objects.select_related("document")),
        Prefetch("projects", Project.objects.visible_to(user).for_list()),
        Prefetch("calls", Call.objects.visible_to(user).for_list()),
        Prefetch("events", Event.objects.visible_to(user)),
    )
    return get_object_or_404(rows, slug=slug)


def article(request: HttpRequest, item: NewsItem, status: int = 200) -> HttpResponse:
    """The page of `item`, with the steps that this person may take."""
    public = item.publication == Publication.PUBLISHED
    context = {
        "item": item,
        "source": source(item),
        "state": "" if public else item.get_publication_display(),
        "ways": PUBLICATION.offered_to(request.user, item),
        "may_change": request.user.has_perm("news.change_item_text", item),
        "linked_data": _article_data(item) if public else "",
    }
    return render(request, "news/detail.html", context, status=status)


def source(item: NewsItem) -> Any:
    """The organisation that tells the news; None for the alliance itself."""
    return item.university.organisation if item.university else item.partner


def _article_data(item: NewsItem) -> Any:
    teller = source(item)
    return linked_data.block(
        "NewsArticle",
        headline=in_language(item, "title")[0],
        description=in_language(item, "summary")[0],
        datePublished=item.published_at,
        url=f"{settings.BASE_URL}{item.get_absolute_url()}",
        author={"@type": "Organization", "name": teller.name if teller else settings.BRAND["alliance"]},
        keywords=[topic.name for topic in item.topics.all()],
    )


@login_not_required
@require_safe
def attachment(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponseBase:
    """A file of an article that the person may read."""
    item = get_object_or_404(NewsItem.objects.visible_to(request.user), slug=slug)
    found = get_object_or_404(item.attachments.select_related("document"), uuid=pk)
    return serving.respond(found.document)
