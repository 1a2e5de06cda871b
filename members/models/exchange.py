"""The vocabulary of exchanges: kinds of mobility, levels, academic years. Agreements and calls share it."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    STUDENT_STUDIES = "student_studies", _("Student studies")
    STUDENT_TRAINEESHIP = "student_traineeship", _("Student traineeship")
    STAFF_TEACHING = "staff_teaching", _("Staff teaching")
    STAFF_TRAINING = "staff_training", _("Staff training")


class Eqf(models.IntegerChoices):
    """Levels of the European Qualifications Framework at which exchanges happen."""

    SHORT = 5, _("Short cycle (EQF 5)")
    BACHELOR = 6, _("Bachelor (EQF 6)")
    MASTER = 7, _("Master (EQF 7)")
    DOCTORAL = 8, _("Doctoral (EQF 8)")


class Cefr(models.TextChoices):
    """Levels of the Common European Framework of Reference for Languages."""

    A1 = "A1", "A1"
    A2 = "A2", "A2"
    B1 = "B1", "B1"
    B2 = "B2", "B2"
    C1 = "C1", "C1"
    C2 = "C2", "C2"
    NATIVE = "NS", _("Native speaker")


STUDENT_KINDS = (Kind.STUDENT_STUDIES, Kind.STUDENT_TRAINEESHIP)
STAFF_KINDS = (Kind.STAFF_TEACHING, Kind.STAFF_TRAINING)

# Academic years are written as Erasmus Without Paper writes them ("2026/2027"), so they sort as text. By convention
# one begins on 1 September; its last day is the 31 August after.
_ACADEMIC_YEAR = re.compile(r"(20[0-9]{2})/(20[0-9]{2})")
YEAR_PATTERN = r"^20[0-9]{2}/20[0-9]{2}$"
_FIRST_MONTH = 9


def academic_year(value: str) -> None:
    """Refuse what is not an academic year such as 2026/2027."""
    found = _ACADEMIC_YEAR.fullmatch(value or "")
    if found is None or int(found[2]) != int(found[1]) + 1:
        raise ValidationError(_("Write the academic year like 2026/2027."), code="academic_year")


def year_of(start: int) -> str:
    """The academic year that begins in the civil year `start`: 2026 → "2026/2027"."""
    return f"{start}/{start + 1}"


def year_on(day: dt.date) -> str:
    """The academic year in which `day` lies."""
    return year_of(day.year if day.month >= _FIRST_MONTH else day.year - 1)


def year_begins(year: str) -> dt.date:
    """The first day of an academic year."""
    return dt.date(int(year[:4]), _FIRST_MONTH, 1)


def year_ends(year: str) -> dt.date:
    """The last day of an academic year."""
    return dt.date(int(year[5:]), _FIRST_MONTH, 1) - dt.timedelta(days=1)


def years_between(first: str, last: str) -> list[str]:
    """Every academic year from `first` to `last`, both included."""
    return [year_of(start) for start in range(int(first[:4]), int(last[:4]) + 1)]
