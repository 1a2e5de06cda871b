"""What was just published, told to those who want it at once.

That a text is to be told is a row, written with its publication. A sweep tells it, some hundred subscribers in one
transaction: what dies between is done again, and the key of each letter keeps it from being a second one.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from ground import clock
from news.models import Announcement, Event, NewsItem, Subscription
from news.newsletter import messages
from news.newsletter.matching import facts_of, wants
from news.newsletter.stories import story_of
from news.workflow import Publication
from notifications.kinds import one_line

CHUNK = 200


def note(record: NewsItem | Event) -> None:
    """`record` was published: it is to be told once its moment comes. What was told before isn't told again.

    Of a series the first event is told, not each. Belongs into the transaction of the publication.
    """
    now = clock.now()
    which = {"item": record} if isinstance(record, NewsItem) else {"event": record}
    series = record.series_id if isinstance(record, Event) else None
    told = series and Announcement.objects.filter(event__series=series).exclude(**which).exists()
    row, made = Announcement.objects.get_or_create(
        **which, defaults={"noted_at": now, "done_at": now if told else None}
    )
    if not made:
        Announcement.objects.filter(pk=row.pk, cursor=0, done_at__isnull=True).update(noted_at=now)


def sweep() -> int:
    """Tell everything whose moment has come; how many letters were written. Any number of sweeps may run at once."""
    written = 0
    for pk in _waiting().order_by("pk").values_list("pk", flat=True):
        while (told := tell_chunk(pk)) is not None:
            written += told
    return written


def tell_chunk(pk: int) -> int | None:
    """Tell the next subscribers of one text; how many letters, None when there is nobody left to tell."""
    with transaction.atomic():
        row = _waiting().filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        readers = list(_readers(row)[:CHUNK])
        record = row.item or row.event
        facts = facts_of(record)
        told = sum(_tell(record, reader) for reader in readers if wants(reader, facts))
        row.told += told
        if readers:
            row.cursor = readers[-1].pk
        if len(readers) < CHUNK:
            row.done_at = clock.now()
        row.save(update_fields=["told", "cursor", "done_at"])
        return told


def _waiting():  # type: ignore[no-untyped-def]
    """What is public by now and not told yet; an event that is over or cancelled is nothing to tell."""
    now = clock.now()
    news = Q(item__publication=Publication.PUBLISHED, item__published_at__lte=now)
    events = Q(
        event__publication=Publication.PUBLISHED, event__cancelled_at__isnull=True, event__ends_by__gt=now
    )
    rows = Announcement.objects.filter(news | events, done_at__isnull=True)
    return rows.select_related("item__university__organisation", "item__partner",
                               "event__university__organisation", "event__organiser")  # fmt: skip


def _readers(row: Announcement):  # type: ignore[no-untyped-def]
    """Who wants things at once and had confirmed before it was published, in order."""
    rows = Subscription.objects.live().filter(rhythm=Subscription.Rhythm.AT_ONCE, pk__gt=row.cursor)
    rows = rows.filter(confirmed_at__lte=row.since).prefetch_related("universities", "topics").order_by("pk")
    return rows.select_for_update(
        of=("self",), no_key=True
    )  # who stops meanwhile takes back what was written here


def _tell(record: NewsItem | Event, reader: Subscription) -> int:
    """One letter; 0 where there is one already."""
    story = story_of(record, reader.language)
    key = f"newsletter_at_once:{record.uuid}:{reader.uuid}"
    return int(
        messages.tell(messages.AT_ONCE, reader, name=one_line(story["title"]), key=key, **story) is not None
    )
