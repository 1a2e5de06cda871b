"""The gallery: every component in every state. Design system, accessibility test bed, screenshot target."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ground import clock
from ground.forms import DateField, PortalForm

ZONE = "Europe/Vilnius"


class ExampleForm(PortalForm):
    """One field of each kind."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    title_lt = forms.CharField(label=_("Title in Lithuanian"), max_length=200, required=False)
    credits = forms.IntegerField(
        label=_("ECTS credits earned so far"),
        help_text=_("As in your transcript of records. You need at least 60 to go."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "narrow"}),
        error_messages={"invalid": _("Credits earned must be a number, such as 120.")},
    )
    start = DateField(label=_("Start date"), help_text=_("Choose a day or type it, such as 2026-03-01."))
    country = forms.ChoiceField(
        label=_("Country"), choices=[("", _("Choose")), ("LT", _("Lithuania")), ("PT", _("Portugal"))]
    )
    term = forms.ChoiceField(
        label=_("Term"), choices=[("autumn", _("Autumn")), ("spring", _("Spring"))], widget=forms.RadioSelect
    )
    levels = forms.MultipleChoiceField(
        label=_("Levels"),
        choices=[("b", _("Bachelor")), ("m", _("Master")), ("d", _("Doctorate"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    why = forms.CharField(
        label=_("Why these places?"),
        help_text=_("Read by two reviewers."),
        max_length=600,
        required=False,
        widget=forms.Textarea,
    )
    transcript = forms.FileField(label=_("Transcript of records"), help_text=_("PDF, at most 10 MB."))
    confirm = forms.BooleanField(label=_("What I have written is true"))


@dataclass(frozen=True)
class Option:
    value: str
    label: Any
    count: int
    checked: bool = False


@dataclass(frozen=True)
class Facet:
    name: str
    label: Any
    options: list[Option]


@dataclass(frozen=True)
class Message:
    level_tag: str
    words: Any

    def __str__(self) -> str:
        return str(self.words)


def _facet() -> Facet:
    options = [
        Option("a", _("Under way"), 23, True),
        Option("b", _("Planned"), 6),
        Option("c", _("Completed"), 0),
    ]
    return Facet("phase", _("Phase"), options)


def _messages() -> list[Message]:
    return [
        Message("success", _("The place was offered.")),
        Message("info", _("The call opens tomorrow.")),
        Message("warning", _("The deadline is today.")),
        Message("error", _("This step is not possible in the present state.")),
    ]


def _pins() -> list[dict[str, Any]]:
    places = [
        ("KTU", "Kaunas", 54.90272, 23.90961),
        ("UA", "Aveiro", 40.63, -8.66),
        ("UT", "Twente", 52.24, 6.85),
    ]
    return [
        {"label": short, "name": name, "latitude": latitude, "longitude": longitude, "href": "#map"}
        for short, name, latitude, longitude in places
    ]


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state; dates are relative to today."""
    today, now = clock.today(ZONE), clock.now()
    day = dt.timedelta(days=1)
    context = {
        "today": today,
        "now": now,
        "zone": ZONE,
        "periods": [
            (today - 700 * day, today + 400 * day),
            (today - 700 * day, today + 40 * day),
            (today - 700 * day, today - 40 * day),
            (today + 40 * day, today + 700 * day),
        ],
        "moments": [now + 25 * day, now - 2 * day],
        "facet": _facet(),
        "example_messages": _messages(),
        "pins": _pins(),
        "page": {"before": "b", "after": "a"},
        "blank": ExampleForm(),
        "filled": ExampleForm(
            {"sent-credits": "twelve", "sent-start": "31/02/2027", "sent-why": "x" * 700}, prefix="sent"
        ),
        "tones": ["", "good", "signal", "accent", "bad"],
    }
    return render(request, "components/gallery.html", context)
