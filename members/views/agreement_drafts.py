"""An agreement begun, and its draft written: kept whatever is still missing, never over somebody else's words."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from ground import clock
from ground.workflow import NotPossible
from members.actions import agreements as actions
from members.agreements import checks
from members.agreements.content import VersionContent, read, said
from members.agreements.difference import compare
from members.directory import by_name
from members.forms.agreement_editor import Editor
from members.forms.agreements import NewAgreementForm
from members.models import AgreementVersion, University
from members.register.overlaps import overlapping
from members.views.agreement_finding import (
    acting,
    for_keepers,
    found_version,
    moment,
    not_possible,
    refused,
    sides,
)
from members.workflow import VersionStatus

STEPS = ("add", "copy", "remove", "field", "language")


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def agreement_new(request: HttpRequest) -> HttpResponse:
    """With whom, and for which years; then the draft is written."""
    today = clock.today(settings.TIME_ZONE)
    universities = by_name(University.objects.members_on(today).for_list())
    given = {"acting": acting(request.user, universities), "partners": universities, "today": today}
    form = NewAgreementForm(_sent(request), **given, initial={"partner": _asked_for(request, universities)})
    if request.method == "POST" and form.is_valid():
        try:
            version = _begin(request.user, form)
        except actions.Refused as refusal:
            refused(form, refusal.places)
        else:
            return redirect("members:agreement_edit", version.agreement.uuid, version.number)
    status = 422 if form.is_bound else 200
    return render(request, "members/agreement_new.html", {"form": form}, status=status)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _asked_for(request: HttpRequest, universities: list[University]) -> int | None:
    """The partner that the address names, so that pages of universities can lead here."""
    return next((row.pk for row in universities if row.slug == request.GET.get("partner")), None)


@transaction.atomic
def _begin(user: Any, form: NewAgreementForm) -> AgreementVersion:
    """The first draft; sent twice, the form finds the one that it made before and that is still empty."""
    User.objects.select_for_update().get(pk=user.pk)
    said = {name: form.cleaned_data[name] for name in ("partner", "first_year", "last_year")}
    before = AgreementVersion.objects.filter(
        created_by=user, status=VersionStatus.DRAFT, number=1, author_side=form.university, conditions=None,
        agreement__sides__university=said["partner"], first_year=said["first_year"], last_year=said["last_year"],
    )  # fmt: skip
    if version := before.select_related("agreement").first():
        return version
    if form.university is None:
        raise PermissionDenied
    return actions.propose(university=form.university, by=user, **said).versions.get()


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_edit(request: HttpRequest, uuid: uuid.UUID, number: int) -> HttpResponse:
    """The draft as a form. What the form carries is kept at every step; sending it saves it."""
    version = found_version(request, uuid, number)
    if not request.user.has_perm("members.write_agreement", version):
        raise PermissionDenied
    if version.status != VersionStatus.DRAFT:
        return not_possible(
            request,
            version.agreement,
            NotPossible(_("What was sent never changes. Propose a change instead.")),
            asked=number,
        )
    if "missing" in request.GET and request.method != "POST":
        places = checks.lacking(version, said(version), today=clock.today(version.author_side.zone))
        editor = Editor.with_gaps(version, said(version), places)
        return _form(request, editor, seen=version.changed_at.isoformat())
    if request.method != "POST":
        return _form(request, Editor(version, said(version)), seen=version.changed_at.isoformat())
    step, seen = request.POST.get("step", ""), request.POST.get("seen", "")
    if step.partition("-")[0] in STEPS or step == "look":
        return _form(request, Editor(version, said(version), typed_in=request.POST, step=step), seen=seen)
    editor = Editor(version, said(version), sent=request.POST)
    if not editor.is_valid():
        return _form(request, editor, seen=seen, status=422)
    return _save(request, editor, step, seen)


def _save(request: HttpRequest, editor: Editor, step: str, seen: str) -> HttpResponse:
    content = editor.cleaned()
    known = None if step == "over" else moment(seen)
    if step == "over" and moment(seen) != editor.version.changed_at:
        return _conflict(request, editor, content)  # saved once more, while the two were compared
    try:
        version = actions.write(editor.version, content, by=request.user, seen=known)
    except actions.Refused as refusal:
        editor.refuse(refusal.places)
        return _form(request, editor, seen=seen, status=422)
    except actions.Stale:
        return _conflict(request, editor, content)
    except NotPossible as reason:
        return not_possible(request, editor.version.agreement, reason, asked=editor.version.number)
    for words in editor.left_out:
        messages.warning(request, words)
    if step == "send":
        return redirect("members:agreement_send", version.agreement.uuid, version.number)
    messages.success(request, _("The draft was saved."))
    return redirect("members:agreement_edit", version.agreement.uuid, version.number)


def _conflict(request: HttpRequest, editor: Editor, content: VersionContent) -> HttpResponse:
    """409: both, side by side; what was typed travels on and is saved only when the person says so."""
    version = AgreementVersion.objects.select_related("agreement").get(pk=editor.version.pk)
    carried = [(name, value) for name, values in editor.data.lists() for value in values]
    context = {
        "agreement": version.agreement,
        "version": version,
        "parts": compare(read(version), content),
        "carried": carried,
        "seen": version.changed_at.isoformat(),
    }
    return render(request, "members/agreement_conflict.html", context, status=409)


def _form(request: HttpRequest, editor: Editor, *, seen: str, status: int = 200) -> HttpResponse:
    wrong = next((form for form in _forms(editor) if form.is_bound and form.errors), None)
    context = {
        "agreement": editor.version.agreement,
        "version": editor.version,
        "editor": editor,
        "form": wrong,
        "seen": seen,
        "unsaved": request.method == "POST",
        "overlaps": overlapping(editor.version, sides(editor.version.agreement), request.user, editor.years),
    }
    return render(request, "members/agreement_edit.html", context, status=status)


def _forms(editor: Editor) -> list[Any]:
    parts = [form for part in editor.conditions for form in part.forms]
    return [editor.terms, *editor.side_forms, *parts]
