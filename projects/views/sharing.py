"""Sharing a project with another university."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ground.workflow import NotPossible
from members.models import University
from projects import actions
from projects.forms.sharing import SharingForm
from projects.models import Project


@require_http_methods(["GET", "HEAD", "POST"])
def project_sharing(request: HttpRequest, key: str) -> HttpResponse:
    """With whom the project is shared; one more, or one less."""
    projects = Project.objects.managed_by(request.user).select_related("lead__organisation")
    project = get_object_or_404(projects.defer("search"), key=key)
    if not request.user.has_perm("projects.share_project", project):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, project, SharingForm(universities=_others(project)))
    taken_back = request.POST.get("step") == "unshare"
    offered = University.objects.for_list() if taken_back else _offered(project)
    form = SharingForm(request.POST, universities=offered)
    if not form.is_valid():
        return _page(request, project, form, status=422)
    verb = actions.unshare_project if taken_back else actions.share_project
    try:
        verb(project, university=form.cleaned_data["university"], by=request.user)
    except NotPossible as refusal:
        return render(
            request, "projects/not_possible.html", {"project": project, "reason": refusal}, status=409
        )
    done = _("The sharing was withdrawn.") if taken_back else _("The project is shared now.")
    messages.success(request, done)
    return redirect("projects:sharing", project.key)


def _others(project: Project) -> QuerySet[University]:
    """Universities with which the project can still be shared."""
    known = {project.lead_id, *project.sharing_universities()}
    return University.objects.for_list().exclude(pk__in=known)


def _offered(project: Project) -> QuerySet[University]:
    """The same, and one with which it is shared already: a form sent twice is right both times."""
    return University.objects.for_list().exclude(pk=project.lead_id)


def _page(request: HttpRequest, project: Project, form: SharingForm, status: int = 200) -> HttpResponse:
    sharings = list(project.sharings.select_related("university__organisation"))
    context = {"project": project, "form": form, "sharings": sharings}
    return render(request, "projects/sharing.html", context, status=status)
