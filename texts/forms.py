"""The shape of a page's texts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ground.forms import PortalForm

_MARKDOWN = _(
    "Markdown: an empty line begins a paragraph, **bold**, ## heading, - list, [words](address), | tables |."
)


def _text(label: object, *, rows: int = 0) -> forms.CharField:
    if rows:
        area = forms.Textarea(attrs={"data-width": "tall", "rows": rows})
        return forms.CharField(label=label, widget=area, help_text=_MARKDOWN)
    return forms.CharField(
        label=label, max_length=400, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class PageForm(PortalForm):
    """The texts of a page in both languages, as they were at `version` when the form was opened."""

    title_en = forms.CharField(label=_("Title in English"), max_length=120)
    title_lt = forms.CharField(label=_("Title in Lithuanian"), max_length=120)
    lede_en = _text(_("In one sentence, in English"))
    lede_lt = _text(_("In one sentence, in Lithuanian"))
    body_en = _text(_("Text in English"), rows=24)
    body_lt = _text(_("Text in Lithuanian"), rows=24)
    comment = forms.CharField(
        label=_("Why it is changed"), max_length=200, required=False, help_text=_("Stands in the history.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
