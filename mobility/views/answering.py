"""Where a page of the form leads; how refusals are answered: in words, on a page of their own, with the way back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mobility import progress
from mobility.models import Application

_TO_CHECK = "check"


def not_possible(request: HttpRequest, error: Exception, *, back: str) -> HttpResponse:
    """409: the step is not open now; `back` is where the person came from."""
    return render(request, "mobility/not_possible.html", {"words": str(error), "back": back}, status=409)


def after(request: HttpRequest, found: Application) -> str:
    """Back to where the person came from: the answers to check, or the list of parts."""
    to_check = request.GET.get("from") == _TO_CHECK
    return progress.address(found, "application_check" if to_check else "application")


def kept_way(request: HttpRequest) -> str:
    """What goes along in an address, so that a page of the form still knows where the person came from."""
    return f"?from={_TO_CHECK}" if request.GET.get("from") == _TO_CHECK else ""
