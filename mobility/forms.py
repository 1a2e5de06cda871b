"""Files that applicants send, and the decisions on applications. They check shapes; who may is asked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ground.forms import PortalForm
from mobility import answers
from mobility.actions import NEEDS_NOTE
from mobility.models import Call, Place


class UploadForm(PortalForm):
    """One file for a paper or a question of the call: `asked` has a uuid, `words` name it."""

    optional_unsaid = True

    file = forms.FileField(
        label=_("File"), allow_empty_file=True, error_messages={"required": _("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None, *, asked: Any, words: str = "") -> None:
        super().__init__(data, files, auto_id=f"id_%s-{asked.uuid}")
        self.asked = asked
        self.fields["file"].label = words or str(asked)


class NoteForm(PortalForm):
    """Words to the applicant that go with a decision."""

    note = forms.CharField(
        label=_("Note to the applicant"), max_length=2000, required=False, widget=forms.Textarea
    )

    _labels = {
        "return": (
            _("What has to be added or changed"),
            _("The applicant reads this and can change the application."),
        ),
        "find_ineligible": (_("Reason"), _("The applicant reads this.")),
    }

    def __init__(self, data: Any = None, *, step: str) -> None:
        super().__init__(data, auto_id=f"id_{step}_%s")
        self.fields["note"].required = step in NEEDS_NOTE
        if step in self._labels:
            self.fields["note"].label, self.fields["note"].help_text = self._labels[step]
            self.fields["note"].error_messages["required"] = _(
                "Write the reason or the request. The applicant reads it."
            )


class OfferForm(PortalForm):
    """Which of the wished places is offered, and for how many days."""

    place = forms.ChoiceField(label=_("Place"), widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Days to answer"), min_value=1, max_value=60,
        help_text=_("The offer ends at the end of that day."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, step: str, call: Call, places: list[Place]) -> None:
        super().__init__(data, initial={"days": call.offer_days}, auto_id=f"id_{step}_%s")
        self.places = {str(place.uuid): place for place in places}
        self.fields["place"].choices = [(key, _place_with_seats(place)) for key, place in self.places.items()]

    def place_chosen(self) -> Place:
        """The place that was chosen."""
        return self.places[self.cleaned_data["place"]]


def _place_with_seats(place: Place) -> str:
    seats = ngettext("%(count)d seat left", "%(count)d seats left", place.left) % {"count": place.left}
    return f"{answers.place_words(answers.place_facts(place))} · {seats}"
