"""Adding and removing papers of a project."""

from __future__ import annotations

from typing import Any

import reversion
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_noop

from documents import actions as files
from projects.actions.door import demand_editing, locked, one_revision, record
from projects.actions.following import tell_followers
from projects.models import Project, ProjectDocument


def add_document(
    project: Project, *, by: Any, upload: UploadedFile[Any], title_en: str, title_lt: str, is_public: bool
) -> ProjectDocument:
    """Attach a file. Raises PermissionDenied, NotPossible (archived) or documents.checks.Refused."""
    with one_revision(by, gettext_noop("A document was added.")):
        project = locked(project)
        demand_editing(project, by)
        paper = attach(
            project, by=by, upload=upload, title_en=title_en, title_lt=title_lt, is_public=is_public
        )
        if is_public:
            tell_followers(project, by, "document")
        reversion.add_to_revision(project)
    return paper


def attach(
    project: Project, *, by: Any, upload: UploadedFile[Any], title_en: str, title_lt: str, is_public: bool
) -> ProjectDocument:
    """Keep a file with a (locked) project, within the revision of another verb that has checked the right.

    Raises documents.checks.Refused.
    """
    paper = ProjectDocument.objects.create(
        project=project, document=files.store(upload, by=by), is_public=is_public,
        title_en=title_en or None, title_lt=title_lt or None,
    )  # fmt: skip
    record("projects.add_document", project, by, document=paper.document.name, public=is_public)
    return paper


def remove_document(paper: ProjectDocument, *, by: Any) -> None:
    """Take a file away for good. Raises PermissionDenied or NotPossible (archived)."""
    with one_revision(by, gettext_noop("A document was removed.")):
        project = locked(paper.project)
        demand_editing(project, by)
        document = paper.document
        paper.delete()
        files.discard(document)
        reversion.add_to_revision(project)
        record("projects.remove_document", project, by, document=document.name)
