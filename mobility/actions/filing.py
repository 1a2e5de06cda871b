"""Files that answer a question of the call."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from documents import actions as documents
from ground.workflow import NotPossible
from mobility import parts
from mobility.actions.saving import open_for_writing, touch
from mobility.models import Answer, Application, Question


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
    _drop(locked, question)
    answer = Answer.objects.create(application=locked, question=question, document=document)
    touch(locked, parts.QUESTIONS)
    return answer


@transaction.atomic
def remove_answer(application: Application, question: Question, *, by: Any) -> None:
    """Take the file that answers `question` away again. Raises PermissionDenied or NotPossible."""
    locked = open_for_writing(application, by=by)
    _drop(locked, question)
    touch(locked, parts.QUESTIONS)


def _drop(locked: Application, question: Question) -> None:
    answer = locked.answers.filter(question=question).select_related("document").first()
    if answer is not None:
        answer.delete()
        if answer.document is not None:
            documents.discard(answer.document)
