"""What a person reads in the portal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Count, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ground import clock
from ground.gathering import together
from notifications import kinds
from notifications.models import InboxItem, Message, Preference
from notifications.models.inbox import InboxItemQuerySet


@dataclass(frozen=True)
class Shown:
    """An item in words, in the language of the page."""

    item: InboxItem
    title: str
    paragraphs: list[str]
    path: str
    asks: bool = False


def unread_count(user: Any) -> int:
    """How many items wait to be read; 0 for nobody. One query, unless a page read it along with something else."""
    if not getattr(user, "is_authenticated", False):
        return 0
    known: int | None = getattr(user, "_unread", None)
    if known is not None:
        return known
    return InboxItem.objects.visible_to(user).shown_at(clock.now()).unread().count()


@dataclass(frozen=True)
class Counts:
    """How many items of one kind a person has: shown, unread, asking for something, put off."""

    kind: str
    shown: int
    unread: int
    asking: int
    snoozed: int


def counts(user: Any) -> list[Counts]:
    """The person's items by kind; one query, which reads the moment and what is unread along for the page's frame."""
    shown = Q(visible_from__lte=clock.Moment())
    asking = shown & Q(kind__in=_asking(), settled_at__isnull=True)
    rows = InboxItem.objects.visible_to(user).order_by("kind").values("kind").annotate(
        shown=Count("pk", filter=shown),
        unread=Count("pk", filter=shown & Q(read_at__isnull=True)),
        asks=Count("pk", filter=asking),
        snoozed=Count("pk", filter=Q(snoozed_until__gt=clock.Moment())),
    )  # fmt: skip
    people = get_user_model().objects.filter(pk=user.pk).annotate(moment_read=clock.Moment())
    moments, told = together(
        people.values_list("moment_read", flat=True),
        rows.values_list("kind", "shown", "unread", "asks", "snoozed"),
    )
    clock.hold(moments[0])
    found = [Counts(*row) for row in told]
    remember_unread(user, sum(one.unread for one in found))
    return found


def _asking() -> list[str]:
    return [kind.name for kind in kinds.all_kinds() if kind.asks]


def narrowed(items: InboxItemQuerySet, show: str, of: str, moment: dt.datetime) -> InboxItemQuerySet:
    """The items that a filter leaves: `show` unread, asking, snoozed or all ("") and `of` a kind or a room."""
    if show == "snoozed":
        items = items.snoozed_at(moment)
    else:
        items = items.shown_at(moment)
    if show == "unread":
        items = items.unread()
    elif show == "asking":
        items = items.filter(kind__in=_asking(), settled_at__isnull=True)
    if of:
        items = items.filter(kind=of) if "." in of else items.filter(kind__startswith=f"{of}.")
    return items


def room_words(room: str) -> Any:
    """What the room that registered a kind is called."""
    return apps.get_app_config(room).verbose_name if apps.is_installed(room) else _("The portal")


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
    asks = kinds.find(item.kind).asks and item.settled_at is None
    return Shown(item, wording.subject, wording.paragraphs, wording.path, asks)


def mark_read(items: Any, moment: dt.datetime) -> int:
    """Mark those of `items` as read that are not; their number."""
    return int(items.filter(read_at__isnull=True).update(read_at=moment))


def delivery_of(user: Any, kind: str) -> str:
    """How the person wants e-mails of this kind: at once, until something else is chosen."""
    chosen = Preference.objects.filter(user=user, kind=kind).values_list("delivery", flat=True).first()
    return chosen or Preference.Delivery.AT_ONCE


def deliveries(user: Any) -> dict[str, str]:
    """What the person has chosen: kind → delivery."""
    return dict(Preference.objects.visible_to(user).values_list("kind", "delivery"))


def take_back(message: Message) -> None:
    """Remove the portal's copy of a message that is no longer wanted, unless the person has read it."""
    InboxItem.objects.filter(message=message, read_at__isnull=True).delete()
