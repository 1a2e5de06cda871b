"""How refusals are answered: in words, on a page of their own, with the way back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_possible(request: HttpRequest, error: Exception, *, back: str) -> HttpResponse:
    """409: the step is not open now; `back` is where the person came from."""
    return render(request, "mobility/not_possible.html", {"words": str(error), "back": back}, status=409)
