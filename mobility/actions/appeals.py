"""How an appeal is answered: upheld, then the application moves; or refused, then it stays."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from mobility.actions.deciding import OFFERS, decide, offer_place
from mobility.actions.door import lock_application, lock_places, move
from mobility.actions.telling import tell_applicant
from mobility.models import Appeal, Place
from mobility.rules import require
from mobility.workflow import APPEAL, APPEAL_KIND

UPHOLD = {
    "ineligible": ("uphold_eligibility_appeal",),
    "not_selected": ("uphold_appeal_waitlist", "uphold_appeal_offer"),
}


@transaction.atomic
def answer_appeal(
    appeal: Appeal, step: str, *, by: Any, answer: str, place: Place | None = None, days: int | None = None
) -> Appeal:
    """Refuse the appeal (`step` "refuse_appeal"), or uphold it by one of the ways of UPHOLD.

    Raises PermissionDenied or NotPossible (answered meanwhile, no answer given, unknown way, no place).
    """
    if not answer.strip():
        raise NotPossible(_("Write an answer. The applicant reads it."))
    if place is not None:
        lock_places([place.pk])
    application = lock_application(appeal.application)
    locked = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    require("mobility.answer_appeal", by, locked)
    upheld = step in UPHOLD.get(locked.against, ())
    way = APPEAL.find("uphold_appeal" if upheld else step, source=locked.status)
    if not upheld and way.name != "refuse_appeal":
        raise NotPossible(_("This step is not possible in the present state."))
    move(
        locked, way, by=by, kind=APPEAL_KIND, name=application.reference, answer=answer,
        settled_at=clock.now(), settled_by=by,
    )  # fmt: skip
    if step in OFFERS and place is not None:
        offer_place(application, place=place, by=by, days=days, step=step)
    elif step in OFFERS:
        raise NotPossible(_("Choose the place that is offered."))
    elif upheld:
        decide(application, step, by=by, note=answer)
    else:
        tell_applicant("mobility.appeal_refused", application, note=answer)
    return locked
