"""The files of an application, for papers and for questions: upload, remove, download."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import FilteredRelation, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import serving
from documents.checks import Refused
from ground import clock
from ground.workflow import NotPossible
from mobility import actions, forms, papers, parts, progress
from mobility.models import Application, ApplicationDocument, Question, RequiredDocument
from mobility.views.answering import after, kept_way, not_possible
from mobility.writing.desk import sit_down
from mobility.writing.questions import asked_by


@require_http_methods(["GET", "HEAD", "POST"])
def application_documents(request: HttpRequest, uuid: Any) -> HttpResponse:
    """The papers that the call asks for, each with its own upload."""
    found = _own(request, uuid, "documents")
    if request.method != "POST":
        return redirect(found) if not found.can_be_sent(clock.now()) else _papers_page(request, found)
    asked = get_object_or_404(
        RequiredDocument, call=found.call_id, uuid=_uuid_or_none(request.POST.get("asked"))
    )
    return _take(
        request, found, forms.UploadForm(request.POST, request.FILES, asked=asked), "application_documents"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def application_files(request: HttpRequest, uuid: Any) -> HttpResponse:
    """The questions of the call that are answered by a file, each with its own upload."""
    found = _own(request, uuid, "questions")
    if request.method != "POST":
        return redirect(found) if not found.can_be_sent(clock.now()) else _files_page(request, found)
    questions = Question.objects.filter(call=found.call_id, kind=Question.Kind.FILE)
    asked = get_object_or_404(questions, uuid=_uuid_or_none(request.POST.get("asked")))
    return _take(
        request, found, forms.UploadForm(request.POST, request.FILES, asked=asked), "application_files"
    )


def _own(request: HttpRequest, uuid: Any, part: str) -> Application:
    found = sit_down(request.user, uuid, part)
    if found is None:
        raise Http404
    return found


def _take(request: HttpRequest, found: Application, form: forms.UploadForm, page: str) -> HttpResponse:
    """Keep the file. A script, which shows how far it is, gets the answer in words."""
    keep: Callable[..., Any] = (
        actions.attach_document if page == "application_documents" else actions.attach_answer
    )
    status = 422
    if form.is_valid():
        try:
            keep(found, form.asked, form.cleaned_data["file"], by=request.user)
        except Refused as refused:
            form.add_error("file", str(refused))
        except NotPossible as error:
            form.add_error("file", str(error))
            status = 409
    address = progress.address(found, page) + kept_way(request)
    if request.headers.get("Accept", "").startswith("application/json"):
        words = " ".join(str(one) for errors in form.errors.values() for one in errors)
        return JsonResponse({"words": words, "to": address}, status=status if words else 200)
    if status == 409 and form.errors:
        return not_possible(request, NotPossible(form.errors["file"][0]), back=found.get_absolute_url())
    if form.errors:
        return (_papers_page if page == "application_documents" else _files_page)(request, found, form, 422)
    return redirect(
        f"{address}{'&' if '?' in address else '?'}sent={form.asked.uuid}#asked-{form.asked.uuid}"
    )


def _uuid_or_none(typed: str | None) -> Any:
    try:
        return UUID(str(typed))
    except ValueError:
        return None


def _papers_page(
    request: HttpRequest, found: Application, sent: Any = None, status: int = 200
) -> HttpResponse:
    mine = FilteredRelation("uploads", condition=Q(uploads__application=found))
    asked = RequiredDocument.objects.filter(call=found.call_id).annotate(upload=mine)
    rows = [
        (one, getattr(one, "upload", None), _form(one, one.name, sent))
        for one in asked.select_related("upload__document").order_by("position", "pk")
    ]
    return _page(request, found, rows, sent, status, part=parts.DOCUMENTS)


def _files_page(
    request: HttpRequest, found: Application, sent: Any = None, status: int = 200
) -> HttpResponse:
    questions = [one for one in asked_by(found) if one.kind == Question.Kind.FILE]
    if not questions:
        raise Http404
    rows = [
        (one, _with_document(getattr(one, "mine", None)), _form(one, one.text, sent)) for one in questions
    ]
    return _page(request, found, rows, sent, status, part=parts.QUESTIONS, are_answers=True)


def _page(
    request: HttpRequest, found: Application, rows: list[Any], sent: Any, status: int, **more: Any
) -> HttpResponse:
    most = settings.DOCUMENT_MAX_BYTES
    context = {
        "application": found, "rows": rows, "form": sent, "back": after(request, found), "most": most,
        "megabytes": most // 2**20, "way": kept_way(request), "just_sent": _uuid_or_none(request.GET.get("sent")),
        **more,
    }  # fmt: skip
    return render(request, "mobility/parts/documents.html", context, status=status)


def _with_document(answer: Any) -> Any:
    return answer if answer is not None and answer.document_id else None


def _form(asked: Any, words: str, sent: Any) -> Any:
    return sent if sent and sent.asked.pk == asked.pk else forms.UploadForm(asked=asked, words=words)


@require_POST
def application_document_remove(request: HttpRequest, uuid: Any, document: Any) -> HttpResponse:
    """Take an uploaded file away; a second click finds nothing left to do."""
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    answer = found.answers.filter(document__uuid=document).select_related("question").first()
    paper = ApplicationDocument.objects.filter(application=found, document__uuid=document).first()
    try:
        if answer is not None:
            actions.remove_answer(found, answer.question, by=request.user)
        elif paper is not None:
            actions.remove_document(found, paper, by=request.user)
    except NotPossible as error:
        return not_possible(request, error, back=found.get_absolute_url())
    if answer is not None or paper is not None:
        messages.success(request, _("The file is removed."))
    page = "application_files" if answer is not None else "application_documents"
    return redirect(progress.address(found, page) + kept_way(request))


@require_safe
def application_document(request: HttpRequest, uuid: Any, document: Any) -> HttpResponseBase:
    """A file of an application that the person may see; for others than its owner, only what was submitted.

    With `?show` it is shown, within a page of the portal too, instead of downloaded.
    """
    found = get_object_or_404(Application.objects.visible_to(request.user), uuid=uuid)
    file = papers.find(found, request.user, document)
    if file is None:
        raise Http404
    actions.record_reading(found, file, by=request.user)
    shown = "show" in request.GET
    return serving.respond(file, inline=shown, framed=shown)
