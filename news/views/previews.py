"""Articles at their secret addresses: for whoever has one, and for no search engine."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import serving
from ground import clock
from ground.workflow import NotPossible
from news import previews
from news.models import Attachment, NewsItem, Picture, PreviewLink
from news.views.articles import find_item, shown_of
from news.views.pictures import answer


@login_not_required
@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The article as it will be read; what it links to is shown as a visitor sees it. Once it is out it has a page."""
    link = _opened(token)
    if link.item.is_public:
        return _unlisted(redirect(link.item))
    item = find_item(request.user, link.item.slug, NewsItem.objects.filter(pk=link.item_id))
    context = shown_of(item, token=token) | {"preview_until": link.expires_at}
    return _unlisted(render(request, "news/detail.html", context))


@login_not_required
@require_safe
def preview_picture(request: HttpRequest, token: str, pk: uuid.UUID, name: str) -> HttpResponseBase:
    """A picture of that article."""
    link = _opened(token)
    return _unlisted(
        answer(
            get_object_or_404(Picture.objects.for_showing(), item=link.item_id, uuid=pk), name, lasting=False
        )
    )


@login_not_required
@require_safe
def preview_paper(request: HttpRequest, token: str, pk: uuid.UUID) -> HttpResponseBase:
    """An attachment of that article."""
    papers = Attachment.objects.select_related("document").filter(item=_opened(token).item_id)
    return _unlisted(serving.respond(get_object_or_404(papers, uuid=pk).document))


def _opened(token: str) -> PreviewLink:
    links = PreviewLink.objects.opened_by(token, clock.now()).select_related("item")
    return get_object_or_404(links)


def _unlisted(response: HttpResponseBase) -> HttpResponseBase:
    """Kept by nobody, listed nowhere, and the address is not told to those whose links are followed."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def make(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a secret address."""
    item = get_object_or_404(NewsItem.objects.visible_to(request.user), slug=slug)
    try:
        previews.make(item, by=request.user)
    except NotPossible as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The secret address was made. Whoever has it can read the text."))
    return redirect("news:detail", item.slug)


@require_POST
def withdraw(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """Let a secret address open nothing any more."""
    item = get_object_or_404(NewsItem.objects.visible_to(request.user), slug=slug)
    link = get_object_or_404(PreviewLink, item=item, uuid=pk)
    previews.withdraw(link, by=request.user)
    messages.success(request, _("The secret address was withdrawn."))
    return redirect("news:detail", item.slug)
