"""What messages look like before anybody gets one: each kind with its sample, in each language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from ground import clock
from notifications import kinds, links

PERSON, NAME = "Ana Bandomoji", "S-NET-24-50"
NOBODY = "00000000-0000-0000-0000-000000000000"
BEFORE = dt.timedelta(days=7)
PARTS = 2  # so many messages stand in the sample of a digest


@dataclass(frozen=True)
class Preview:
    """A message as it would leave: subject, text, HTML."""

    subject: str
    text: str
    html: str


def of(kind: kinds.MessageKind, language: str) -> Preview:
    """The sample of `kind` in `language`. Raises kinds.WordingFailed."""
    if kind.verbatim:
        sample = kind.sample
        return Preview(sample["subject"], sample["text"], sample["html"])
    wording = worded(kind, language)
    parts = [worded(one, language) for one in kinds.optional_kinds()[:PARTS]] if kind.digest else []
    text, html = kinds.mail_bodies(kind, wording, language, parts=parts, **_ways_out(kind))
    return Preview(wording.subject, text, html)


def worded(kind: kinds.MessageKind, language: str) -> kinds.Wording:
    """The sample of one kind in words, as it would be told a week before the last date in it."""
    return kinds.word(kind, kind.sample, name=NAME, moment=_moment(kind), language=language, person=PERSON)


def _moment(kind: kinds.MessageKind) -> dt.datetime:
    """A week before the last date of the sample; now where it has none."""
    days = [value[:10] for key, value in kind.sample.items() if key.endswith(("_on", "_at")) and value]
    if not days:
        return clock.now()
    return dt.datetime.combine(dt.date.fromisoformat(max(days)), dt.time(9), tzinfo=dt.UTC) - BEFORE


def _ways_out(kind: kinds.MessageKind) -> dict[str, str]:
    """The links at its end; the account they would belong to is nobody's."""
    if kind.leave:
        return {"leave": settings.BASE_URL + kind.leave(kind.sample)}
    if kind.transactional:
        return {}
    path = reverse("steer_mails", args=[links.token_for(NOBODY, kind.name)])
    return {"steer": settings.BASE_URL + path}
