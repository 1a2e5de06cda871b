"""Messages inside an application, and its owner's appeal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground import clock
from ground.workflow import NotPossible
from mobility import actions, story
from mobility.models import Appeal, Application
from mobility.views.answering import not_possible
from mobility.workflow import AppealStatus
from mobility.writing import desk
from mobility.writing.words import AppealForm, MessageForm


@require_http_methods(["GET", "HEAD", "POST"])
def application_messages(request: HttpRequest, uuid: Any) -> HttpResponse:
    """What the applicant and the coordinators wrote to each other, and a box to write in, for the applicant."""
    desk.arrive(request.user)
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.send_message(found, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("The message is sent."))
        return redirect("mobility:application_messages", uuid=uuid)
    written = [(one, story.writer(one, found)) for one in found.messages.all()]
    new = [one for one, _who in written if one.read_at is None and not one.from_applicant]
    if new:
        actions.mark_read(found, by=request.user, seen=new[-1].uuid)
    context = {"application": found, "written": written, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "mobility/application_messages.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def application_appeal(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Ask for another answer, with reasons; once made, the appeal and how it ended."""
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    made = found.appeals.first()
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.appeal(found, form.cleaned_data["text"], by=request.user)
        except NotPossible as error:
            return _refused(request, found, form, error)
        messages.success(request, _("Your appeal is in. You get a message with the answer."))
        return redirect("mobility:application_appeal", uuid=uuid)
    until = found.call.appeal_until(found.decided_at) if found.can_be_appealed(clock.now()) else None
    if made is None and until is None:
        error = NotPossible(_("This answer can't be appealed against, or the days to do so have passed."))
        return not_possible(request, error, back=found.get_absolute_url())
    open_for = until if not found.appeals.filter(against=found.status).exists() else None
    waits = made is not None and made.status == AppealStatus.WAITING
    context = {"application": found, "made": made, "may_withdraw": waits, "until": open_for, "form": form}
    return render(request, "mobility/application_appeal.html", context, status=422 if form.is_bound else 200)


def _refused(request: HttpRequest, found: Application, form: AppealForm, error: NotPossible) -> HttpResponse:
    """The words stay on the page, to be copied into a message to the coordinator."""
    context = {"application": found, "made": None, "until": None, "form": form, "refused": str(error)}
    return render(request, "mobility/application_appeal.html", context, status=409)


@require_POST
def application_appeal_withdraw(request: HttpRequest, uuid: Any, appeal: Any) -> HttpResponse:
    """Take one's appeal back before it is answered."""
    mine = Appeal.objects.filter(application__applicant=request.user, application__uuid=uuid)
    found = get_object_or_404(mine.select_related("application"), uuid=appeal)
    try:
        actions.withdraw_appeal(found, by=request.user)
    except NotPossible as error:
        return not_possible(request, error, back=found.application.get_absolute_url())
    messages.success(request, _("Your appeal was withdrawn."))
    return redirect(found.application)
