"""The page of the form, as every view shows it that has to do with the form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.forms import Editor, keeper_for, marks_of
from projects.models import FormDraft, Project


def form_page(
    request: HttpRequest, editor: Editor, *, status: int = 200, continued: FormDraft | None = None
) -> HttpResponse:
    """The form with all its rows, and a notice when there is a draft that it does not continue."""
    project = editor.project
    own, seen = marks_of(request.POST)
    if continued is not None:
        seen = continued.mark
    draft = FormDraft.objects.visible_to(request.user).filter(project=project).defer("user").first()
    context: dict[str, Any] = {
        "editor": editor,
        "form": editor.form,
        **editor.sets,
        "project": project,
        "form_id": own,
        "draft_seen": seen,
        "draft": draft if draft and draft.mark not in (own, seen) else None,
        "unsaved": request.method == "POST",
        "keeper": keeper_for(request.user, project),
        "addresses": addresses(editor),
        "words": {name: str(words) for name, words in _WORDS.items()},
    }
    return render(request, "projects/edit.html", context, status=status)


def addresses(editor: Editor) -> dict[str, str]:
    """Where the form is sent: to be saved, shown, kept as a draft."""
    if editor.project is None:
        return {name: reverse(f"projects:{url}") for name, url in _NEW.items()}
    return {name: reverse(f"projects:{url}", args=[editor.project_key]) for name, url in _THERE.items()}


def way_out(project: Project | None) -> str:
    """Where one is after the form is left."""
    return project.get_absolute_url() if project else reverse("projects:list")


# What the script of the page says.
_WORDS = {
    "removed": _("Removed."),
    "undo": _("Undo"),
    "toolbar": _("Formatting"),
    "bold": _("Bold"),
    "italic": _("Italic"),
    "link": _("Link"),
    "list": _("List"),
    "look": _("Show how it looks"),
    "empty": _("There is nothing to show yet."),
    "sample": _("text"),
    "item": _("item"),
    "offline": _("Not saved: no connection. What you typed is still on this page."),
    "waits": _(
        "There is an earlier draft. Continue with it, discard it or replace it, at the top of this page."
    ),
}
_THERE = {"save": "edit", "draft": "draft", "preview": "preview"}
_NEW = {"save": "create", "draft": "draft_new", "preview": "preview_new"}


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which says the answer in a line, rather than a browser, which shows a page."""
    return request.headers.get("Accept", "").startswith("application/json")
