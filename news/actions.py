"""What editors do with news: write, attach papers, and take a text through review to the public."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

import reversion
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit import trail
from documents import actions as documents
from ground import clock, content, pasted, richtext, text
from ground.workflow import NotPossible
from members.models import Organisation, University
from news import editors, figures
from news.models import Attachment, Event, NewsItem, OldAddress
from news.models.item import RESERVED_SLUGS
from news.newsletter import announcing
from news.workflow import NEEDS_REASON, PUBLICATION, Publication

TEXTS = ("title", "summary", "body")
LINKS = ("topics", "projects", "universities", "centres", "calls")
MOMENTS = ("published_at", "pinned_until")
MAX_REASON = 1000
Text = TypeVar("Text", NewsItem, Event)
_MAX_ATTACHMENTS = 20
_TRIES = 3


class Stale(NotPossible):
    """Somebody saved meanwhile; the message says so."""


def create(
    *, by: Any, token: uuid.UUID, university: University | None, topics: Sequence[Any] = (),
    partner: Organisation | None = None, **texts: str,
) -> NewsItem:  # fmt: skip
    """Begin a news item as a draft. The same `token` again (a double click) gives the item it made.

    It is told by `university`, by `partner` (which only those who write for the alliance may choose), or by the
    alliance itself.

    Raises PermissionDenied when `by` may not write in the name of `university`.
    """
    for _attempt in range(_TRIES):
        if made := NewsItem.objects.filter(uuid=token).first():
            if made.author_id != by.pk:
                raise PermissionDenied
            return made
        try:
            return _create(by, token, texts, topics, university=university, partner=partner)
        except IntegrityError:  # the same form sent at once, or the same title written by two people
            continue
    raise NotPossible(_("The text could not be saved just now. Try again."))


@transaction.atomic
def _create(
    by: Any, token: uuid.UUID, texts: dict[str, str], topics: Sequence[Any], **teller: Any
) -> NewsItem:
    item = NewsItem(uuid=token, author=by, **teller, **_clean(texts))
    figures.demand_fit(item, {name: getattr(item, name) or "" for name in ("body_en", "body_lt")})
    demand(by, "news.create_item", None)
    demand(by, "news.write_item", item)
    item.slug = free_slug(next(iter(content.texts(item, "title")), ""))
    with reversion.create_revision():
        reversion.set_user(by)
        item.save()
        item.topics.set(topics)
    record_step("news.create", item, by)
    return item


@transaction.atomic
def change(item: NewsItem, *, by: Any, version: int, **given: Any) -> NewsItem:
    """Keep what is given: texts, links (`LINKS`, lists of records) and moments (`MOMENTS`); the rest stays as it is.

    Who changes the words becomes the author of the present text. Raises PermissionDenied, Stale when the item is no
    longer at `version`, or figures.Unfit where a text names pictures that the article doesn't have.
    """
    item = NewsItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    demand(by, "news.change_item_text", item)
    demand_version(item, version)
    links = {name: given.pop(name) for name in LINKS if name in given}
    moments = {name: given.pop(name) for name in MOMENTS if name in given}
    texts = _clean(given)
    figures.demand_fit(item, texts)
    if any((getattr(item, name) or "") != words for name, words in texts.items()):
        item.author = by
    moved = "published_at" in moments and moments["published_at"] != item.published_at
    for name, value in (texts | moments).items():
        setattr(item, name, value)
    if item.published_at is None and item.publication in (Publication.PUBLISHED, Publication.ARCHIVED):
        raise NotPossible(_("Say when the text is published."))
    item.version += 1
    with reversion.create_revision():
        reversion.set_user(by)
        item.save()
        for name, records in links.items():
            getattr(item, name).set(records)
    record_step("news.change", item, by)
    if moved:
        editors.scheduled(item, by=by)
    return item


def demand_version(item: NewsItem, version: int) -> None:
    """Raises Stale where the (locked) item is no longer at `version`."""
    if item.version != version:
        raise Stale(_("Somebody else saved this text meanwhile. Compare both, then save again."))


@transaction.atomic
def advance(record: Text, step: str, *, by: Any, reason: str = "") -> Text:
    """Take a text one step through the table of `news.workflow`; `reason` says why it goes back to its author.

    Raises PermissionDenied, or NotPossible from the wrong state and without a reason where one is asked for.
    """
    model = type(record)
    record = model.objects.select_for_update(of=("self",)).get(pk=record.pk)
    way = PUBLICATION.find(step, source=record.status)
    demand(by, way.permission, record)
    reason = richtext.clean(reason)[:MAX_REASON]
    note_step(record, way, by, reason)
    record.publication = way.target
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(_in_english(way.sentence))
        record.save()
    if way.target == Publication.PUBLISHED:
        announcing.note(record)
    record_step(f"news.{step}", record, by, {"reason": reason} if reason else None)
    editors.told(record, step, by=by, reason=reason)
    return record


def _in_english(words: Any) -> str:
    """Comments of saves are kept in English and translated where they are shown."""
    with translation.override("en"):
        return str(words)


def note_step(record: Text, way: Any, by: Any, reason: str) -> None:
    """What a step leaves in the text itself: the moment of publication, or why it came back.

    Raises NotPossible without a reason where one is asked for.
    """
    if isinstance(record, NewsItem) and way.target == Publication.PUBLISHED:
        record.published_at = record.published_at or clock.now()
    if way.name in NEEDS_REASON and not reason and record.author_id != by.pk:
        raise NotPossible(_("Say why the text goes back, so that its author knows what to change."))
    record.returned_because = reason if way.target == Publication.DRAFT else ""
    if isinstance(record, NewsItem) and way.target == Publication.DRAFT and record.is_public:
        # What everybody could read is taken back from them all, those with a secret address too.
        now = clock.now()
        record.preview_links.open_at(now).update(revoked_at=now)


@transaction.atomic
def attach(record: NewsItem | Event, *, upload: Any, title_en: str, title_lt: str, by: Any) -> Attachment:
    """Add a file to a news item or an event. Raises PermissionDenied, NotPossible (too many), or
    documents.checks.Refused."""
    record = changed_by(record, by)
    if record.attachments.count() >= _MAX_ATTACHMENTS:
        raise NotPossible(_("There are at most 20 attachments."))
    document = documents.store(upload, by=by)
    titles = {"title_en": title_en or document.name, "title_lt": title_lt}
    owner = {"item" if isinstance(record, NewsItem) else "event": record}
    attachment = Attachment.objects.create(document=document, **owner, **titles)
    record_step("news.attach", record, by, {"file": document.name})
    return attachment


@transaction.atomic
def entitle(attachment: Attachment, *, title_en: str, title_lt: str, by: Any) -> None:
    """Call a file otherwise. Raises PermissionDenied, or NotPossible without a title in any language."""
    record = changed_by(attachment.owner, by)
    found = Attachment.objects.get(pk=attachment.pk)
    titles = {"title_en": richtext.clean(title_en)[:200], "title_lt": richtext.clean(title_lt)[:200]}
    if not any(titles.values()):
        raise NotPossible(_("Give the title in at least one language."))
    if all((getattr(found, name) or "") == words for name, words in titles.items()):
        return
    for name, words in titles.items():
        setattr(found, name, words)
    found.save()
    record_step("news.entitle", record, by, {"file": found.document.name})


@transaction.atomic
def detach(attachment: Attachment, *, by: Any) -> None:
    """Take a file away from its news item or event. Raises PermissionDenied."""
    record = changed_by(attachment.owner, by)
    document = attachment.document
    attachment.delete()
    documents.discard(document)
    record_step("news.detach", record, by, {"file": document.name})


def changed_by(record: Any, by: Any) -> Any:
    """The record as it is now, locked, for who may change what it says. Raises PermissionDenied."""
    locked = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    demand(by, "news.change_item_text" if isinstance(record, NewsItem) else "news.change_event", locked)
    return locked


def free_slug(title: str, model: type[NewsItem] | type[Event] = NewsItem) -> str:
    """An address made of `title` that no other text has."""
    base = slugify(text.fold(title))[:100].strip("-") or "news"
    if base in RESERVED_SLUGS:
        base = f"{base}-news"
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(OldAddress.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _clean(texts: dict[str, str]) -> dict[str, str]:
    """Texts as they may be stored, whatever sent them; unknown names are an error of the caller."""
    allowed = {f"{name}_{language}" for name in TEXTS for language in ("en", "lt")}
    if unknown := texts.keys() - allowed:
        raise TypeError(f"Not texts of a news item: {sorted(unknown)}")
    cleaned = {name: richtext.clean(words or "") for name, words in texts.items()}
    return {
        name: richtext.clean(pasted.as_markdown(words)) if name.startswith("body") else words
        for name, words in cleaned.items()
    }


def demand(by: Any, permission: str, record: Any) -> None:
    """Raises PermissionDenied where `by` has not this right on `record`."""
    if not by.has_perm(permission, record):
        raise PermissionDenied


def record_step(verb: str, record: NewsItem | Event, by: Any, details: dict[str, Any] | None = None) -> None:
    """Write down in the trail what was done with a text."""
    kind = "news.item" if isinstance(record, NewsItem) else "news.event"
    trail.record(verb, by=by, kind=kind, subject=record.uuid, name=str(record), details=details)


@transaction.atomic
def move(item: NewsItem, *, slug: str, by: Any) -> NewsItem:
    """Give the item another address; the one that it had leads on to it for ever.

    Raises PermissionDenied, or NotPossible where the address is taken or no address at all.
    """
    item = NewsItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    demand(by, "news.change_item_text", item)
    if slug == item.slug:
        return item
    if slug != slugify(slug) or not slug or len(slug) > 120:
        raise NotPossible(_("An address has small letters without accents, figures and hyphens."))
    taken = NewsItem.objects.filter(slug=slug).exists() or slug in RESERVED_SLUGS
    if taken or OldAddress.objects.filter(slug=slug).exclude(item=item).exists():
        raise NotPossible(_("This address is taken. Choose another one."))
    OldAddress.objects.filter(slug=slug, item=item).delete()
    OldAddress.objects.get_or_create(slug=item.slug, defaults={"item": item})
    before, item.slug = item.slug, slug
    with reversion.create_revision():
        reversion.set_user(by)
        item.save()
    record_step("news.move", item, by, {"before": before, "after": slug})
    return item
