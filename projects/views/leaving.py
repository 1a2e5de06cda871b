"""Leaving the form without saving: nothing typed is lost, and no draft is left behind unsaid."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from projects import actions
from projects.forms import Editor, content_of, marks_of, was_changed
from projects.models import FormDraft
from projects.views import drafts, pages


def leave(request: HttpRequest, editor: Editor) -> HttpResponse:
    """The page behind "Cancel"; who has typed nothing that is not stored goes at once.

    `editor` is the form as it is stored. What was typed is a draft by the time the page asks whether to keep it.
    """
    project = editor.project
    if not was_changed(request.POST, editor):
        actions.discard_draft(project, by=request.user, known=marks_of(request.POST))
        return redirect(pages.way_out(project))
    context = {
        "project": project,
        "kept": drafts.keep_refused(request, project),
        "other": FormDraft.objects.visible_to(request.user).filter(project=project).first(),
        "content": [*content_of(request.POST), ("draft_seen", request.POST.get("draft_seen", ""))],
        "addresses": pages.addresses(editor),
        "way_out": pages.way_out(project),
    }
    return render(request, "projects/leave.html", context)
