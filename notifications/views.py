"""The inbox and the choice of e-mails."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import clock, paging
from notifications import actions, inbox, kinds
from notifications.forms import PreferencesForm
from notifications.models import InboxItem, Preference

PAGE = 25


@require_safe
def inbox_page(request: HttpRequest) -> HttpResponse:
    """A person's messages, newest first."""
    items = InboxItem.objects.visible_to(request.user).shown_at(clock.now())
    try:
        page = paging.page(
            items, ["-visible_from", "-id"], size=PAGE,
            after=request.GET.get("after", ""), before=request.GET.get("before", ""),
        )  # fmt: skip
    except paging.BadCursor:
        raise Http404 from None
    context = {"page": page, "shown": [inbox.show(item) for item in page.rows]}
    return render(request, "notifications/inbox.html", context)


@require_POST
def open_item(request: HttpRequest, uuid: str) -> HttpResponse:
    """Mark one item as read and go to what it is about."""
    item = get_object_or_404(InboxItem.objects.visible_to(request.user).shown_at(clock.now()), uuid=uuid)
    actions.read(item, by=request.user)
    return redirect(inbox.show(item).path or "notifications:inbox")


@require_POST
def read_item(request: HttpRequest, uuid: str) -> HttpResponse:
    """Mark one item as read."""
    item = get_object_or_404(InboxItem.objects.visible_to(request.user).shown_at(clock.now()), uuid=uuid)
    actions.read(item, by=request.user)
    return redirect("notifications:inbox")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything that is shown as read."""
    actions.read_all(by=request.user)
    messages.success(request, _("All messages are marked as read."))
    return redirect("notifications:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Which e-mails a person wants; those that belong to something the person does are named, not offered."""
    chosen = dict(Preference.objects.visible_to(request.user).values_list("kind", "delivery"))
    form = PreferencesForm(request.POST or None, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        actions.choose(form.answers(), by=request.user)
        messages.success(request, _("Your choice is kept."))
        return redirect("notifications:preferences")
    fixed = [kind for kind in kinds.all_kinds() if kind.transactional]
    status = 422 if request.method == "POST" else 200
    return render(request, "notifications/preferences.html", {"form": form, "fixed": fixed}, status=status)
