"""The office's view of the messages that wait, and what it decides about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance_portal import sending
from alliance_portal.pages import queue_troubles
from alliance_portal.pages.queue_shown import queue as read_queue
from ground import clock
from members.rules import is_administrator
from notifications import kinds
from notifications.models import Message

DECISIONS: dict[str, tuple[Callable[..., None], Any]] = {
    "again": (sending.try_again, lambda: _("The message is due again.")),
    "arrived": (sending.arrived, lambda: _("The message counts as arrived.")),
    "resend": (sending.send_again, lambda: _("The message is sent again.")),
}


def _keeper(request: HttpRequest) -> None:
    if not request.user.has_perm("alliance_portal.keep_messages"):
        raise Http404


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, what failed, and whether anybody is at work."""
    _keeper(request)
    return _page(request)


def _page(request: HttpRequest, shown: UUID | None = None) -> HttpResponse:
    whole = is_administrator(request.user)
    context = {"queue": read_queue(clock.now(), whole_addresses=whole, shown=shown), "shown": shown}
    return render(request, "pages/queue.html", context)


@require_POST
def queue_decide(request: HttpRequest, uuid: UUID, decision: str) -> HttpResponse:
    """Try a failed message again, or say what became of an uncertain one."""
    _keeper(request)
    if decision not in DECISIONS:
        raise Http404
    message = get_object_or_404(Message, uuid=uuid, state__in=[Message.State.FAILED, Message.State.UNCERTAIN])
    verb, said = DECISIONS[decision]
    try:
        verb(message, by=request.user)
    except sending.NotPossible:
        messages.warning(
            request, _("Nothing was changed: the message is settled, or its text is no longer kept.")
        )
    else:
        messages.success(request, said())
    return redirect("pages:queue")


@require_http_methods(["GET", "HEAD", "POST"])
def queue_address(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same page with the address of one message that did not arrive: on it alone, and written down. Whoever comes
    here by a link, as to the page in the other language, sees the page without it."""
    _keeper(request)
    if request.method != "POST":
        return redirect("pages:queue")
    sending.show_address(get_object_or_404(queue_troubles.all_of(), uuid=uuid), by=request.user)
    return _page(request, uuid)


@require_POST
def queue_release(request: HttpRequest) -> HttpResponse:
    """Let sending go on, without the kinds that are ticked."""
    _keeper(request)
    try:
        ticked = {kind for kind in request.POST.getlist("discard") if kinds.known(kind)}
        discarded = sending.let_go_on(by=request.user, discard=ticked)
    except sending.NotPossible:
        messages.info(request, _("Sending was not stopped any more."))
        return redirect("pages:queue")
    said = ngettext("%(count)d message was discarded.", "%(count)d messages were discarded.", discarded)
    messages.success(
        request, _("Sending goes on.") + (" " + said % {"count": discarded} if discarded else "")
    )
    return redirect("pages:queue")
