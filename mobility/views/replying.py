"""The university's side of the messages inside an application: written, and noted as read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mobility import actions
from mobility.review.forms import MessageForm, SeenForm
from mobility.rules import may
from mobility.views.deciding import others, review_page, to_review


@require_http_methods(["GET", "HEAD", "POST"])
def application_reply(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Write to the applicant, or note that what they wrote is read; opened by itself it leads to the application."""
    if request.method != "POST":
        return to_review(request, uuid)
    found = get_object_or_404(others(request), uuid=uuid)
    if not may("mobility.write_message", request.user, found):
        raise PermissionDenied
    back = reverse("mobility:application_review", args=[uuid]) + "#messages"
    if "read" in request.POST:
        seen = SeenForm(request.POST)
        actions.mark_read(found, by=request.user, seen=seen.cleaned_data["seen"] if seen.is_valid() else None)
        messages.success(request, _("Noted as read."))
        return redirect(back)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return review_page(request, found, message=form, status=422)
    actions.send_message(found, form.cleaned_data["text"], by=request.user, seen=form.cleaned_data["seen"])
    messages.success(request, _("The message is sent."))
    return redirect(back)
