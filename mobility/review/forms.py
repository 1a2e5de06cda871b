"""What is typed on the pages of review and selection."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ground.forms import PortalForm
from mobility.actions.deciding import NEEDS_NOTE, OFFERS
from mobility.models import Call, Criterion
from mobility.models.dialogue import MOST_OF_A_MESSAGE


class TableNameForm(PortalForm):
    """The name under which a filter is kept."""

    name = forms.CharField(label=_("Name of the filter"), max_length=80)


class BulkForm(PortalForm):
    """What goes with a step for many: a note, the days to answer, and the mark of this one sending."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note to the applicants"), max_length=2000, required=False, widget=forms.Textarea,
        help_text=_("Stands in each of the mails."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Days to answer"), min_value=1, max_value=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, step: str, call: Call) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "days": call.offer_days})
        self.step = step
        self.call = call
        if step in OFFERS:
            del self.fields["note"]
        else:
            del self.fields["days"]
            self.fields["note"].required = step in NEEDS_NOTE

    def wording(self) -> tuple[str, int | None]:
        """The note and the days as far as they were typed, for the preview of the mails."""
        kept = self.cleaned_data if self.is_bound and self.is_valid() else {}
        days = kept.get("days", self.call.offer_days) if "days" in self.fields else None
        return kept.get("note", ""), days


class NoteForm(PortalForm):
    """Words about an application that stay inside."""

    text = forms.CharField(label=_("Note for those who decide"), max_length=5000, widget=forms.Textarea,
                           help_text=_("The applicant never sees it."))  # fmt: skip


class SeenForm(PortalForm):
    """The last message that stood on the page."""

    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)


class MessageForm(SeenForm):
    """A message to the applicant."""

    text = forms.CharField(
        label=_("Message to the applicant"), max_length=MOST_OF_A_MESSAGE, widget=forms.Textarea,
        help_text=_("The applicant reads it with your name and role, and gets an e-mail that it is there."),
        error_messages={"required": _("Write the message first.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="id_message_%s")


class AppealForm(PortalForm):
    """The answer to an appeal."""

    answer = forms.CharField(label=_("Answer to the applicant"), max_length=2000, widget=forms.Textarea)


class ConflictForm(PortalForm):
    """Why somebody must not score an application."""

    reason = forms.CharField(label=_("Why"), max_length=500, required=False)


class PointsField(forms.DecimalField):
    """Points, with a comma or a point before the decimals, in any language."""

    def to_python(self, value: Any) -> Any:
        """The number. Raises ValidationError."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class ScoreForm(PortalForm):
    """Points for each criterion, and a comment that stays inside."""

    optional_unsaid = True

    comment = forms.CharField(
        label=_("Comment"), max_length=5000, required=False, widget=forms.Textarea,
        help_text=_("For those who decide. The applicant never sees it."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, criteria: list[Criterion], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.criteria = {f"points_{one.pk}": one for one in criteria}
        for name, one in self.criteria.items():
            self.fields[name] = PointsField(
                localize=True,
                label=one.name, min_value=0, max_value=one.most, max_digits=5, decimal_places=2, required=False,
                help_text=_("%(hint)s 0 to %(most)s points; weight %(weight)s.") % {
                    "hint": one.hint or "", "most": one.most, "weight": one.weight},
                widget=forms.TextInput(attrs={"inputmode": "decimal", "data-width": "short"}),
            )  # fmt: skip
        self.order_fields([*self.criteria, "comment"])

    def points(self) -> dict[int, Decimal]:
        """The points that were given, by the key of the criterion."""
        given = {one.pk: self.cleaned_data.get(name) for name, one in self.criteria.items()}
        return {key: points for key, points in given.items() if points is not None}
