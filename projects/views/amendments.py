"""Amendments of the implementation period."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from documents.checks import Refused
from ground.workflow import NotPossible
from projects import actions
from projects.forms.amendment import AmendmentForm
from projects.models import Amendment, Project


@require_http_methods(["GET", "HEAD", "POST"])
def project_amend(request: HttpRequest, key: str) -> HttpResponse:
    """The period as it was and every amendment, and the form of a new one."""
    project = _managed(request, key)
    if not request.user.has_perm("projects.edit_project", project):
        return _read_only(request, project)
    if request.method != "POST":
        return _form(request, project, AmendmentForm(project=project))
    form = AmendmentForm(request.POST, request.FILES, project=project)
    if not form.is_valid():
        return _form(request, project, form, status=422)
    return _amend(request, project, form)


def _amend(request: HttpRequest, project: Project, form: AmendmentForm) -> HttpResponse:
    token, version = form.cleaned_data["token"], form.cleaned_data["version"]
    try:
        actions.amend_period(
            project, by=request.user, token=token, version=version, terms=form.terms, paper=form.paper
        )
    except actions.AlreadyAmended:
        pass  # sent twice: it is there
    except actions.Stale as stale:
        return _meanwhile(request, stale.project)
    except actions.Unfit as unfit:
        form.add_error(unfit.field, unfit.words)
        return _form(request, project, form, status=422)
    except Refused as refusal:
        form.add_error("upload", str(refusal))
        return _form(request, project, form, status=422)
    except NotPossible as refusal:
        return _not_possible(request, project, refusal)
    messages.success(request, _("The amendment was recorded and the period changed."))
    return redirect(project)


def _meanwhile(request: HttpRequest, project: Project) -> HttpResponse:
    """What was typed, beside the project as somebody saved it meanwhile; sent again it counts."""
    data = request.POST.copy()
    data["version"] = str(project.version)
    form = AmendmentForm(data, project=project)
    words = _("Somebody saved this project meanwhile. Look at the period as it is now, then send this again.")
    if request.FILES:
        form.add_error("upload", _("Choose the file again."))
    form.add_error(None, words)
    return _form(request, project, form, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def amendment_withdraw(request: HttpRequest, key: str, uuid: UUID) -> HttpResponse:
    """Ask once, then take the last amendment back."""
    project = _managed(request, key)
    if not request.user.has_perm("projects.edit_project", project):
        return _read_only(request, project)
    amendment = project.amendments.filter(uuid=uuid).select_related("project__lead").first()
    if amendment is None:
        if request.method == "POST":
            return redirect("projects:amend", project.key)  # sent twice: it is withdrawn
        raise Http404
    if request.method != "POST":
        return render(request, "projects/amend_withdraw.html", {"project": project, "amendment": amendment})
    try:
        actions.withdraw_amendment(amendment, by=request.user)
    except Amendment.DoesNotExist:
        pass
    except NotPossible as refusal:
        return _not_possible(request, project, refusal)
    messages.success(request, _("The amendment was withdrawn and the period is the one of before."))
    return redirect("projects:amend", project.key)


def _managed(request: HttpRequest, key: str) -> Project:
    projects = Project.objects.managed_by(request.user).select_related("lead__organisation")
    return get_object_or_404(projects.defer("search"), key=key)


def _form(request: HttpRequest, project: Project, form: AmendmentForm, status: int = 200) -> HttpResponse:
    amendments = list(project.amendments.select_related("document__document"))
    context = {"project": project, "form": form, "amendments": amendments}
    return render(request, "projects/amend.html", context, status=status)


def _read_only(request: HttpRequest, project: Project) -> HttpResponse:
    return _not_possible(request, project, _("An archived project is read-only. Open it again to change it."))


def _not_possible(request: HttpRequest, project: Project, reason: object) -> HttpResponse:
    return render(request, "projects/not_possible.html", {"project": project, "reason": reason}, status=409)
