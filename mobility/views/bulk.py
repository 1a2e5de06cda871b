"""Decisions about many applications: chosen, previewed with their mails, waiting with undo, carried out."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import clock
from ground.workflow import NotPossible
from mobility.actions import OFFERS
from mobility.actions import bulk as actions
from mobility.models import Application, BulkDecision, Call
from mobility.review import query
from mobility.review.forms import BulkForm
from mobility.review.mails import mails_of
from mobility.views.answering import not_possible
from mobility.views.table import call_of, of_call
from mobility.workflow import APPLICATION, BulkStatus

_DECIDES = "mobility.edit_call"


@require_http_methods(["GET", "HEAD", "POST"])
def call_bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """What a step would do to the chosen applications, with each mail; sent once more, it waits ten minutes."""
    call = call_of(request, slug, _DECIDES)
    back = f"{reverse('mobility:call_applications', args=[slug])}?{query.read(request.POST).query}"
    if request.method != "POST":
        return redirect("mobility:call_applications", slug=slug)
    chosen, step = _chosen(request, call), request.POST.get("step", "")
    try:
        planned = actions.plan(call, step, chosen, by=request.user)
    except NotPossible as error:
        return not_possible(request, error, back=back)
    confirmed = "confirm" in request.POST
    form = BulkForm(request.POST if confirmed or "again" in request.POST else None, step=step, call=call)
    if not confirmed or not form.is_valid():
        return _preview(request, call, form, planned, back)
    try:
        made = actions.make_bulk(call, step, chosen, by=request.user, **form.cleaned_data)
    except NotPossible as error:
        return not_possible(request, error, back=back)
    return redirect("mobility:bulk_decision", uuid=made.uuid)


def _chosen(request: HttpRequest, call: Call) -> list[Application]:
    """The applications that were ticked; with "everything" all those the query finds, up to what one step may take."""
    seen = of_call(request, call).for_bulk(with_wishes=request.POST.get("step") in OFFERS)
    if "everything" in request.POST:
        asked = query.read(request.POST)
        return list(query.narrowed(seen, asked, call).order_by(*asked.order)[: actions.MOST])
    keys = [key for sent in request.POST.getlist("application")[: actions.MOST] if (key := _uuid(sent))]
    return list(seen.filter(uuid__in=keys))


def _uuid(sent: str) -> uuids.UUID | None:
    try:
        return uuids.UUID(sent)
    except ValueError:
        return None


def _preview(
    request: HttpRequest, call: Call, form: BulkForm, planned: list[actions.Planned], back: str
) -> HttpResponse:
    will = [one for one in planned if not one.why]
    note, days = form.wording()
    context = {
        "call": call, "form": form, "step": APPLICATION.transitions[form.step], "back": back,
        "mails": mails_of(will, form.step, note=note, days=days),
        "will_not": [one for one in planned if one.why],
        "chosen": [one.application.uuid for one in planned], "minutes": int(actions.WAIT.total_seconds() // 60),
    }  # fmt: skip
    wrong = form.is_bound and not form.is_valid() and "confirm" in request.POST
    return render(request, "mobility/review/bulk_preview.html", context, status=422 if wrong else 200)


@require_safe
def bulk_decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """The bulk decisions of a call, the newest first."""
    call = call_of(request, slug, _DECIDES)
    made = BulkDecision.objects.visible_to(request.user).filter(call=call).select_related("by")[:100]
    rows = [(one, APPLICATION.transitions[one.step].label) for one in made]
    return render(request, "mobility/review/bulk_list.html", {"call": call, "rows": rows})


@require_safe
def bulk_decision(request: HttpRequest, uuid: Any) -> HttpResponse:
    """A bulk decision: until when it can be undone, or what became of it."""
    found = get_object_or_404(_seen(request), uuid=uuid)
    decisions = list(
        found.decisions.select_related("application__call", "place__host__organisation", "place__field")
        .defer("application__snapshot", "place__host__organisation__search")
    )  # fmt: skip
    waits = found.status == BulkStatus.PENDING
    context = {
        "call": found.call, "bulk": found, "step": APPLICATION.transitions[found.step], "waits": waits,
        "can_undo": waits and clock.now() < found.takes_effect_at and all(one.is_open for one in decisions),
        "is_undone": found.status == BulkStatus.UNDONE,
        "done": [one for one in decisions if not one.refusal],
        "refused": [one for one in decisions if one.refusal],
    }  # fmt: skip
    return render(request, "mobility/review/bulk.html", context)


def _seen(request: HttpRequest) -> Any:
    return BulkDecision.objects.visible_to(request.user).select_related(
        "call__university__organisation", "by"
    )


@require_POST
def bulk_undo(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Take a bulk decision back before its mails left."""
    found = get_object_or_404(_seen(request), uuid=uuid)
    try:
        actions.undo_bulk(found, by=request.user)
    except NotPossible as error:
        return not_possible(request, error, back=reverse("mobility:bulk_decision", args=[uuid]))
    messages.success(request, _("The decisions are undone. Nobody was told of them."))
    return redirect("mobility:bulk_decision", uuid=uuid)
