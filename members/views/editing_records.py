"""Editing one unit, contact or centre."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ground.workflow import NotPossible
from members import editing
from members.actions import universities as actions
from members.appointments import held_by
from members.forms.university_records import RecordEditor
from members.models import Centre, Contact, Organisation, University
from members.rules import is_administrator, is_office
from members.views import gone
from members.views.editing import kept

FORM = require_http_methods(["GET", "HEAD", "POST"])
# What stands on the page of a record, by its kind.
TEMPLATES = {kind: f"members/edit_{kind}.html" for kind in editing.RECORDS}


@FORM
def record_new(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A new unit or contact of a university."""
    university = kept(request, slug)
    found = editing.RECORDS[kind]
    record = found.model(university=university, uuid=_token(request))
    return _edit(request, found, record, reverse(f"members:edit_{kind}s", args=[slug]), university=university)


@FORM
def record_edit(request: HttpRequest, slug: str, kind: str, uuid: uuid.UUID) -> HttpResponse:
    """A unit or contact of a university."""
    university, record = _record(request, slug, kind, uuid)
    back = reverse(f"members:edit_{kind}s", args=[slug])
    if record is None:
        return _removed_meanwhile(request, university, editing.RECORDS[kind], back)
    return _edit(request, editing.RECORDS[kind], record, back, university=university)


def _removed_meanwhile(
    request: HttpRequest, university: University, kind: editing.Kind, back: str
) -> HttpResponse:
    """What was typed into a record that somebody removed meanwhile, to be added as a new one."""
    editor = RecordEditor(kind, kind.model(university=university), request.POST)
    again = reverse(f"members:edit_{kind.name}_new", args=[university.slug])
    return gone.typed(request, editor, back=back, again=again)


@FORM
def record_remove(request: HttpRequest, slug: str, kind: str, uuid: uuid.UUID) -> HttpResponse:
    """Asks once, then removes a unit or contact that nothing refers to."""
    university, record = _record(request, slug, kind, uuid)
    back = reverse(f"members:edit_{kind}s", args=[slug])
    if record is None:
        return gone.removed(request, back)
    return _remove(request, editing.RECORDS[kind], record, back, university=university)


def _record(request: HttpRequest, slug: str, kind: str, key: uuid.UUID) -> tuple[University, Any]:
    """The university and its unit or contact; None for one that is gone, when something is sent to it."""
    university = kept(request, slug)
    rows = editing.RECORDS[kind].model._default_manager.filter(university=university)
    if kind == "contact":
        rows = Contact.objects.visible_to(request.user).filter(university=university)
    record = rows.filter(uuid=key).first()
    if record is None and request.method != "POST":
        raise Http404
    return university, record


@FORM
def centre_new(request: HttpRequest) -> HttpResponse:
    """A new centre of a host that the person keeps; for the office, of any organisation."""
    hosts = _hosts(request)
    if hosts == []:
        raise Http404
    record = Centre(uuid=_token(request), host=_first_host(request, hosts))
    return _edit(request, editing.CENTRE, record, reverse("members:list"), hosts=hosts)


@FORM
def centre_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """A centre, with its host, network and texts."""
    centre, hosts = _centre(request, slug)
    return _edit(request, editing.CENTRE, centre, centre.get_absolute_url(), hosts=hosts)


@FORM
def centre_remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks once, then removes a centre of which nothing is told."""
    centre, _hosts = _centre(request, slug)
    return _remove(request, editing.CENTRE, centre, reverse("members:list"))


def _centre(request: HttpRequest, slug: str) -> tuple[Centre, list[Organisation] | None]:
    """The centre and the hosts to choose from, for those who keep the host; to others there is no such page."""
    rows = Centre.objects.visible_to(request.user).for_list()
    hosts = _hosts(request)
    if hosts is not None:
        rows = rows.filter(host__in=hosts)
    return get_object_or_404(rows, slug=slug), hosts


def kept_centre(request: HttpRequest, slug: str) -> Centre:
    """The centre, for those who keep its host; to others there is no such page."""
    return _centre(request, slug)[0]


def _hosts(request: HttpRequest) -> list[Organisation] | None:
    """The organisations among which the person chooses the host; None for those who name any."""
    if is_office(request.user) or is_administrator(request.user):
        return None
    mine = University.objects.kept_by(held_by(request.user))
    return list(Organisation.objects.filter(university__in=mine))


def _first_host(request: HttpRequest, hosts: list[Organisation] | None) -> Organisation | None:
    """The university from whose page the person comes, if it is one of the hosts; else the first of them."""
    named = request.GET.get("host", "")[:60].replace("\x00", "")
    asked = Organisation.objects.filter(university__slug=named).first()
    if hosts is None or asked in hosts:
        return asked
    return hosts[0]


def _token(request: HttpRequest) -> uuid.UUID:
    """The identifier of the record that this form makes: of the form that was sent, or a new one."""
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid.uuid4()


def _edit(
    request: HttpRequest, kind: editing.Kind, record: Any, back: str, hosts: Any = (), **shown: Any
) -> HttpResponse:
    more = {"hosts": hosts} if kind is editing.CENTRE else {}
    editor = RecordEditor(kind, record, request.POST if request.method == "POST" else None, **more)
    shown |= {"back": back, "record": record}
    if request.method != "POST":
        return _form(request, editor, shown)
    if not editor.is_valid():
        return _form(request, editor, shown, status=422)
    return _save(request, editor, back, shown, more)


def _save(
    request: HttpRequest, editor: RecordEditor, back: str, shown: dict[str, Any], more: dict[str, Any]
) -> HttpResponse:
    kind, record, comment = editor.kind, editor.record, editor.comment.cleaned_data["comment"]
    typed, words = editor.values, kind.saved if record.pk else kind.added
    if kind is editing.CENTRE and not record.pk:
        record.host = Organisation.objects.get(pk=typed["host"])
    try:
        actions.save_record(kind, record, by=request.user, typed=typed, seen=editor.seen, comment=comment)
    except editing.Clashing as clashing:
        again = RecordEditor(kind, record, None, clashing.values, clashing.marks, comment, **more)
        return _form(request, again, shown | {"clashes": again.told(clashing.clashes)}, status=409)
    except (actions.Refused, ValidationError) as refused:
        editor.refuse(refused)
        return _form(request, editor, shown, status=422)
    messages.success(request, str(words))
    return redirect(Centre.objects.get(uuid=record.uuid) if kind is editing.CENTRE else back)


def _form(
    request: HttpRequest, editor: RecordEditor, shown: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"editor": editor, "form": editor.form, "comment": editor.comment} | shown
    return render(request, TEMPLATES[editor.kind.name], context, status=status)


def _remove(request: HttpRequest, kind: editing.Kind, record: Any, back: str, **shown: Any) -> HttpResponse:
    refusal, status = "", 200
    if request.method == "POST":
        try:
            actions.remove_record(kind, record, by=request.user)
        except NotPossible as refused:
            refusal, status = str(refused), 409
        else:
            messages.success(request, str(kind.removed))
            return redirect(back)
    context = {"record": record, "back": back, "kind": kind, "refusal": refusal, **shown}
    return render(request, "members/edit_remove.html", context, status=status)
