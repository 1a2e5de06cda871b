"""An application as its reviewer sees it: never contact data; where the call is anonymous, no names either."""

from __future__ import annotations

from dataclasses import dataclass
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
    """What was answered, without the parts that reviewers don't see."""
    kept = review.application.snapshot or {}
    return answers.sections({slug: part for slug, part in kept.items() if slug not in _LEFT_OUT})


def papers(review: Review) -> list[Paper]:
    """The documents that were submitted; anonymous ones are named by number, since people put their names in files."""
    found = []
    for number, kept in enumerate((review.application.snapshot or {}).get("documents", []), 1):
        title = answers.in_use(kept, "name") or _("Document %(number)s") % {"number": number}
        plain = f"{review.application.reference}-{number}.{_ENDINGS.get(kept.get('type', ''), 'bin')}"
        file = plain if review.application.call.is_anonymous else kept.get("file") or plain
        found.append(Paper(UUID(kept["uuid"]), title, file, kept.get("type", ""), kept.get("size", 0)))
    return found


def given(review: Review) -> dict[str, Any]:
    """The points and the comment that are kept, as the form names them."""
    points = {f"points_{one.criterion_id}": one.points for one in review.scores.all()}
    return points | {"comment": review.comment}
