"""The deadlines of factsheets: which there are, how they are called, how much time is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.templatetags.ground_tags import days_left, urgency
from members.models import FactsheetTerm

NOMINATION, APPLICATION = "nomination", "application"
KINDS = {NOMINATION: "nomination_until", APPLICATION: "application_until"}
_WORDS: dict[str, str | Promise] = {
    NOMINATION: gettext_lazy("%(term)s: nominations by home universities"),
    APPLICATION: gettext_lazy("%(term)s: applications of students"),
}


@dataclass(frozen=True)
class Deadline:
    """One deadline of a term of a factsheet, as it stands on `today` (the university's own date)."""

    row: FactsheetTerm
    kind: str
    on: dt.date
    today: dt.date

    @property
    def words(self) -> str:
        """What it is the deadline of: "Autumn term: applications of students"."""
        return str(_WORDS[self.kind]) % {"term": self.row.get_term_display()}

    @property
    def passed(self) -> bool:
        """That day included, so it has passed on the day after."""
        return self.on < self.today

    @property
    def left(self) -> str:
        """ "12 days left", "last day today", "passed"."""
        return _("passed") if self.passed else days_left(self.on, self.today)

    @property
    def tone(self) -> str:
        """Of the tag that says what is left: time that runs out stands out."""
        return "" if self.passed else urgency(self.on, self.today)


def of_terms(rows: Iterable[FactsheetTerm], today: dt.date) -> list[Deadline]:
    """Every deadline that the terms have: those to come in their order, then those that have passed."""
    found = [
        Deadline(row, kind, on, today)
        for row in rows
        for kind, name in KINDS.items()
        if (on := getattr(row, name)) is not None
    ]
    return sorted(found, key=lambda one: (one.passed, one.on, one.kind != NOMINATION, one.row.term))
