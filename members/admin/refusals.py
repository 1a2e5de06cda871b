"""What the rows of one page of the back office must not say together, told in words instead of failing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from members.actions.universities import words_of_refusal
from members.models import Scheme


def _rows(formset: Any) -> list[Any]:
    """The forms of rows that will be stored."""
    return [form for form in formset.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]


class MembershipRows(forms.BaseInlineFormSet):
    """Periods of membership; two that are typed at once are compared with each other, too."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = sorted(_rows(self), key=lambda form: str(form.cleaned_data["valid_from"] or ""))
        for one, after in pairwise(rows):
            until, begins = one.cleaned_data["valid_until"], after.cleaned_data["valid_from"]
            if not until or not begins or begins <= until:
                raise ValidationError(_("Two memberships overlap. One ends before the next begins."))


class IdentifierRows(forms.BaseInlineFormSet):
    """Codes of an organisation: one of each kind, but for national ones."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kinds: set[str] = set()
        for form in _rows(self):
            scheme = form.cleaned_data["scheme"]
            if scheme in kinds and scheme != Scheme.NATIONAL:
                words = _("%(kind)s: there is one already in a row above. Change that one, or remove it.")
                form.add_error("scheme", words % {"kind": Scheme(scheme).label})
                raise ValidationError(words % {"kind": Scheme(scheme).label})
            kinds.add(scheme)


class ToldRefusals:
    """A page whose rows can collide in ways that only the database sees: it says so, and nothing is stored."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc, no-any-return]
        except IntegrityError as error:
            words = words_of_refusal(error) or _("What was entered collides with what is stored.")
            unsaved = _("Nothing was saved.")
            messages.error(request, f"{words} {unsaved}")
            return HttpResponseRedirect(request.get_full_path())
