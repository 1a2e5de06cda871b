"""What waits for an editor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ground.templatetags.ground_tags import in_language
from ground.work import NOTHING, Asked, WorkItem, read
from members.appointments import Held, held_by
from members.models import Role
from news.editors import kind_of
from news.models import Event, NewsItem
from news.workflow import Publication

SHOWN = 50


def waiting_for(user: Any) -> list[WorkItem]:
    """Articles and events in review that `user` may approve, and own drafts that were begun."""
    return read(asked(user))


def asked(user: Any) -> Asked:
    """What is read for it."""
    held = held_by(user)
    if not (held.office or held.has(Role.EDITOR)):
        return NOTHING
    rows = [
        model.objects.filter(_waiting(user, held)).only(*_SHOWN[model]).order_by("pk")[:SHOWN]
        for model in (NewsItem, Event)
    ]
    return Asked(rows, lambda items, events: [_work(record) for record in _once([*items, *events])])


def _once(records: Iterable[NewsItem | Event]) -> Iterator[NewsItem | Event]:
    """Of the dates of a series that wait for the same, the first: one step is taken for all of them."""
    seen = set()
    for record in records:
        series = getattr(record, "series_id", None)
        if series is None or (series, record.publication) not in seen:
            seen.add((series, record.publication))
            yield record


def _waiting(user: Any, held: Held) -> Q:
    """In review at one's own desk and not written by oneself (the office may approve its own), or one's own drafts."""
    places = held.by_role.get(Role.EDITOR, frozenset())
    own = Q(university__in=[place for place in places if place is not None])
    if None in places:
        own |= Q(university__isnull=True)
    desk = Q() if held.office else own & (Q(author__isnull=True) | ~Q(author=user))
    return (Q(publication=Publication.IN_REVIEW) & desk) | Q(publication=Publication.DRAFT, author=user)


_TITLES = ("slug", "publication", "title_en", "title_lt", "returned_because")
_SHOWN: dict[Any, tuple[str, ...]] = {NewsItem: _TITLES, Event: (*_TITLES, "series")}


def _work(record: NewsItem | Event) -> WorkItem:
    review = record.publication == Publication.IN_REVIEW
    return WorkItem(
        what=in_language(record, "title")[0],
        reason=_waits(record) if review else _began(record),
        button=_("Read and publish") if review else _("Go on writing"),
        url=record.get_absolute_url(),
        kind=kind_of(record),
    )


def _waits(record: NewsItem | Event) -> str:
    if isinstance(record, Event):
        return _("An event waits for approval.")
    return _("A news item waits for approval.")


def _began(record: NewsItem | Event) -> str:
    if record.returned_because:
        return _("Sent back: %(reason)s") % {"reason": record.returned_because}
    return _("You began this event.") if isinstance(record, Event) else _("You began this news item.")
