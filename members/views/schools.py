"""The schools of a group: listed, added, edited, made part of it and taken out of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground.workflow import NotPossible
from members import editing
from members.actions import OnRecord, universities
from members.actions import schools as actions
from members.forms.schools import AttachForm, SchoolEditor
from members.models import Organisation, University
from members.views import gone
from members.views.editing import kept

FORM = require_http_methods(["GET", "HEAD", "POST"])


def kept_group(request: HttpRequest, slug: str) -> University:
    """The group of this address, for those who keep it; to others, and of what is no group, there is no such page."""
    university = kept(request, slug)
    if not university.organisation.is_group:
        raise Http404
    return university


def kept_school(request: HttpRequest, slug: str, key: uuid.UUID) -> tuple[University, Organisation]:
    """The group and one of its schools."""
    university = kept_group(request, slug)
    return university, get_object_or_404(Organisation, parent=university.organisation_id, uuid=key)


@require_safe
def school_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The schools with their codes, each to be edited or taken out, and where to add one."""
    university = kept_group(request, slug)
    rows = Organisation.objects.filter(parent=university.organisation_id).defer("search")
    context = {
        "university": university, "schools": rows.prefetch_related("identifiers"), "detached": _detached(request),
    }  # fmt: skip
    return render(request, "members/edit_schools.html", context)


def _detached(request: HttpRequest) -> Organisation | None:
    """The school that was taken out a moment ago, while it belongs to no group."""
    key = _uuid(request.GET.get("detached", ""))
    return Organisation.objects.filter(uuid=key, parent=None).first() if key else None


def _uuid(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None


@FORM
def school_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new school of the group. One that is on record already is offered instead."""
    university = kept_group(request, slug)
    school = Organisation(
        uuid=_uuid(request.POST.get("token", "")) or uuid.uuid4(), country=university.organisation.country
    )
    editor = SchoolEditor(
        university, school, request.user, request.POST if request.method == "POST" else None
    )
    if request.method != "POST":
        return _form(request, editor)
    if not editor.is_valid():
        known, _by_name = actions.on_record(editor.told_of)
        return _form(request, editor, 422, **_offer(university, known))
    return _add(request, editor)


def _add(request: HttpRequest, editor: SchoolEditor) -> HttpResponse:
    university, comment = editor.university, editor.comment.cleaned_data["comment"]
    sure = "sure" in request.POST
    try:
        actions.add_school(
            university, editor.school, by=request.user, typed=editor.values, comment=comment, sure=sure
        )
    except OnRecord as found:
        by_name = actions.on_record(editor.told_of)[1]
        return _form(request, editor, 422, by_name=by_name, **_offer(university, found.organisation))
    except universities.Refused as refused:
        editor.refuse(str(refused))
        return _form(request, editor, 422)
    messages.success(request, _("The school was added."))
    return redirect("members:edit_schools", university.slug)


def _offer(university: University, known: Organisation | None) -> dict[str, Any]:
    """What to say of an organisation that is on record, and why it can't be made part of the group."""
    return {"known": known, "why_not": actions.why_not(university, known)} if known else {}


@FORM
def school_edit(request: HttpRequest, slug: str, uuid: uuid.UUID) -> HttpResponse:
    """A school. What somebody else saved meanwhile is shown beside what was typed; nothing is lost."""
    university = kept_group(request, slug)
    school = Organisation.objects.filter(parent=university.organisation_id, uuid=uuid).first()
    if request.method != "POST":
        if school is None:
            raise Http404
        return _form(request, SchoolEditor(university, school, request.user))
    if school is None:
        return _taken_out(request, university, uuid)
    editor = SchoolEditor(university, school, request.user, request.POST)
    if not editor.is_valid():
        return _form(request, editor, 422)
    return _save(request, editor)


def _taken_out(request: HttpRequest, university: University, key: uuid.UUID) -> HttpResponse:
    """A school that was taken out of the group while somebody typed: what was typed, to be saved with it put back."""
    school = Organisation.objects.filter(uuid=key).first()
    why_not = actions.why_not(university, school) if school else ""
    if school and not why_not and "put_back" in request.POST:
        return _put_back(request, university, school)
    typed_for = school or Organisation(uuid=key, country=university.organisation.country)
    editor = SchoolEditor(university, typed_for, request.user, request.POST)
    return gone.typed(
        request, editor, back=reverse("members:edit_schools", args=[university.slug]),
        again=request.path if school and not why_not else "", put_back=bool(school), why_not=why_not,
        seen=request.POST.get("seen", ""),
    )  # fmt: skip


def _put_back(request: HttpRequest, university: University, school: Organisation) -> HttpResponse:
    """The school is part of the group again, and what was typed into it is saved."""
    try:
        actions.attach_school(university, school, by=request.user)
    except universities.Refused as refused:
        messages.error(request, str(refused))
        return redirect("members:edit_schools", university.slug)
    school.refresh_from_db()
    editor = SchoolEditor(university, school, request.user, request.POST)
    return _save(request, editor) if editor.is_valid() else _form(request, editor, 422)


def _save(request: HttpRequest, editor: SchoolEditor) -> HttpResponse:
    university, school, comment = editor.university, editor.school, editor.comment.cleaned_data["comment"]
    try:
        names = actions.edit_school(
            university, school, by=request.user, typed=editor.values, seen=editor.seen, comment=comment
        )
    except editing.Clashing as clashing:
        again = SchoolEditor(university, school, request.user, None, clashing.values, clashing.marks, comment)
        return _form(request, again, 409, clashes=again.told(clashing.clashes))
    except (universities.Refused, NotPossible) as refused:
        editor.refuse(str(refused))
        return _form(request, editor, 409 if isinstance(refused, NotPossible) else 422)
    messages.success(request, _("The school was saved.") if names else _("Nothing was changed."))
    return redirect("members:edit_schools", university.slug)


def _form(request: HttpRequest, editor: SchoolEditor, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "university": editor.university, "record": editor.school, "editor": editor, "form": editor.form,
        "table": editor.tables["identifiers"], "comment": editor.comment,
    }  # fmt: skip
    return render(request, "members/edit_school.html", context | more, status=status)


@FORM
def school_attach(request: HttpRequest, slug: str) -> HttpResponse:
    """Make an organisation that is on record part of the group."""
    university = kept_group(request, slug)
    form = AttachForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        school = Organisation.objects.get(pk=form.cleaned_data["organisation"])
        try:
            actions.attach_school(university, school, by=request.user, comment=form.cleaned_data["comment"])
        except universities.Refused as refused:
            form.add_error("organisation", str(refused))
        else:
            messages.success(request, _("The school is part of the group."))
            return redirect("members:edit_schools", university.slug)
    status = 422 if form.errors else 200
    return render(
        request, "members/edit_school_attach.html", {"university": university, "form": form}, status=status
    )


@FORM
def school_detach(request: HttpRequest, slug: str, uuid: uuid.UUID) -> HttpResponse:
    """Says what follows, then takes a school out of the group; the organisation stays on record."""
    university = kept_group(request, slug)
    school = Organisation.objects.filter(parent=university.organisation_id, uuid=uuid).first()
    if school is None:
        if request.method == "POST":
            return gone.removed(request, reverse("members:edit_schools", args=[slug]))
        raise Http404
    if request.method == "POST":
        actions.detach_school(university, school, by=request.user)
        messages.success(request, _("The school was taken out of the group."))
        answer = redirect("members:edit_schools", university.slug)
        answer["Location"] += f"?detached={school.uuid}"
        return answer
    return render(request, "members/edit_school_detach.html", {"university": university, "record": school})
