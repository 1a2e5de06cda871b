"""Latitude and longitude as people copy them from maps, refused in words that show the right form."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

PLACES = 5  # decimals that are kept: about a metre
_LATITUDE = _("Latitude lies between −90 and 90, as in 54.8989.")
_LONGITUDE = _("Longitude lies between −180 and 180, as in 23.9129.")


class CoordinateField(forms.DecimalField):
    """Degrees with at most five decimals: more are rounded, a decimal comma and a typographic minus are read."""

    def __init__(self, *, most: int, words: Any, **kwargs: Any) -> None:
        codes = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
        super().__init__(
            min_value=-most, max_value=most, error_messages=dict.fromkeys(codes, words), required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "data-width": "narrow", "autocomplete": "off"}),
            **kwargs,
        )  # fmt: skip

    def to_python(self, value: Any) -> Decimal | None:
        """The number that was typed, rounded. Raises ValidationError where it is none."""
        typed = str(value if value is not None else "").strip().replace("−", "-")
        if re.fullmatch(r"[+-]?\d+,\d+", typed):
            typed = typed.replace(",", ".")
        number = super().to_python(typed[:60])
        # What is far out of range, or no finite number, is refused by its validators as it is.
        if number is None or not number.is_finite() or abs(number) > 1000:
            return number
        return round(number, PLACES)


def latitude(**kwargs: Any) -> CoordinateField:
    """The field for degrees north."""
    return CoordinateField(
        most=90, words=_LATITUDE, label=_("Latitude"),
        help_text=_("Degrees north, −90 to 90, such as 54.89896."), **kwargs,
    )  # fmt: skip


def longitude(**kwargs: Any) -> CoordinateField:
    """The field for degrees east."""
    return CoordinateField(
        most=180, words=_LONGITUDE, label=_("Longitude"),
        help_text=_("Degrees east, −180 to 180, such as 23.91292."), **kwargs,
    )  # fmt: skip


def both_or_none(form: forms.BaseForm) -> None:
    """Say beside the one that is empty that coordinates come in pairs."""
    empty = [name for name in ("latitude", "longitude") if form.cleaned_data.get(name) is None]
    if len(empty) == 1 and empty[0] not in form.errors:
        form.add_error(empty[0], _("Give both coordinates, or none."))
