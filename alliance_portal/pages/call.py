"""The start page of a call, with the news and events about it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance_portal.pages import told
from ground.finished import finished
from mobility.views.calls import call_page
from news.models import Event, NewsItem


@login_not_required
@finished("country", "field", "level", "term")
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about a call, and the news and events that name it."""
    context = call_page(request, slug)
    call = context["call"]
    news, events = NewsItem.objects.filter(calls=call), Event.objects.filter(calls=call)
    context["told"] = told.about(news, events, call=call.slug)
    return render(request, "pages/call.html", context)
