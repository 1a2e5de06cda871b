from projects.forms.changes import was_changed
from projects.forms.conflict import Conflict
from projects.forms.draft import content_of, keeper_for, keeper_in, marks_of, typed_in
from projects.forms.editor import Editor
from projects.forms.merging.answers import resolved, unanswered
from projects.forms.partners import FOUND_AT_MOST, find_organisations
from projects.forms.project import DocumentForm
from projects.forms.typed import typed_into
from projects.forms.unsettled import Unsettled

__all__ = [
    "FOUND_AT_MOST",
    "Conflict",
    "DocumentForm",
    "Editor",
    "Unsettled",
    "content_of",
    "find_organisations",
    "keeper_for",
    "keeper_in",
    "marks_of",
    "resolved",
    "typed_in",
    "typed_into",
    "unanswered",
    "was_changed",
]
