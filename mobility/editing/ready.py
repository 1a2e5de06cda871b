"""What a call lacks before everybody may see it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ground import clock
from mobility.editing import offering
from mobility.models import Call


def missing(call: Call, *, drawn: bool = True) -> list[str]:
    """Everything without which the call is not published, in words; with `drawn` also what agreements leave of it."""
    return [*_dates(call), *_rules(call), *_places(call, drawn)]


def _dates(call: Call) -> list[str]:
    found = []
    if not call.has_opened and call.closes_at <= clock.now():
        found.append(_("The close lies in the past."))
    if call.decision_on is None:
        found.append(_("Say by when you decide."))
    elif call.decision_on < clock.date_in(call.closes_at, call.university.zone):
        found.append(_("The decision comes before the close."))
    if call.is_intensive and (call.programme_starts_on is None or call.minimum_participants is None):
        found.append(
            _("A blended intensive programme needs its days abroad and how many participants it needs.")
        )
    return found


def _rules(call: Call) -> list[str]:
    found = []
    if call.reviewers_wanted and not call.criteria.exists():
        found.append(_("Reviewers need criteria: add one, or ask for no reviewers."))
    return found


def _places(call: Call, drawn: bool) -> list[str]:
    if not call.places.filter(is_offered=True, capacity__gt=0).exists():
        return [_("Offer one place at least.")]
    return offering.problems(call) if drawn else []
