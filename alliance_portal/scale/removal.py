"""The way back: what was generated goes, with what people tied to it; everything else stays."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import QuerySet
from django.db.models.functions import Cast
from reversion.models import Revision, Version

from alliance_portal.scale.marks import RANGE
from audit.models import Event
from documents import actions as documents
from documents.models import Document
from members.models import OrganisationalUnit
from notifications.models import InboxItem, Message, ReminderPlan, TrackedDate
from projects.models import Department, FundingLine, Programme, Project, ProjectDocument

_ABOUT: tuple[type[models.Model], ...] = (Event, ReminderPlan, InboxItem, Message, TrackedDate)


@transaction.atomic
def remove() -> dict[str, int]:
    """Delete everything generated, whatever its seed. Out: how many of each kind went.

    A generated department or programme that a real record has come to use stays with it.
    """
    projects = Project.objects.filter(uuid__range=RANGE)
    papers = ProjectDocument.objects.filter(project__in=projects)
    files = list(Document.objects.filter(pk__in=papers.values("document")))
    _forget(projects)
    gone = {"projects": _delete(projects)}
    units = OrganisationalUnit.objects.filter(uuid__range=RANGE)
    units = units.exclude(pk__in=Department.objects.values("unit")).filter(children=None, contacts=None)
    gone["departments"] = _delete(units)
    gone["programmes"] = _programmes()
    for file in files:
        documents.discard(file)
    return gone


def _programmes() -> int:
    """From the leaves up, those that nothing refers to."""
    number = 0
    free = Programme.objects.filter(uuid__range=RANGE, children=None, predecessors=None)
    free = free.exclude(pk__in=FundingLine.objects.values("programme"))
    while leaves := _delete(free):
        number += leaves
    return number


def _forget(projects: QuerySet[Any]) -> None:
    """What other rooms keep about the projects: trail, messages, reminders, and the history of edits."""
    for model in _ABOUT:
        model._default_manager.filter(subject_uuid__range=RANGE).delete()
    keys = projects.annotate(written=Cast("pk", models.TextField())).values("written")
    kind = ContentType.objects.get_for_model(Project)
    versions = Version.objects.filter(content_type=kind, object_id__in=keys)
    Revision.objects.filter(pk__in=list(versions.values_list("revision", flat=True).distinct())).delete()


def _delete(rows: QuerySet[Any]) -> int:
    """Delete rows and what falls with them, set by set: reading a million rows first would take minutes."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.CASCADE:
            falling: Any = relation.related_model
            _delete(falling._base_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")}))
    plain = rows.model._base_manager.filter(pk__in=rows.values("pk"))
    return int(plain._raw_delete(plain.db))
