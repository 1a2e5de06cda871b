"""The steps of an agreement itself: changed, given notice of, abandoned."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ground import clock
from ground.workflow import NotPossible
from members.actions import agreements as actions
from members.agreements.notice import possible_ends
from members.forms.agreements import ChangeForm, NoticeForm
from members.models import Agreement, AgreementVersion
from members.register.page import may_change
from members.reminders.agreements import window_end, year_changed_until
from members.views.agreement_finding import acting, coordinated, found, not_possible, refused, sides
from members.workflow import AGREEMENT, AgreementStatus, VersionStatus

BACK = (VersionStatus.RETURNED, VersionStatus.WITHDRAWN)
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
def agreement_change(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """The next version, a copy of what holds; what is in force stays valid until both approve."""
    one = found(request, uuid)
    if not request.user.has_perm("members.write_agreement", one):
        raise PermissionDenied
    if draft := _own_draft(request, one):
        return redirect("members:agreement_edit", one.uuid, draft.number)
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        acting=acting(request.user, sides(one)),
        needs_reason=one.current_id is not None,
        closed=_closed(request, one),
    )
    try:
        if one.versions.open().exists() or not may_change(one, request.user):
            raise NotPossible(_("A change is open already, or the agreement has ended."))
        if form.is_valid() and (answer := _change(request, one, form)):
            return answer
    except NotPossible as reason:
        if form.is_bound and (draft := _own_draft(request, one)):  # the same form was a moment quicker
            return redirect("members:agreement_edit", one.uuid, draft.number)
        return not_possible(request, one, reason)
    return _change_page(request, one, form)


def _closed(request: HttpRequest, one: Agreement) -> AgreementVersion | None:
    """The change that was returned or withdrawn since the version in force was approved, None without either."""
    if one.current is None:
        return None
    later = one.versions.visible_to(request.user).filter(number__gt=one.current.number)
    return later.filter(status__in=BACK).order_by("-number").first()


def _own_draft(request: HttpRequest, one: Agreement) -> Any:
    """The draft that the person's own side is writing already: the form came twice, or a colleague was quicker."""
    mine = coordinated(request.user)
    return one.versions.filter(status=VersionStatus.DRAFT, author_side__in=mine).first()


def _change(request: HttpRequest, one: Agreement, form: ChangeForm) -> HttpResponse | None:
    after = form.model
    if one.current_id is None:
        after = one.versions.visible_to(request.user).order_by("-number").first()
    try:
        version = actions.change(
            one, by=request.user, reason=form.cleaned_data["reason"], university=form.university, after=after
        )
    except actions.Refused as refusal:
        refused(form, refusal.places)
        return None
    return redirect("members:agreement_edit", one.uuid, version.number)


def _change_page(request: HttpRequest, one: Agreement, form: ChangeForm) -> HttpResponse:
    last = one.versions.visible_to(request.user).order_by("-number").first()
    day = window_end(clock.today(sides(one)[0].zone))
    context = {
        "agreement": one, "form": form, "comment": last.closing_note if last else "", "window": day,
        "window_year": year_changed_until(day),
    }  # fmt: skip
    return render(request, "members/agreement_change.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
def agreement_terminate(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """Notice: the agreement ends after a year that is far enough away."""
    one = found(request, uuid)
    if request.method == "POST" and one.status == AgreementStatus.TERMINATED:
        return _done(request, one, _("Notice was given already."))
    try:
        _step(request, one, "terminate")
        names = acting(request.user, sides(one))
        years = possible_ends(one.current, clock.today(names[0].zone)) if one.current else []
        if not years:
            raise NotPossible(_("The agreement ends by itself before notice could take effect."))
        form = NoticeForm(request.POST if request.method == "POST" else None, acting=names, years=years)
        if form.is_valid() and _terminate(request, one, form):
            return _done(request, one, _("Notice was given. The partner was told."))
    except NotPossible as reason:
        return not_possible(request, one, reason)
    context = {"agreement": one, "form": form, "years": years, "open": one.versions.open().exists()}
    return render(request, "members/agreement_terminate.html", context, status=422 if form.is_bound else 200)


def _terminate(request: HttpRequest, one: Agreement, form: NoticeForm) -> bool:
    said = {name: form.cleaned_data[name] for name in ("ends_after", "reason")}
    try:
        actions.terminate(one, by=request.user, university=form.university, **said)
    except actions.Refused as refusal:
        refused(form, refusal.places)
        return False
    return True


@require_http_methods(GET_OR_POST)
def agreement_abandon(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """A proposal given up for good."""
    one = found(request, uuid)
    if request.method == "POST" and one.status == AgreementStatus.ABANDONED:
        return _done(request, one, _("It was abandoned already."))
    try:
        _step(request, one, "abandon")
        if request.method == "POST":
            actions.abandon(one, by=request.user)
            return _done(request, one, _("The proposal was abandoned."))
    except NotPossible as reason:
        return not_possible(request, one, reason)
    return render(request, "members/agreement_abandon.html", {"agreement": one, "form": None})


def _step(request: HttpRequest, one: Agreement, name: str) -> None:
    """Raise PermissionDenied, or NotPossible when the step does not leave the present state."""
    if not request.user.has_perm(AGREEMENT.transitions[name].permission, one):
        raise PermissionDenied
    AGREEMENT.find(name, source=one.status)


def _done(request: HttpRequest, one: Agreement, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(one)
