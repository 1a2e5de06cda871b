"""The editors' desk: drafts, what waits for approval, and the forms."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.checks import Refused
from ground.workflow import NotPossible
from news import actions
from news.forms import AttachmentForm, ItemForm, NewItemForm
from news.models import Attachment, NewsItem
from news.rules import desks
from news.views.articles import article, find_item
from news.workflow import PUBLICATION, Publication

SHOWN = 100
_TEXT_FIELDS = [f"{name}_{language}" for name in actions.TEXTS for language in ("en", "lt")]


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What is not published yet, what waits for approval first; to others there is no such page."""
    if not request.user.has_perm("news.create_item"):
        raise Http404
    mine = NewsItem.objects.visible_to(request.user).for_list().select_related("author")
    mine = mine.prefetch_related(None).order_by("-pk")
    context = {
        "waiting": mine.filter(publication=Publication.IN_REVIEW)[:SHOWN],
        "drafts": mine.filter(publication=Publication.DRAFT)[:SHOWN],
    }
    return render(request, "news/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Begin a news item."""
    if not request.user.has_perm("news.create_item"):
        raise PermissionDenied
    universities, alliance = desks(request.user)
    form = NewItemForm(request.POST or None, universities=universities, alliance=alliance)
    if not form.is_bound or not form.is_valid():
        return _form(request, form, None)
    item = actions.create(by=request.user, **form.cleaned_data)
    messages.success(request, _("The draft was saved."))
    return redirect(item)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the texts; what somebody else saved meanwhile is never overwritten."""
    item = _own(request, slug)
    form = ItemForm(request.POST or None, initial=_as_it_is(item))
    if not form.is_bound or not form.is_valid():
        return _form(request, form, item)
    try:
        item = actions.change(item, by=request.user, **form.cleaned_data)
    except actions.Stale as stale:
        form.add_error(None, str(stale))
        return _form(request, form, _own(request, slug), status=409)
    messages.success(request, _("The text was saved."))
    return redirect(item)


def _own(request: HttpRequest, slug: str) -> NewsItem:
    item = find_item(request.user, slug)
    if not request.user.has_perm("news.change_item_text", item):
        raise PermissionDenied
    return item


def _as_it_is(item: NewsItem) -> dict[str, Any]:
    texts = {name: getattr(item, name) or "" for name in _TEXT_FIELDS}
    return texts | {"version": item.version, "topics": item.topics.all()}


def _form(
    request: HttpRequest, form: Any, item: NewsItem | None, status: int = 422, **more: Any
) -> HttpResponse:
    context = {"form": form, "item": item, "attachment_form": AttachmentForm(), "saved": None, **more}
    if status == 409 and item is not None:
        # Both versions are shown; what is sent next counts as written in the knowledge of the other one.
        form.data = form.data.copy()
        form.data["version"] = item.version
        context["saved"] = item
    return render(request, "news/form.html", context, status=status if form.is_bound or more else 200)


@require_POST
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the text one step: hand in, send back, publish, archive, open again."""
    item = find_item(request.user, slug)
    name = request.POST.get("step", "")
    try:
        actions.advance(item, name, by=request.user)
    except NotPossible as refused:
        messages.error(request, str(refused))
        return article(request, item, status=409)
    messages.success(request, PUBLICATION.transitions[name].sentence)
    return redirect(item)


@require_POST
def attach(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a paper to the item."""
    item = _own(request, slug)
    form = AttachmentForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            titles = {"title_en": data["name_en"], "title_lt": data["name_lt"]}
            actions.attach(item, upload=data["file"], by=request.user, **titles)
        except (Refused, NotPossible) as refused:
            form.add_error("file", str(refused))
        else:
            messages.success(request, _("The file was added."))
            return redirect("news:edit", slug=item.slug)
    return _form(request, ItemForm(initial=_as_it_is(item)), item, attachment_form=form)


@require_POST
def detach(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """Take a paper away from the item."""
    item = _own(request, slug)
    found = get_object_or_404(Attachment.objects.select_related("document"), item=item, uuid=pk)
    actions.detach(found, by=request.user)
    messages.success(request, _("The file was taken away."))
    return redirect("news:edit", slug=item.slug)
