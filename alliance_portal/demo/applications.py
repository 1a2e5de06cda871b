"""Invented applications, made by the portal's own verbs at moments that have passed.

So their states, snapshots, trails and taken seats are what the rules make of them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from alliance_portal.demo import cast
from alliance_portal.demo.news import shipped
from alliance_portal.demo.reading import Days, read
from ground import clock
from mobility import actions, parts
from mobility.models import Application, Call, LanguageSkill, Place, Wish
from notifications.models import InboxItem, Message

_TRANSCRIPT = "transcript-stand-in.pdf"
_OFFER_DAYS = 7
# The steps after "submitted" that lead to a state.
_PATHS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "withdrawn": ("withdraw",),
    "returned": ("return",),
    "ineligible": ("find_ineligible",),
    "eligible": ("find_eligible",),
    "waitlisted": ("find_eligible", "waitlist"),
    "not_selected": ("find_eligible", "not_select"),
    "offered": ("find_eligible", "offer"),
    "accepted": ("find_eligible", "offer", "accept"),
    "declined": ("find_eligible", "offer", "decline"),
    "expired": ("find_eligible", "offer", "expire"),
}


def load_applications(days: Days, people: dict[str, User]) -> None:
    """The invented applications that are not there yet: first those with past offers, whose seats became free again."""
    students = cast.load_students()
    calls = Call.objects.in_bulk(field_name="slug")
    made = []
    rows = read("applications")["applications"]
    for row in sorted(rows, key=lambda row: ("expires" in row, row["days"])):
        person = people[row["person"]] if "person" in row else students[cast.student_address(row)]
        call = calls[row["call"]]
        if not Application.objects.filter(call=call, applicant=person).exists():
            made.append(_application(row, call, person, people["ruta"], days))
    _quieten(made, people)


def _application(row: dict[str, Any], call: Call, person: User, officer: User, days: Days) -> Application:
    submitted = days.ago(-row["days"], hours=row["motivation"])
    with clock.one_moment(submitted - dt.timedelta(hours=1)):
        application = actions.start_application(call, by=person)
        _fill(application, row)
    if row["status"] == "draft":
        return application
    with clock.one_moment(submitted):
        for asked in call.required_documents.filter(is_required=True):
            actions.attach_document(application, asked, shipped(_TRANSCRIPT), by=person)
        actions.submit_application(application, by=person)
    checked = submitted + dt.timedelta(hours=20) if call.takes_at(days.now) else days.ago(50)
    moments = _moments(row, days)
    for step in _PATHS[row["status"]]:
        with clock.one_moment(moments.get(step, checked)):
            _take(step, application, row, officer)
    return application


def _fill(application: Application, row: dict[str, Any]) -> None:
    """The answers; a draft has only the first of them."""
    a = application
    a.given_name, a.family_name, a.birth_date, a.nationality = row["given"], row["family"], row["born"], "LT"
    a.study_programme, a.level, a.field_id, a.ects = (
        row[key] for key in ("programme", "level", "field", "ects")
    )
    a.earlier_months = 0
    a.visited = [parts.PERSONAL.slug, parts.STUDIES.slug]
    if row["status"] != "draft":
        a.motivation = read("applications")["motivations"][row["motivation"]]
        a.declared_true = a.declared_privacy = True
        a.visited = [part.slug for part in parts.of(a.call)]
        levels = row["languages"].items()
        LanguageSkill.objects.bulk_create(
            LanguageSkill(application=a, language=code, level=level) for code, level in levels
        )
        for rank, name in enumerate(row["wishes"], 1):
            Wish.objects.create(application=a, place=_place(a.call, name), rank=rank)
    a.saved_at = clock.now()
    a.save()


def _place(call: Call, name: str) -> Place:
    """The place "host/field" of a call."""
    host, field = name.split("/")
    return call.places.get(host__slug=host, field=field)


def _moments(row: dict[str, Any], days: Days) -> dict[str, dt.datetime]:
    """When the steps are taken that come later than the check of the application."""
    offered = days.ago(_OFFER_DAYS - row["expires"] if "expires" in row else 35)
    answered, ended = offered + dt.timedelta(days=2), offered + dt.timedelta(days=_OFFER_DAYS + 2)
    return {
        "waitlist": days.ago(35), "not_select": days.ago(35), "offer": offered, "accept": answered, "decline": answered,
        "expire": ended,
    }  # fmt: skip


def _take(step: str, application: Application, row: dict[str, Any], officer: User) -> None:
    """One step of the table, by whoever takes it."""
    person = application.applicant
    match step:
        case "withdraw":
            actions.withdraw_application(application, by=person)
        case "offer":
            place = _place(application.call, row["offer"])
            actions.offer_place(application, place=place, by=officer, days=_OFFER_DAYS)
        case "accept":
            actions.accept_offer(application, by=person)
        case "decline":
            actions.decline_offer(application, by=person)
        case "expire":
            actions.expire_offer(application)
        case _:
            note = read("applications")["notes"].get(f"{row.get('note')}_{person.language}", "")
            actions.decide(application, step, by=officer, note=note)


def _quieten(made: list[Application], people: dict[str, User]) -> None:
    """No mail goes out about the past; in the portal only those who can sign in find it."""
    uuids = [application.uuid for application in made]
    Message.objects.filter(subject_uuid__in=uuids).delete()
    InboxItem.objects.filter(subject_uuid__in=uuids).exclude(user__in=people.values()).delete()
