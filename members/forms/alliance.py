"""The page on which the alliance's own figures are edited."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict

from members.actions import alliance
from members.editing import Values, marks
from members.forms.university import Comment, PartEditor, filled_table, read_marks


class AllianceEditor(PartEditor):
    """The table of figures, filled from what is stored, from what was sent, or from `values`."""

    def __init__(
        self, sent: QueryDict | None = None, values: Values | None = None,
        seen: Mapping[str, str] | None = None, comment: str = "",
    ) -> None:  # fmt: skip
        stored = alliance.figures()
        self.seen = read_marks(sent) if sent is not None else dict(seen or marks(stored))
        self.form = None
        self.tables = {"figures": filled_table("figures", sent, values or stored, None, False)}
        self.comment = Comment(sent, initial={"comment": comment})
