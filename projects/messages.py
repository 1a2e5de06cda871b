"""What projects say to people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ground import clock
from notifications.kinds import MessageKind, register

PERIOD_ENDS = "projects.period_ends"


def _with_days_left(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    """The days from the day of the message to the last day, and the title in the reader's language."""
    left = (fields["ends_on"] - clock.date_in(moment, fields["zone"])).days
    own = "title_lt" if (get_language() or "").startswith("lt") else "title_en"
    return fields | {"left": left, "title": fields[own] or fields["title_en"] or fields["title_lt"]}


def register_kinds() -> None:
    """Called once at the start."""
    register(
        MessageKind(
            name=PERIOD_ENDS,
            label=_("End of a funding period"),
            why=_(
                "You get this message because you manage projects of the lead university or head this project."
            ),
            sample={
                "key": "s-net-24-50",
                "ends_on": "2026-03-01",
                "zone": "Europe/Vilnius",
                "title_en": "Membership of the European Consortium of Innovative Universities",
                "title_lt": "Narystė Europos inovatyvių universitetų konsorciume",
            },
            link=lambda context: reverse("projects:detail", args=[context["key"]]),
            present=_with_days_left,
        )
    )
