"""The alliance's own figures and its networks of sister centres, edited by the office."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground.workflow import NotPossible
from members import editing, past
from members.actions import alliance as actions
from members.actions.universities import Refused
from members.forms.alliance import AllianceEditor, NetworkEditor
from members.models import CentreNetwork
from members.views import gone


@require_http_methods(["GET", "HEAD", "POST"])
def alliance_figures(request: HttpRequest) -> HttpResponse:
    """All figures of the alliance with their precision and year; to others than the office there is no such page."""
    _demand(request)
    editor = AllianceEditor(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _shown(request, editor)
    if not editor.is_valid():
        return _shown(request, editor, 422)
    comment = editor.comment.cleaned_data["comment"]
    try:
        saved = actions.edit_figures(by=request.user, typed=editor.values, seen=editor.seen, comment=comment)
    except editing.Clashing as clashing:
        again = AllianceEditor(None, clashing.values, clashing.marks, comment)
        return _shown(request, again, 409, clashes=again.told(clashing.clashes))
    except Refused as refused:
        editor.refuse(str(refused))
        return _shown(request, editor, 422)
    messages.success(request, _("Saved.") if saved else _("Nothing was changed."))
    return redirect("members:list")


@require_http_methods(["GET", "HEAD", "POST"])
def network_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A network of sister centres, a new one without `pk`; to others than the office there is no such page."""
    _demand(request)
    record = CentreNetwork() if pk is None else CentreNetwork.objects.filter(pk=pk).first()
    if request.method != "POST":
        return _network(request, NetworkEditor(_found(record)))
    if record is None:
        return gone.typed(
            request, NetworkEditor(CentreNetwork(), request.POST), back=reverse("members:edit_alliance"),
            again=reverse("members:edit_network_new"),
        )  # fmt: skip
    editor = NetworkEditor(record, request.POST)
    if not editor.is_valid():
        return _network(request, editor, 422)
    return _save(request, editor)


def _save(request: HttpRequest, editor: NetworkEditor) -> HttpResponse:
    record, comment = editor.record, editor.comment.cleaned_data["comment"]
    try:
        saved = actions.save_network(
            record, by=request.user, typed=editor.values, seen=editor.seen, comment=comment
        )
    except editing.Clashing as clashing:
        again = NetworkEditor(record, None, clashing.values, clashing.marks, comment)
        return _network(request, again, 409, clashes=again.told(clashing.clashes))
    messages.success(request, _("The network was saved.") if saved else _("Nothing was changed."))
    return redirect("members:edit_alliance")


@require_http_methods(["GET", "HEAD", "POST"])
def network_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once, then removes a network in which no centre is."""
    _demand(request)
    record, back = CentreNetwork.objects.filter(pk=pk).first(), reverse("members:edit_alliance")
    if record is None and request.method == "POST":
        return gone.removed(request, back)
    context: dict[str, Any] = {"record": _found(record), "back": reverse("members:edit_network", args=[pk])}
    if request.method != "POST":
        return render(request, "members/edit_remove.html", context)
    try:
        actions.remove_network(_found(record), by=request.user)
    except NotPossible as refused:
        return render(request, "members/edit_remove.html", context | {"refusal": str(refused)}, status=409)
    messages.success(request, _("The network was removed."))
    return redirect(back)


@require_safe
def alliance_history(request: HttpRequest) -> HttpResponse:
    """Who changed which figure of the alliance, when and why."""
    _demand(request)
    return _history(request, _("The alliance in figures"), past.changes_of_the_alliance())


@require_safe
def network_history(request: HttpRequest, pk: int) -> HttpResponse:
    """The saves of one network of centres."""
    _demand(request)
    record = get_object_or_404(CentreNetwork, pk=pk)
    return _history(request, str(record), past.changes(record), record=record)


def _history(request: HttpRequest, name: str, changes: list[past.Change], **more: Any) -> HttpResponse:
    context = {"name": name, "changes": changes, "most": past.MOST, "zone": settings.TIME_ZONE, **more}
    return render(request, "members/alliance_history.html", context)


def _found(record: CentreNetwork | None) -> CentreNetwork:
    if record is None:
        raise Http404
    return record


def _demand(request: HttpRequest) -> None:
    if not request.user.has_perm("members.edit_alliance"):
        raise Http404


def _network(request: HttpRequest, editor: NetworkEditor, status: int = 200, **more: Any) -> HttpResponse:
    context = {"editor": editor, "record": editor.record, "form": editor.form, "comment": editor.comment}
    return render(request, "members/edit_network.html", context | more, status=status)


def _shown(request: HttpRequest, editor: AllianceEditor, status: int = 200, **more: Any) -> HttpResponse:
    networks = CentreNetwork.objects.order_by("name_en")
    context = {
        "editor": editor, "table": editor.tables["figures"], "comment": editor.comment, "networks": networks,
    }  # fmt: skip
    return render(request, "members/edit_alliance.html", context | more, status=status)
