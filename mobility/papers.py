"""The files of an application, as papers and as answers, and who may see them."""

from __future__ import annotations

from typing import Any

from documents.models import Document
from members.appointments import held_by
from members.models import Role
from mobility import answers
from mobility.models import Answer, Application, ApplicationDocument


def find(application: Application, user: Any, uuid: Any) -> Document | None:
    """The file `uuid` of the application, if `user` may see it; the application was found among those they see.

    Its owner sees every file; the sending coordinators and administrators those that were submitted.
    """
    paper = ApplicationDocument.objects.filter(application=application).seen_by(user, application)
    found = paper.select_related("document").filter(document__uuid=uuid).first()
    if found is not None:
        return found.document
    if not _sees_answers(application, user, uuid):
        return None
    answer = (
        Answer.objects.filter(application=application, document__uuid=uuid).select_related("document").first()
    )
    return answer.document if answer else None


def by_uuid(application: Application) -> dict[str, Document]:
    """The files that are in the application now, as papers and as answers, by what a snapshot calls them."""
    held = [*application.documents.all(), *application.answers.all()]
    return {str(one.document.uuid): one.document for one in held if one.document_id}


def _sees_answers(application: Application, user: Any, uuid: Any) -> bool:
    if application.applicant_id == user.pk:
        return True
    held = held_by(user)
    decides = held.administrator or held.has(Role.MOBILITY_COORDINATOR, application.call.university_id)
    return decides and str(uuid) in answers.papers_in(application.snapshot or {})
