"""The files of an application: papers that the call asks for, and answers to its questions."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from documents import actions as documents
from documents.models import Document
from ground.workflow import NotPossible
from mobility import parts
from mobility.actions.saving import open_for_writing, touch
from mobility.models import Answer, Application, ApplicationDocument, Question, RequiredDocument

# The new file takes the place of the old one, whose row goes, in one statement: an upload costs no more for replacing.
_KEEP = """WITH before AS (
    SELECT document_id FROM {table} WHERE application_id = %(application)s::bigint AND {asked} = %(asked)s::bigint
), kept AS (
    INSERT INTO {table} (uuid, application_id, {asked}, document_id{names})
    VALUES (%(uuid)s::uuid, %(application)s::bigint, %(asked)s::bigint, %(document)s::bigint{values})
    ON CONFLICT (application_id, {asked}) DO UPDATE SET uuid = EXCLUDED.uuid, document_id = EXCLUDED.document_id
    RETURNING id
), gone AS (
    DELETE FROM documents_document USING before WHERE documents_document.id = before.document_id RETURNING storage_name
)
SELECT (SELECT id FROM kept), (SELECT storage_name FROM gone)"""
_KEEP_PAPER = _KEEP.format(
    table="mobility_applicationdocument", asked="asked_id", names="", values=""
)  # fmt: skip
_KEEP_ANSWER = _KEEP.format(
    table="mobility_answer", asked="question_id", names=", text, options", values=", '', '{}'::uuid[]"
)


@transaction.atomic
def attach_document(
    application: Application, asked: RequiredDocument, upload: UploadedFile[Any], *, by: Any
) -> ApplicationDocument:
    """Keep `upload` as the paper that was asked for; one that is there already is replaced.

    Raises PermissionDenied, NotPossible, or documents.checks.Refused with the reason in words.
    """
    locked = open_for_writing(application, by=by)
    if asked.call_id != locked.call_id:
        raise NotPossible(_("This call does not ask for this document."))
    document = documents.store(upload, by=by)
    paper = ApplicationDocument(application=locked, asked=asked, document=document)
    _keep(_KEEP_PAPER, paper, asked, document)
    touch(locked, parts.DOCUMENTS)
    return paper


@transaction.atomic
def attach_answer(
    application: Application, question: Question, upload: UploadedFile[Any], *, by: Any
) -> Answer:
    """Keep `upload` as the answer to `question`; one that is there already is replaced.

    Raises PermissionDenied, NotPossible, or documents.checks.Refused with the reason in words.
    """
    locked = open_for_writing(application, by=by)
    if question.call_id != locked.call_id or question.kind != Question.Kind.FILE:
        raise NotPossible(_("This call does not ask for this document."))
    document = documents.store(upload, by=by)
    answer = Answer(application=locked, question=question, document=document)
    _keep(_KEEP_ANSWER, answer, question, document)
    touch(locked, parts.QUESTIONS)
    return answer


def _keep(statement: str, row: Any, asked: Any, document: Document) -> None:
    """Write `row` with its file, over the one that is there; the file before it goes once that is certain."""
    row.uuid = uuid.uuid4()
    given = {
        "uuid": row.uuid, "application": row.application_id, "asked": asked.pk, "document": document.pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        row.pk, gone = cursor.fetchone()
    row._state.adding = False
    if gone:
        documents.forget(gone)


@transaction.atomic
def remove_document(application: Application, paper: ApplicationDocument, *, by: Any) -> None:
    """Take an uploaded paper away again. Raises PermissionDenied or NotPossible."""
    locked = open_for_writing(application, by=by)
    _drop(locked.documents.filter(pk=paper.pk).select_related("document").first())
    touch(locked, parts.DOCUMENTS)


@transaction.atomic
def remove_answer(application: Application, question: Question, *, by: Any) -> None:
    """Take the file that answers `question` away again. Raises PermissionDenied or NotPossible."""
    locked = open_for_writing(application, by=by)
    _drop(locked.answers.filter(question=question).select_related("document").first())
    touch(locked, parts.QUESTIONS)


def _drop(kept: ApplicationDocument | Answer | None) -> None:
    if kept is not None:
        kept.delete()
        if kept.document is not None:
            documents.discard(kept.document)
