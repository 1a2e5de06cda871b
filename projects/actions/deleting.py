"""Deleting a draft that nobody needs."""

from __future__ import annotations

from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from reversion.models import Version

from audit.models import Event
from ground.workflow import NotPossible
from notifications import outbox
from projects.actions.door import locked, one_revision, record
from projects.messages import SUBJECT
from projects.models import Project
from projects.workflow import Publication


def delete_draft(project: Project, *, by: Any) -> None:
    """Delete a draft with its rows. Its history stays on record, and the trail says who deleted it.

    Raises PermissionDenied, NotPossible (`why_kept` says why) or Project.DoesNotExist when it is deleted already.
    """
    with transaction.atomic():
        project = locked(project)
        if not by.has_perm("projects.publish_project", project):
            raise PermissionDenied
        if reason := why_kept(project):
            raise NotPossible(reason)
        with one_revision(by, gettext_noop("The draft was deleted.")):  # as it was, before it goes
            reversion.add_to_revision(project)
        record("projects.delete_draft", project, by, key=project.key)
        outbox.cancel(SUBJECT, project.uuid)
        project.delete()


def deleted_before(key: str, *, by: Any) -> str:
    """The number of the draft at this address that `by` deleted, as the trail has it; "" when they deleted none."""
    mine = Event.objects.filter(verb="projects.delete_draft", actor=by, details__key=key)
    return mine.values_list("subject_name", flat=True).first() or ""


def why_kept(project: Project) -> str:
    """Why the project can't be deleted, in words; empty when it can.

    What was public once may be cited, so it is archived and never deleted. What others rely on goes first, by hand:
    documents, sharings, and the news, events and calls that name the project.
    """
    if project.publication != Publication.DRAFT or _was_public(project):
        return _("This project was public. It can be archived, not deleted.")
    if project.documents.exists():
        return _("The project has documents. Remove them first.")
    if project.sharings.exists():
        return _("The project is shared with another university. Withdraw the sharing first.")
    if _is_named(project):
        return _("News, events or calls name this project. Take it out of them first.")
    return ""


def _was_public(project: Project) -> bool:
    """Whether the trail or the history knows of a publication; each may know what the other doesn't (imports)."""
    if Event.objects.filter(subject_uuid=project.uuid, verb="projects.publish").exists():
        return True
    public = Q()
    for value in (Publication.PUBLISHED, Publication.ARCHIVED):
        public |= Q(serialized_data__contains=f'"publication": "{value}"')
    return bool(Version.objects.get_for_object(project).filter(public).exists())


def _is_named(project: Project) -> bool:
    """Whether records of the rooms above link to the project."""
    links = [relation for relation in Project._meta.related_objects if relation.many_to_many]
    return any(getattr(project, str(link.get_accessor_name())).exists() for link in links)
