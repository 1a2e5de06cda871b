"""The history of an article for those who write it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground.workflow import NotPossible
from news import restoring
from news.models import NewsItem
from news.views.articles import find_item
from news.workflow import WRITE


def _kept(request: HttpRequest, slug: str) -> NewsItem:
    item = find_item(request.user, slug)
    if not request.user.has_perm(WRITE, item):
        raise PermissionDenied
    return item


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every save with its author and what it changed."""
    item = _kept(request, slug)
    context = {
        "item": item,
        "changes": restoring.changes(item),
        "may_restore": request.user.has_perm("news.change_item_text", item),
    }
    return render(request, "news/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, slug: str, revision: int) -> HttpResponse:
    """Show what would change, then bring the texts back."""
    item = _kept(request, slug)
    if not request.user.has_perm("news.change_item_text", item):
        raise PermissionDenied
    version = get_object_or_404(restoring.versions_of(item), pk=revision)
    status, stale = 200, ""
    if request.method == "POST":
        seen = request.POST.get("version", "")
        try:
            number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
            restoring.restore(item, version, seen=number, by=request.user)
        except NotPossible as refused:
            status, stale = 409, str(refused)
        else:
            messages.success(request, _("The version was restored. What it replaced is in the history."))
            return redirect("news:history", item.slug)
    told = restoring.differences(restoring.present(item), restoring.texts_of(version))
    context = {"item": item, "version": version, "differences": told, "stale": stale}
    return render(request, "news/restore.html", context, status=status)
