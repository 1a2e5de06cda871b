"""Importing projects: the file, its columns, the preview, taking over. A job does the work between the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground.paging import BadCursor, page
from ground.workflow import NotPossible
from projects import rules
from projects.exports import harmless
from projects.forms.importing import ColumnsForm, ReadingForm, UploadForm
from projects.imports import batches, reporting, showing, storing
from projects.imports.columns import COLUMNS, source
from projects.imports.numbered import SAMPLE
from projects.models import Import, ImportRow

PAGE_SIZE = 50
_LISTED = 50
_DRAINED = 5  # a body up to so many times the limit is read to its end, so that the browser hears the answer
Status = Import.Status


@csrf_exempt  # `_imports` checks it: the check reads the body, and where the file goes must be set before that
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """My imports, and a form that begins one. The file goes to the disk as it comes, so the way there is set first."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    length = request.META.get("CONTENT_LENGTH") or "0"
    if (
        request.method == "POST"
        and length.isdigit()
        and int(length) > _DRAINED * settings.IMPORT_MAX_BYTES + 2**20
    ):
        return _list(request, UploadForm(), refusal=storing.too_large(), status=413)
    request.upload_handlers = [storing.BoundedUpload(request)]
    return _imports(request)


@csrf_protect
def _imports(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _list(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if getattr(request, "upload_too_large", False):
        return _list(request, UploadForm(), refusal=storing.too_large(), status=413)
    if batches.is_full(request.user):
        return _list(request, UploadForm(), status=422)
    if form.is_valid():
        try:
            batch = batches.begin(form.cleaned_data["upload"], by=request.user)
        except (storing.Refused, NotPossible) as refusal:
            form.add_error("upload", str(refusal))
        else:
            return redirect("projects:import_page", batch.uuid)
    return _list(request, form, status=422)


def _list(request: HttpRequest, form: UploadForm, refusal: Any = None, status: int = 200) -> HttpResponse:
    over = Case(When(status__in=batches.ENDED, then=1), default=0)
    mine = Import.objects.visible_to(request.user).order_by(over, "-begun_at", "-pk").only(
        "uuid", "name", "status", "begun_at", "rows_total", "beat_at", "cancel_asked"
    )[:_LISTED]  # fmt: skip
    context = {
        "form": form, "imports": showing.listed(mine), "refusal": refusal, "full": batches.is_full(request.user),
        "wizard": showing.wizard(None),
    }  # fmt: skip
    return render(request, "projects/imports.html", context, status=status)


@require_safe
def import_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """An import where it stands: at work, waiting for its columns, its preview, or how it ended."""
    batch = _mine(request, uuid)
    if batch.status in batches.WORKING:
        context = {
            "batch": batch, "state": showing.progress(batch), "words": showing.standing(batch),
            "stopping": batches.is_stopping(batch), "wizard": showing.wizard(batch),
        }  # fmt: skip
        return render(request, "projects/import_work.html", context)
    if batch.status == Status.MAPPING:
        return _columns(request, batch, None, None)
    return _preview(request, batch)


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which column fills what; also after the preview, to choose again."""
    batch = _mine(request, uuid)
    if batch.status not in batches.WAITING:
        return redirect("projects:import_page", batch.uuid)
    if request.method != "POST":
        return _columns(request, batch, None, None)
    form = _columns_form(request, batch, request.POST)
    if not form.is_valid():
        return _columns(request, batch, form, None, status=422)
    return _moved(request, batch, lambda: batches.choose(
        batch, by=request.user, mapping=form.mapping, chosen=form.settings))  # fmt: skip


@require_POST
def import_reading(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read the file again, in another encoding or from another sheet."""
    batch = _mine(request, uuid)
    form = ReadingForm(request.POST, batch=batch)
    if not form.is_valid():
        return _columns(request, batch, None, form, status=422)
    return _moved(
        request, batch, lambda: batches.read_again(batch, by=request.user, chosen=form.cleaned_data)
    )


@require_POST
def import_take_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write what was checked: everything, or everything but the rows with errors."""
    batch = _mine(request, uuid)
    good = request.POST.get("rows") == "good"
    return _moved(request, batch, lambda: batches.take_over(batch, by=request.user, without_refused=good))


@require_POST
def import_cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop an import, wherever it stands; who asked from the list comes back to it."""
    batch = _mine(request, uuid)
    moved = _moved(request, batch, lambda: batches.cancel(batch, by=request.user))
    return redirect("projects:imports") if request.POST.get("back") == "list" else moved


@require_safe
def import_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far an import is, for the script that keeps its page fresh."""
    return JsonResponse(showing.progress(_mine(request, uuid)))


@require_safe
def import_report(request: HttpRequest, uuid: UUID) -> HttpResponse | StreamingHttpResponse:
    """Every row with its outcome and its errors, or only those with errors (`?rows=refused`), as CSV."""
    batch = _mine(request, uuid)
    rows = reporting.report(batch, only_refused=request.GET.get("rows") == "refused", escape=harmless)
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="import-report.csv"'
    return response


@require_safe
def import_help(request: HttpRequest) -> HttpResponse:
    """How an import goes, and what each column takes."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    return render(request, "projects/import_help.html", {"columns": COLUMNS, "numbered": SAMPLE})


@require_safe
def import_template(request: HttpRequest, format: str) -> HttpResponse:
    """A file to begin with."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    if format not in reporting.TEMPLATES:
        raise Http404
    content_type, make = reporting.TEMPLATES[format]
    response = HttpResponse(make(), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="projects.{format}"'
    return response


def _mine(request: HttpRequest, uuid: UUID) -> Import:
    if not rules.creates_somewhere(request.user):
        raise Http404
    return get_object_or_404(Import.objects.visible_to(request.user).select_related("by"), uuid=uuid)


def _moved(request: HttpRequest, batch: Import, move: Any) -> HttpResponse:
    """Take a step and go to the import's page; what is not possible (any more) is said there."""
    try:
        move()
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
    return redirect("projects:import_page", batch.uuid)


def _columns_form(request: HttpRequest, batch: Import, data: Any) -> ColumnsForm:
    leads = rules.leads_for(request.user)
    initial = {"order": "dmy", "mark": "", "partners": "refuse"} | batch.settings
    if "lead" not in batch.settings and len(leads) == 1:
        initial["lead"] = leads[0].pk
    return ColumnsForm(
        data, headings=showing.headings(batch), chosen=batches.proposal(batch), leads=leads, initial=initial
    )


def _columns(request: HttpRequest, batch: Import, form: Any, reading: Any, status: int = 200) -> HttpResponse:
    form = form or _columns_form(request, batch, None)
    context = {
        "batch": batch, "form": form, "reading": reading or ReadingForm(batch=batch), "source": source(batch.columns),
        "error": showing.sentence(batch.outcome.get("error")), "wizard": showing.wizard(batch, choosing=True),
    }  # fmt: skip
    return render(request, "projects/import_columns.html", context, status=status)


def _preview(request: HttpRequest, batch: Import) -> HttpResponse:
    step = request.GET.get("rows", "")
    rows = batch.rows.filter(step=step) if step in ImportRow.Step.values else batch.rows.all()
    if step == "warned":
        rows = batch.rows.filter(problems__contains=[{"warning": True}])
    try:
        shown = page(rows, ["number"], size=PAGE_SIZE, after=request.GET.get("after", ""),
                     before=request.GET.get("before", ""))  # fmt: skip
    except BadCursor as error:
        raise Http404 from error
    counts = showing.counted(batch)
    writes, over = counts.get("create", 0) + counts.get("update", 0), batch.status == Status.DONE
    context = {
        "batch": batch, "page": shown, "rows": showing.shown_rows(batch, shown.rows), "counts": counts,
        "kinds": _kinds(counts, step), "all": not step, "warned": step == "warned", "unsure": showing.unsure(batch),
        "notes": [showing.sentence(note) for note in batch.outcome.get("notes", ())],
        "error": showing.sentence(batch.outcome.get("error")), "waits": batch.status == Status.CHECKED,
        "newcomers": showing.newcomers(batch),
        "wizard": showing.wizard(batch), "found": showing.found(counts), "cancelled": batch.status == Status.CANCELLED,
        "tone": "signal" if over else "bad", "writes": writes, "done": over and writes, "nothing": over and not writes,
    }  # fmt: skip
    return render(request, "projects/import_preview.html", context)


def _kinds(counts: dict[str, int], step: str) -> list[dict[str, Any]]:
    """What rows can do, with how many do it; `step` is the one that is looked at."""
    return [
        {"kind": kind, "label": label, "count": counts.get(kind, 0), "current": kind == step}
        for kind, label in ImportRow.Step.choices
    ]
