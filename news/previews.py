"""Secret addresses at which an article is read before it is published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from news.actions import demand, record_step
from news.models import NewsItem, PreviewLink
from news.workflow import WRITE

HOLDS_FOR = dt.timedelta(days=14)
MOST = 10  # at a time, for one article


@transaction.atomic
def make(item: NewsItem, *, by: Any) -> PreviewLink:
    """Make an address that opens the item for 14 days. Raises PermissionDenied, or NotPossible (too many)."""
    item = NewsItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    demand(by, WRITE, item)
    now = clock.now()
    if item.preview_links.open_at(now).count() >= MOST:
        raise NotPossible(_("There are ten secret addresses already. Withdraw one first."))
    link = PreviewLink.objects.create(item=item, made_by=by, made_at=now, expires_at=now + HOLDS_FOR)
    record_step("news.make_preview", item, by)
    return link


@transaction.atomic
def withdraw(link: PreviewLink, *, by: Any) -> None:
    """Let the address open nothing any more; withdrawn twice, it stays withdrawn. Raises PermissionDenied."""
    link = PreviewLink.objects.select_for_update(of=("self",)).select_related("item").get(pk=link.pk)
    demand(by, WRITE, link.item)
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        link.save()
        record_step("news.withdraw_preview", link.item, by)
