"""What no field of the portal takes."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1900, 2200


def sensible_year(value: dt.date) -> None:
    """Refuse a date or moment that a slip of the finger made (0026, 20260); some cannot even be read back."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(_("Enter a date between the years 1900 and 2200."), code="out_of_range")
