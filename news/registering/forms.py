"""The shape of registrations: what the organiser sets, and what people fill in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ground.forms import MomentField, PortalForm
from ground.templatetags.ground_tags import in_language
from news.forms import pair
from news.happening.forms import row_set
from news.models import FollowUp, Question
from news.models.registering import MOST_SEATS
from notifications.composing import BadAddress, checked_address

LONGEST_ANSWER = 500


class AdmissionForm(PortalForm):
    """How many may come, and when they register; the hours are those of the event's zone."""

    capacity = forms.IntegerField(
        label=_("Places"), required=False, min_value=1, max_value=MOST_SEATS,
        help_text=_("Empty when there are enough for everybody."),
        widget=forms.NumberInput(attrs={"data-width": "narrow"}),
    )  # fmt: skip
    opens_at = MomentField(label=_("Opens"), required=False, help_text=_("Empty: at once."))
    closes_at = MomentField(label=_("Closes"), required=False, help_text=_("Empty: when the event ends."))
    waiting_list = forms.BooleanField(
        label=_("Keep a waiting list when all places are taken"), required=False
    )
    keep_days = forms.IntegerField(
        label=_("Days for which names are kept after the event"), min_value=1, max_value=730,
        help_text=_("Then names, addresses and answers are erased. People read this when they register."),
        widget=forms.NumberInput(attrs={"data-width": "narrow"}),
    )  # fmt: skip

    def __init__(self, *args: Any, zone: str, initial: dict[str, Any], **kwargs: Any) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(
            *args, initial={name: self._shown(value) for name, value in initial.items()}, **kwargs
        )

    def _shown(self, value: Any) -> Any:
        """A moment as the clock shows it where the event takes place."""
        return value.astimezone(self.zone).replace(tzinfo=None) if isinstance(value, dt.datetime) else value

    def full_clean(self) -> None:
        """Hours that are typed are those of the event's zone."""
        with timezone.override(self.zone):
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("opens_at") and data.get("closes_at") and data["closes_at"] <= data["opens_at"]:
            self.add_error("closes_at", _("Registration closes before it opens."))
        return data


class QuestionForm(PortalForm):
    """Something to ask."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=Question.Kind.choices, required=False)
    words_en, words_lt = pair(_("Question in English"), _("Question in Lithuanian"), 500)
    choices_en, choices_lt = pair(
        _("Choices in English, one a line"), _("Choices in Lithuanian, one a line"), 2000, rows=3
    )
    required = forms.BooleanField(label=_("Must be answered"), required=False)

    def has_changed(self) -> bool:
        """A new line in which nothing was written is none, whatever kind stands chosen in it."""
        return any(self[name].data for name in ("words_en", "words_lt", "choices_en", "choices_lt", "uuid"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("DELETE"):
            return data
        if not (data.get("words_en") or data.get("words_lt")):
            self.add_error("words_en", _("Write the question in at least one language."))
        listed = [data.get(f"choices_{code}") or "" for code in ("en", "lt")]
        lengths = {len([line for line in one.splitlines() if line.strip()]) for one in listed if one.strip()}
        if data.get("kind") == Question.Kind.CHOICE and (not lengths or max(lengths) < 2):
            self.add_error("choices_en", _("Give at least two choices."))
        elif len(lengths) > 1:
            self.add_error("choices_lt", _("Give the same number of choices in both languages."))
        data["kind"] = data.get("kind") or Question.Kind.SHORT
        return data


QuestionRows = row_set(QuestionForm, 2)


class AnswersForm(PortalForm):
    """What people answer: one field for each question of the event."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        self.questions = questions
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[f"q_{question.uuid.hex}"] = self._field(question)

    def _field(self, question: Question) -> forms.Field:
        words = in_language(question, "words")[0]
        if question.kind == Question.Kind.CONSENT:
            missing = {"required": _("Tick the box to register.")}
            return forms.BooleanField(label=words, required=question.required, error_messages=missing)
        if question.kind == Question.Kind.CHOICE:
            shown, kept = (
                _lines(in_language(question, "choices")[0]),
                _lines(question.choices_en or question.choices_lt),
            )
            return forms.ChoiceField(
                label=words, required=question.required, widget=forms.RadioSelect,
                choices=list(zip(kept, shown, strict=False)),
            )  # fmt: skip
        return forms.CharField(label=words, required=question.required, max_length=LONGEST_ANSWER)

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered, by the identifiers of the questions; a consent is the words that were agreed to, and a
        choice is kept in the same language whoever made it."""
        found = {}
        for question in self.questions:
            name = f"q_{question.uuid.hex}"
            value = self.cleaned_data.get(name)
            if value not in ("", None, False):
                found[str(question.uuid)] = str(self.fields[name].label) if value is True else str(value)
        return found


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class GuestForm(AnswersForm):
    """The same with name and address, for people without an account."""

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a letter there: you are registered once you confirm it."),
    )  # fmt: skip

    def clean_email(self) -> str:
        """One address to which a letter can be sent."""
        try:
            checked_address(self.cleaned_data["email"])
        except BadAddress as error:
            raise ValidationError(_("Enter one e-mail address, such as name@example.org.")) from error
        return str(self.cleaned_data["email"])


class FollowUpForm(PortalForm):
    """A word to the people after the event, in both languages or one."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    audience = forms.ChoiceField(
        label=_("To whom"), choices=FollowUp.Audience.choices, widget=forms.RadioSelect,
        initial=FollowUp.Audience.PRESENT,
    )  # fmt: skip
    subject_en, subject_lt = pair(_("Subject in English"), _("Subject in Lithuanian"), 150)
    text_en, text_lt = pair(_("Text in English"), _("Text in Lithuanian"), 5000, rows=8)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        whole = [code for code in ("en", "lt") if data.get(f"subject_{code}") and data.get(f"text_{code}")]
        for code in ("en", "lt"):
            if bool(data.get(f"subject_{code}")) != bool(data.get(f"text_{code}")):
                self.add_error(f"text_{code}", _("Write both subject and text in this language, or neither."))
        if not whole and not self.errors:
            self.add_error("subject_en", _("Write subject and text in at least one language."))
        return data
