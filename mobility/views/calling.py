"""A call written by its coordinators: begun, edited, looked at as an applicant, published, copied, archived."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.models import Event
from ground import clock
from ground.workflow import NotPossible
from members.appointments import held_by
from members.models import Role, University
from mobility import actions, gathered, parts, progress
from mobility.editing import clash
from mobility.editing.content import read
from mobility.editing.editor import Editor
from mobility.editing.form import NewCallForm
from mobility.editing.ready import missing
from mobility.editing.typed import sent_again
from mobility.models import Call, CallDraft
from mobility.views import call_drafts
from mobility.views.answering import not_possible
from mobility.views.calls import call_facts
from mobility.views.drafts import clock_time
from mobility.workflow import CALL, CALL_KIND
from mobility.writing import desk
from mobility.writing.typed import number

_STEPS = ("add", "remove", "take", "choose")


def _found(request: HttpRequest, slug: str) -> Call:
    desk.arrive(request.user)
    return call_drafts.found(request.user, slug)


def _universities(user: Any) -> Any:
    held = held_by(user)
    rows = University.objects.for_list()
    return rows if held.administrator else rows.filter(pk__in=held.universities(Role.MOBILITY_COORDINATOR))


@require_http_methods(["GET", "HEAD", "POST"])
def call_new(request: HttpRequest) -> HttpResponse:
    """Title, kind and year; then the draft is written. Sent twice, the form finds the empty draft that it made."""
    universities = _universities(request.user)
    first = universities.first()
    if first is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    today = clock.today(first.zone)
    form = NewCallForm(sent, universities=universities, today=today)
    if sent is not None and form.is_valid():
        given = form.cleaned_data
        same = Call.objects.filter(publication="draft", version=1, last_number=0, **given).first()
        call = same or actions.create_call(by=request.user, **given)
        return redirect("mobility:call_edit", call.slug)
    return render(request, "mobility/call_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def call_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The call as a form. What the form carries is kept at every step; sending it saves it."""
    call = _found(request, slug)
    if request.method != "POST":
        return _again(request, call)
    saved, step = request.POST.getlist("theirs"), request.POST.get("step", "")
    if step.partition("-")[0] in _STEPS:
        editor = Editor(call, by=request.user, retyped=request.POST, step=step, saved=saved)
        return _unsaved(request, editor)
    editor = Editor(call, by=request.user, sent=request.POST, saved=saved)
    return _save(request, editor, step) if editor.is_valid() else _unsaved(request, editor, status=422)


def _again(request: HttpRequest, call: Call) -> HttpResponse:
    """The call as it is stored, or as it was typed and not saved."""
    draft = CallDraft.objects.visible_to(request.user).filter(call=call).first()
    if draft is None:
        return _form(request, Editor(call, by=request.user))
    sent = sent_again(draft.content)
    editor = Editor(call, by=request.user, retyped=sent, saved=sent.getlist("theirs"))
    return _form(request, editor, sent=sent, draft=draft, restored_at=clock_time(draft, request.user))


def _unsaved(request: HttpRequest, editor: Editor, **more: Any) -> HttpResponse:
    """The form as it was sent; kept as well, so that leaving loses nothing."""
    draft = call_drafts.keep_quietly(request, editor.call)
    return _form(request, editor, sent=request.POST, draft=draft, **more)


def _save(request: HttpRequest, editor: Editor, step: str) -> HttpResponse:
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
    try:
        call = actions.edit_call(
            editor.call, by=request.user, version=seen, after=editor.content, note=_note(editor)
        )
    except actions.Refused as refusal:
        editor.refuse(refusal.places)
        return _unsaved(request, editor, status=422)
    except actions.Stale:
        return _stale(request, editor)
    except NotPossible as error:
        call_drafts.keep_quietly(request, editor.call)
        return not_possible(request, error, back=editor.call.get_absolute_url())
    actions.discard_call_typed(call, by=request.user, version=number(request.POST.get("draft")))
    if step == "preview":
        return redirect("mobility:call_preview", call.slug)
    messages.success(request, _("The call was saved."))
    return redirect("mobility:call_edit", call.slug)


def _note(editor: Editor) -> dict[str, str]:
    return editor.note if editor.opened else {}


