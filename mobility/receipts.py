"""The receipt of an application as a paper: reference, moment, fingerprint, and all that was submitted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from ground.papers import writing
from ground.papers.writing import Block, Inline, facts, heading, paragraph
from ground.templatetags.ground_tags import moment
from mobility import answers
from mobility.models import Application


def paper(application: Application, made_on: dt.date) -> dict[str, Any]:
    """The paper in the language in use, for `typeset`; `application` (loaded `for_owner`) has been submitted."""
    kept = application.snapshot or {}
    call, digest = application.call, application.snapshot_sha256
    rows: list[tuple[str, list[list[Inline]]]] = [
        (_("Reference"), [[application.reference]]),
        (_("Call"), [[answers.in_use(kept.get("call") or {}, "title") or str(call)]]),
        (_("Sending university"), [[call.university.name]]),
        (_("Received"), [[moment(application.submitted_at, call.university.zone)]]),
        (_("Fingerprint of your answers (SHA-256)"), [[digest[:32]], [digest[32:]]]),
    ]
    blocks = [
        heading(_("Receipt of an application"), 1),
        facts(rows),
        paragraph(
            _(
                "The fingerprint changes with any change of the answers: with it you can show what you submitted."
            )
        ),
        *(block for section in answers.sections(kept) for block in _section(section)),
    ]
    receipt = _("Receipt")
    return writing.paper(
        title=_("Receipt of an application"), running=f"{receipt} · {application.reference}",
        path=application.get_absolute_url(), made_on=made_on, blocks=blocks, author=call.university.name,
    )  # fmt: skip


def _section(section: answers.Section) -> list[Block]:
    rows: list[tuple[str, list[list[Inline]]]] = [
        (line.name, [[words] for words in line.value.splitlines() if words.strip()]) for line in section.lines
    ]
    return [heading(str(section.title)), facts(rows)] if rows else []
