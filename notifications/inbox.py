"""What a person reads in the portal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ground import clock
from notifications import kinds
from notifications.models import InboxItem, Message, Preference


@dataclass(frozen=True)
class Shown:
    """An item in words, in the language of the page."""

    item: InboxItem
    title: str
    paragraphs: list[str]
    path: str


def unread_count(user: Any) -> int:
    """How many items wait to be read; 0 for nobody. One query, unless a page read it along with something else."""
    if not getattr(user, "is_authenticated", False):
        return 0
    known: int | None = getattr(user, "_unread", None)
    if known is not None:
        return known
    return InboxItem.objects.visible_to(user).shown_at(clock.now()).unread().count()


def remember_unread(user: Any, number: int) -> None:
    """Keep how many items wait to be read, for this request."""
    user._unread = number


def show(item: InboxItem) -> Shown:
    """The item in the language in use; one that cannot be put into words is still named."""
    language = get_language() or "en"
    try:
        wording = kinds.word(
            kinds.find(item.kind),
            item.context,
            name=item.subject_name,
            moment=item.created_at,
            language=language,
        )
    except (kinds.UnknownKind, kinds.WordingFailed):
        return Shown(item, item.subject_name or _("Message"), [], "")
    return Shown(item, wording.subject, wording.paragraphs, wording.path)


def mark_read(items: Any, moment: dt.datetime) -> int:
    """Mark those of `items` as read that are not; their number."""
    return int(items.filter(read_at__isnull=True).update(read_at=moment))


def wants_mail(user: Any, kind: kinds.MessageKind) -> bool:
    """Whether the person wants e-mails of this kind; always where they belong to something the person does."""
    if kind.transactional:
        return True
    return not Preference.objects.filter(user=user, kind=kind.name, delivery=Preference.Delivery.OFF).exists()


def take_back(message: Message) -> None:
    """Remove the portal's copy of a message that is no longer wanted, unless the person has read it."""
    InboxItem.objects.filter(message=message, read_at__isnull=True).delete()
