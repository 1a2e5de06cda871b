"""The mails that a step will send, word for word as each applicant will read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ground import clock
from mobility.actions.bulk import Planned
from mobility.answers import titles
from mobility.models import Application
from mobility.workflow import APPLICATION, Status
from notifications import kinds


@dataclass(frozen=True)
class Mail:
    """One mail: to whom, in which language, its subject and its paragraphs; `place` is what is offered in it."""

    application: Application
    language: str
    subject: str
    paragraphs: list[str]
    place: str = ""


def mails_of(planned: Sequence[Planned], step: str, *, note: str, days: int | None) -> list[Mail]:
    """The mail of each application, in the language of its owner. Writes and sends nothing."""
    return [_mail(one, step, note, days) for one in planned]


def _mail(one: Planned, step: str, note: str, days: int | None) -> Mail:
    application, call, target = one.application, one.application.call, APPLICATION.transitions[step].target
    kind = "mobility.returned" if target == Status.RETURNED else "mobility.decided"
    context = {
        "reference": application.reference, "uuid": application.uuid, "zone": call.university.zone,
        "outcome": str(target), "note": note, **{f"call_{key}": words for key, words in titles(call).items()},
    }  # fmt: skip
    if one.place is not None:
        kind = "mobility.place_offered"
        until = call.answer_until(clock.now(), days or call.offer_days)
        context |= {"host": one.place.host.name, "expires_at": until.isoformat()}
    wording = kinds.word(
        kinds.find(kind), kinds.plain(context), name=application.reference, moment=clock.now(),
        language=application.applicant.language, person=str(application.applicant),
    )  # fmt: skip
    return Mail(
        application, application.applicant.language, wording.subject, wording.paragraphs, str(one.place or "")
    )
