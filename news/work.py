"""What waits for an editor."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ground.templatetags.ground_tags import in_language
from ground.work import WorkItem
from members.appointments import Held, held_by
from members.models import Role
from news.models import NewsItem
from news.workflow import Publication

SHOWN = 50


def waiting_for(user: Any) -> list[WorkItem]:
    """Texts in review that `user` may approve, and own drafts that were begun."""
    held = held_by(user)
    if not (held.office or held.has(Role.EDITOR)):
        return []
    rows = NewsItem.objects.filter(_waiting(user, held)).only(*_SHOWN).order_by("pk")
    return [_work(item) for item in rows[:SHOWN]]


def _waiting(user: Any, held: Held) -> Q:
    """In review at one's own desk and not written by oneself (the office may approve its own), or one's own drafts."""
    places = held.by_role.get(Role.EDITOR, frozenset())
    own = Q(university__in=[place for place in places if place is not None])
    if None in places:
        own |= Q(university__isnull=True)
    desk = Q() if held.office else own & (Q(author__isnull=True) | ~Q(author=user))
    return (Q(publication=Publication.IN_REVIEW) & desk) | Q(publication=Publication.DRAFT, author=user)


_SHOWN = ["slug", "publication", "title_en", "title_lt"]


def _work(item: NewsItem) -> WorkItem:
    review = item.publication == Publication.IN_REVIEW
    return WorkItem(
        what=in_language(item, "title")[0],
        reason=_("A news item waits for approval.") if review else _("You began this news item."),
        button=_("Read and publish") if review else _("Go on writing"),
        url=item.get_absolute_url(),
        kind="news.item",
    )
