"""One search over what every room has, as far as the person may see it, and suggestions while they type."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance_portal.pages.finding import find, suggest
from alliance_portal.pages.listing import list_all
from alliance_portal.pages.looks import LOOKS
from ground.paging import BadCursor

MAX_TYPED = 200
SHOWN, SUGGESTED = 5, 2
_LOOKS = {look.key: look for look in LOOKS}


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that has, for each word typed, a word that begins with it."""
    typed = cleaned(request.GET.get("q", ""))
    found = find(typed, request.user, each=SHOWN)
    status = 503 if found.took_too_long else 200
    return render(request, "pages/search.html", {"typed": typed, "found": found}, status=status)


@login_not_required
@require_safe
def all_of_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Everything of one kind that the words find, page by page."""
    look = _LOOKS.get(kind)
    if look is None:
        raise Http404
    typed = cleaned(request.GET.get("q", ""))
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    near = request.GET.get("near") == "1"
    try:
        found = list_all(look, typed, request.user, near=near, **cursors)
    except BadCursor as error:
        raise BadRequest("This is not a page of this list.") from error
    context = {"typed": typed, "look": look, "found": found, "near": near}
    return render(request, "pages/search_all.html", context, status=503 if found.took_too_long else 200)


@login_not_required
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """The first hits of each kind as options of a list, for the field in which somebody types."""
    typed = cleaned(request.GET.get("q", ""))
    found = suggest(typed, request.user, each=SUGGESTED)
    response = render(request, "pages/search_suggestions.html", {"typed": typed, "found": found})
    response["Cache-Control"] = "private, no-store"
    return response


def cleaned(typed: str) -> str:
    """What was typed, without signs that are no text, and cut at a length that no question needs."""
    printable = "".join(sign if sign.isprintable() else " " for sign in typed[: MAX_TYPED * 10])
    return " ".join(printable.split())[:MAX_TYPED]
