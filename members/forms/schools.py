"""The pages on which the schools of a group are edited, and organisations made part of it."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from ground.forms import PortalForm
from members.editing import Values, marks, schools
from members.editing.parts import ADDRESS
from members.forms.university import Comment, FactsForm, PartEditor, filled_table, read_marks
from members.forms.university_records import HostField
from members.models import Organisation, University


class SchoolForm(FactsForm):
    """Names and address of a school. Its city places it on the map."""

    latitude = None
    longitude = None

    class Meta(FactsForm.Meta):
        fields = ["name", *(name for name in ADDRESS if name != "local_language"), "country"]
        help_texts = {"city": gettext_lazy("On the map the school stands in its city.")}


class SchoolEditor(PartEditor):
    """The form and the codes of one school, filled from what is stored, from what was sent, or from `values`."""

    def __init__(
        self, university: University, school: Organisation, by: Any, sent: QueryDict | None = None,
        values: Values | None = None, seen: Mapping[str, str] | None = None, comment: str = "",
    ) -> None:  # fmt: skip
        self.university, self.school, self.by = university, school, by
        identity = schools.names_it(school, by, university)
        stored = schools.read(school, identity)
        shown = {**stored, **(values or {})}
        self.seen = read_marks(sent) if sent is not None else dict(seen or marks(stored))
        self.form = SchoolForm(sent, instance=copy.copy(school), initial=shown, identity=identity)
        self.tables = {"identifiers": filled_table("identifiers", sent, shown, school.pk, identity)}
        self.comment = Comment(sent, initial={"comment": comment})

    @property
    def token(self) -> uuid.UUID:
        """The identifier of the school that the form makes, so that a form sent twice makes one."""
        return self.school.uuid

    @property
    def marks(self) -> str:
        return json.dumps(self.seen)

    @property
    def told_of(self) -> dict[str, Any]:
        """What of a school was typed, right or wrong, as far as it says which organisation it is."""
        rows = [
            {"scheme": row._typed("scheme"), "value": row._typed("value")}
            for row in self.tables["identifiers"]
        ]
        data = self.form.cleaned_data
        return {name: data.get(name) or "" for name in ("name", "country", "city")} | {
            "identifiers": [row for row in rows if row["value"]]
        }


class OnRecordField(HostField):
    """An organisation on record, named by people as `HostField` says, or by a button with its `uuid`."""

    def found(self, typed: str) -> int | None:
        try:
            key = uuid.UUID(typed)
        except ValueError:
            return super().found(typed)
        named = Organisation.objects.filter(uuid=key).values_list("pk", flat=True).first()
        return named or super().found(typed)


class AttachForm(PortalForm):
    organisation = OnRecordField(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Its Erasmus code, PIC, ROR id or whole legal name."),
    )
    comment = forms.CharField(
        label=gettext_lazy("Why?"), max_length=200, required=False,
        help_text=gettext_lazy("One line for the history of the school."),
    )  # fmt: skip
