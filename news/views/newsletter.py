"""The newsletter as its readers meet it: subscribing, one's own page, one click to stop, and the archive."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ground.workflow import NotPossible
from news.models import Event, Issue, NewsItem, Subscription
from news.newsletter import links, subscribing
from news.newsletter.clients import asks_too_often
from news.newsletter.forms import ChoiceForm, SubscribeForm, chosen_by
from news.newsletter.keeping import KEPT_AFTER
from news.newsletter.stories import path_of
from news.rules import SEND_NEWSLETTER
from news.workflow import Publication

State = Subscription.State
ARCHIVE = 60


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter(request: HttpRequest) -> HttpResponse:
    """Subscribe; and the issues that are out. The answer never tells whether an address is subscribed."""
    known = subscribing.verified_address(request.user)
    form = SubscribeForm(request.POST if request.method == "POST" else None, known=known,
                         typed=getattr(request.user, "email", ""), initial=_proposed(request))  # fmt: skip
    status = 200
    if form.is_bound and not form.is_valid():
        status = 422
    elif form.is_bound and not known and asks_too_often(request):
        form.add_error(
            None, _("Too many addresses came from your network in the last hour. Try again later.")
        )
        status = 429
    elif form.is_bound:
        return private(_take(request, form, known))
    context = {
        "form": form, "known": known, "own": _own_path(request.user), "days": KEPT_AFTER.days,
        "issues": Issue.objects.out().only("number", "subject_en", "subject_lt", "started_at")[:ARCHIVE],
        "may_send": request.user.has_perm(SEND_NEWSLETTER),
    }  # fmt: skip
    return render(request, "news/newsletter.html", context, status=status)


def _proposed(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: the page's language, and what the list of news was narrowed by."""
    asked = {"universities": request.GET.get("university"), "topics": request.GET.get("topic")}
    return {"language": _language()} | {name: [slug] for name, slug in asked.items() if slug}


def _take(request: HttpRequest, form: SubscribeForm, known: str) -> HttpResponse:
    if known:
        made = subscribing.subscribe(by=request.user, choice=form.choice)
        messages.success(request, _("You are subscribed."))
        return redirect(links.own_path(made.uuid))
    subscribing.ask(email=form.cleaned_data["email"], choice=form.choice)
    return render(request, "news/newsletter_letter.html")


def _own_path(user: Any) -> str:
    """Where a signed-in person finds their subscription; empty where there is none."""
    found = Subscription.objects.visible_to(user).filter(state=State.LIVE).only("uuid").first()
    return links.own_path(found.uuid) if found else ""


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """One's own subscription. Looking changes nothing; confirming, changing and stopping are steps of their own."""
    found = _opened(token)
    if found is None:
        return private(render(request, "news/newsletter_gone.html", status=404))
    step, status = request.POST.get("step", ""), 200
    form = ChoiceForm(request.POST if step == "change" else None, initial=chosen_by(found))
    try:
        if request.method == "POST" and _step(request, step, found, form):
            return private(redirect(links.own_path(found.uuid)))
        status = 422 if request.method == "POST" else 200
    except NotPossible as refused:
        messages.error(request, str(refused))
        found, status = _opened(token) or found, 409
    return private(render(request, "news/newsletter_own.html", _shown(found, form), status=status))


def _step(request: HttpRequest, step: str, found: Subscription, form: ChoiceForm) -> bool:
    """Take the step; whether it was one."""
    if step == "confirm":
        subscribing.confirm(found)
        messages.success(request, _("You are subscribed."))
    elif step == "change" and form.is_valid():
        subscribing.change(found, choice=form.choice)
        messages.success(request, _("Your choice was saved."))
    elif step == "stop":
        subscribing.stop(found)
        messages.success(request, _("The newsletter is stopped."))
    elif step == "again":
        subscribing.again(found)
        messages.success(request, _("You are subscribed again."))
    else:
        return False
    return True


@csrf_exempt  # mail programs send it (RFC 8058); whoever has the address may stop it, and nothing else
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """One click stops the newsletter: a POST does it, a GET shows the button."""
    found = _opened(token)
    with translation.override(found.language if found else _language()):
        if found is None:
            known = links.opened_by(token) is not None
            status = 200 if known and request.method == "POST" else 404
            return private(render(request, "news/newsletter_gone.html", status=status))
        if request.method == "POST":
            found = subscribing.stop(found)
        return private(render(request, "news/newsletter_leave.html", _shown(found, None)))


def _shown(found: Subscription, form: ChoiceForm | None) -> dict[str, Any]:
    return {
        "subscription": found, "form": form, "own": links.own_path(found.uuid), "days": KEPT_AFTER.days,
        "asked": found.state == State.UNCONFIRMED, "live": found.state == State.LIVE,
        "ended": found.state == State.ENDED, "leave": links.leave_path(found.uuid),
        "chosen": [*found.universities.for_list(), *found.topics.all()] if found.state == State.UNCONFIRMED else [],
    }  # fmt: skip


@login_not_required
@require_safe
def issue(request: HttpRequest, number: int) -> HttpResponse:
    """An issue as it was sent, for everybody; of its texts those that are still public."""
    found = get_object_or_404(Issue.objects.out(), number=number)
    entries = found.entries.select_related(
        "item__university__organisation", "event__university__organisation"
    )
    language = _language()
    stories = [
        entry.told[language] | {"path": path_of(entry.item or entry.event)}
        for entry in entries
        if language in entry.told and is_public(entry.item or entry.event)
    ]
    context = {
        "issue": found, "introduction": getattr(found, f"introduction_{language}"),
        "news": [one for one in stories if one["kind"] == "news"],
        "events": [one for one in stories if one["kind"] == "event"],
    }  # fmt: skip
    return render(request, "news/newsletter_issue.html", context)


def is_public(record: NewsItem | Event) -> bool:
    """Whether everybody may read a text of an issue now."""
    if isinstance(record, NewsItem):
        return record.is_public
    return record.publication in (Publication.PUBLISHED, Publication.ARCHIVED)


def _opened(token: str) -> Subscription | None:
    """The subscription that a signed address opens, while it is kept."""
    uuid = links.opened_by(token)
    return Subscription.objects.filter(uuid=uuid).first() if uuid else None


def _language() -> str:
    return (get_language() or "en")[:2]


def private(response: HttpResponse) -> HttpResponse:
    """Neither kept by anybody on the way nor found by searching."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
