"""What is done to projects: create, edit, publish, add and remove papers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from reversion.models import Version

from audit import trail
from documents import actions as files
from ground import richtext
from ground.workflow import NotPossible
from projects.models import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Project,
    ProjectDocument,
    TeamMember,
    Website,
)
from projects.workflow import PUBLICATION, Publication

Fields = Mapping[str, Any]
Rows = Mapping[str, Sequence[Fields]]


class Stale(Exception):
    """Somebody saved meanwhile; `project` is as it stands now."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.project = project


class CodeTaken(Exception):
    """Another project has the number, or one so alike that its address would be the same."""


class AlreadyCreated(Exception):
    """The same form was sent before; `project` is what it made."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.project = project


@dataclass(frozen=True)
class Part:
    """A kind of row. `match` names the field by which a row given is recognised as one that is there already."""

    model: type[models.Model]
    match: str = "id"


PARTS: Mapping[str, Part] = {
    "websites": Part(Website, "url"),
    "funding": Part(FundingLine),
    "team": Part(TeamMember),
    "departments": Part(Department, "unit_id"),
    "partners": Part(Partnership, "organisation_id"),
    "milestones": Part(Milestone),
}
_LONG = ("description", "objectives", "results")


def create_project(*, by: Any, token: uuid.UUID, fields: Fields, rows: Rows, comment: str = "") -> Project:
    """A new draft with its rows. `token` is of the form: the same token makes one project, however often it is sent.

    In: the project's own fields by name, and for each of PARTS the full list of rows (what is left out stays empty).
    Raises PermissionDenied, AlreadyCreated or CodeTaken.
    """
    if not by.has_perm("projects.create_project", fields["lead"]):
        raise PermissionDenied
    try:
        with _one_revision(by, comment or gettext_noop("The project was created.")):
            project = _write(Project(uuid=token), fields, rows)
            _record("projects.create", project, by)
    except IntegrityError as error:
        if before := Project.objects.filter(uuid=token).first():
            raise AlreadyCreated(before) from error
        raise _code_or(error, fields) from error
    return project


def edit_project(
    project: Project, *, by: Any, version: int, fields: Fields, rows: Rows, comment: str = ""
) -> Project:
    """Save the project and its rows as one revision; `rows` are complete, what is not in them goes.

    `version` is the one that was edited. Raises PermissionDenied, NotPossible (archived), Stale or CodeTaken.
    """
    _demand_editing(project, by)
    _keep_original(project)
    try:
        with _one_revision(by, comment or gettext_noop("Saved")):
            project = _locked(project)
            _demand_editing(project, by)
            if project.version != version:
                raise Stale(project)
            if fields["lead"] != project.lead and not by.has_perm("projects.create_project", fields["lead"]):
                raise PermissionDenied
            project.version += 1
            _write(project, fields, rows)
            _record("projects.edit", project, by)
    except IntegrityError as error:
        raise _code_or(error, fields) from error
    return project


def change_publication(project: Project, *, step: str, by: Any) -> Project:
    """Take a step of the table of publication (publish, withdraw, archive, reopen).

    Raises NotPossible or PermissionDenied.
    """
    transition = PUBLICATION.transitions.get(step)
    with translation.override("en"):  # stored in one language, read in each
        sentence = str(transition.sentence) if transition else ""
    with _one_revision(by, sentence):
        return _advance(_locked(project), step, by=by)


def add_document(
    project: Project, *, by: Any, upload: UploadedFile[Any], title_en: str, title_lt: str, is_public: bool
) -> ProjectDocument:
    """Attach a file. Raises PermissionDenied, NotPossible (archived) or documents.checks.Refused."""
    with _one_revision(by, gettext_noop("A document was added.")):
        project = _locked(project)
        _demand_editing(project, by)
        paper = ProjectDocument.objects.create(
            project=project, document=files.store(upload, by=by), is_public=is_public,
            title_en=title_en or None, title_lt=title_lt or None,
        )  # fmt: skip
        reversion.add_to_revision(project)
        _record("projects.add_document", project, by, document=paper.document.name, public=is_public)
    return paper


def remove_document(paper: ProjectDocument, *, by: Any) -> None:
    """Take a file away for good. Raises PermissionDenied or NotPossible (archived)."""
    with _one_revision(by, gettext_noop("A document was removed.")):
        project = _locked(paper.project)
        _demand_editing(project, by)
        document = paper.document
        paper.delete()
        files.discard(document)
        reversion.add_to_revision(project)
        _record("projects.remove_document", project, by, document=document.name)


def _advance(project: Project, step: str, *, by: Any) -> Project:
    """The one place where the publication of a (locked) project changes."""
    transition = PUBLICATION.transitions.get(step)
    if transition is not None and not by.has_perm(transition.permission, project):
        raise PermissionDenied
    transition = PUBLICATION.find(step, source=project.publication)
    project.publication = transition.target
    project.save(update_fields=["publication", "updated_at"])
    _record(f"projects.{step}", project, by)
    return project


def _demand_editing(project: Project, by: Any) -> None:
    if by.has_perm("projects.edit_project", project):
        return
    if project.publication == Publication.ARCHIVED and by.has_perm("projects.publish_project", project):
        raise NotPossible(_("An archived project is read-only. Open it again to change it."))
    raise PermissionDenied


def _locked(project: Project) -> Project:
    rows = Project.objects.select_related("lead__organisation").select_for_update(of=("self",))
    return rows.get(pk=project.pk)


@contextmanager
def _one_revision(by: Any, comment: str) -> Iterator[None]:
    """All or nothing, and one revision with who and why."""
    with transaction.atomic(), reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(comment)
        yield


def _keep_original(project: Project) -> None:
    """What was loaded or imported has no history: before its first edit here it becomes its first revision."""
    if Version.objects.get_for_object(project).exists():
        return
    with transaction.atomic(), reversion.create_revision():
        reversion.set_comment(gettext_noop("As it was before the first edit here."))
        stored = Project.objects.get(pk=project.pk)  # a form may have filled the one at hand
        reversion.add_to_revision(stored)


def _write(project: Project, fields: Fields, rows: Rows) -> Project:
    for name, value in fields.items():
        long = name.startswith(_LONG) and isinstance(value, str)
        setattr(project, name, richtext.clean(value) if long else value)
    project.save()
    for name, part in PARTS.items():
        _write_rows(project, part, rows.get(name, ()))
    project.refresh_search()
    reversion.add_to_revision(project)
    return project


def _write_rows(project: Project, part: Part, rows: Sequence[Fields]) -> None:
    """Make the rows of one kind what `rows` says: the rest goes first, so that nothing collides."""
    there = {getattr(row, part.match): row for row in part.model._default_manager.filter(project=project)}
    records = []
    for position, fields in enumerate(rows, start=1):
        record = there.pop(fields.get(part.match), None) or part.model(project=project)
        changed = _fill(record, {**fields, "position": position})
        if changed or record.pk is None:
            records.append(record)
    part.model._default_manager.filter(pk__in=[row.pk for row in there.values()]).delete()
    # Of two people who change places as head, the one who steps down is saved first.
    for record in sorted(records, key=lambda row: getattr(row, "part", "") == TeamMember.Part.HEAD):
        record.save()


def _fill(record: models.Model, fields: Fields) -> bool:
    """Set what differs; says whether anything did."""
    changed = False
    for name, value in fields.items():
        if name == "id" or not hasattr(record, name) or getattr(record, name) == value:
            continue
        if isinstance(record, TeamMember) and name == "name":
            record.user = None  # another person: the account behind the name was somebody else's
        setattr(record, name, value)
        changed = True
    return changed


def _code_or(error: IntegrityError, fields: Fields) -> Exception:
    """CodeTaken when the number is what collided, else the error itself."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    return CodeTaken(fields.get("code")) if "_code_" in constraint or "_key_" in constraint else error


def _record(verb: str, project: Project, by: Any, **details: Any) -> None:
    trail.record(
        verb, by=by, kind="projects.project", subject=project.uuid, name=str(project),
        details={"publication": project.publication, "version": project.version, **details},
    )  # fmt: skip
