"""Where an application stands, as people read it: its state, its next step, its steps and what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.models import Event
from ground import clock
from ground.templatetags.ground_tags import day, moment
from mobility.editing import changes
from mobility.models import Application, Call
from mobility.workflow import CALL, CALL_KIND, OPEN_TO_APPEAL, AppealStatus, Status

TONES = {
    Status.DRAFT: "accent", Status.SUBMITTED: "accent", Status.RETURNED: "signal", Status.ELIGIBLE: "good",
    Status.OFFERED: "signal", Status.WAITLISTED: "accent", Status.ACCEPTED: "good", Status.INELIGIBLE: "bad",
}  # fmt: skip
_STAGE = {
    Status.DRAFT: 0, Status.RETURNED: 0, Status.SUBMITTED: 1, Status.INELIGIBLE: 1, Status.ELIGIBLE: 2,
    Status.WAITLISTED: 2, Status.NOT_SELECTED: 2, Status.OFFERED: 3, Status.DECLINED: 3, Status.EXPIRED: 3,
    Status.ACCEPTED: 5,
}  # fmt: skip
_NEXT = {
    Status.SUBMITTED: gettext_lazy(
        "The mobility coordinator checks your application. You need to do nothing now."
    ),
    Status.ELIGIBLE: gettext_lazy("You can go; the places are given next. You need to do nothing now."),
    Status.INELIGIBLE: gettext_lazy(
        "You can't go with this call. If you think this is a mistake, write to the coordinator."
    ),
    Status.WAITLISTED: gettext_lazy(
        "You get an offer when a place becomes free. You need to do nothing now."
    ),
    Status.NOT_SELECTED: gettext_lazy("There is no place for you this time. Other calls may still be open."),
    Status.ACCEPTED: gettext_lazy("The place is yours. Your university nominates you to the host next."),
    Status.DECLINED: gettext_lazy("You declined the place. The application ends here."),
    Status.EXPIRED: gettext_lazy("The offer ended without an answer. The application ends here."),
    Status.WITHDRAWN: gettext_lazy("You withdrew the application. It ends here."),
}


@dataclass(frozen=True)
class NextStep:
    """What the applicant can do now, in words; with a button where there is one, until when, and what date is known."""

    words: str
    button: str = ""
    url: str = ""
    until: dt.datetime | None = None
    when: str = ""


@dataclass(frozen=True)
class Stage:
    title: str
    state: str
    note: str = ""


@dataclass(frozen=True)
class Happening:
    """A line of a call's history."""

    at: dt.datetime
    sentence: str
    by: str
    note: str


def tone(status: str) -> str:
    """The colour in which a state is shown."""
    return TONES.get(Status(status), "")


def next_step(application: Application, now: dt.datetime) -> NextStep:
    """The one thing that comes next for the applicant."""
    call, status, page = application.call, Status(application.status), application.get_absolute_url()
    if status == Status.DRAFT:
        if application.can_be_sent(now):
            return NextStep(_("Complete and submit your application."), _("Continue"), page, call.closes_at)
        return _look_further(_("The call has closed. This application was not submitted."))
    if status == Status.RETURNED:
        words = _("Complete your application and submit it again.")
        return NextStep(words, _("Complete it"), page, when=returned_on(application))
    if status == Status.OFFERED:
        if application.can_be_answered(now):
            return NextStep(
                _("Accept or decline the place."), _("Answer the offer"), page, application.offer_expires_at
            )
        return _look_further(_("The time to answer the offer has passed."))
    if status in OPEN_TO_APPEAL:
        return _after_refusal(application, now)
    if status in (Status.DECLINED, Status.EXPIRED, Status.WITHDRAWN):
        return _look_further(str(_NEXT[status]))
    planned = call.decision_on if status != Status.ACCEPTED else None
    when = _("Decision planned by: %(day)s") % {"day": day(planned)} if planned else ""
    return NextStep(str(_NEXT[status]), when=when)


def _look_further(words: str) -> NextStep:
    return NextStep(words, _("Look at the calls"), reverse("mobility:calls"))


def _after_refusal(application: Application, now: dt.datetime) -> NextStep:
    """Not eligible or not selected: an appeal is made, can be made until a moment, or it is over."""
    words, page = str(_NEXT[Status(application.status)]), address(application, "application_appeal")
    made = next((one for one in application.appeals.all() if one.against == application.status), None)
    if made is not None and made.status == AppealStatus.WAITING:
        return NextStep(_("Your appeal waits for an answer. You get a message."), _("Your appeal"), page)
    if made is None and application.can_be_appealed(now) and application.decided_at:
        until = application.call.appeal_until(application.decided_at)
        return NextStep(words, _("Appeal…"), page, until)
    return _look_further(words)


def returned_on(application: Application) -> str:
    """The day on which it was returned, in words; nothing for one that was not."""
    if application.status != Status.RETURNED or application.decided_at is None:
        return ""
    returned = clock.date_in(application.decided_at, application.call.university.zone)
    return _("Returned on: %(day)s") % {"day": day(returned)}


def stages(call: Call, application: Application | None = None) -> list[Stage]:
    """The way from applying to going, with where `application` stands on it."""
    reached = _STAGE.get(Status(application.status), -1) if application else -1
    ended = application is not None and application.is_final
    days = ngettext("within %(count)d day", "within %(count)d days", call.offer_days) % {
        "count": call.offer_days
    }
    until = _("until %(moment)s") % {"moment": moment(call.closes_at, call.university.zone)}
    titles = [
        (_("You apply"), until if application is None or application.status != Status.RETURNED else ""),
        (_("The mobility coordinator checks that you can go"), ""),
        (_("Places are given"), _("by %(day)s") % {"day": day(call.decision_on)} if call.decision_on else ""),
        (_("You accept or decline the place"), days),
        (_("Your university nominates you to the host"), ""),
    ]
    return [
        Stage(title, "done" if n < reached else "now" if n == reached and not ended else "", note)
        for n, (title, note) in enumerate(titles)
    ]


_CALL_WORDS = {
    "mobility.create_call": gettext_lazy("The call was begun."),
    "mobility.copy_call": gettext_lazy("The call was copied from an earlier one."),
    "mobility.edit_call": gettext_lazy("The call was changed."),
}


def call_history(call: Call) -> list[Happening]:
    """What was done with a call, newest first; the parts that changed stand in the note."""
    words = _CALL_WORDS | {f"mobility.{t.name}": t.sentence for t in CALL.transitions.values()}
    events = list(Event.objects.about(CALL_KIND, call.uuid))
    return [
        Happening(
            event.at, str(words[event.verb]), event.actor_name,
            ", ".join(changes.titles(event.details.get("parts", []))),
        )
        for event in reversed(events)
        if event.verb in words
    ]  # fmt: skip


def address(application: Any, name: str, *more: Any) -> str:
    """The address of a page about the application."""
    return reverse(f"mobility:{name}", args=[application.uuid, *more])
