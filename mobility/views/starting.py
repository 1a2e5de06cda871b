"""Before the first page of the form: what one needs, how long it takes, who decides and how."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from ground import clock
from ground.workflow import NotPossible
from mobility import actions, progress
from mobility.models import Application, Call
from mobility.rules import may
from mobility.views.answering import not_possible


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """The start page; its button starts the one application of this person, or goes on with it."""
    found = get_object_or_404(Call.objects.visible_to(request.user).for_list(), slug=slug)
    if request.method == "POST":
        try:
            return redirect(actions.start_application(found, by=request.user))
        except NotPossible as error:
            return not_possible(request, error, back=found.get_absolute_url())
    mine = Application.objects.of(request.user).filter(call=found).first()
    if mine is not None:
        return redirect(mine)
    if not may("mobility.apply_to_call", request.user, found) or not found.takes_at(clock.now()):
        return redirect(found)
    context = {
        "call": found,
        "papers": found.required_documents.all(),
        "questions": found.questions.all(),
        "criteria": found.criteria.all(),
        "stages": progress.stages(found),
    }
    return render(request, "mobility/apply.html", context)
