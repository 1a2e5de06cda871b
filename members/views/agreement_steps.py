"""The steps of a version: sent, approved, returned, withdrawn. Each is confirmed on a page that shows what follows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ground import clock
from ground.templatetags.ground_tags import moment as moment_in_words
from ground.workflow import NotPossible
from members.actions import agreements as actions
from members.actions.agreement_rows import people_to_confirm
from members.agreements import checks
from members.agreements.content import digest, said
from members.agreements.difference import compare
from members.forms.agreement_editor import anchor
from members.forms.agreements import ApproveForm, CommentForm, NoteForm, SendForm
from members.models import Agreement, AgreementVersion, University
from members.models.agreement import WAITING
from members.register.known import Known, Version
from members.register.overlaps import overlapping
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
_SINCE: Mapping[str, Promise] = {
    VersionStatus.RETURNED: gettext_lazy("What changes against version %(number)s, which was returned"),
    VersionStatus.WITHDRAWN: gettext_lazy("What changes against version %(number)s, which was withdrawn"),
    VersionStatus.IN_FORCE: gettext_lazy("What changes against version %(number)s, which is in force"),
}  # fmt: skip
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
    whole = found_whole(request, uuid)
    version = version_of(whole, number).row
    try:
        if request.method == "POST" and version.sent_at is not None:
            return _sent_before(request, version)
        _step(request, version, "send")
        form = _send_form(request, version)
        if request.method == "POST" and form.is_valid():
            return _send(request, whole, version, form)
    except NotPossible as reason:
        return not_possible(request, whole.agreement, reason, asked=number)
    return _send_page(request, whole, number, form, status=422 if form.is_bound else 200)


def _send_form(request: HttpRequest, version: AgreementVersion, *, again: bool = False) -> SendForm:
    data = request.POST if request.method == "POST" and not again else None
    shown = {"seen": version.changed_at.isoformat(), "digest": digest(said(version))}
    form = SendForm(data, initial=shown)
    if version.author_side_id not in coordinated(request.user):
        del form.fields["approve"]  # an approval is a university's own word
    return form


def _send(request: HttpRequest, whole: Known, version: AgreementVersion, form: SendForm) -> HttpResponse:
    typed = form.cleaned_data
    try:
        actions.send(
            version, by=request.user, seen=moment(typed["seen"]), approve=typed.get("approve", False)
        )
    except actions.Incomplete:
        return _send_page(request, whole, version.number, form, status=422)
    except actions.Stale:
        fresh = found_whole(request, whole.agreement.uuid)
        row = version_of(fresh, version.number).row
        again = _send_form(request, row, again=True)
        changed = {"shown": moment(typed["seen"]), "now": row.changed_at}
        return _send_page(request, fresh, version.number, again, status=409, changed=changed)
    except NotPossible as reason:
        return _sent_before(request, version, reason)
    return _done(request, version.agreement, _("It was sent to the partner."))


def _sent_before(request: Any, version: AgreementVersion, reason: NotPossible | None = None) -> HttpResponse:
    """A colleague was quicker, or the form came twice: told how it stands now. Raises NotCurrent where something else
    was sent than what the person had read, and `reason` where nothing was sent."""
    version.refresh_from_db(fields=["status", "sent_at", "digest"])
    if version.sent_at is None:
        raise reason or NotPossible(_("It was not sent."))
    shown = request.POST.get("digest", "")
    if shown and shown != version.digest:
        words = _(
            "The draft was saved again after you had read it, and sent as it was then. Read what was sent."
        )
        raise actions.NotCurrent(words)
    told = {
        "when": moment_in_words(version.sent_at, request.user.zone),
        "state": VersionStatus(version.status).label.lower(),
    }
    return _done(
        request, version.agreement, _("It was sent already: %(when)s. How it stands now: %(state)s.") % told
    )


def _send_page(
    request: HttpRequest, whole: Known, number: int, form: SendForm, *, status: int, **more: Any
) -> HttpResponse:
    shown = version_of(whole, number)
    version, content, names = shown.row, shown.content, whole.names
    today = clock.today(version.author_side.zone)
    lacking = checks.lacking(version, content, today=today)
    context = _shown(version) | more | {
        "told": told(content, names), "form": form, "warnings": checks.warnings(version, today=today),
        "lacking": _lacking(lacking, titles(content, names), sides(version.agreement)),
        "overlaps": overlapping(version, sides(version.agreement), request.user), "against": _against(whole, shown),
    }  # fmt: skip
    return render(request, "members/agreement_send.html", context, status=status)


def _lacking(
    places: Mapping[str, list[str]], names: Mapping[int, str], universities: Sequence[University]
) -> list[tuple[str, str]]:
    """What is missing, each with the id of its field on the page of the draft."""
    found = []
    for place, words in places.items():
        match place.split("."):
            case ["conditions", number, *_rest]:
                about = f"{names[int(number)]}: "
            case ["sides", number, *_rest]:
                about = f"{universities[int(number) - 1]}: "
            case _:
                about = ""
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
        _still_current(request, version)
        _step(request, version, "approve", "approve_too")
        form = _approve_form(request, shown, mine)
        if request.method == "POST" and form.is_valid() and _approve(request, version, form):
            return _done(request, one, _said_of_approval(version))
    except NotPossible as reason:
        return not_possible(request, one, reason, asked=number)
    return _approve_page(request, whole, shown, form)


def _still_current(request: HttpRequest, version: AgreementVersion) -> None:
    """Raise NotCurrent where the version waits no more, or the form shows another fingerprint: before its fields."""
    if version.status not in WAITING:
        raise actions.NotCurrent(
            _("This version no longer waits for approval. Read the agreement as it is now.")
        )
    if request.method == "POST" and request.POST.get("digest") != version.digest:
        raise actions.NotCurrent(_("This version has changed or was replaced. Read it as it is now."))


def _approve_form(request: HttpRequest, shown: Version, mine: list[University]) -> ApproveForm:
    """The form with the people of the side that approves, where it is clear which one that is."""
    initial: dict[str, Any] = {"digest": shown.row.digest}
    if request.method == "POST":
        return ApproveForm(request.POST, acting=mine, initial=initial)
    if len(mine) == 1:
        side = next(one for one in shown.settled.sides if one.university == mine[0].uuid)
        initial |= people_to_confirm(side, mine[0].pk)
    return ApproveForm(acting=mine, initial=initial)


def _approve(request: HttpRequest, version: AgreementVersion, form: ApproveForm) -> bool:
    try:
        actions.approve(version, by=request.user, university=form.university, **form.said)
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
    approval = version.approvals.filter(side__university__in=mine).first()
    if approval is None:
        raise PermissionDenied
    when = moment_in_words(approval.at, request.user.zone)
    words = _("Approved already by %(who)s, %(when)s.") % {"who": approval.by_name, "when": when}
    return _done(request, version.agreement, words)


def _approve_page(request: HttpRequest, whole: Known, shown: Version, form: ApproveForm) -> HttpResponse:
    context = _shown(shown.row) | {
        "told": shown.told, "form": form, "digest": shown.row.digest, "approvals": shown.approvals,
        "own": form.acting[0] if len(form.acting) == 1 else None, "against": _against(whole, shown),
    }  # fmt: skip
    return render(request, "members/agreement_approve.html", context, status=422 if form.is_bound else 200)


def _against(whole: Known, shown: Version) -> list[dict[str, Any]]:
    """What changes since the person read this proposal before, and against what is in force."""
    formers = [former for former in (whole.closed_before(shown), whole.in_force) if former]
    return [
        {
            "title": _SINCE[former.row.status] % {"number": former.row.number},
            "note": former.row.closing_note,
            "parts": compare(former.settled, shown.settled, whole.names),
        }
        for former in formers
    ]


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
        if _is_now(request, version, VersionStatus.RETURNED):
            return _done(request, one, _("It was returned already."))
        return not_possible(request, one, reason, asked=number)
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
        if _is_now(request, version, VersionStatus.WITHDRAWN):
            return _done(request, one, _("It was withdrawn already."))
        return not_possible(request, one, reason, asked=number)
    return _page(request, "members/agreement_withdraw.html", version, form)


def _is_now(request: HttpRequest, version: AgreementVersion, status: VersionStatus) -> bool:
    """Whether somebody took the same step a moment before."""
    version.refresh_from_db(fields=["status"])
    return request.method == "POST" and version.status == status


def _page(request: HttpRequest, template: str, version: AgreementVersion, form: Any) -> HttpResponse:
    context = _shown(version) | {"form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _shown(version: AgreementVersion) -> dict[str, Any]:
    return {"agreement": version.agreement, "version": version}


def _done(request: HttpRequest, one: Agreement, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(one)
