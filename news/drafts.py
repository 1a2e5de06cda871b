"""What an editor has typed into the form of an article or an event and not saved yet. Their own only, and no right
comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.db import transaction

from ground import clock
from news.actions import demand
from news.models import Event, ItemDraft, NewsItem

MOST_OCTETS = 512 * 1024
KEPT_FOR = dt.timedelta(days=30)


class TooBig(Exception):
    """More than a draft may hold."""


@transaction.atomic
def keep(record: NewsItem | Event, *, by: Any, content: Sequence[tuple[str, str]]) -> ItemDraft:
    """Keep what `by` has typed into the form of `record`. Raises PermissionDenied or TooBig."""
    demand(by, "news.change_item_text" if isinstance(record, NewsItem) else "news.change_event", record)
    if sum(len(name.encode()) + len(value.encode()) for name, value in content) > MOST_OCTETS:
        raise TooBig
    # What can't be stored is left out: a draft that is typed on isn't refused for it.
    pairs = [[_storable(name), _storable(value)] for name, value in content]
    kept = {"content": pairs, "saved_at": clock.now()}
    draft, _made = ItemDraft.objects.update_or_create(user=by, **_of(record), defaults=kept)
    return draft


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def discard(record: NewsItem | Event, *, by: Any) -> None:
    """Forget what `by` has typed into the form of `record`."""
    ItemDraft.objects.visible_to(by).filter(**_of(record)).delete()


def draft_of(record: NewsItem | Event, user: Any) -> ItemDraft | None:
    """What `user` has typed into the form of `record` and not saved."""
    return ItemDraft.objects.visible_to(user).filter(**_of(record)).first()


def resume(draft: ItemDraft, form: Any, many: Collection[str]) -> None:
    """Let `form` show what was typed; the fields `many` have any number of values."""
    typed: dict[str, list[str]] = {}
    for name, value in draft.content:
        typed.setdefault(name, []).append(value)
    for name, field in form.fields.items():
        if name in typed:
            form.initial[name] = typed[name] if name in many else typed[name][-1]
        elif name in many:
            form.initial[name] = []
        elif isinstance(field, forms.BooleanField):
            form.initial[name] = False  # browsers send no box that isn't ticked


def kept_at(draft: ItemDraft, person: Any) -> str:
    """The time of day at which the draft was kept, where the person is."""
    zone = ZoneInfo(getattr(person, "zone", "") or settings.TIME_ZONE)
    return f"{draft.saved_at.astimezone(zone):%H:%M}"


def sweep() -> int:
    """Forget drafts that nobody touched for 30 days; says how many."""
    gone, _kinds = ItemDraft.objects.filter(saved_at__lt=clock.now() - KEPT_FOR).delete()
    return gone


def _of(record: NewsItem | Event) -> dict[str, Any]:
    return {"item" if isinstance(record, NewsItem) else "event": record}
