"""Why what was typed and kept can't be saved: said again on the page that is opened anew."""

from __future__ import annotations

import copy
from typing import Any

from django import forms
from django.http import QueryDict


def tell(form: Any, typed: QueryDict) -> None:
    """Say in `form`, which shows the draft `typed`, what is wrong in it; costs no query.

    Choices out of the database are left out: what stands there was chosen from the list.
    """
    if isinstance(form, forms.BaseFormSet):
        checked = type(form)(typed, application=form.application)  # type: ignore[attr-defined,call-arg]
        for shown, sent in zip(form.forms, checked.forms, strict=False):
            shown._errors = sent.errors
        form._errors, form._non_form_errors = checked.errors, checked.non_form_errors()  # type: ignore[attr-defined]
        return
    form._errors = _checked(form, typed).errors


def _checked(form: forms.BaseForm, typed: QueryDict) -> forms.BaseForm:
    """A copy of `form`, as if `typed` had been sent to it."""
    sent: Any = copy.copy(form)
    fields = {name: one for name, one in form.fields.items() if not isinstance(one, forms.ModelChoiceField)}
    sent.fields, sent.data, sent.is_bound, sent._errors = fields, typed, True, None
    sent._bound_fields_cache = {}
    if hasattr(sent, "instance"):
        sent.instance = copy.copy(sent.instance)
    return sent
