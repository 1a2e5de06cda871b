"""Beginning, writing and publishing a factsheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground import clock
from ground.templatetags.ground_tags import zone_words
from members.actions import factsheets as actions
from members.factsheets import checks
from members.forms.factsheet_conflict import Conflict, chosen
from members.forms.factsheet_parts import parts, problems
from members.forms.factsheets import Editor, StartForm
from members.models import Factsheet, University
from members.models.exchange import year_on
from members.views.factsheets import found, shown


@require_http_methods(["GET", "HEAD", "POST"])
def factsheet_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Which academic year, and whether it begins as a copy of the year before."""
    rows = University.objects.visible_to(request.user).select_related("organisation")
    university = get_object_or_404(rows, slug=slug)
    _require(request, university)
    form = _start_form(request, university)
    if request.method == "POST" and form.is_valid():
        year, copied = form.cleaned_data["year"], form.cleaned_data["begin"] == "copy"
        try:
            factsheet = actions.begin(university, year, by=request.user, copied=copied)
            messages.success(request, _("The factsheet was begun. It is a draft until you publish it."))
            return redirect("members:factsheet_edit", slug, factsheet.year_in_address)
        except actions.AlreadyThere as already:
            return redirect(already.factsheet)
        except actions.Refused as refusal:
            form.refuse(refusal.places)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "university": university}
    return render(request, "members/factsheet_create.html", context, status=status)


def _start_form(request: HttpRequest, university: University) -> StartForm:
    years = checks.years_possible(year_on(clock.today(university.zone)))
    begun = set(Factsheet.objects.of(university).values_list("year", flat=True))
    return StartForm(request.POST if request.method == "POST" else None, years=years, begun=begun)


@require_http_methods(["GET", "HEAD", "POST"])
def factsheet_edit(request: HttpRequest, slug: str, year: str) -> HttpResponse:
    """The form of a factsheet; what somebody saved meanwhile is shown beside what was sent."""
    factsheet = edited(request, slug, year)
    if request.method != "POST":
        return _form_page(request, Editor(factsheet))
    if step := request.POST.get("step", ""):
        return _form_page(request, Editor(factsheet, typed_in=request.POST, step=step))
    editor = Editor(factsheet, sent=request.POST)
    return _save(request, editor) if editor.is_valid() else _form_page(request, editor, status=422)


def _save(request: HttpRequest, editor: Editor) -> HttpResponse:
    said = chosen(editor.said, editor.factsheet, request.POST)
    try:
        try:
            saved = actions.write(editor.factsheet, said, by=request.user, seen=editor.seen)
        except actions.Stale as stale:
            conflict = Conflict(stale.factsheet, said, editor.seen)
            if not conflict.is_mine_alone:
                return _conflict_page(request, conflict)
            saved = actions.write(stale.factsheet, said, by=request.user, seen=stale.factsheet.version)
    except actions.Stale as stale:
        return _conflict_page(request, Conflict(stale.factsheet, said, editor.seen))
    except actions.Refused as refusal:
        editor.refuse(refusal.places)
        return _form_page(request, editor, status=422)
    except actions.Incomplete as refusal:
        editor.refuse_whole(refusal.sentences)
        return _form_page(request, editor, status=422)
    messages.success(request, _("The factsheet was saved."))
    return redirect(saved)


def _form_page(request: HttpRequest, editor: Editor, *, status: int = 200) -> HttpResponse:
    university = editor.factsheet.university
    context = {
        "form": editor.form, "parts": parts(editor), "terms": editor.terms, "language_rows": editor.languages,
        "factsheet": editor.factsheet, "university": university, "zone": zone_words(university.zone),
        "problems": list(problems(editor)), "wrong": next((one for one in editor.forms if one.errors), None),
    }  # fmt: skip
    return render(request, "members/factsheet_edit.html", context, status=status)


def _conflict_page(request: HttpRequest, conflict: Conflict) -> HttpResponse:
    context = {
        "conflict": conflict, "factsheet": conflict.factsheet, "university": conflict.factsheet.university,
    }  # fmt: skip
    return render(request, "members/factsheet_conflict.html", context, status=409)


@require_POST
def factsheet_publication(request: HttpRequest, slug: str, year: str) -> HttpResponse:
    """Publish a draft, or take it back; what it lacks is said on its page."""
    factsheet = edited(request, slug, year)
    if request.POST.get("step") == "unpublish":
        factsheet = actions.unpublish(factsheet, by=request.user)
        messages.success(request, _("The factsheet is a draft again. Nobody is reminded of its deadlines."))
        return redirect(factsheet)
    try:
        factsheet = actions.publish(factsheet, by=request.user)
    except actions.Incomplete as refusal:
        page = found(request, slug, year)
        return shown(request, page, refused=refusal.sentences, status=422)
    messages.success(request, _("The factsheet is published. Its deadlines remind people from now on."))
    return redirect(factsheet)


def edited(request: HttpRequest, slug: str, year: str) -> Factsheet:
    """The factsheet, for who may write it; to others there is no such page."""
    rows = Factsheet.objects.visible_to(request.user).select_related("university__organisation")
    factsheet: Any = get_object_or_404(rows, university__slug=slug, year=year.replace("-", "/"))
    _require(request, factsheet.university)
    return factsheet


def _require(request: HttpRequest, university: University) -> None:
    if not request.user.has_perm("members.edit_university", university):
        raise Http404
