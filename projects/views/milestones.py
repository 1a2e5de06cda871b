"""Settling a milestone from where one reads that it is due."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from documents.checks import Refused
from ground import clock
from ground.templatetags.ground_tags import day
from ground.workflow import NotPossible
from projects import actions
from projects.forms.milestone import DoneForm, not_taken
from projects.models import Milestone, Project

FROM_WORK = "work"


@require_http_methods(["GET", "HEAD", "POST"])
def milestone_done(request: HttpRequest, key: str, uuid: UUID) -> HttpResponse:
    """Since when it is done and what shows it; then back to where one came from."""
    milestones = Milestone.objects.filter(
        project__in=Project.objects.managed_by(request.user), project__key=key
    )
    milestone = get_object_or_404(milestones.select_related("project__lead"), uuid=uuid)
    project = milestone.project
    if not request.user.has_perm("projects.edit_project", project):
        reason = _("An archived project is read-only. Open it again to change it.")
        return _not_possible(request, project, reason)
    if milestone.done_on is not None:
        return _done_before(request, milestone)
    today = clock.today(project.lead.zone)
    if request.method != "POST":
        return _form(request, milestone, DoneForm(project=project, today=today))
    form = DoneForm(request.POST, request.FILES, project=project, today=today)
    if not form.is_valid():
        return _form(request, milestone, form, status=422)
    return _complete(request, milestone, form)


def _complete(request: HttpRequest, milestone: Milestone, form: DoneForm) -> HttpResponse:
    try:
        done_on, evidence = form.cleaned_data["done_on"], form.evidence
        actions.complete_milestone(milestone, by=request.user, done_on=done_on, evidence=evidence)
    except actions.AlreadyDone as already:
        return _done_before(request, already.milestone)
    except actions.Unfit as unfit:
        form.add_error(unfit.field, unfit.words)
        return _form(request, milestone, form, status=422)
    except Refused as refusal:
        form.add_error("upload", str(refusal))
        return _form(request, milestone, form, status=422)
    except NotPossible as refusal:
        return _not_possible(request, milestone.project, refusal)
    except Milestone.DoesNotExist:
        return _not_possible(request, milestone.project, _("Somebody removed this milestone meanwhile."))
    messages.success(request, _("Marked as done."))
    return redirect(_back(request, milestone.project))


def _done_before(request: HttpRequest, milestone: Milestone) -> HttpResponse:
    """Nothing is left to do: said with the day that stands there, and what was sent and not taken is shown."""
    words = _("This is marked as done already: %(day)s.") % {"day": day(milestone.done_on)}
    given = not_taken(request.POST, request.FILES, milestone) if request.method == "POST" else []
    if given:
        context = {"milestone": milestone, "project": milestone.project, "words": words, "given": given}
        context["file"] = "upload" in request.FILES
        return render(request, "projects/milestone_done_before.html", context, status=409)
    messages.info(request, words)
    return redirect(_back(request, milestone.project))


def _back(request: HttpRequest, project: Project) -> str:
    """Where the person came from."""
    given = request.POST if request.method == "POST" else request.GET
    return reverse("pages:my_work") if given.get("from") == FROM_WORK else project.get_absolute_url()


def _form(request: HttpRequest, milestone: Milestone, form: DoneForm, status: int = 200) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "milestone": milestone,
        "project": milestone.project,
        "form": form,
        "came_from": FROM_WORK if given.get("from") == FROM_WORK else "",
        "back": _back(request, milestone.project),
    }
    return render(request, "projects/milestone_done.html", context, status=status)


def _not_possible(request: HttpRequest, project: Project, reason: object) -> HttpResponse:
    return render(request, "projects/not_possible.html", {"project": project, "reason": reason}, status=409)
