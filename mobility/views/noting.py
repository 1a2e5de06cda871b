"""What passes about one application: notes of those who decide, answers to appeals."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ground.workflow import NotPossible
from mobility.actions import appeals, reviewing
from mobility.models import Application, Place
from mobility.review.forms import AppealForm, NoteForm
from mobility.rules import may
from mobility.views.answering import not_possible
from mobility.views.deciding import to_review


def _found(request: HttpRequest, uuid: Any) -> Application:
    """An application of others that the person may decide about; the office sees it and is refused."""
    seen = Application.objects.visible_to(request.user).filter(submitted_at__isnull=False)
    found = get_object_or_404(seen.exclude(applicant=request.user).for_owner(), uuid=uuid)
    if not may("mobility.decide_application", request.user, found):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def application_note(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Keep a note that the applicant never sees; opened by itself it leads to the application."""
    if request.method != "POST":
        return to_review(request, uuid)
    found, form = _found(request, uuid), NoteForm(request.POST)
    back = reverse("mobility:application_review", args=[uuid])
    if not form.is_valid():
        return not_possible(request, NotPossible(_("Write the note first.")), back=back)
    reviewing.write_note(found, by=request.user, text=form.cleaned_data["text"])
    messages.success(request, _("The note is kept. The applicant does not see it."))
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
def appeal_answer(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Uphold or refuse the appeal that waits; opened by itself it leads to the application."""
    if request.method != "POST":
        return to_review(request, uuid)
    found, form = _found(request, uuid), AppealForm(request.POST)
    back = reverse("mobility:application_review", args=[uuid])
    appeal = found.appeals.filter(status="waiting").first()
    if appeal is None:
        return not_possible(request, NotPossible(_("No appeal waits for an answer.")), back=back)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    try:
        appeals.answer_appeal(
            appeal, request.POST.get("step", ""), by=request.user, answer=answer, place=_place(request, found)
        )
    except NotPossible as error:
        return not_possible(request, error, back=back)
    messages.success(request, _("The appeal is answered."))
    return redirect(back)


def _place(request: HttpRequest, found: Application) -> Place | None:
    sent = request.POST.get("place", "")
    return next((one for one in Place.objects.filter(call=found.call_id) if str(one.uuid) == sent), None)
