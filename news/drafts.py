"""What an editor has typed into the form of an article and not saved yet. Their own only, and no right comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ground import clock
from news.actions import demand
from news.models import ItemDraft, NewsItem

MOST_OCTETS = 512 * 1024
KEPT_FOR = dt.timedelta(days=30)


class TooBig(Exception):
    """More than a draft may hold."""


@transaction.atomic
def keep(item: NewsItem, *, by: Any, content: Sequence[tuple[str, str]]) -> ItemDraft:
    """Keep what `by` has typed into the form of `item`. Raises PermissionDenied or TooBig."""
    demand(by, "news.change_item_text", item)
    if sum(len(name.encode()) + len(value.encode()) for name, value in content) > MOST_OCTETS:
        raise TooBig
    kept = {"content": [list(pair) for pair in content], "saved_at": clock.now()}
    draft, _made = ItemDraft.objects.update_or_create(user=by, item=item, defaults=kept)
    return draft


def discard(item: NewsItem, *, by: Any) -> None:
    """Forget what `by` has typed into the form of `item`."""
    ItemDraft.objects.visible_to(by).filter(item=item).delete()


def sweep() -> int:
    """Forget drafts that nobody touched for 30 days; says how many."""
    gone, _kinds = ItemDraft.objects.filter(saved_at__lt=clock.now() - KEPT_FOR).delete()
    return gone
