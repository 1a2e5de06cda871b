"""The way back: what is invented goes, real content and what people made themselves stay."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from reversion.models import Revision, Version

from accounts.models import User
from alliance_portal.demo import factsheets
from alliance_portal.demo.cast import DOMAINS
from audit.models import Event as AuditEvent
from documents import actions as documents
from documents.models import Document
from members.factsheets.messages import FACTSHEET_MISSING
from members.messages import CHANGE_WINDOW
from members.models import (
    Agreement,
    AgreementVersion,
    AppointmentRequest,
    EmailDomain,
    Factsheet,
    FactsheetTerm,
    University,
)
from mobility.models import Application, ApplicationDocument, Call
from news.models import Attachment, Event, Issue, NewsItem, Picture, Subscription
from notifications.models import InboxItem, Message, ReminderPlan, TrackedDate
from notifications.models.message import recipient_of
from projects.imports.storing import discard
from projects.models import BulkChange, Import, Milestone, Project, ProjectDocument

_ABOUT: tuple[type[Model], ...] = (AuditEvent, ReminderPlan, InboxItem, Message, TrackedDate)


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Delete what is marked as demo, with its files, messages, reminders, trail and history; numbers by kind.

    Applications of invented people go, and so do applications to invented calls, whoever made them.
    """
    demo = Q(is_demo=True)
    people = User.objects.filter(demo)
    applications = Application.objects.filter(Q(applicant__is_demo=True) | Q(call__is_demo=True))
    records: dict[str, QuerySet[Any]] = {
        "applications": applications,
        "news items": NewsItem.objects.filter(demo),
        "events": Event.objects.filter(demo),
        "calls": Call.objects.filter(demo),
        "projects": Project.objects.filter(demo),
        "people": people,
    }
    files = _files(records)
    _forget(Milestone.objects.filter(project__in=records["projects"]))
    _forget_work(people)
    _forget_messages([recipient_of(person) for person in people])
    removed = {}
    for name, rows in records.items():
        _forget(rows)
        if name == "applications":
            removed[name] = rows.forget()
            continue
        removed[name] = rows.count()
        rows.delete()
    removed["newsletter"] = _forget_newsletter()
    removed["agreements"] = _forget_agreements()
    removed["factsheets"] = _forget_factsheets()
    for file in files:
        documents.discard(file)
    return removed


def _forget_work(people: QuerySet[User]) -> None:
    """What invented people began: bulk changes, imports with their files, requests for roles; and their domains."""
    BulkChange.objects.filter(by__in=people).delete()
    for name in (
        Import.objects.filter(by__in=people).exclude(storage_name="").values_list("storage_name", flat=True)
    ):
        transaction.on_commit(partial(discard, name))
    _forget(AppointmentRequest.objects.filter(user__in=people))
    EmailDomain.objects.filter(domain__in=DOMAINS).delete()


def _forget_newsletter() -> int:
    """Issues and subscribers, with the letters that were written."""
    number = 0
    for rows in (Issue.objects.filter(is_demo=True), Subscription.objects.filter(is_demo=True)):
        _forget(rows)
        number += rows.count()
        rows.delete()
    return number


def _forget_factsheets() -> int:
    """Factsheets with their terms, by which reminders know them; and what else the demo tells of universities."""
    factsheets.take_back_facts()
    rows = Factsheet.objects.filter(is_demo=True)
    _forget(FactsheetTerm.objects.filter(factsheet__in=rows))
    _forget(rows)
    # Dates of universities themselves, where none but invented people were to be told of them.
    planned = ReminderPlan.objects.filter(rule__kind=FACTSHEET_MISSING).values("subject_uuid")
    TrackedDate.objects.filter(kind=FACTSHEET_MISSING).exclude(subject_uuid__in=planned).delete()
    number = rows.count()
    rows.delete()
    return number


def _forget_agreements() -> int:
    """Agreements go with their versions, which triggers keep from being changed but not, for the demo, from going.

    The yearly window of changes was remembered for their universities; where there are others it comes back.
    """
    agreements = Agreement.objects.filter(is_demo=True)
    universities = University.objects.filter(agreement_sides__agreement__in=agreements)
    TrackedDate.objects.filter(kind=CHANGE_WINDOW, subject_uuid__in=universities.values("uuid")).delete()
    _forget(AgreementVersion.objects.filter(agreement__in=agreements))
    _forget(agreements)
    return agreements.forget()


def _files(records: dict[str, QuerySet[Any]]) -> list[Document]:
    """The files that belong to the records; their rows go with them, the files themselves afterwards."""
    links = (
        ApplicationDocument.objects.filter(application__in=records["applications"]),
        Attachment.objects.filter(item__in=records["news items"]),
        Attachment.objects.filter(event__in=records["events"]),
        Picture.objects.filter(item__in=records["news items"]),
        ProjectDocument.objects.filter(project__in=records["projects"]),
    )
    keys = [key for rows in links for key in rows.values_list("document", flat=True)]
    return list(Document.objects.filter(pk__in=keys))


def _forget_messages(recipients: list[str]) -> None:
    """Messages and reminders for these people."""
    ReminderPlan.objects.filter(recipient__in=recipients).delete()
    Message.objects.filter(recipient__in=recipients).delete()


def _forget(rows: QuerySet[Any]) -> None:
    """What other rooms keep about the records: trail, messages, reminders, and the history of edits."""
    uuids: list[UUID] = list(rows.values_list("uuid", flat=True))
    for model in _ABOUT:
        model._default_manager.filter(subject_uuid__in=uuids).delete()
    kind = ContentType.objects.get_for_model(rows.model)
    versions = Version.objects.filter(
        content_type=kind, object_id__in=[str(pk) for pk in rows.values_list("pk", flat=True)]
    )
    Revision.objects.filter(pk__in=list(versions.values_list("revision", flat=True))).delete()
