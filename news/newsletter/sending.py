"""Sending an issue: at once or at a moment, in chunks, to everybody once; and stopping it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from news.models import Event, Issue, IssueCopy, IssueEntry, NewsItem, Subscription
from news.newsletter import messages
from news.newsletter.issues import locked, note, texts_of
from news.newsletter.matching import wants
from news.newsletter.stories import LANGUAGES, told_of
from news.rules import SEND_NEWSLETTER, require
from notifications import outbox
from notifications.models import Message

State = Issue.State
CHUNK = 200
_NUMBERING = 4_107_011  # the lock under which issues get their numbers
Told = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Progress:
    """How far the sending of an issue has come."""

    audience: int
    looked_at: int
    letters: int
    gone: int
    waiting: int
    failed: int

    @property
    def per_cent(self) -> int:
        """Of the subscribers, how many are done with."""
        return 100 if not self.audience else max(self.looked_at - self.waiting, 0) * 100 // self.audience


def progress(issue: Issue) -> Progress:
    """What became of the letters of an issue (one query)."""
    in_state = {
        name: Count("pk", filter=Q(message__state__in=states))
        for name, states in {
            "gone": [Message.State.SENT], "waiting": [Message.State.DUE, Message.State.SENDING],
            "failed": [Message.State.FAILED, Message.State.UNCERTAIN],
        }.items()
    }  # fmt: skip
    found = issue.copies.aggregate(letters=Count("pk"), **in_state)
    return Progress(issue.audience, issue.looked_at, **found)


def readers() -> Any:
    """Who gets issues."""
    return Subscription.objects.live().filter(rhythm=Subscription.Rhythm.WEEKLY)


def by_language() -> dict[str, int]:
    """How many get issues in each language."""
    rows = readers().order_by("language").values_list("language").annotate(Count("pk"))
    return dict(rows)


@transaction.atomic
def schedule(issue: Issue, *, by: Any, version: int, at: dt.datetime) -> Issue:
    """Let the issue be sent at a moment to come. Raises PermissionDenied, NotPossible."""
    issue = _ready(issue, by, version)
    if at <= clock.now():
        raise NotPossible(_("Choose a moment that is still to come."))
    issue.state, issue.send_at = State.SCHEDULED, at
    issue.save()
    note("news.newsletter_schedule", issue, by, {"at": at.isoformat()})
    return issue


@transaction.atomic
def call_back(issue: Issue, *, by: Any) -> Issue:
    """Take a scheduled issue back into the draft. Raises PermissionDenied, NotPossible (it is on its way)."""
    require(by, SEND_NEWSLETTER, None)
    issue = locked(issue)
    if issue.state != State.SCHEDULED:
        raise NotPossible(_("This issue does not wait for its moment any more."))
    issue.state, issue.send_at = State.DRAFT, None
    issue.save()
    note("news.newsletter_call_back", issue, by)
    return issue


@transaction.atomic
def send(issue: Issue, *, by: Any, version: int) -> Issue:
    """Let the sending begin now. Raises PermissionDenied, NotPossible (empty, changed meanwhile, sent already)."""
    issue = _ready(issue, by, version)
    _begin(issue)
    note("news.newsletter_send", issue, by, {"subscribers": issue.audience})
    return issue


@transaction.atomic
def stop(issue: Issue, *, by: Any) -> Issue:
    """No further letter of the issue leaves; what has left, has left. Where none has, the issue is a draft again.

    Raises PermissionDenied, NotPossible.
    """
    require(by, SEND_NEWSLETTER, None)
    issue = locked(issue)
    if issue.state != State.SENDING:
        raise NotPossible(_("This issue is not being sent."))
    copies = IssueCopy.objects.filter(issue=issue).values("message")
    outbox.take_back(Message.objects.filter(pk__in=copies))
    if issue.copies.exclude(message__state=Message.State.CANCELLED).exists():
        issue.state, issue.finished_at = State.STOPPED, clock.now()
    else:
        _take_back(issue)
    issue.save()
    note("news.newsletter_stop", issue, by, {"letters": progress(issue).gone})
    return issue


def _take_back(issue: Issue) -> None:
    """As before the sending began. The next version writes letters of its own: those of this one are cancelled."""
    issue.copies.all().delete()
    issue.state, issue.number, issue.send_at, issue.started_at = State.DRAFT, None, None, None
    issue.audience = issue.looked_at = issue.cursor = 0
    issue.version += 1


def test(issue: Issue, *, by: Any) -> None:
    """Send the whole issue to `by` alone, in their language. Raises PermissionDenied."""
    require(by, SEND_NEWSLETTER, None)
    language = by.language if by.language in LANGUAGES else LANGUAGES[0]
    context = context_of(issue, [told_of(text) for text in texts_of(issue)], language)
    with translation.override(language):
        heading = _("Test: %(subject)s") % {"subject": context["heading"]}
    subject = (messages.ISSUE_SUBJECT, issue.uuid, heading)
    outbox.enqueue(messages.ISSUE, to=by, subject=subject, context=context | {"heading": heading})


def context_of(issue: Issue, told: Told, language: str) -> dict[str, Any]:
    """What a letter of the issue says in `language`, of those texts."""
    stories = [one[language] for one in told]
    return {
        "heading": getattr(issue, f"subject_{language}") or issue.subject_en or issue.subject_lt or _("Newsletter"),
        "introduction": getattr(issue, f"introduction_{language}") or "", "number": issue.number or 0,
        "news": [one for one in stories if one["kind"] == "news"],
        "events": [one for one in stories if one["kind"] == "event"],
    }  # fmt: skip


def sweep() -> int:
    """Begin what is due, and send on what has begun; how many letters were written. Any number may run at once."""
    due = Issue.objects.filter(state=State.SCHEDULED, send_at__lte=clock.now())
    for pk in due.values_list("pk", flat=True):
        begin_scheduled(pk)
    written = 0
    for pk in Issue.objects.filter(state=State.SENDING).order_by("pk").values_list("pk", flat=True):
        while (letters := send_chunk(pk)) is not None:
            written += letters
    return written


@transaction.atomic
def begin_scheduled(pk: int) -> None:
    """The moment of an issue has come. Where nothing is left in it, it goes back into the draft."""
    issue = Issue.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.SCHEDULED).first()
    if issue is None:
        return
    try:
        _begin(issue)
    except NotPossible:
        issue.state, issue.send_at = State.DRAFT, None
        issue.save()
        note("news.newsletter_nothing_to_send", issue, None)
    else:
        note("news.newsletter_send", issue, None, {"subscribers": issue.audience})


def send_chunk(pk: int) -> int | None:
    """Write the letters of the next subscribers; how many, None where there is nothing to do for now."""
    with transaction.atomic():
        issue = Issue.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.SENDING).first()
        if issue is None:
            return None
        rows = readers().filter(confirmed_at__lte=issue.started_at, pk__gt=issue.cursor).order_by("pk")
        rows = rows.select_for_update(
            of=("self",), no_key=True
        )  # who stops meanwhile takes back what is written
        chunk = list(rows.prefetch_related("universities", "topics")[:CHUNK])
        told = [entry.told for entry in issue.entries.all()]
        letters = sum(_write(issue, told, reader) for reader in chunk)
        if chunk:
            issue.cursor, issue.looked_at = chunk[-1].pk, issue.looked_at + len(chunk)
        elif not progress(issue).waiting:
            issue.state, issue.finished_at = State.SENT, clock.now()
        issue.save()
        return letters if chunk else None


def _write(issue: Issue, told: Told, reader: Subscription) -> int:
    """The letter of one subscriber, with what they chose; none where nothing matches, or where there is one."""
    chosen = [one for one in told if wants(reader, one["facts"])]
    if not chosen or IssueCopy.objects.filter(issue=issue, subscription=reader).exists():
        return 0
    context = context_of(issue, chosen, reader.language)
    key = f"newsletter_issue:{issue.uuid}:{issue.version}:{reader.uuid}"
    message = messages.tell(messages.ISSUE, reader, name=context["heading"], key=key, **context)
    IssueCopy.objects.create(issue=issue, subscription=reader, message=message)
    return 1


def _ready(issue: Issue, by: Any, version: int) -> Issue:
    """The issue, locked, when it can be sent as `by` has seen it."""
    require(by, SEND_NEWSLETTER, None)
    issue = locked(issue)
    if not issue.is_open:
        raise NotPossible(_("This issue is not a draft any more."))
    if issue.version != version:
        raise NotPossible(_("Somebody else saved this issue meanwhile. Read it again before it is sent."))
    if not (issue.subject_en and issue.subject_lt):
        raise NotPossible(_("Write the subject in both languages before the issue is sent."))
    if not texts_of(issue):
        raise NotPossible(_("There is nothing in this issue. Choose at least one text."))
    return issue


def _begin(issue: Issue) -> None:
    """From now on it has its number and its texts for good; what isn't public any more leaves it."""
    texts = texts_of(issue)
    if not texts:
        raise NotPossible(_("There is nothing in this issue. Choose at least one text."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [_NUMBERING])
    told = {text: told_of(text) for text in texts}
    kept = [(entry, text) for entry in issue.entries.all() for text in texts if _is_of(entry, text)]
    issue.entries.exclude(pk__in=[entry.pk for entry, _text in kept]).delete()
    for entry, text in kept:
        entry.told = told[text]
        entry.save(update_fields=["told"])
    issue.number = (Issue.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    issue.state, issue.started_at = State.SENDING, clock.now()
    issue.audience = readers().count()
    issue.save()


def _is_of(entry: IssueEntry, text: NewsItem | Event) -> bool:
    return (entry.event_id if isinstance(text, Event) else entry.item_id) == text.pk
