"""The personal calendar of project dates: the page that makes its address, and what is at the address."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notifications import tokens
from notifications.models import SecretToken
from projects.dates_feed import PURPOSE, dates_of


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """What the calendar is, and its address: made, shown once, made anew, withdrawn."""
    step = request.POST.get("step", "")
    if step == "make":
        address = reverse("project_calendar", args=[tokens.issue(request.user, PURPOSE)])
        return _page(request, address=f"{settings.BASE_URL}{address}")
    if step == "withdraw":
        tokens.revoke(request.user, PURPOSE)
        messages.success(request, _("The address was withdrawn. Calendars that use it get nothing any more."))
        return redirect("projects:calendar")
    return _page(request, status=422 if request.method == "POST" else 200)


def _page(request: HttpRequest, *, address: str = "", status: int = 200) -> HttpResponse:
    live: Any = SecretToken.objects.visible_to(request.user)
    context = {
        "live": live.live().filter(purpose=PURPOSE).first(),
        "address": address,
        "webcal": f"webcal://{address.partition('://')[2]}" if address else "",
    }
    return render(request, "projects/calendar.html", context, status=status)


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whoever made this address, as they may see it now. Any other address is not there."""
    owner = tokens.owner_of(token, PURPOSE)
    if owner is None:
        raise Http404
    with translation.override(owner.language):
        content, changed = dates_of(owner)
        name = _("project-dates")
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if changed:  # said, but never asked: who lost a right must not keep an old copy for its date
        response["Last-Modified"] = http_date(changed.timestamp())
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
