from projects.forms.conflict import Conflict, resolved
from projects.forms.draft import content_of, keeper_for, keeper_in, marks_of, typed_in
from projects.forms.editor import Editor
from projects.forms.partners import FOUND_AT_MOST, find_organisations
from projects.forms.project import DocumentForm

__all__ = [
    "FOUND_AT_MOST",
    "Conflict",
    "DocumentForm",
    "Editor",
    "content_of",
    "find_organisations",
    "keeper_for",
    "keeper_in",
    "marks_of",
    "resolved",
    "typed_in",
]
