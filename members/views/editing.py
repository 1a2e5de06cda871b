"""Editing a university, part by part."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members import editing, sheet
from members.actions import universities as actions
from members.appointments import held_by
from members.forms.university import PartEditor
from members.models import Centre, Contact, OrganisationalUnit, University


def kept(request: HttpRequest, slug: str) -> University:
    """The university of this address, for those who keep it; to others there is no such page."""
    rows = University.objects.kept_by(held_by(request.user)).select_related("organisation")
    return get_object_or_404(rows, slug=slug)


@require_safe
def university_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What of the university can be edited, each on a page of its own."""
    university = kept(request, slug)
    parts = [part for name in editing.PARTS if (part := editing.part_for(name, request.user, university))]
    return render(request, "members/edit.html", {"university": university, "parts": parts})


@require_http_methods(["GET", "HEAD", "POST"])
def university_edit_part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """One part. What somebody else saved meanwhile is shown beside what was typed; nothing is lost."""
    university = kept(request, slug)
    found = editing.part_for(part, request.user, university)
    if found is None:
        raise Http404
    editor = PartEditor(found, university, request.user, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _shown(request, editor)
    if "find" in request.POST:
        return _shown(request, editor.looking())
    if not editor.is_valid():
        return _shown(request, editor, status=422)
    return _save(request, editor)


def _save(request: HttpRequest, editor: PartEditor) -> HttpResponse:
    university = editor.university
    comment = editor.comment.cleaned_data["comment"]
    try:
        names = actions.edit_university(
            university, editor.part, by=request.user, typed=editor.values, seen=editor.seen, comment=comment
        )
    except editing.Clashing as clashing:
        again = PartEditor(
            editor.part, university, request.user, None, clashing.values, clashing.marks, comment
        )
        return _shown(request, again, status=409, clashes=again.told(clashing.clashes))
    except actions.Refused as refused:
        editor.refuse(str(refused))
        return _shown(request, editor, status=422)
    messages.success(request, _("Saved.") if names else _("Nothing was changed."))
    return redirect("members:edit", university.slug)


def _shown(request: HttpRequest, editor: PartEditor, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "university": editor.university, "part": editor.part, "editor": editor, "form": editor.form,
        "tables": list(editor.tables.values()), "table": next(iter(editor.tables.values()), None),
        "comment": editor.comment,
    }  # fmt: skip
    return render(request, "members/edit_part.html", context | more, status=status)


@require_safe
def university_units(request: HttpRequest, slug: str) -> HttpResponse:
    """The units as a tree, each to be edited, and where to add one."""
    university = kept(request, slug)
    units = sheet.tree(list(OrganisationalUnit.objects.filter(university=university)))
    return render(request, "members/edit_units.html", {"university": university, "units": units})


@require_safe
def university_contacts(request: HttpRequest, slug: str) -> HttpResponse:
    """The contacts, public and internal ones, each to be edited, and where to add one."""
    university = kept(request, slug)
    rows = Contact.objects.visible_to(request.user).filter(university=university).select_related("unit")
    return render(request, "members/edit_contacts.html", {"university": university, "contacts": rows})


@require_safe
def university_centres(request: HttpRequest, slug: str) -> HttpResponse:
    """The centres that the university hosts, each to be edited, and where to add one."""
    university = kept(request, slug)
    rows = Centre.objects.visible_to(request.user).for_list().filter(host=university.organisation)
    return render(request, "members/edit_centres.html", {"university": university, "centres": rows})
