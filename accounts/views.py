"""A person's own account."""

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

from accounts import actions
from accounts.forms import ProfileForm
from notifications import dates, tokens
from notifications.models import SecretToken


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone; the way to password and e-mail address."""
    user = request.user
    own = {name: getattr(user, name) for name in actions.OWN_FIELDS}
    form = ProfileForm(request.POST or None, initial=own)
    if form.is_bound and form.is_valid():
        changed = actions.change_profile(user, by=user, **form.cleaned_data)
        with translation.override(changed.language):
            messages.success(request, _("Your account was saved."))
            return redirect(reverse("accounts:profile"))
    status = 422 if form.is_bound else 200
    return render(request, "accounts/profile.html", {"form": form, "person": user}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """What the calendar of all own dates is, and its address: made, shown once, made anew, withdrawn."""
    step = request.POST.get("step", "")
    if step == "make":
        path = reverse("my_calendar", args=[actions.make_calendar(by=request.user)])
        return _calendar_page(request, address=f"{settings.BASE_URL}{path}")
    if step == "withdraw":
        actions.withdraw_calendar(by=request.user)
        messages.success(request, _("The address was withdrawn. Calendars that use it get nothing any more."))
        return redirect("accounts:calendar")
    return _calendar_page(request, status=422 if request.method == "POST" else 200)


def _calendar_page(request: HttpRequest, *, address: str = "", status: int = 200) -> HttpResponse:
    own: Any = SecretToken.objects.visible_to(request.user)
    context = {
        "live": own.live().filter(purpose=dates.PURPOSE).first(),
        "address": address,
        "webcal": f"webcal://{address.partition('://')[2]}" if address else "",
    }
    return render(request, "accounts/calendar.html", context, status=status)


@login_not_required
@require_safe
def my_dates(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whoever made this address, as they may see it now. Any other address is not there."""
    owner = tokens.owner_of(token, dates.PURPOSE)
    if owner is None:
        raise Http404
    with translation.override(owner.language):
        content, changed = dates.calendar_of(owner)
        name = _("my-dates")
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if changed:  # said, but never asked: who lost a right must not keep an old copy for its date
        response["Last-Modified"] = http_date(changed.timestamp())
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
