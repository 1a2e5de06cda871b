"""A call, or an application, with everything that belongs to it: pages that show all of it ask for it at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from ground.gathering import keep, together
from mobility.models import Application, Call, QuestionOption


def call_with(call: Call, *more: QuerySet[Any]) -> list[list[Any]]:
    """Let `call` know what it asks for and offers; out come the rows of `more`, read in the same query."""
    facts = {
        "places": call.places.for_table(),  # type: ignore[attr-defined]
        "criteria": call.criteria.all(),
        "changes": call.changes.all(),
    }
    return _filled(call, facts, call, more)


def application_with(application: Application, *more: QuerySet[Any]) -> list[list[Any]]:
    """Let `application` know all its parts, and its call what it asks for; out come the rows of `more`.

    What is known then is what `Application.objects.with_all()` prefetches, and the call's languages and fields.
    """
    places = application.wishes.select_related("place__host__organisation", "place__field")
    parts = {
        "languages": application.languages.all(),
        "wishes": places.defer("place__host__organisation__search"),
        "documents": application.documents.select_related("document", "asked"),
        "answers": application.answers.select_related("document"),
        "part_drafts": application.part_drafts.all(),
    }
    return _filled(application, parts, application.call, more)


def submitted_with(application: Application, *more: QuerySet[Any]) -> list[list[Any]]:
    """As `application_with`, for one that is read as it was submitted: of its parts the files alone."""
    files = application.answers.filter(document__isnull=False).select_related("document")
    papers = {"documents": application.documents.select_related("document", "asked"), "answers": files}
    return _filled(application, papers, application.call, more)


def _filled(
    record: Any, parts: Mapping[str, QuerySet[Any]], call: Call, more: tuple[QuerySet[Any], ...]
) -> list[list[Any]]:
    asked = _asked_by(call)
    options = QuestionOption.objects.filter(question__call=call)
    found = iter(together(*parts.values(), *asked.values(), options, *more))
    keep(record, **{name: next(found) for name in parts})
    keep(call, **{name: next(found) for name in asked})
    _share_out(call, next(found))
    return list(found)


def _asked_by(call: Call) -> dict[str, QuerySet[Any]]:
    return {
        "languages": call.languages.all(),
        "fields_of_education": call.fields_of_education.all(),
        "required_documents": call.required_documents.all(),
        "questions": call.questions.all(),
    }


def _share_out(call: Call, options: list[QuestionOption]) -> None:
    """Each question knows its options."""
    of: dict[int, list[QuestionOption]] = defaultdict(list)
    for one in options:
        of[one.question_id].append(one)
    for question in call.questions.all():
        keep(question, options=of[question.pk])
