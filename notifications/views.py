"""The inbox, the choice of e-mails, and the page that a mail's own link opens."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import clock, paging
from ground.templatetags.ground_tags import moment as in_words
from ground.templatetags.ground_tags import zone_words
from notifications import actions, filters, inbox, kinds, links, reports, times, troubles
from notifications.filters import InboxFilter
from notifications.forms import PreferencesForm, SnoozeForm, TimesForm
from notifications.models import InboxItem, Preference

PAGE = 25
TIMES = ("digest_at", "weekly_on", "quiet_from", "quiet_until")


@require_safe
def inbox_page(request: HttpRequest) -> HttpResponse:
    """A person's messages, newest first: all of them, or what a filter leaves."""
    try:
        chosen = InboxFilter.of_query(request.GET)
        counts = inbox.counts(request.user)
        page = paging.page(
            filters.shown(request.user, chosen, clock.now()), chosen.order, size=PAGE,
            after=request.GET.get("after", ""), before=request.GET.get("before", ""),
        )  # fmt: skip
    except paging.BadCursor:
        raise Http404 from None
    context = {
        "page": page,
        "shown": [inbox.show(item) for item in page.rows],
        "chosen": chosen,
        "tabs": chosen.tabs(counts),
        "topics": chosen.choices(counts),
        "place": filters.place_of(request.GET),
        "zone": request.user.zone,
        "now": clock.now(),
    }
    return render(request, "notifications/inbox.html", context)


def _item(request: HttpRequest, uuid: Any) -> InboxItem:
    """One of the person's own items, shown or put off; nothing else is there."""
    return get_object_or_404(InboxItem.objects.visible_to(request.user).open_at(clock.now()), uuid=uuid)


def _back(request: HttpRequest) -> HttpResponse:
    """To the part of the inbox from which the step was taken."""
    place = filters.place_of(request.GET)
    return redirect(reverse("notifications:inbox") + (f"?{place}" if place else ""))


@require_POST
def open_item(request: HttpRequest, uuid: str) -> HttpResponse:
    """Mark one item as read and go to what it is about."""
    item = _item(request, uuid)
    actions.read(item, by=request.user)
    return redirect(inbox.show(item).path or "notifications:inbox")


@require_POST
def read_item(request: HttpRequest, uuid: str) -> HttpResponse:
    """Mark one item as read."""
    actions.read(_item(request, uuid), by=request.user)
    return _back(request)


