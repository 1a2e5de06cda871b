"""Putting an issue together: proposed, chosen, ordered, introduced. What is out is never written again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reversion
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from audit import trail
from ground import clock, richtext
from ground.workflow import NotPossible
from members.models import University
from news.models import Event, Issue, IssueEntry, NewsItem
from news.newsletter import messages
from news.rules import SEND_NEWSLETTER, require

State = Issue.State
TEXTS = ("subject_en", "subject_lt", "introduction_en", "introduction_lt")
SINCE, AHEAD = dt.timedelta(days=14), dt.timedelta(days=45)
MOST_ENTRIES, OFFERED = 40, 60
Text = NewsItem | Event


class Stale(NotPossible):
    """Somebody saved meanwhile; the message says so."""


@dataclass(frozen=True)
class Proposal:
    """What may stand in an issue, and what is proposed for it."""

    offered: list[Text]
    proposed: list[Text]


def key_of(record: Text) -> str:
    """How a form names a text."""
    return f"{'event' if isinstance(record, Event) else 'news'}:{record.uuid}"


def public_news() -> Any:
    """News that everybody reads, with what letters say of them."""
    rows = NewsItem.objects.visible_to(AnonymousUser()).live().for_list()
    return rows.prefetch_related(Prefetch("universities", University.objects.only("pk")))


def public_events() -> Any:
    """Events to come that take place, with what letters say of them."""
    rows = Event.objects.live().coming(clock.now()).filter(cancelled_at__isnull=True).for_list()
    return rows.prefetch_related(Prefetch("universities", University.objects.only("pk")))


def proposal() -> Proposal:
    """The newest news and the coming events; proposed is what came since the last issue, and what begins soon."""
    now = clock.now()
    last = Issue.objects.out().values_list("started_at", flat=True).first()
    news = list(public_news().prefetch_related(None).order_by("-published_at", "-pk")[:OFFERED])
    events = list(public_events().prefetch_related(None)[:OFFERED])
    fresh: list[Text] = [one for one in news if one.published_at > (last or now - SINCE)]
    soon: list[Text] = [one for one in events if one.starts_by < now + AHEAD]
    return Proposal([*news, *events], [*fresh, *soon][:MOST_ENTRIES])


def texts_of(issue: Issue, *, among: Sequence[Text] = ()) -> list[Text]:
    """The texts of an issue in order; those that are not public any more are left out. Of those `among` nothing is
    read again."""
    rows = list(issue.entries.values_list("item", "event"))
    news: dict[int, Text] = {one.pk: one for one in among if isinstance(one, NewsItem)}
    events: dict[int, Text] = {one.pk: one for one in among if isinstance(one, Event)}
    if more := [item for item, _event in rows if item and item not in news]:
        news |= public_news().in_bulk(more)
    if more := [event for _item, event in rows if event and event not in events]:
        events |= public_events().in_bulk(more)
    found = (news.get(item) if item else events.get(event) for item, event in rows)
    return [one for one in found if one is not None]


@transaction.atomic
def begin(*, by: Any, token: uuid.UUID) -> Issue:
    """A new issue with everything that is proposed. The same `token` twice is one issue. Raises PermissionDenied."""
    require(by, SEND_NEWSLETTER, None)
    issue, made = Issue.objects.get_or_create(
        uuid=token, defaults={"changed_at": clock.now(), "changed_by": by}
    )
    if made:
        with reversion.create_revision():
            reversion.set_user(by)
            issue.save()
            _place(issue, proposal().proposed)
        note("news.newsletter_begin", issue, by)
    return issue


@transaction.atomic
def change(issue: Issue, *, by: Any, version: int, texts: Sequence[Text], **words: str) -> Issue:
    """Keep subject and introduction in both languages, and which texts stand in it, in order.

    Raises PermissionDenied, Stale (saved by somebody else meanwhile), NotPossible (not a draft, too many texts).
    """
    require(by, SEND_NEWSLETTER, None)
    issue = locked(issue)
    if not issue.is_open:
        raise NotPossible(_("This issue is not a draft any more."))
    if issue.version != version:
        raise Stale(_("Somebody else saved this issue meanwhile."))
    if len(texts) > MOST_ENTRIES:
        raise NotPossible(_("An issue has at most 40 texts."))
    for name in TEXTS:
        setattr(issue, name, richtext.clean(words[name]))
    issue.version += 1
    issue.changed_at, issue.changed_by = clock.now(), by
    with reversion.create_revision():
        reversion.set_user(by)
        issue.save()
        _place(issue, texts)
    note("news.newsletter_change", issue, by, {"texts": len(texts)})
    return issue


@transaction.atomic
def discard(issue: Issue, *, by: Any) -> None:
    """Throw a draft away. Raises PermissionDenied, NotPossible (not a draft)."""
    require(by, SEND_NEWSLETTER, None)
    issue = locked(issue)
    if not issue.is_open:
        raise NotPossible(_("This issue is not a draft any more."))
    note("news.newsletter_discard", issue, by)
    issue.delete()


def locked(issue: Issue) -> Issue:
    """The issue as it is now, locked until the end of the transaction."""
    row = Issue.objects.select_for_update().filter(pk=issue.pk).first()
    if row is None:
        raise NotPossible(_("This issue was thrown away meanwhile."))
    return row


def note(verb: str, issue: Issue, by: Any, details: dict[str, Any] | None = None) -> None:
    """Write down in the trail what was done with an issue."""
    trail.record(
        verb, by=by, kind=messages.ISSUE_SUBJECT, subject=issue.uuid, name=str(issue), details=details
    )


def _place(issue: Issue, texts: Sequence[Text]) -> None:
    issue.entries.all().delete()
    for position, text in enumerate(dict.fromkeys(texts)):
        which = {"event": text} if isinstance(text, Event) else {"item": text}
        IssueEntry.objects.create(issue=issue, position=position, **which)
