"""The start page of a call, with the news about it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ground.finished import finished
from mobility.views.calls import call_page
from news.models import NewsItem

SHOWN = 3


@login_not_required
@finished("country", "field", "level", "term")
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about a call, and the newest news that name it."""
    context = call_page(request, slug)
    told = NewsItem.objects.live().filter(calls=context["call"]).for_list()
    context["news"] = told.prefetch_related(None).order_by("-published_at", "-pk")[:SHOWN]
    return render(request, "pages/call.html", context)
