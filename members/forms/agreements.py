"""Small forms of agreements: a new one, the steps that ask for words, the own code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground.forms import DateField, PortalForm
from members.agreements.stored import SIDE_TEXTS
from members.models import AgreementVersion, Approval, University
from members.models.exchange import year_of, year_on
from members.workflow import VersionStatus


def _universities(label: Any, rows: Iterable[University], missing: Any) -> forms.TypedChoiceField:
    known = {str(row.pk): row for row in rows}
    return forms.TypedChoiceField(
        label=label, coerce=known.__getitem__, empty_value=None,
        choices=[("", _("Choose")), *((key, row.name_shown) for key, row in known.items())],
        error_messages={"required": missing, "invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip


class ActingForm(PortalForm):
    """A step that is taken in the name of a university: asked only where there is more than one to choose from."""

    def __init__(self, *args: Any, acting: Sequence[University], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting = acting
        if len(acting) > 1:
            field = _universities(
                _("In the name of"), acting, _("Choose the university in whose name you act.")
            )
            self.fields = {"university": field, **self.fields}  # type: ignore[assignment]

    @property
    def university(self) -> University | None:
        """Whose step it is, of a valid form."""
        if "university" in self.fields:
            chosen: University | None = self.cleaned_data["university"]
            return chosen
        return self.acting[0] if self.acting else None


class NewAgreementForm(ActingForm):
    """With whom, and for which academic years."""

    first_year = forms.ChoiceField(label=_("From academic year"))
    last_year = forms.ChoiceField(label=_("To academic year"))

    def __init__(self, *args: Any, partners: Sequence[University], today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begins = int(year_on(today)[:4])
        years = [(year_of(start), year_of(start)) for start in range(begins, begins + 10)]
        for name, preset in (("first_year", 1), ("last_year", 3)):
            self.fields[name].choices = years  # type: ignore[attr-defined]
            self.fields[name].initial = years[preset][0]
            self.fields[name].widget.attrs["data-width"] = "narrow"
        others = [row for row in partners if len(self.acting) > 1 or row not in self.acting]
        partner = _universities(_("Partner"), others, _("Choose the partner."))
        own = {name: self.fields[name] for name in ("university",) if name in self.fields}
        years_asked = {name: self.fields[name] for name in ("first_year", "last_year")}
        self.fields = {**own, "partner": partner, **years_asked}  # type: ignore[assignment]


class SendForm(PortalForm):
    """To send, and whether it is approved in the same step."""

    approve = forms.BooleanField(
        label=_("Approve it for my university at once"), required=False, initial=True,
        help_text=_("The partner's approval then brings it into force. Otherwise you approve it later yourself."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput)
    # Of what was shown, so that who comes second learns whether it was the same that was sent.
    digest = forms.CharField(widget=forms.HiddenInput, required=False)


def _line(label: Any, model_field: str, missing: Any = "", **more: Any) -> forms.CharField:
    """A line of text as long as its column; `missing` is said where it has to be filled in."""
    made = more.pop("made", forms.CharField)
    length = Approval._meta.get_field(model_field).max_length  # type: ignore[union-attr]
    messages = {"required": missing} if missing else None
    field: forms.CharField = made(
        label=label, required=bool(missing), max_length=length, error_messages=messages, **more
    )
    field.widget.attrs["autocomplete"] = "off"
    return field


class ApproveForm(ActingForm):
    """To approve what was shown: who signs for one's side, and whom to ask there; a signature on paper can be told."""

    signatory_name = _line(_("Who signs"), "signatory_name", _("Name who signs."))
    signatory_position = _line(
        _("Position"), "signatory_position", _("Say in which position this person signs.")
    )
    signatory_email = _line(_("E-mail address of who signs"), "signatory_email", made=forms.EmailField)
    contact_name = _line(_("Contact"), "contact_name", _("Name a contact."))
    contact_email = _line(
        _("Contact's e-mail address"), "contact_email", _("Give the e-mail address of the contact."),
        made=forms.EmailField,
    )  # fmt: skip
    contact_phone = _line(_("Contact's telephone"), "contact_phone")
    digest = forms.CharField(widget=forms.HiddenInput)
    signed_by = forms.CharField(
        label=_("Signed on paper by"), required=False, max_length=200,
        help_text=_("Only where your university also signs on paper."),
    )  # fmt: skip
    signed_on = DateField(label=_("Signed on"), required=False)

    @property
    def said(self) -> dict[str, Any]:
        """What `actions.agreements.approve` takes of a valid form."""
        people = {name: self.cleaned_data[name] for name in SIDE_TEXTS}
        return {"people": people, **{n: self.cleaned_data[n] for n in ("digest", "signed_by", "signed_on")}}

    def rows(self, *names: str) -> list[forms.BoundField]:
        """These fields, for a template that sets them out."""
        return [self[name] for name in names]

    @property
    def own(self) -> list[forms.BoundField]:
        return self.rows("university") if "university" in self.fields else []

    @property
    def signatory(self) -> list[forms.BoundField]:
        return self.rows("signatory_name", "signatory_position", "signatory_email")

    @property
    def contact(self) -> list[forms.BoundField]:
        return self.rows("contact_name", "contact_email", "contact_phone")

    @property
    def paper(self) -> list[forms.BoundField]:
        return self.rows("signed_by", "signed_on")


class CommentForm(PortalForm):
    """To return a version."""

    comment = forms.CharField(
        label=_("What would have to change"), widget=forms.Textarea(attrs={"rows": "5"}),
        help_text=_("The partner reads this and writes the next version."),
    )  # fmt: skip


class NoteForm(PortalForm):
    """To withdraw a version."""

    note = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": "3"}))


_BACK: Mapping[str, Promise] = {
    VersionStatus.RETURNED: _("Version %(number)s, which was returned"),
    VersionStatus.WITHDRAWN: _("Version %(number)s, which was withdrawn"),
}


class ChangeForm(ActingForm):
    """To begin the next version."""

    reason = forms.CharField(
        label=_("What changes and why"), widget=forms.Textarea(attrs={"rows": "4"}),
        help_text=_("The partner reads this first. You can still change it in the draft."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, needs_reason: bool, closed: AgreementVersion | None = None, **kwargs: Any
    ) -> None:
        """`closed` is a change that came back, or was taken back: asked is whether the next one begins with it."""
        super().__init__(*args, **kwargs)
        self.closed = closed
        if not needs_reason:
            self.fields["reason"].required = False
        if closed is not None:
            words = _BACK[closed.status] % {"number": closed.number}
            choices = [("closed", words), ("in_force", _("What is in force"))]
            self.fields["begin"] = forms.ChoiceField(
                label=_("Begin with"), widget=forms.RadioSelect, choices=choices, initial="closed",
                error_messages={"required": _("Choose what the draft begins with.")},
            )  # fmt: skip
            self.fields["reason"].initial = closed.reason
            self.order_fields([name for name in self.fields if name != "reason"])

    @property
    def model(self) -> AgreementVersion | None:
        """Of a valid form: the version that the next one copies, None for what the verb would take by itself."""
        return self.closed if self.cleaned_data.get("begin") == "closed" else None


class NoticeForm(ActingForm):
    """To give notice."""

    ends_after = forms.ChoiceField(label=_("Last academic year"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": "4"}))

    def __init__(self, *args: Any, years: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_after"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]


class CodeForm(PortalForm):
    """The number under which one's university files the agreement."""

    code = forms.CharField(label=_("Own code"), required=False, max_length=64)
