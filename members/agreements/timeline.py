"""What happened to an agreement, in sentences, from the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Event
from members.messages import AGREEMENT as SUBJECT
from members.models import Agreement, AgreementVersion
from members.workflow import AGREEMENT, VERSION

_VERB = "members.agreement_"
# What is done without a change of state.
_OTHERS: Mapping[str, str | Promise] = {
    "propose": gettext_lazy("The agreement was begun"),
    "write": gettext_lazy("The draft was written"),
    "change": gettext_lazy("A change was begun"),
    "code": gettext_lazy("The university's own code was changed"),
}
# The same where it is known which side did it.
_BY_SIDE: Mapping[str, Promise] = {
    "send": gettext_lazy("%(university)s sent the version"),
    "approve": gettext_lazy("%(university)s approved the version"),
    "approve_too": gettext_lazy("%(university)s approved it too: the version is in force"),
    "return": gettext_lazy("%(university)s returned it with a comment"),
    "withdraw": gettext_lazy("%(university)s withdrew the version"),
    "terminate": gettext_lazy("%(university)s gave notice: the agreement ends"),
}
SENTENCES = {
    **{name: way.sentence for name, way in VERSION.transitions.items()},
    **{name: way.sentence for name, way in AGREEMENT.transitions.items()},
    **_OTHERS,
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened: when, what in words, by whom ("" for the portal itself), and what was said with it."""

    at: dt.datetime
    words: str
    who: str
    note: str
    version: int | None


def timeline(agreement: Agreement, known: Iterable[AgreementVersion]) -> list[Entry]:
    """The steps of the agreement, oldest first, for a person who may know of the versions `known` alone: what was done
    to the other side's drafts is not among them. Of several writings of a draft in a row by one person the last one
    stays. One query.
    """
    versions = {v.number: v for v in known}
    entries: list[tuple[str, Entry]] = []
    for event in Event.objects.about(SUBJECT, agreement.uuid):
        verb = event.verb.removeprefix(_VERB)
        number = event.details.get("version")
        if verb not in SENTENCES or (number is not None and number not in versions):
            continue
        entry = _entry(event, verb, versions.get(number), agreement)
        last = entries[-1] if entries else None
        if verb == "write" and last and last[0] == "write" and last[1].who == entry.who:
            entries.pop()
        entries.append((verb, entry))
    return [entry for _verb, entry in entries]


def _entry(event: Event, verb: str, version: AgreementVersion | None, agreement: Agreement) -> Entry:
    note = ""
    if version is not None and verb in ("return", "withdraw"):
        note = version.closing_note
    elif version is not None and verb == "change":
        note = version.reason
    elif verb == "terminate":
        note = agreement.notice_reason
    words = _words(verb, _side(event, verb, version, agreement))
    return Entry(event.at, words, event.actor_name, note, version.number if version else None)


def _side(event: Event, verb: str, version: AgreementVersion | None, agreement: Agreement) -> str:
    """The side that did it, as far as it was noted or follows: the author sends, the other side returns."""
    if noted := event.details.get("university"):
        return str(noted)
    if version is not None and verb == "send":
        return str(version.author_side)
    if version is not None and verb == "return":
        others = (side.university for side in agreement.sides.all())
        return next((str(other) for other in others if other.pk != version.author_side_id), "")
    return str(agreement.notice_by or "") if verb == "terminate" else ""


def _words(verb: str, university: str) -> str:
    if university and verb in _BY_SIDE:
        return _BY_SIDE[verb] % {"university": university}
    sentence = str(SENTENCES[verb])
    if university:
        return _("%(what)s (%(university)s)") % {"what": sentence, "university": university}
    return sentence
