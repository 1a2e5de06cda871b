"""The editors' desk: what is where and waits for whom; an article begun, and taken its steps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground.templatetags.ground_tags import moment
from ground.workflow import NotPossible
from news import actions
from news.forms import NewItemForm
from news.models import NewsItem
from news.rules import CHOOSE_LEAD, KEEP_TOPICS, SEND_NEWSLETTER, desks
from news.views.articles import article, find_item
from news.workflow import APPROVE, PUBLICATION, Publication

SHOWN = 200
RECENT = 30


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Every text of one's desks by its state, and who is awaited; to others there is no such page."""
    if not request.user.has_perm("news.create_item"):
        raise Http404
    mine = desk_rows(request.user, only_own=request.GET.get("whose") == "mine")
    by_state = {state: list(mine.filter(publication=state)[:SHOWN]) for state in Publication}
    published = by_state[Publication.PUBLISHED]
    context = {
        "own": request.GET.get("whose") == "mine",
        "sections": [
            (_("Waiting for approval"), _waiting(request.user, by_state[Publication.IN_REVIEW])),
            (_("Drafts"), [(item, _writer(item)) for item in by_state[Publication.DRAFT]]),
            (_("Scheduled"), [(one, _comes_out(one)) for one in published if one.is_scheduled]),
            (_("Published"), [(one, "") for one in published if not one.is_scheduled][:RECENT]),
            (_("Archived"), [(one, "") for one in by_state[Publication.ARCHIVED][:RECENT]]),
        ],
        "may_lead": request.user.has_perm(CHOOSE_LEAD),
        "may_keep_topics": request.user.has_perm(KEEP_TOPICS),
        "may_send": request.user.has_perm(SEND_NEWSLETTER),
    }
    return render(request, "news/desk.html", context)


def desk_rows(user: Any, *, only_own: bool) -> Any:
    """The texts of the desks at which `user` may write; `only_own` leaves those they wrote themselves."""
    universities, alliance = desks(user)
    own = Q(university__in=universities.values("pk"))
    own |= Q(university__isnull=True) if alliance else Q(pk__in=[])
    rows = NewsItem.objects.visible_to(user).filter(own).for_list().select_related("author")
    rows = rows.prefetch_related(None).order_by("-changed_at", "-pk")
    return rows.filter(author=user) if only_own else rows


def _waiting(user: Any, rows: list[NewsItem]) -> list[tuple[NewsItem, str]]:
    """Each with whom it waits for: the reader, where they may approve it."""
    yours, others = _("Waits for you: read and publish"), _("Waits for another editor or the office")
    return [(item, yours if user.has_perm(APPROVE, item) else others) for item in rows]


def _writer(item: NewsItem) -> str:
    return _("Sent back: %(reason)s") % {"reason": item.returned_because} if item.returned_because else ""


def _comes_out(item: NewsItem) -> str:
    zone = item.university.zone if item.university else settings.TIME_ZONE
    return _("Comes out: %(moment)s") % {"moment": moment(item.published_at, zone)}


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Begin a news item."""
    if not request.user.has_perm("news.create_item"):
        raise PermissionDenied
    universities, alliance = desks(request.user)
    form = NewItemForm(request.POST or None, universities=universities, alliance=alliance)
    if not form.is_bound or not form.is_valid():
        return render(request, "news/new.html", {"form": form}, status=422 if form.is_bound else 200)
    item = actions.create(by=request.user, **form.cleaned_data)
    messages.success(request, _("The draft was saved."))
    return redirect("news:edit", item.slug)


@require_POST
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the text one step: hand in, send back, publish, archive, open again."""
    item = find_item(request.user, slug)
    name = request.POST.get("step", "")
    try:
        taken = actions.advance(item, name, by=request.user, reason=request.POST.get("reason", ""))
    except NotPossible as refused:
        messages.error(request, str(refused))
        return article(request, item, status=409, reason=request.POST.get("reason", "")[: actions.MAX_REASON])
    messages.success(request, _told(taken, name))
    return redirect(item)


def _told(item: NewsItem, step: str) -> str:
    """What a step did, in words: what is approved before its moment is not published yet."""
    if step == "publish" and item.is_scheduled:
        words = _("The text was approved. Everybody sees it from %(moment)s.")
        return words % {"moment": moment(item.published_at)}
    return str(PUBLICATION.transitions[step].sentence)
