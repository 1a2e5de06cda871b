"""An application as its reviewer sees it: never contact data; where the call is anonymous, no names either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mobility import answers
from mobility.models import Review

_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
# Parts that hold who somebody is and how to reach them; declarations say nothing to score.
_LEFT_OUT = ("personal", "declarations", "documents")


@dataclass(frozen=True)
class Paper:
    """A submitted document: what was asked for, and the name under which the reviewer gets the file."""

    uuid: UUID
    title: str
    file: str
    type: str
    size: int


def name(review: Review) -> str:
    """Who applied; in an anonymous call the reference only."""
    application = review.application
    personal = (application.snapshot or {}).get("personal") or {}
    written = f"{personal.get('given_name', '')} {personal.get('family_name', '')}".strip()
    return application.reference if application.call.is_anonymous or not written else written


def sections(review: Review) -> list[answers.Section]:
    """What was answered, without the parts that reviewers don't see; files stand among the papers."""
    kept = review.application.snapshot or {}
    told = answers.sections({slug: part for slug, part in kept.items() if slug not in _LEFT_OUT})
    return [replace(one, lines=[line for line in one.lines if line.paper is None]) for one in told]


def papers(review: Review) -> list[Paper]:
    """The files that were submitted, those that answer a question last.

    In an anonymous call they are named by number, since people put their names in files.
    """
    found = []
    for number, (words, kept) in enumerate(_files(review.application.snapshot or {}), 1):
        title = words or _("Document %(number)s") % {"number": number}
        plain = f"{review.application.reference}-{number}.{_ENDINGS.get(kept.get('type', ''), 'bin')}"
        file = plain if review.application.call.is_anonymous else kept.get("file") or plain
        found.append(Paper(UUID(kept["uuid"]), title, file, kept.get("type", ""), kept.get("size", 0)))
    return found


def _files(kept: answers.Answers) -> list[tuple[str, dict[str, Any]]]:
    """What each file was asked for as, in the language in use, and what the snapshot tells of it."""
    asked = [(answers.in_use(one, "name"), one) for one in kept.get("documents", [])]
    answered = [
        (answers.in_use(one, "text"), one["paper"]) for one in kept.get("questions", []) if one.get("paper")
    ]
    return asked + answered


def given(review: Review) -> dict[str, Any]:
    """The points and the comment that are kept, as the form names them."""
    points = {f"points_{one.criterion_id}": one.points for one in review.scores.all()}
    return points | {"comment": review.comment}
