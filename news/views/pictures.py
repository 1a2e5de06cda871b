"""Pictures of articles, for who may read the article."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from documents import serving
from documents.models import Document
from news import kept_pictures, showing
from news.models import NewsItem, Picture
from news.views.writing import own


@login_not_required
@require_safe
def picture(request: HttpRequest, pk: uuid.UUID, name: str) -> HttpResponseBase:
    """A picture of an article that the person may read. What everybody may read is kept by every cache for long."""
    found = get_object_or_404(
        Picture.objects.for_showing().select_related("item"),
        uuid=pk,
        item__in=NewsItem.objects.visible_to(request.user),
    )
    return answer(found, name, lasting=found.item.is_public)


@require_safe
def kept(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponseBase:
    """A picture of one's own form that was not saved yet; nobody else's."""
    found = kept_pictures.find(own(request, slug), request.user, pk)
    if found is None:
        raise Http404
    return serving.respond(found.document, inline=True)


def answer(found: Picture, name: str, *, lasting: bool) -> HttpResponseBase:
    """The file of this name of a picture that the person may see."""
    file: Any = showing.file_named(found, name)
    if file is None:
        raise Http404
    if not isinstance(file, Document):
        return serving.respond_rendition(file, lasting=lasting)
    response = serving.respond(file, inline=True, public=lasting)
    if lasting:
        response["Cache-Control"] = serving.LASTING
    return response
