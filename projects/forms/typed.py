"""What was typed into a project's form whose project is gone: told in words, and carried to a new one."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from members.models import University
from projects.forms.draft import content_of
from projects.forms.editor import Editor
from projects.forms.merging import told
from projects.forms.merging.sides import Side, side_typed
from projects.forms.stored import ROW_FIELDS
from projects.history import Difference, Kept

_OF_THE_OLD = re.compile(r"version|token|form_id|comment|[a-z]+-[0-9]+-(id|evidence_id)", re.ASCII)


def typed_into(
    sent: QueryDict, leads: QuerySet[University]
) -> tuple[list[Difference], list[tuple[str, str]]]:
    """All that `sent` holds, in words, and the same as the form of a new project takes it."""
    editor = Editor(leads=leads, sent=sent)
    editor.is_valid()
    nothing = Side({}, {kind: [] for kind in ROW_FIELDS})
    mine = side_typed(editor, nothing)
    rows: dict[str, list[Any]] = {kind: [line.values for line in lines] for kind, lines in mine.rows.items()}
    carried = [pair for pair in content_of(sent) if not _OF_THE_OLD.fullmatch(pair[0])]
    return told.changed(Kept(), mine.own, rows), [*carried, ("token", str(uuid.uuid4()))]
