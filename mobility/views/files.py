"""The papers of an application: upload, remove, download."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import FilteredRelation, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import serving
from documents.checks import Refused
from ground import clock
from ground.workflow import NotPossible
from mobility import actions, forms, parts
from mobility.models import Application, ApplicationDocument, RequiredDocument
from mobility.views.answering import not_possible


@require_http_methods(["GET", "HEAD", "POST"])
def application_documents(request: HttpRequest, uuid: Any) -> HttpResponse:
    """The papers that the call asks for, each with its own upload."""
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    if request.method != "POST":
        return redirect(found) if not found.can_be_sent(clock.now()) else _page(request, found)
    asked = get_object_or_404(
        RequiredDocument, call=found.call_id, uuid=_uuid_or_none(request.POST.get("asked"))
    )
    form = forms.UploadForm(request.POST, request.FILES, asked=asked)
    if form.is_valid():
        try:
            actions.attach_document(found, asked, form.cleaned_data["file"], by=request.user)
        except Refused as refused:
            form.add_error("file", str(refused))
        except NotPossible as error:
            return not_possible(request, error, back=found.get_absolute_url())
        else:
            messages.success(request, _("The file is uploaded."))
            return redirect("mobility:application_documents", uuid=uuid)
    return _page(request, found, form, status=422)


def _uuid_or_none(typed: str | None) -> Any:
    from uuid import UUID

    try:
        return UUID(str(typed))
    except ValueError:
        return None


def _page(request: HttpRequest, found: Application, sent: Any = None, status: int = 200) -> HttpResponse:
    mine = FilteredRelation("uploads", condition=Q(uploads__application=found))
    asked = RequiredDocument.objects.filter(call=found.call_id).annotate(upload=mine)
    rows = []
    for one in asked.select_related("upload__document"):
        form = sent if sent and sent.asked.pk == one.pk else forms.UploadForm(asked=one)
        rows.append((one, getattr(one, "upload", None), form))
    context = {"application": found, "part": parts.DOCUMENTS, "rows": rows, "form": sent}
    return render(request, "mobility/parts/documents.html", context, status=status)


@require_POST
def application_document_remove(request: HttpRequest, uuid: Any, document: Any) -> HttpResponse:
    """Take an uploaded paper away; a second click finds nothing left to do."""
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    paper = ApplicationDocument.objects.filter(application=found, document__uuid=document).first()
    if paper is not None:
        try:
            actions.remove_document(found, paper, by=request.user)
        except NotPossible as error:
            return not_possible(request, error, back=found.get_absolute_url())
        messages.success(request, _("The file is removed."))
    return redirect("mobility:application_documents", uuid=uuid)


@require_safe
def application_document(request: HttpRequest, uuid: Any, document: Any) -> HttpResponseBase:
    """A paper of an application that the person may see; for others than its owner, only what was submitted."""
    found = get_object_or_404(Application.objects.visible_to(request.user), uuid=uuid)
    papers = ApplicationDocument.objects.filter(application=found).seen_by(request.user, found)
    paper = get_object_or_404(papers.select_related("document"), document__uuid=document)
    actions.record_reading(found, paper.document, by=request.user)
    return serving.respond(paper.document)
