"""What every form of the portal shares: how fields look, how dates are typed, what text is refused."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.utils import formats
from django.utils.choices import BlankChoiceIterator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from ground.validators import sensible_year

DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y.%m.%d", "%Y/%m/%d", "%d %B %Y"]
MAX_TEXT = 20_000


class PortalRenderer(TemplatesSetting):
    """Forms, fields and formsets in the portal's own templates."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"


# No text has these: control characters other than line breaks and tabs, the sign for what could not be read,
# and halves of surrogate pairs. PostgreSQL can't store some of them, and people see none of them.
BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ud800-\udfff]")
# A line has no breaks or tabs either, nor marks that turn the direction of what stands after it (a name that
# reads differently from what is stored).
NOT_IN_A_LINE = re.compile("[\t\n\r\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def no_broken_text(value: Any) -> None:
    """Refuse what no text has, long or short. Raises ValidationError."""
    if isinstance(value, str) and BROKEN.search(value):
        raise ValidationError(
            _("This text has signs that can't be stored. Type it again."), code="broken_text"
        )


def one_plain_line(value: Any) -> None:
    """Refuse what a name or another single line never has. Raises ValidationError."""
    no_broken_text(value)
    if isinstance(value, str) and NOT_IN_A_LINE.search(value):
        raise ValidationError(
            _("Leave out line breaks, tabs and invisible characters: this is one line of text."),
            code="not_a_line",
        )


def guarded(field: forms.CharField) -> None:
    """Let `field` refuse what its kind of text never has, with one message (Django's own for NUL goes)."""
    guard = no_broken_text if isinstance(field.widget, forms.Textarea) else one_plain_line
    others = [rule for rule in field.validators if not isinstance(rule, ProhibitNullCharactersValidator)]
    field.validators = [guard, *others]


class DateInput(forms.DateInput):
    """The browser's own date field; what can't be such a date comes back as the text that was typed."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})}, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not _is_date(shown):
            context["widget"]["type"] = "text"
            context["widget"]["attrs"] |= {"inputmode": "numeric", "data-width": "narrow"}
        return context


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


class DateField(forms.DateField):
    """A date, chosen in the browser's field or typed: 2026-03-01, 1/3/2026, 1.3.2026."""

    widget = DateInput
    default_error_messages = {
        "invalid": _("Enter a real date, such as 2026-03-01 or 1/3/2026."),
    }
    default_validators = [sensible_year]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"input_formats": DATE_FORMATS, **kwargs})


class MomentInput(forms.DateTimeInput):
    """The browser's own field for a date and time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A date and time, chosen in the browser's field or typed (2026-03-01 23:59)."""

    widget = MomentInput
    default_validators = [sensible_year]
    default_error_messages = {"invalid": _("Enter a real date and time, such as 2026-03-01 23:59.")}

    def __init__(self, **kwargs: Any) -> None:
        accepted = [
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
            "%d/%m/%Y %H:%M",
            *formats.ISO_INPUT_FORMATS["DATETIME_INPUT_FORMATS"],
        ]
        super().__init__(**{"input_formats": accepted, **kwargs})


class PortalFormMixin:
    """Makes fields say what they need and refuse what can't be stored.

    - text: no control characters, in one line no breaks or turned directions either; always a limit
    - long text: the limit is shown by a counter, and what is pasted is never cut off by the browser
    - dates of models become the browser's date fields and accept what people type
    - a missing answer is named ("“Title” is missing."), so that the list of errors makes sense by itself
    - what stands first in a list of choices says that nothing is chosen, in words instead of dashes
    - fields that end in a language (`title_lt`) tell it to spelling checkers and screen readers
    - the browser checks nothing that our own words say better (`required` stays a matter of the server)
    """

    use_required_attribute = False
    blank_words: Any = None  # what stands first in its lists, where an answer is wanted later

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            _name_what_is_missing(name, field)
            if isinstance(field, forms.CharField):
                _guard_text(name, field)
            elif type(field) is forms.DateField:
                _accept_typed_dates(field)
            elif isinstance(field, forms.ChoiceField):
                _name_the_blank(field, self.blank_words)


def _name_what_is_missing(name: str, field: forms.Field) -> None:
    if field.error_messages.get("required") != forms.Field.default_error_messages["required"]:
        return
    label = field.label or name.replace("_", " ").capitalize()
    words = _("“%(label)s” is missing.")
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        words = _("Choose an answer to “%(label)s”.")
    elif isinstance(field, forms.FileField):
        words = _("Choose a file for “%(label)s”.")
    elif isinstance(field, forms.BooleanField):
        words = _("Tick “%(label)s” to go on.")
    field.error_messages["required"] = _filled(words, label)


_filled = lazy(lambda words, label: str(words) % {"label": label}, str)


def _guard_text(name: str, field: forms.CharField) -> None:
    guarded(field)
    attrs = field.widget.attrs
    if name.rpartition("_")[2] in dict(settings.LANGUAGES):
        attrs.setdefault("lang", name.rpartition("_")[2])
    if not isinstance(field.widget, forms.Textarea):
        return
    if field.max_length is None:
        field.max_length = MAX_TEXT
        field.validators.append(MaxLengthValidator(MAX_TEXT))
    attrs.pop("maxlength", None)
    if attrs.get("rows") in (None, "10"):  # Django's own default; ours is as tall as most answers
        attrs["rows"] = "6"
    if field.max_length < MAX_TEXT:
        attrs["data-max"] = str(field.max_length)


def _accept_typed_dates(field: forms.DateField) -> None:
    field.input_formats = DATE_FORMATS
    field.validators = [*field.validators, sensible_year]
    field.error_messages["invalid"] = DateField.default_error_messages["invalid"]
    if type(field.widget) is forms.DateInput:
        field.widget = DateInput(field.widget.attrs)


def _name_the_blank(field: forms.ChoiceField, words: Any) -> None:
    dashes, words = BLANK_CHOICE_DASH[0][1], words or (_("Choose") if field.required else _("None"))
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == dashes:
            field.empty_label = words
    elif isinstance(field.choices, BlankChoiceIterator):
        field.choices = [(value, words if label == dashes else label) for value, label in field.choices]


def one_language_at_least(form: forms.BaseForm, *names: str) -> None:
    """Let the fields of each text of `form` say that one of its languages is needed, where they said "optional"."""
    for name in names:
        for code, _words in settings.LANGUAGES:
            form.fields[f"{name}_{code}"].in_one_language = True  # type: ignore[attr-defined]


class PortalForm(PortalFormMixin, forms.Form):
    """A form in the portal's manner."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A form over a model in the portal's manner."""
