from projects.forms.conflict import Conflict, resolved
from projects.forms.editor import Editor
from projects.forms.project import DocumentForm

__all__ = ["Conflict", "DocumentForm", "Editor", "resolved"]
