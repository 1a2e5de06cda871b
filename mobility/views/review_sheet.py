"""The reviewer's pages: what is to be scored, the statement of impartiality, the sheet beside the documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import serving
from ground.workflow import NotPossible
from mobility import actions, papers
from mobility.actions import reviewing
from mobility.models import Application, Call, ImpartialityStatement, Review
from mobility.review import sheet
from mobility.review.forms import ConflictForm, ScoreForm
from mobility.views.answering import not_possible
from mobility.writing import desk


def _mine(request: HttpRequest) -> Any:
    """One's own reviews, as long as one reviews for the sending university."""
    desk.arrive(request.user)
    seen = Application.objects.scored_by(request.user)
    mine = Review.objects.visible_to(request.user).filter(reviewer=request.user, application__in=seen)
    return mine.select_related("application__call__university__organisation").defer(
        "application__call__university__organisation__search"
    )


@require_safe
def my_reviews(request: HttpRequest) -> HttpResponse:
    """What is to be scored, call by call, and what is done."""
    rows = list(_mine(request).defer("application__snapshot").order_by("application__call", "done_at", "pk"))
    calls: dict[int, tuple[Call, list[Review]]] = {}
    for row in rows:
        calls.setdefault(row.application.call_id, (row.application.call, []))[1].append(row)
    stated = ImpartialityStatement.objects.filter(reviewer=request.user, call__in=list(calls))
    context = {
        "groups": [
            {"call": call, "rows": own, "open": sum(one.done_at is None for one in own)} for call, own in calls.values()
        ],
        "stated": set(stated.values_list("call_id", flat=True)),
    }  # fmt: skip
    return render(request, "mobility/review/mine.html", context)


@require_POST
def impartiality(request: HttpRequest, slug: str) -> HttpResponse:
    """State for a call to be impartial."""
    first = _mine(request).filter(application__call__slug=slug).first()
    if first is None:
        raise Http404
    reviewing.state_impartiality(first.application.call, by=request.user)
    messages.success(request, _("Your statement is kept. You can score now."))
    return redirect("mobility:my_reviews")


@require_http_methods(["GET", "HEAD", "POST"])
def review_sheet(request: HttpRequest, uuid: Any) -> HttpResponse:
    """What was submitted without contact data, its papers, and the points for each criterion."""
    review = get_object_or_404(_mine(request), uuid=uuid)
    criteria = list(review.application.call.criteria.all())
    if request.method != "POST":
        return _page(request, review, ScoreForm(criteria=criteria, initial=sheet.given(review)))
    form = ScoreForm(request.POST, criteria=criteria)
    if not form.is_valid():
        return _page(request, review, form, status=422)
    finish = "finish" in request.POST
    try:
        reviewing.save_scores(
            review, by=request.user, points=form.points(), comment=form.cleaned_data["comment"], finish=finish,
            version=_number(request.POST.get("version", "")),
        )  # fmt: skip
    except NotPossible as error:
        form.add_error(None, str(error))
        return _page(request, review, form, status=422)
    messages.success(
        request, _("The review is finished.") if finish else _("Saved. The review is not finished yet.")
    )
    return redirect(_next(request) if finish else reverse("mobility:review_sheet", args=[uuid]))


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def _next(request: HttpRequest) -> str:
    """The next application to score, else the list."""
    following = _mine(request).filter(done_at__isnull=True).order_by("application__call", "pk").first()
    return (
        reverse("mobility:review_sheet", args=[following.uuid])
        if following
        else reverse("mobility:my_reviews")
    )


def _page(request: HttpRequest, review: Review, form: ScoreForm, status: int = 200) -> HttpResponse:
    files = sheet.papers(review)
    shown = next((one for one in files if str(one.uuid) == request.GET.get("paper")), next(iter(files), None))
    context = {
        "review": review, "application": review.application, "call": review.application.call, "form": form,
        "name": sheet.name(review), "sections": sheet.sections(review), "papers": files, "shown": shown,
        "stated": ImpartialityStatement.objects.filter(
            call=review.application.call_id, reviewer=request.user
        ).exists(),
        "conflict": ConflictForm(),
    }  # fmt: skip
    return render(request, "mobility/review/sheet.html", context, status=status)


@require_POST
def review_conflict(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Say that one must not score this application."""
    review = get_object_or_404(_mine(request), uuid=uuid)
    form = ConflictForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    reviewing.declare_conflict(review, by=request.user, reason=reason)
    messages.success(request, _("The application is taken from your list. Somebody else scores it."))
    return redirect("mobility:my_reviews")


@require_safe
def review_document(request: HttpRequest, uuid: Any, document: Any) -> HttpResponseBase:
    """A paper that was submitted, for its reviewer; the reading is recorded."""
    review = get_object_or_404(_mine(request), uuid=uuid)
    found = next((one for one in sheet.papers(review) if one.uuid == document), None)
    paper = papers.by_uuid(review.application).get(str(document))
    if found is None or paper is None:
        raise Http404
    if not ImpartialityStatement.objects.filter(
        call=review.application.call_id, reviewer=request.user
    ).exists():
        return not_possible(
            request,
            NotPossible(_("State first that you are impartial.")),
            back=reverse("mobility:my_reviews"),
        )
    actions.record_reading(review.application, paper, by=request.user)
    return serving.respond(paper, inline=True, framed=True, name=found.file)
