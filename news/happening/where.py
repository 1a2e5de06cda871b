"""Where an event takes place: its city or its coordinates, a pin on the portal's own map, and a map outside."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from ground.forms import PortalForm
from ground.templatetags.ground_tags import in_language
from news.models import Event

OUTSIDE = "https://www.openstreetmap.org"
_NEAR = 16  # how near the map outside shows the place
_BETWEEN = re.compile(r"[;\s]+|,\s+")


class PlaceForm(PortalForm):
    """The part of an event's form that says where on a map it takes place."""

    city = forms.CharField(
        label=_("City"), max_length=100, required=False, help_text=_("By which the map of the portal finds the place."),
    )  # fmt: skip
    country = forms.ChoiceField(label=_("Country"), required=False)
    spot = forms.CharField(
        label=_("Coordinates"), max_length=60, required=False,
        help_text=_("Only where the city is not precise enough: degrees north and east, such as 54.8985, 23.9036."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["country"]
        field.choices = [("", _("not chosen")), *countries]

    def clean_spot(self) -> tuple[Decimal, Decimal] | None:
        """Degrees north and east; None where nothing was typed."""
        typed = self.cleaned_data["spot"].strip()
        if not typed:
            return None
        parts = [one for one in _BETWEEN.split(typed) if one]
        if len(parts) == 1 and typed.count(",") == 1 and "." in typed:
            parts = typed.split(",")
        try:
            north, east = (round(Decimal(one.replace(",", ".")), 5) for one in parts)
        except (InvalidOperation, ValueError) as error:
            raise ValidationError(_("Enter two numbers such as 54.8985, 23.9036.")) from error
        if not (north.is_finite() and east.is_finite() and abs(north) <= 90 and abs(east) <= 180):
            raise ValidationError(
                _("Degrees north are between −90 and 90, degrees east between −180 and 180.")
            )
        return north, east

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("city") and not data.get("country") and "country" not in self.errors:
            self.add_error("country", _("Say in which country the city is."))
        return data

    @property
    def place_values(self) -> dict[str, Any]:
        """The fields of an Event."""
        data = self.cleaned_data
        north, east = data.get("spot") or (None, None)
        return {"city": data["city"], "country": data["country"], "latitude": north, "longitude": east}


def place_as_it_is(event: Event) -> dict[str, Any]:
    """Where the event is, as its form shows it."""
    given = event.latitude is not None and event.longitude is not None
    spot = f"{event.latitude:f}, {event.longitude:f}" if given else ""
    return {"city": event.city, "country": event.country.code, "spot": spot}


def pins_of(event: Event) -> list[dict[str, Any]]:
    """The event as a pin for the map of the portal; none where its place is not known."""
    where = event.spot
    if where is None:
        return []
    name = in_language(event, "place")[0] or event.city
    return [{"latitude": where[0], "longitude": where[1], "label": event.city or name[:40], "name": name}]


def address_outside(event: Event) -> str:
    """Where a map with streets shows the place, for whoever wants to go there; nothing is loaded from it."""
    where = event.spot
    if where is not None:
        north, east = f"{where[0]:.5f}", f"{where[1]:.5f}"
        return f"{OUTSIDE}/?{urlencode({'mlat': north, 'mlon': east})}#map={_NEAR}/{north}/{east}"
    if event.city:
        return f"{OUTSIDE}/search?{urlencode({'query': f'{event.city}, {event.country.name}'})}"
    return ""
