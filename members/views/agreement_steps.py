"""The steps of a version: sent, approved, returned, withdrawn. Each is confirmed on a page that shows what follows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ground import clock
from ground.templatetags.ground_tags import moment as moment_in_words
from ground.workflow import NotPossible
from members.actions import agreements as actions
from members.agreements import checks
from members.agreements.content import digest, said
from members.agreements.difference import compare
from members.agreements.words import Names
from members.forms.agreement_editor import anchor
from members.forms.agreements import ApproveForm, CommentForm, NoteForm, SendForm
from members.models import Agreement, AgreementVersion
from members.models.agreement import WAITING
from members.register.known import Known, Version
from members.register.told import titles, told
from members.rules import sides_to_approve
from members.views.agreement_finding import (
    coordinated,
    found_version,
    found_whole,
    moment,
    not_possible,
    refused,
    sides,
    version_of,
)
from members.workflow import VERSION, VersionStatus

GET_OR_POST = ["GET", "HEAD", "POST"]
Found = tuple[Agreement, AgreementVersion]


def _asked(request: HttpRequest, uuid: uuid.UUID, number: int) -> Found:
    version = found_version(request, uuid, number)
    return version.agreement, version


def _step(request: HttpRequest, version: AgreementVersion, *names: str) -> None:
    """Raise PermissionDenied, or NotPossible when none of the steps `names` leaves the present state."""
    permission = VERSION.transitions[names[0]].permission
    if not request.user.has_perm(permission, version):
        raise PermissionDenied
    if not any(version.status in VERSION.transitions[name].sources for name in names):
        VERSION.find(names[0], source=version.status)


@require_http_methods(GET_OR_POST)
def agreement_send(request: HttpRequest, uuid: uuid.UUID, number: int) -> HttpResponse:
    """The draft as the partner will read it, what it still lacks, and the button that sends it."""
    one, version = _asked(request, uuid, number)
    if request.method == "POST" and version.status in (*WAITING, VersionStatus.IN_FORCE):
        return _done(request, one, _("It was sent already."))
    try:
        _step(request, version, "send")
        form = _send_form(request, version)
        if request.method == "POST" and form.is_valid():
            return _send(request, version, form)
    except NotPossible as reason:
        return not_possible(request, one, reason)
    return _send_page(request, version, form, status=422 if form.is_bound else 200)


def _send_form(request: HttpRequest, version: AgreementVersion, *, again: bool = False) -> SendForm:
    data = request.POST if request.method == "POST" and not again else None
    form = SendForm(data, initial={"seen": version.changed_at.isoformat()})
    if version.author_side_id not in coordinated(request.user):
        del form.fields["approve"]  # an approval is a university's own word
    return form


def _send(request: HttpRequest, version: AgreementVersion, form: SendForm) -> HttpResponse:
    typed = form.cleaned_data
    try:
        actions.send(
            version, by=request.user, seen=moment(typed["seen"]), approve=typed.get("approve", False)
        )
    except actions.Incomplete:
        return _send_page(request, version, form, status=422)
    except actions.Stale as stale:
        fresh = found_version(request, stale.version.agreement.uuid, stale.version.number)
        again = _send_form(request, fresh, again=True)
        return _send_page(request, fresh, again, status=409, changed=True)
    return _done(request, version.agreement, _("It was sent to the partner."))


def _send_page(request: HttpRequest, version: AgreementVersion, form: SendForm, **more: Any) -> HttpResponse:
    status = more.pop("status")
    content = said(version)
    today = clock.today(version.author_side.zone)
    lacking = {**checks.faults(content), **checks.gaps(content, today=today)}
    names = Names.stored([version], sides(version.agreement))
    context = _shown(version) | more | {
        "told": told(content, names), "form": form, "warnings": checks.warnings(version, today=today),
        "lacking": _lacking(lacking, titles(content, names)), "digest": digest(content),
    }  # fmt: skip
    return render(request, "members/agreement_send.html", context, status=status)


def _lacking(places: Mapping[str, list[str]], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """What is missing, each with the id of its field on the page of the draft."""
    found = []
    for place, words in places.items():
        parts = place.split(".")
        about = f"{names[int(parts[1])]}: " if parts[0] == "conditions" and len(parts) > 1 else ""
        found += [(anchor(place), about + one) for one in words]
    return found


@require_http_methods(GET_OR_POST)
def agreement_approve(request: HttpRequest, uuid: uuid.UUID, number: int) -> HttpResponse:
    """Exactly what is approved, with its fingerprint, which the approval carries."""
    whole = found_whole(request, uuid)
    one, shown = whole.agreement, version_of(whole, number)
    version = shown.row
    mine = [side.university for side in sides_to_approve(request.user, version)]
    if request.method == "POST" and not mine:
        return _approved_before(request, version)
    try:
        if version.status not in WAITING:
            raise actions.NotCurrent(
                _("This version no longer waits for approval. Read the agreement as it is now.")
            )
        _step(request, version, "approve", "approve_too")
        given = {"acting": mine, "initial": {"digest": version.digest}}
        form = ApproveForm(request.POST if request.method == "POST" else None, **given)
        if request.method == "POST" and form.is_valid() and _approve(request, version, form):
            return _done(request, one, _said_of_approval(version))
    except NotPossible as reason:
        return not_possible(request, one, reason)
    return _approve_page(request, whole, shown, form)


def _approve(request: HttpRequest, version: AgreementVersion, form: ApproveForm) -> bool:
    said = {name: form.cleaned_data[name] for name in ("digest", "signed_by", "signed_on")}
    try:
        actions.approve(version, by=request.user, university=form.university, **said)
    except actions.Refused as refusal:
        refused(form, refusal.places)
        return False
    return True


def _said_of_approval(version: AgreementVersion) -> str:
    version.refresh_from_db(fields=["status"])
    if version.status == VersionStatus.IN_FORCE:
        return _("You approved it. Both sides have: it is in force.")
    return _("You approved it. It comes into force when the other side approves it too.")


def _approved_before(request: HttpRequest, version: AgreementVersion) -> HttpResponse:
    """Somebody of the same university was quicker, or the form came twice. Others never approve."""
    mine = coordinated(request.user)
    rows = version.approvals.filter(side__university__in=mine).select_related(
        "side__university__organisation"
    )
    approval = rows.first()
    if approval is None:
        raise PermissionDenied
    when = moment_in_words(approval.at, approval.side.university.zone)
    words = _("Approved already by %(who)s, %(when)s.") % {"who": approval.by_name, "when": when}
    return _done(request, version.agreement, words)


def _approve_page(request: HttpRequest, whole: Known, shown: Version, form: ApproveForm) -> HttpResponse:
    former = whole.in_force
    context = _shown(shown.row) | {
        "told": shown.told, "form": form, "digest": shown.row.digest, "approvals": shown.approvals,
        "parts": compare(former.content, shown.content, whole.names) if former else None,
        "former": former.row if former else None,
    }  # fmt: skip
    return render(request, "members/agreement_approve.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
def agreement_return(request: HttpRequest, uuid: uuid.UUID, number: int) -> HttpResponse:
    """Back to who wrote it, with what would have to change."""
    one, version = _asked(request, uuid, number)
    if request.method == "POST" and version.status == VersionStatus.RETURNED:
        return _done(request, one, _("It was returned already."))
    form = CommentForm(request.POST if request.method == "POST" else None)
    try:
        _step(request, version, "return")
        if form.is_valid():
            actions.return_version(version, comment=form.cleaned_data["comment"], by=request.user)
            return _done(request, one, _("It was returned with your comment."))
    except NotPossible as reason:
        return not_possible(request, one, reason)
    return _page(request, "members/agreement_return.html", version, form)


@require_http_methods(GET_OR_POST)
def agreement_withdraw(request: HttpRequest, uuid: uuid.UUID, number: int) -> HttpResponse:
    """A draft given up, or what was sent taken back."""
    one, version = _asked(request, uuid, number)
    if request.method == "POST" and version.status == VersionStatus.WITHDRAWN:
        return _done(request, one, _("It was withdrawn already."))
    form = NoteForm(request.POST if request.method == "POST" else None)
    try:
        _step(request, version, "withdraw")
        if form.is_valid():
            actions.withdraw(version, note=form.cleaned_data["note"], by=request.user)
            return _done(request, one, _("It was withdrawn."))
    except NotPossible as reason:
        return not_possible(request, one, reason)
    return _page(request, "members/agreement_withdraw.html", version, form)


def _page(request: HttpRequest, template: str, version: AgreementVersion, form: Any) -> HttpResponse:
    context = _shown(version) | {"form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _shown(version: AgreementVersion) -> dict[str, Any]:
    return {"agreement": version.agreement, "version": version}


def _done(request: HttpRequest, one: Agreement, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(one)
