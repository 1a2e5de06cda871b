"""What editors do with news: write, attach papers, and take a text through review to the public."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

import reversion
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit import trail
from documents import actions as documents
from ground import clock, content, richtext, text
from ground.workflow import NotPossible
from members.models import University
from news.models import Attachment, Event, NewsItem
from news.models.item import RESERVED_SLUGS
from news.workflow import PUBLICATION, Publication

TEXTS = ("title", "summary", "body")
Text = TypeVar("Text", NewsItem, Event)
_MAX_ATTACHMENTS = 20
_TRIES = 3


class Stale(NotPossible):
    """Somebody saved meanwhile; the message says so."""


def create(
    *, by: Any, token: uuid.UUID, university: University | None, topics: list[Any], **texts: str
) -> NewsItem:
    """Begin a news item as a draft. The same `token` again (a double click) gives the item it made.

    Raises PermissionDenied when `by` may not write in the name of `university`.
    """
    for _attempt in range(_TRIES):
        if made := NewsItem.objects.filter(uuid=token).first():
            if made.author_id != by.pk:
                raise PermissionDenied
            return made
        try:
            return _create(by=by, token=token, university=university, topics=topics, texts=texts)
        except IntegrityError:  # the same form sent at once, or the same title written by two people
            continue
    raise NotPossible(_("The text could not be saved just now. Try again."))


@transaction.atomic
def _create(
    *, by: Any, token: uuid.UUID, university: University | None, topics: list[Any], texts: dict[str, str]
) -> NewsItem:
    item = NewsItem(uuid=token, university=university, author=by, **_clean(texts))
    _demand(by, "news.create_item", None)
    _demand(by, "news.write_item", item)
    item.slug = free_slug(next(iter(content.texts(item, "title")), ""))
    with reversion.create_revision():
        reversion.set_user(by)
        item.save()
        item.topics.set(topics)
    _record("news.create", item, by)
    return item


@transaction.atomic
def change(item: NewsItem, *, by: Any, version: int, topics: list[Any], **texts: str) -> NewsItem:
    """Keep the changed texts and topics; the person becomes the author of the present text.

    Raises PermissionDenied, or Stale when the item is no longer at `version`.
    """
    item = NewsItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    _demand(by, "news.change_item_text", item)
    if item.version != version:
        raise Stale(_("Somebody else saved this text meanwhile. Compare both, then save again."))
    for name, words in _clean(texts).items():
        setattr(item, name, words)
    item.author = by
    item.version += 1
    with reversion.create_revision():
        reversion.set_user(by)
        item.save()
        item.topics.set(topics)
    _record("news.change", item, by)
    return item


@transaction.atomic
def advance(record: Text, step: str, *, by: Any) -> Text:
    """Take a text one step through the table of `news.workflow`.

    Raises PermissionDenied, or NotPossible from the wrong state.
    """
    model = type(record)
    record = model.objects.select_for_update(of=("self",)).get(pk=record.pk)
    way = PUBLICATION.find(step, source=record.status)
    _demand(by, way.permission, record)
    record.publication = way.target
    if way.target == Publication.PUBLISHED and isinstance(record, NewsItem):
        record.published_at = record.published_at or clock.now()
    with reversion.create_revision():
        reversion.set_user(by)
        record.save()
    _record(f"news.{step}", record, by)
    return record


@transaction.atomic
def attach(item: NewsItem, *, upload: Any, title_en: str, title_lt: str, by: Any) -> Attachment:
    """Add a file to a news item. Raises PermissionDenied, NotPossible (too many), or documents.checks.Refused."""
    item = NewsItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    _demand(by, "news.change_item_text", item)
    if item.attachments.count() >= _MAX_ATTACHMENTS:
        raise NotPossible(_("A news item has at most 20 attachments."))
    document = documents.store(upload, by=by)
    titles = {"title_en": title_en or document.name, "title_lt": title_lt}
    attachment = Attachment.objects.create(item=item, document=document, **titles)
    _record("news.attach", item, by, {"file": document.name})
    return attachment


@transaction.atomic
def detach(attachment: Attachment, *, by: Any) -> None:
    """Take a file away from its news item. Raises PermissionDenied."""
    item = NewsItem.objects.select_for_update(of=("self",)).get(pk=attachment.item_id)
    _demand(by, "news.change_item_text", item)
    document = attachment.document
    attachment.delete()
    documents.discard(document)
    _record("news.detach", item, by, {"file": document.name})


def free_slug(title: str, model: type[NewsItem] | type[Event] = NewsItem) -> str:
    """An address made of `title` that no other text has."""
    base = slugify(text.fold(title))[:100].strip("-") or "news"
    if base in RESERVED_SLUGS:
        base = f"{base}-news"
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _clean(texts: dict[str, str]) -> dict[str, str]:
    """Texts as they may be stored, whatever sent them; unknown names are an error of the caller."""
    allowed = {f"{name}_{language}" for name in TEXTS for language in ("en", "lt")}
    if unknown := texts.keys() - allowed:
        raise TypeError(f"Not texts of a news item: {sorted(unknown)}")
    return {name: richtext.clean(words or "") for name, words in texts.items()}


def _demand(by: Any, permission: str, record: Any) -> None:
    if not by.has_perm(permission, record):
        raise PermissionDenied


def _record(verb: str, record: NewsItem | Event, by: Any, details: dict[str, Any] | None = None) -> None:
    kind = "news.item" if isinstance(record, NewsItem) else "news.event"
    trail.record(verb, by=by, kind=kind, subject=record.uuid, name=str(record), details=details)
