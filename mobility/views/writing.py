"""One page of the form: shown, saved as far as it is; what is typed is kept before it is saved."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ground import clock
from ground.workflow import NotPossible
from mobility import actions, answers, parts, progress
from mobility.models import Application, PartDraft
from mobility.views import drafts
from mobility.views.answering import after, kept_way
from mobility.writing import concerns, reasons, typed
from mobility.writing.desk import draft_of, sit_down
from mobility.writing.pages import OF_PART
from mobility.writing.rows import moved


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def application_part(request: HttpRequest, uuid: Any, part: str) -> HttpResponse:
    """One part of a draft. Who was signed out while writing loses nothing of it."""
    if not request.user.is_authenticated:
        return drafts.signed_out(request, uuid, part)
    found = sit_down(request.user, uuid, part)
    one = parts.find(found.call, part) if found else None
    if found is None or one is None or one.slug not in OF_PART:
        raise Http404
    if request.method != "POST":
        return show(request, found, one) if found.can_be_sent(clock.now()) else redirect(found)
    if "move" in request.POST:
        return _move(request, found, one)
    return _save(request, found, one)


def show(request: HttpRequest, found: Application, part: parts.Part) -> HttpResponse:
    """The page as it stands: with what was typed and not saved, where there is some."""
    draft = draft_of(found, part.slug)
    sent = typed.typed_in(draft)
    form = OF_PART[part.slug](application=found, typed=sent)
    if sent is not None:
        reasons.tell(form, sent)
    seen = draft.seen if draft and draft.seen else parts.fingerprint(form.shown)
    warned = concerns.of_page(found, part, form, sent)
    return _page(request, found, part, form, seen=seen, draft=draft, restored=draft, concerns=warned)


def _save(request: HttpRequest, found: Application, part: parts.Part) -> HttpResponse:
    form = OF_PART[part.slug](request.POST, application=found)
    seen, version = request.POST.get("seen", ""), typed.number(request.POST.get("draft"))
    if not form.is_valid():
        return _faulty(request, found, part, form)
    try:
        actions.save_part(found, part, by=request.user, values=form.values(), seen=seen, version=version)
    except actions.Stale:
        return _conflict(request, found, part, form)
    except actions.PlaceGone as gone:
        form.refuse(gone.uuids)
        return _faulty(request, found, part, form)
    except NotPossible as error:
        draft = drafts.keep_quietly(request, found, part)
        return _page(request, found, part, form, seen=seen, draft=draft, status=409, refused=str(error))
    return redirect(_next(request, found, form))


def _faulty(request: HttpRequest, found: Application, part: parts.Part, form: Any) -> HttpResponse:
    """Back with the reasons; what was typed is kept, so that leaving loses nothing."""
    draft = drafts.keep_quietly(request, found, part)
    return _page(request, found, part, form, seen=request.POST.get("seen", ""), draft=draft, status=422)


def _move(request: HttpRequest, found: Application, part: parts.Part) -> HttpResponse:
    """A wish a step up or down, or one more row, without scripts: what was typed is kept and shown anew."""
    step, sent, anchor = request.POST.get("move", ""), request.POST, "id_draft"
    if part is parts.WISHES:
        after = moved(request.POST, step, found.call.max_wishes)
        sent, anchor = after or (request.POST, anchor)
    try:
        drafts.keep(request, found, part, sent)
    except actions.OtherDraft:
        form = OF_PART[part.slug](request.POST, application=found)
        form.is_valid()
        return _conflict(request, found, part, form)
    except actions.DraftTooBig:
        return _faulty(request, found, part, OF_PART[part.slug](request.POST, application=found))
    return redirect(f"{request.get_full_path()}#{anchor}")


def _next(request: HttpRequest, found: Application, form: Any) -> str:
    """After saving: to the files that questions still wait for, else back."""
    waits = getattr(form, "waits_for_files", False)
    return (
        progress.address(found, "application_files") + kept_way(request) if waits else after(request, found)
    )


def _conflict(request: HttpRequest, found: Application, part: parts.Part, form: Any) -> HttpResponse:
    """What was typed stays in the form; what another device saved or typed by now is shown beside it."""
    now = Application.objects.with_all().get(pk=found.pk)
    seen = parts.fingerprint(parts.stored(now, part))
    more: dict[str, Any] = {"stored": [], "elsewhere": []}
    if seen != request.POST.get("seen"):
        snapshot = answers.snapshot(now, clock.now())
        more["stored"] = answers.sections({part.slug: snapshot[part.slug]})
    draft = draft_of(now, part.slug)
    if draft is not None and draft.version != typed.number(request.POST.get("draft")):
        other = OF_PART[part.slug](application=found, typed=typed.typed_in(draft))
        more["elsewhere"] = other.told()
        more["elsewhere_at"] = drafts.clock_time(draft, request.user)
    return _page(request, found, part, form, seen=seen, draft=draft, status=409, conflict=True, **more)


def _page(
    request: HttpRequest, found: Application, part: parts.Part, form: Any, *, seen: str, draft: PartDraft | None,
    status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    context = {
        "application": found,
        "part": part,
        "form": form,
        "seen": seen,
        "version": draft.version if draft else 0,
        "kept_at": drafts.clock_time(draft, request.user) if draft else "",
        "keeper": typed.keeper_for(request.user, found.uuid, part.slug),
        "back": after(request, found),
        "way": kept_way(request),
        **more,
    }
    return render(request, f"mobility/parts/{part.slug}.html", context, status=status)
