"""What projects say to people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ground import clock
from notifications.kinds import MessageKind, register

PERIOD_ENDS = "projects.period_ends"
MILESTONE_DUE = "projects.milestone_due"
CHANGED = "projects.changed"
IMPORTED = "projects.imported"
SHARED = "projects.shared"
# How the records of this room are named in messages.
SUBJECT, MILESTONE, IMPORT = "projects.project", "projects.milestone", "projects.import"

# What can happen to a project that its followers are told of, and how that is said.
WHAT_CHANGED: Mapping[str, Promise] = {
    "edit": _("Its record was edited."),
    "amend": _("Its period of implementation was amended."),
    "document": _("A public document was added."),
    "publish": _("It was published."),
    "withdraw": _("It was taken back to draft."),
    "archive": _("It was archived."),
    "reopen": _("It was opened again."),
}


def _titled(fields: dict[str, Any], of: str = "title") -> dict[str, Any]:
    """The text in the reader's language, else in the other one."""
    own = f"{of}_lt" if (get_language() or "").startswith("lt") else f"{of}_en"
    return fields | {of: fields[own] or fields[f"{of}_en"] or fields[f"{of}_lt"]}


def _with_days_left(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    """The days from the day of the message to the last day, and the title in the reader's language."""
    left = (fields["ends_on"] - clock.date_in(moment, fields["zone"])).days
    return _titled(fields | {"left": left})


def _with_days_to_go(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    """The same for a milestone, with what is due in the reader's language."""
    left = (fields["due_on"] - clock.date_in(moment, fields["zone"])).days
    return _titled(_titled(fields | {"left": left}), of="milestone")


def _in_words(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    return _titled(fields) | {"words": WHAT_CHANGED[fields["what"]]}


def _with_lead(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    return _titled(_titled(fields, of="lead"))


def _page(context: Mapping[str, Any]) -> str:
    return reverse("projects:detail", args=[context["key"]])


_SAMPLE = {
    "key": "s-net-24-50",
    "zone": "Europe/Vilnius",
    "title_en": "Membership of the European Consortium of Innovative Universities",
    "title_lt": "Narystė Europos inovatyvių universitetų konsorciume",
}
_CONCERNED = _(
    "You get this message because you manage projects of a university that keeps this project, head it, or follow it."
)


def register_kinds() -> None:
    """Called once at the start."""
    for kind in _KINDS:
        register(kind)


_KINDS = (
    MessageKind(
        name=PERIOD_ENDS,
        label=_("End of a funding period"),
        why=_CONCERNED,
        sample=_SAMPLE | {"ends_on": "2026-03-01"},
        link=_page,
        present=_with_days_left,
    ),
    MessageKind(
        name=MILESTONE_DUE,
        label=_("Report, payment or other milestone that falls due"),
        why=_CONCERNED,
        sample=_SAMPLE
        | {"due_on": "2026-04-30", "milestone_en": "Final report", "milestone_lt": "Galutinė ataskaita"},
        link=lambda context: f"{_page(context)}#milestones",
        asks=True,
        present=_with_days_to_go,
    ),
    MessageKind(
        name=CHANGED,
        label=_("Changes of projects that you follow"),
        why=_("You get this message because you follow this project. You can stop that on its page."),
        sample=_SAMPLE | {"what": "edit"},
        link=_page,
        present=_in_words,
    ),
    MessageKind(
        name=IMPORTED,
        label=_("Imports that change projects that you follow"),
        why=_("You get this message because you follow these projects. You can stop that on their pages."),
        sample={"number": 3, "codes": "S-NET-24-50, S-NET-25-01", "more": 1},
        link=lambda context: reverse("projects:followed"),
    ),
    MessageKind(
        name=SHARED,
        label=_("Projects shared with your university"),
        why=_(
            "You get this message because you manage projects of a university with which a project was shared."
        ),
        sample=_SAMPLE
        | {"lead_en": "Kaunas University of Technology", "lead_lt": "Kauno technologijos universitetas"},
        link=_page,
        present=_with_lead,
    ),
)
