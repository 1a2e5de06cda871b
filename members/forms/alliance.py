"""The pages on which the alliance's own figures and its networks of centres are edited."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from members.actions import alliance
from members.editing import Values, marks
from members.forms.university import Comment, PartEditor, filled_table, read_marks
from members.forms.university_records import NamedForm
from members.models import CentreNetwork


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


class NetworkForm(NamedForm):
    """A network of sister centres in both languages."""

    class Meta:
        model = CentreNetwork
        fields = list(alliance.NETWORK)
        labels = {
            "name_en": gettext_lazy("Name in English"),
            "name_lt": gettext_lazy("Name in Lithuanian"),
            "description_en": gettext_lazy("What it does, in English"),
            "description_lt": gettext_lazy("What it does, in Lithuanian"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_en"].required = False


class NetworkEditor(PartEditor):
    """The form of one network, filled from what is stored, from what was sent, or from `values`."""

    def __init__(
        self, record: CentreNetwork, sent: QueryDict | None = None, values: Values | None = None,
        seen: Mapping[str, str] | None = None, comment: str = "",
    ) -> None:  # fmt: skip
        stored = alliance.network(record)
        self.record = record
        self.seen = read_marks(sent) if sent is not None else dict(seen or marks(stored))
        self.form = NetworkForm(sent, instance=copy.copy(record), initial=values or stored)
        self.tables = {}
        self.comment = Comment(sent, initial={"comment": comment})