@require_POST
def unread_item(request: HttpRequest, uuid: str) -> HttpResponse:
    """Mark one item as unread again."""
    actions.unread(_item(request, uuid), by=request.user)
    return _back(request)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything that is shown as read."""
    actions.read_all(by=request.user)
    messages.success(request, _("All messages are marked as read."))
    return redirect("notifications:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: HttpRequest, uuid: str) -> HttpResponse:
    """Put one item off until a day."""
    item = _item(request, uuid)
    zone = times.zone_of(request.user)
    form = SnoozeForm(request.POST or None, today=clock.today(zone))
    if form.is_bound and form.is_valid():
        try:
            moment = actions.snooze(item, until=form.cleaned_data["day"], by=request.user)
        except actions.NotPossible:
            messages.error(request, _("This message is settled: there is nothing to put off."))
        else:
            messages.success(request, _("It comes back: %(when)s.") % {"when": in_words(moment, zone)})
        return _back(request)
    context = {
        "entry": inbox.show(item), "form": form, "zone": zone_words(zone), "at": times.of(request.user).digest_at,
        "place": filters.place_of(request.GET),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "notifications/snooze.html", context, status=status)


@require_POST
def wake_item(request: HttpRequest, uuid: str) -> HttpResponse:
    """Bring one item back that was put off."""
    actions.wake(_item(request, uuid), by=request.user)
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """How and when a person gets e-mails; those that belong to something the person does are named, not offered."""
    data = request.POST or None
    own = times.of(request.user)
    form = PreferencesForm(data, chosen=inbox.deliveries(request.user))
    hours = TimesForm(data, initial={name: getattr(own, name) for name in TIMES})
    if data and all([form.is_valid(), hours.is_valid()]):
        actions.choose(form.answers(), by=request.user)
        actions.keep_times(hours.cleaned_data, by=request.user)
        messages.success(request, _("Your choice is kept."))
        return redirect("notifications:preferences")
    fixed = [kind for kind in kinds.all_kinds() if kind.transactional and not kind.leave]
    context = {
        "trouble": troubles.of(request.user),
        "form": form, "hours": hours, "fixed": fixed, "zone": zone_words(times.zone_of(request.user)),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "notifications/preferences.html", context, status=status)


@require_POST
def works_again(request: HttpRequest) -> HttpResponse:
    """The person says that their own address takes mail again; the next message that comes back marks it anew."""
    if troubles.clear(request.user.email):
        messages.success(request, _("E-mails are sent to your address again."))
    else:
        messages.info(request, _("Nothing was held back: e-mails are sent to your address."))
    return redirect("notifications:preferences")


@csrf_exempt  # mail programs send it (RFC 8058); the signed address changes one kind of one person's mails alone
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def steer(request: HttpRequest, token: str) -> HttpResponse:
    """How one person gets messages of one kind, opened from a mail without signing in. Only POST changes something.

    Whoever has the address may: a mail program that was asked to stop such mails (RFC 8058) has no form token.
    """
    if not ratelimit.consume(request, action="steer_mails", key=token):
        return HttpResponse(status=429, headers={"Retry-After": "300"})
    opened = links.opened_by(token)
    if opened is None:
        return _unindexed(render(request, "notifications/steer_closed.html", status=404))
    with translation.override(opened.user.language or "en"):
        return _unindexed(_steered(request, token, opened))


def _steered(request: HttpRequest, token: str, opened: links.Opened) -> HttpResponse:
    if request.method != "POST":
        return _steering_page(request, token, opened)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        actions.steer(opened.kind, Preference.Delivery.OFF, by=opened.user)
        return _steering_page(request, token, opened)
    if before := links.undone_by(token, request.POST.get("undo", "")):
        actions.choose(before, by=opened.user)
        return redirect("steer_mails", token)
    wanted = request.POST.get("delivery", "")
    if wanted not in Preference.Delivery.values:
        return _steering_page(request, token, opened, status=422)
    changed = actions.steer(opened.kind, wanted, by=opened.user)
    done = urlencode({"done": links.undo_word(token, changed)}) if changed else ""
    return redirect(f"{reverse('steer_mails', args=[token])}?{done}")


def _steering_page(request: HttpRequest, token: str, opened: links.Opened, status: int = 200) -> HttpResponse:
    """What is chosen now, one button for each other way, and how to take back what was changed just now."""
    kind, word = opened.kind, request.GET.get("done", "")
    now = kind.digest or inbox.delivery_of(opened.user, kind.name)
    ways = [way for way in Preference.Delivery.choices if way[0] != now]
    undo = word if links.undone_by(token, word) else ""
    context = {"kind": kind, "now": now, "ways": ways, "undo": undo, "unclear": status == 422}
    return render(request, "notifications/steer.html", context, status=status)


def _unindexed(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt  # a mail provider reports bounces: it proves itself by a secret, and often by a signature
@login_not_required
@never_cache
@require_http_methods(["HEAD", "POST"])
def mail_reports(request: HttpRequest) -> HttpResponse:
    """What a mail provider tells of messages that left. There only where one is in use and has a secret."""
    if not reports.listening():
        raise Http404
    from notifications import provider_reports  # what reads them takes memory, so only where they come

    if request.method == "HEAD":  # some look whether anybody is there
        return HttpResponse()
    try:
        provider_reports.take(request)
    except provider_reports.Stranger:
        return HttpResponse(status=403)
    except provider_reports.Unreadable:
        return HttpResponse(status=400)
    return HttpResponse()
