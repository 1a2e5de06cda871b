"""The coordinator's table of a call's applications, and the filters of it that a person keeps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ground import paging
from ground.workflow import NotPossible
from mobility.actions import saved
from mobility.actions.bulk import STEPS
from mobility.models import Application, Call, SavedTable
from mobility.models.application import ApplicationQuerySet
from mobility.review import query
from mobility.review import table as tables
from mobility.review.forms import TableNameForm
from mobility.rules import may
from mobility.views.answering import not_possible
from mobility.workflow import APPLICATION
from mobility.writing import desk


def call_of(request: HttpRequest, slug: str, permission: str = "mobility.see_applications") -> Call:
    """The call whose applications the person may see (or may do more with); to anybody else there is none."""
    desk.arrive(request.user)
    call = get_object_or_404(Call.objects.visible_to(request.user).for_list(), slug=slug)
    if not may(permission, request.user, call):
        raise Http404
    return call


def of_call(request: HttpRequest, call: Call) -> ApplicationQuerySet:
    """The applications of the call that the person sees in its table: never one's own."""
    return Application.objects.sent_to(call, request.user)


@require_safe
def call_applications(request: HttpRequest, slug: str) -> HttpResponse:
    """The applications to a call: narrowed by facets and words, in the order asked for, in pages."""
    call, asked = call_of(request, slug), query.read(request.GET)
    decides = may("mobility.edit_call", request.user, call)
    cursors = {name: str(request.GET.get(name, "")) for name in ("after", "before")}
    try:
        table = tables.page_of(call, of_call(request, call), asked, waiting=decides, **cursors)
    except paging.BadCursor as error:
        raise BadRequest(str(error)) from error
    context = {
        "call": call, "table": table, "page": table.page, "decides": decides, "asked": asked,
        "chosen": tables.chosen_words(asked, table.facets), "saved": _saved(request.user),
        "steps": [APPLICATION.transitions[step] for step in STEPS] if decides else [],
    }  # fmt: skip
    return render(request, "mobility/review/table.html", context)


def _saved(user: Any) -> list[SavedTable]:
    return list(SavedTable.objects.filter(user=user))


@require_POST
def table_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the query that was sent under a name; a name that is there already is given the new query."""
    call = call_of(request, slug)
    form, asked = TableNameForm(request.POST), query.read(request.POST)
    back = f"{reverse('mobility:call_applications', args=[slug])}?{asked.query}"
    if not form.is_valid():
        return render(
            request,
            "mobility/review/save.html",
            {"call": call, "form": form, "asked": asked, "back": back},
            status=422,
        )
    try:
        saved.save_table(by=request.user, name=form.cleaned_data["name"], query=asked.query)
    except NotPossible as error:
        return not_possible(request, error, back=back)
    messages.success(request, _("The filter is saved. It stands above the table of every call."))
    return redirect(back)


@require_POST
def table_remove(request: HttpRequest, slug: str, uuid: Any) -> HttpResponse:
    """Forget a filter of one's own."""
    call_of(request, slug)
    saved.remove_table(uuid, by=request.user)
    messages.success(request, _("The filter is removed."))
    return redirect("mobility:call_applications", slug=slug)
