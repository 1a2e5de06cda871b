"""The documents of a project."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from documents import serving
from documents.checks import Refused
from ground.workflow import NotPossible
from projects import actions
from projects.forms import DocumentForm
from projects.models import Project, ProjectDocument


@require_http_methods(["GET", "HEAD", "POST"])
def project_documents(request: HttpRequest, key: str) -> HttpResponse:
    """The documents, and a form that adds one."""
    project = get_object_or_404(Project.objects.managed_by(request.user), key=key)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_document(project, by=request.user, **form.cleaned_data)
        except (Refused, NotPossible) as refusal:
            form.add_error("upload", str(refusal))
        else:
            messages.success(request, _("The document was added."))
            return redirect("projects:documents", project.key)
    papers = project.documents.select_related("document")
    context = {"project": project, "papers": papers, "form": form}
    return render(request, "projects/documents.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def document_remove(request: HttpRequest, key: str, uuid: UUID) -> HttpResponse:
    """Ask once, then remove a document for good."""
    project = get_object_or_404(Project.objects.managed_by(request.user), key=key)
    paper = get_object_or_404(project.documents.select_related("document"), document__uuid=uuid)
    if request.method == "POST":
        try:
            actions.remove_document(paper, by=request.user)
        except NotPossible as refusal:
            context = {"project": project, "reason": refusal}
            return render(request, "projects/not_possible.html", context, status=409)
        messages.success(request, _("The document was removed."))
        return redirect("projects:documents", project.key)
    return render(request, "projects/document_remove.html", {"project": project, "paper": paper})


@login_not_required
@require_safe
def document(request: HttpRequest, key: str, uuid: UUID) -> HttpResponseBase:
    """The file itself, for those who see it."""
    papers = ProjectDocument.objects.visible_to(request.user).select_related("document")
    paper = get_object_or_404(papers, project__key=key, document__uuid=uuid)
    return serving.respond(paper.document)