def _stale(request: HttpRequest, editor: Editor) -> HttpResponse:
    """409: what only one of the two changed is kept, and what both changed is shown in both versions."""
    call = Call.objects.for_list().get(pk=editor.call.pk)
    now, typed = read(call), editor.content
    meeting = clash.met(request.POST.get("base", ""), now, typed)
    draft = call_drafts.keep_quietly(request, call)
    shown = Editor(call, by=request.user, retyped=request.POST, saved=[*editor.saved, *meeting.taken])
    last = Event.objects.about(CALL_KIND, call.uuid).filter(verb="mobility.edit_call").last()
    stale = {
        "by": last.actor_name if last else "",
        "taken": [clash.label(name, editor.form) for name in meeting.taken],
    }
    both = clash.clashes(meeting.both, editor.form, call.university.zone, now, typed)
    return _form(request, shown, status=409, draft=draft, stale=stale, clashes=both)


def _form(
    request: HttpRequest, editor: Editor, *, status: int = 200, sent: QueryDict | None = None,
    draft: CallDraft | None = None, **more: Any,
) -> HttpResponse:  # fmt: skip
    """The page. With `sent` the form goes on from what its writer saw first; without, from what is stored now."""
    told = sent if sent is not None else {"version": editor.call.version, "base": clash.marks(editor.before)}
    context = {
        "call": editor.call,
        "editor": editor,
        "form": editor.form,
        "problems": [{"href": href, "words": words} for href, words in editor.problems]
        if status == 422
        else [],
        "version": told.get("version", ""),
        "base": told.get("base", ""),
        "clashes": _pending(editor, sent) if sent is not None else [],
        "draft": draft.version if draft else 0,
        "unsaved": request.method == "POST",
        **more,
    }
    return render(request, "mobility/call_edit.html", context, status=status)


def _pending(editor: Editor, sent: QueryDict) -> list[clash.Clash]:
    """What both changed and nobody has settled yet."""
    left = [name for name in dict.fromkeys(sent.getlist("clash")) if name not in editor.saved]
    return clash.clashes(left, editor.form, editor.call.university.zone, editor.before)


@require_safe
def call_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The call as an applicant will see it, with what the application will ask."""
    call = _found(request, slug)
    gathered.call_with(call)
    context = call_facts(call, given=request.GET) | {
        "preview": True,
        "standing": {"words": _("Your answers are saved page by page."), "button": _("Start application")},
        "parts": parts.of(call),
        "questions": call.questions.all(),
        "lacking": missing(call) if call.publication == "draft" else [],
        "ways": _ways(call),
    }
    return render(request, "mobility/call_preview.html", context)


def _ways(call: Call) -> list[Any]:
    return CALL.open_from(call.publication)


_VERBS = {
    "publish": actions.publish_call,
    "unpublish": actions.unpublish_call,
    "archive": actions.archive_call,
}


@require_POST
def call_step(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """Publish, take back or archive; a second click gets the same answer as the first."""
    call = _found(request, slug)
    if step not in _VERBS:
        raise Http404
    try:
        _VERBS[step](call, by=request.user)
    except actions.Unready as error:
        messages.error(request, _("The call can't be published yet: see what is missing."))
        return redirect("mobility:call_preview", slug) if error.missing else redirect(call)
    except NotPossible as error:
        if call.publication == CALL.transitions[step].target:
            return redirect(call)
        return not_possible(request, error, back=call.get_absolute_url())
    messages.success(request, str(CALL.transitions[step].sentence))
    return redirect("mobility:call_preview" if step == "unpublish" else "mobility:call", slug)


@require_POST
def call_copy(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft for the next year; sent twice, it finds the one that was made and that nobody has touched."""
    call = _found(request, slug)
    same = Call.objects.filter(copied_from=call, publication="draft", version=1).first()
    copy = same or actions.copy_call(call, by=request.user)
    messages.success(
        request, _("This is a copy for the next year. Look at its dates and places before you publish it.")
    )
    kept, all_of_it = copy.places.count(), call.places.offered().count()
    if kept < all_of_it:
        words = _(
            "Places that came along: %(kept)d of %(all)d. The others have no seats left of an agreement in force."
        )
        messages.warning(request, words % {"kept": kept, "all": all_of_it})
    return redirect("mobility:call_edit", copy.slug)


@require_safe
def call_history(request: HttpRequest, slug: str) -> HttpResponse:
    """What was done with the call, newest first: who, when, which parts."""
    call = _found(request, slug)
    context = {"call": call, "lines": progress.call_history(call)}
    return render(request, "mobility/call_history.html", context)
