"""What the paper of a version of an agreement says: all of it, with approvals and room to sign."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from ground.papers import writing
from ground.papers.writing import Block, facts, heading, muted, page_link, paragraph, table
from ground.templatetags.ground_tags import day, moment
from members.agreements.content import SideContent
from members.agreements.words import Line
from members.models import Agreement, Approval
from members.register.known import Version
from members.register.told import Told

_WHOLE = 1500  # characters of facts that fit on half a page


def agreement_paper(agreement: Agreement, version: Version, *, made_on: dt.date, zone: str) -> dict[str, Any]:
    """The paper of `version` in the language in use, its moments in the reader's `zone`, for `typeset`. Nothing of it
    is left out."""
    names = " – ".join(side.university.name_shown for side in agreement.sides.all())
    number = _("Version %(number)d") % {"number": version.row.number}
    title = _("Inter-institutional agreement")
    return writing.paper(
        title=f"{title}: {names}",
        running=f"{title} · {agreement} · {number}",
        path=agreement.get_absolute_url(),
        made_on=made_on,
        blocks=[
            paragraph(muted(f"{number} · "), version.state.words),
            {"k": "h", "level": 1, "in": [title]},
            {"k": "lede", "in": [names]},
            _identity(agreement, version, zone),
            *_told(version.told),
            *_approvals(version, zone),
            *_signatures(agreement, version),
        ],
    )


def _identity(agreement: Agreement, version: Version, zone: str) -> Block:
    sides = list(agreement.sides.all())
    rows: list[tuple[str, list[list[writing.Inline]]]] = [
        (_("Code at %(university)s") % {"university": side.university}, [[side.code]] if side.code else [])
        for side in sides
    ]
    rows += [
        (_("Identifier of %(university)s") % {"university": side.university}, [[str(side.uuid)]])
        for side in sides
    ]
    sent = version.row.sent_at
    rows += [
        (_("Written by"), [[str(version.row.author_side)]]),
        (_("Sent"), [[moment(sent, zone)]] if sent else []),
        (_("Fingerprint"), [[version.row.digest]] if version.row.digest else []),
        (_("On the portal"), [[page_link(agreement.get_absolute_url())]]),
    ]
    return facts(rows)


def _told(what: Told) -> list[Block]:
    blocks: list[Block] = []
    if what.reason:
        blocks += [heading(_("What changes and why")), paragraph(what.reason)]
    blocks += [heading(_("The whole agreement")), _facts(what.terms)]
    for side in what.sides:
        blocks += [heading(side.title), _facts(side.lines)] if side.lines else []
    if what.conditions:
        blocks.append(heading(_("Who goes where")))
    for condition in what.conditions:
        blocks += [heading(condition.title, 3), _facts(condition.lines)]
    return blocks


def _facts(lines: list[Line]) -> Block:
    """On one page, so that no last line of people or conditions stands alone on the next; long texts may be divided."""
    whole = sum(len(line.value) for line in lines) <= _WHOLE
    return facts(((line.label, [[line.value]]) for line in lines), whole=whole)


def _signatures(agreement: Agreement, version: Version) -> list[Block]:
    """Room to sign for both sides; who signs stands there, and who signed on paper and when, as far as it was told."""
    people = {side.place: side for side in version.settled.sides}
    approvals = {approval.side_id: approval for approval in version.approvals}
    sides = [
        (side.university.name_shown, _to_sign(people[side.place], approvals.get(side.pk)))
        for side in agreement.sides.all()
    ]
    return [heading(_("Signatures")), writing.signatures(sides)]


def _to_sign(side: SideContent, approval: Approval | None) -> list[tuple[str, str, bool]]:
    signed_on = day(approval.signed_on) if approval and approval.signed_on else ""
    return [
        (_("Who signs"), side.signatory_name, False),
        (_("Position"), side.signatory_position, False),
        (_("Signed by"), approval.signed_by if approval else "", True),
        (_("Signed on"), signed_on, False),
    ]


def _approvals(version: Version, zone: str) -> list[Block]:
    """Who approved what, with the fingerprint; a version nobody approved yet says so."""
    if not version.approvals:
        return [heading(_("Approvals")), paragraph(muted(_("Nobody has approved this version.")))]
    rows: list[list[writing.Inline | list[writing.Inline]]] = []
    for one in version.approvals:
        signed = ""
        if one.signed_by:
            signed = ", ".join(filter(None, [one.signed_by, day(one.signed_on) if one.signed_on else ""]))
        rows.append([str(one.side.university), one.by_name, moment(one.at, zone), signed])
    header = [_("University"), _("Approved by"), _("At"), _("Signed on paper")]
    if not any(row[3] for row in rows):
        header, rows = header[:3], [row[:3] for row in rows]
    return [heading(_("Approvals")), table(header, rows, "3 3 4 3"[: 2 * len(header) - 1])]
