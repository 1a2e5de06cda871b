"""Merged texts that were sent back with the marks of both versions still in them, when all else is settled."""

from __future__ import annotations

from dataclasses import replace

from django.http import QueryDict

from projects.forms.merging.answers import ASKED, BASE, KEEP, MERGED, THEIRS, resolved
from projects.forms.merging.questions import Question, of_marked
from projects.forms.merging.sides import OWN
from projects.forms.project import LONG, STILL_MARKED, EditedProjectForm
from projects.merge import MARKS
from projects.models import Project

_NOT_CARRIED = ("csrfmiddlewaretoken", "version", BASE, "step")


class Unsettled:
    """The page of a conflict once more, with the marked texts alone; `sent` holds the answers to all else."""

    def __init__(self, project: Project, sent: QueryDict) -> None:
        self.project, self.version = project, project.version
        self.base = sent.get(BASE, "")  # the version before both changes
        names = _marked_in(sent)
        rest = sent.copy()
        for name in names:
            for start in (ASKED, KEEP):
                rest.pop(f"{start}{name}", None)
        self._settled = resolved(rest)
        self.questions: list[Question] = [_question(name, sent) for name in names]

    @property
    def problems(self) -> list[dict[str, str]]:
        """What is wrong, with where on the page it stands."""
        return [{"href": one.merged_name, "words": f"{one.label}: {one.error}"} for one in self.questions]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What is settled, as a form sends it."""
        return [
            (name, value)
            for name, values in self._settled.lists()
            for value in values
            if name not in _NOT_CARRIED and not name.startswith((ASKED, KEEP, THEIRS, MERGED))
        ]


def _marked_in(sent: QueryDict) -> list[str]:
    return [
        name
        for name in OWN
        if name.startswith(LONG)
        and sent.get(f"{KEEP}{name}") == "merge"
        and MARKS.search(str(sent.get(f"{MERGED}{name}", "")))
    ]


def _question(name: str, sent: QueryDict) -> Question:
    texts = [str(sent.get(f"{start}{name}", "")) for start in ("", THEIRS, MERGED)]
    label = str(EditedProjectForm.base_fields[name].label)
    return replace(of_marked(name, label, *texts), error=str(STILL_MARKED))
