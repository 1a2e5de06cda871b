"""Settling a milestone: what was due is done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import reversion
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ground import clock
from notifications import outbox
from projects.actions.amendments import Unfit
from projects.actions.door import demand_editing, keep_original, locked, one_revision, record
from projects.actions.following import tell_followers
from projects.actions.papers import attach
from projects.messages import MILESTONE, MILESTONE_DUE
from projects.models import Milestone, Project, ProjectDocument


class AlreadyDone(Exception):
    """Somebody wrote it down before; `milestone` is as it stands."""

    def __init__(self, milestone: Milestone) -> None:
        super().__init__(milestone)
        self.milestone = milestone


@dataclass(frozen=True)
class Evidence:
    """What shows that it is done: a web address, a document of the project (`kept`), or a file that comes along."""

    url: str = ""
    kept: ProjectDocument | None = None
    upload: UploadedFile[Any] | None = None
    is_public: bool = False


def complete_milestone(
    milestone: Milestone, *, by: Any, done_on: dt.date, evidence: Evidence | None = None
) -> Milestone:
    """Write down that the milestone was done on `done_on`, as one revision; messages that wait about it are taken back.

    Raises PermissionDenied, NotPossible (archived), AlreadyDone, Unfit, documents.checks.Refused, or
    Milestone.DoesNotExist when it was removed meanwhile.
    """
    demand_editing(milestone.project, by)
    keep_original(milestone.project)
    with one_revision(by, gettext_noop("A milestone was marked as done.")):
        project = locked(milestone.project)
        demand_editing(project, by)
        milestone = project.milestones.get(pk=milestone.pk)
        if milestone.done_on is not None:
            raise AlreadyDone(milestone)
        if done_on > clock.today(project.lead.zone):
            raise Unfit("done_on", _("This day is still to come. Give the day on which it was done."))
        _write(project, milestone, by, done_on, evidence or Evidence())
        outbox.settle(MILESTONE, milestone.uuid, kinds=[MILESTONE_DUE])
        reversion.add_to_revision(project)
        tell_followers(project, by, "edit")
        record(
            "projects.complete_milestone", project, by, milestone=str(milestone), done_on=done_on.isoformat()
        )
    return milestone


def _write(project: Project, milestone: Milestone, by: Any, done_on: dt.date, evidence: Evidence) -> None:
    milestone.done_on = done_on
    milestone.evidence_url = evidence.url
    milestone.evidence = _document(project, milestone, by, evidence)
    milestone.save(update_fields=["done_on", "evidence_url", "evidence"])
    project.version += 1  # a form that is open elsewhere would otherwise write the old row over this
    project.save(update_fields=["version", "updated_at"])


def _document(project: Project, milestone: Any, by: Any, evidence: Evidence) -> ProjectDocument | None:
    """The document, kept with the project under the name of the milestone when it comes as a file."""
    if evidence.upload is not None:
        return attach(
            project, by=by, upload=evidence.upload, is_public=evidence.is_public,
            title_en=milestone.title_en or "", title_lt=milestone.title_lt or "",
        )  # fmt: skip
    if evidence.kept is not None and evidence.kept.project_id != project.pk:
        raise Unfit("document", _("Choose one of the project's documents."))
    return evidence.kept
