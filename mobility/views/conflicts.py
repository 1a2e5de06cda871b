"""Conflicts of interest, as coordinators enter them on the page of an application and take them out again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ground.workflow import NotPossible
from mobility.actions import conflicts, reviewing
from mobility.models import Application
from mobility.rules import may
from mobility.views.answering import not_possible
from mobility.views.deciding import others


@require_POST
def application_conflict(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Enter that a reviewer must not score the application, or take that out; both with a reason."""
    found = get_object_or_404(others(request), uuid=uuid)
    if not may("mobility.assign_reviews", request.user, found.call):
        raise PermissionDenied
    back = reverse("mobility:application_review", args=[uuid]) + "#conflicts"
    try:
        told = _remove(request, found) if "remove" in request.POST else _enter(request, found)
    except NotPossible as error:
        return not_possible(request, error, back=back)
    messages.success(request, told)
    return redirect(back)


def _enter(request: HttpRequest, found: Application) -> str:
    people = {str(one.uuid): one for one in reviewing.reviewers_of(found.call)}
    person = people.get(request.POST.get("reviewer", ""))
    if person is None:
        raise NotPossible(_("Choose a reviewer."))
    conflicts.enter_conflict(found, person, by=request.user, reason=request.POST.get("reason", ""))
    return _("The conflict of interest is kept. This person does not get the application.")


def _remove(request: HttpRequest, found: Application) -> str:
    sent = request.POST["remove"]
    there = next((one for one in found.conflicts.all() if str(one.uuid) == sent), None)
    if there is not None:
        conflicts.remove_conflict(there, by=request.user, reason=request.POST.get("reason", ""))
    return _("The conflict of interest is taken out.")
