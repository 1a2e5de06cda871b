"""News as everybody reads it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.db.models import Case, IntegerField, Prefetch, Q, Value, When, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from documents import serving
from ground import clock, paging
from ground.finished import finished, stands_for
from ground.gathering import keep, together
from members.models import University
from mobility.models import Call
from news import filters, linked, showing, social
from news.models import Event, NewsItem, Picture
from news.rules import CHOOSE_LEAD
from news.workflow import NEEDS_REASON, PUBLICATION, WRITE, Publication
from projects.models import Project

PAGE = 12
RELATED = 3


@login_not_required
@finished("topic", "university", "partner", "year", *filters.ABOUT)
@require_safe
def news_list(request: HttpRequest) -> HttpResponse:
    """Published news, newest first, pinned ones before them; narrowed by what `filters` offers and by words."""
    live = NewsItem.objects.visible_to(request.user).live()
    narrowed = filters.NewsFilter(request.GET, queryset=live, request=request)
    stands_for(narrowed.canonical)
    pinned = filters.pinned(narrowed)
    rows = narrowed.qs.exclude(pk__in=[item.pk for item in pinned]) if pinned else narrowed.qs
    page = one_page(request, rows.for_cards(), ["-published_at", "-id"])
    with_pictures([*pinned, *page.rows])
    context = {
        "left_out": not narrowed.is_valid(),
        "pinned": pinned if not (request.GET.get("after") or request.GET.get("before")) else [],
        "page": page,
        "facets": filters.facets(narrowed, request.GET),
        "typed": narrowed.typed,
        "kept": narrowed.chosen,
        "narrowed": bool(narrowed.chosen or narrowed.typed),
        "may_write": request.user.has_perm("news.create_item"),
    }
    return render(request, "news/list.html", context)


def with_pictures(items: list[NewsItem]) -> None:
    """Fetch the pictures that lead these items, all at once."""
    pictures = Picture.objects.filter(is_lead=True).for_showing()
    prefetch_related_objects(items, Prefetch("pictures", pictures, to_attr="leads"))


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
    """The item with what its page shows of it, in three queries; of other rooms' records what `user` may see."""
    rows = NewsItem.objects.visible_to(user) if rows is None else rows
    item = get_object_or_404(rows.select_related("university__organisation", "partner", "author"), slug=slug)
    names = ("topics", "centres", "universities", "pictures", "attachments", "projects", "calls", "events")
    there = together(
        item.topics.all(), item.centres.all(), University.objects.for_list().filter(news_about=item),
        item.pictures.for_showing(), item.attachments.select_related("document"),
        Project.objects.visible_to(user).for_list().filter(news=item),
        Call.objects.visible_to(user).for_list().filter(news=item),
        Event.objects.visible_to(user).filter(news_item=item),
    )  # fmt: skip
    found = dict(zip(names, there, strict=True))
    keep(item, **found)
    return item


def article(request: HttpRequest, item: NewsItem, status: int = 200, **more: Any) -> HttpResponse:
    """The page of `item`, with the steps that this person may take."""
    ways = PUBLICATION.offered_to(request.user, item)
    context = shown_of(item) | {
        "ways": ways,
        "asks_why": NEEDS_REASON,
        "may_change": request.user.has_perm("news.change_item_text", item),
        "closed_text": closed_text(request.user, item),
        "may_lead": request.user.has_perm(CHOOSE_LEAD) and item.is_public,
        "links": open_links(request.user, item),
        **more,
    }
    return render(request, "news/detail.html", context, status=status)


def closed_text(user: Any, item: NewsItem) -> bool:
    """Whether this person writes the text but may not change it since it was approved."""
    published = item.publication == Publication.PUBLISHED
    return published and user.has_perm(WRITE, item) and not user.has_perm("news.change_item_text", item)


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
        "linked_data": linked.article(item, lead) if item.is_public else "",
    }


def _state(item: NewsItem) -> Any:
    return _("Scheduled") if item.is_scheduled else item.get_publication_display()


def related(item: NewsItem) -> Any:
    """Other news: first the newest that share a topic, project, centre or university with it, then its teller's.

    For each kind of link the newest are read alone: how many share a topic costs nothing.
    """
    others = NewsItem.objects.live().exclude(pk=item.pk).order_by("-published_at", "-pk")
    shared = [others.none().values("pk")]
    for link in ("topics", "projects", "centres", "universities"):
        if keys := [one.pk for one in getattr(item, link).all()]:  # each of them may bring the same item
            shared.append(others.filter(**{f"{link}__in": keys}).values("pk")[: RELATED * len(keys)])
    near = shared[0].union(*shared[1:], all=True)
    told = others.filter(university=item.university_id or 0).values("pk")[:RELATED]
    rows = NewsItem.objects.filter(Q(pk__in=near) | Q(pk__in=told)).for_cards().with_leads()
    farther = Case(When(pk__in=near, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(farther, "-published_at", "-pk")[:RELATED]


def source(item: NewsItem) -> Any:
    """The organisation that tells the news; None for the alliance itself."""
    return item.university.organisation if item.university else item.partner


@login_not_required
@require_safe
def attachment(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponseBase:
    """A file of an article that the person may read."""
    return file_of(NewsItem.objects.visible_to(request.user), slug, pk)


def file_of(rows: Any, slug: str, pk: uuid.UUID) -> HttpResponseBase:
    """A file of the one of `rows` at this address."""
    record = get_object_or_404(rows, slug=slug)
    found = get_object_or_404(record.attachments.select_related("document"), uuid=pk)
    return serving.respond(found.document)
