"""Invented agreements, made by the portal's own verbs at moments that have passed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from accounts.models import User
from alliance_portal.demo.reading import Days, read
from ground import clock
from members.actions import agreements as actions
from members.agreements import content
from members.models import Agreement, AgreementVersion, University
from members.models.exchange import year_of, year_on
from notifications.models import InboxItem, Message

_STEP = dt.timedelta(days=3)  # between one step and the next


def load_agreements(days: Days, people: dict[str, User]) -> None:
    """The invented agreements, unless there are some already."""
    if Agreement.objects.filter(is_demo=True).exists():
        return
    universities = University.objects.in_bulk(field_name="slug")
    made = [_agreement(row, days, people, universities) for row in read("agreements")["agreement"]]
    _quieten(made)


def _agreement(
    row: dict[str, Any], days: Days, people: dict[str, User], universities: dict[str, University]
) -> Agreement:
    by, other = people[row["by"]], people[row["other"]]
    begun = days.ago(row["days"])
    first = int(year_on(days.day(0))[:4]) + row["first"]
    years = {"first_year": year_of(first), "last_year": year_of(first + row["years"] - 1)}
    with clock.one_moment(begun):
        agreement = actions.propose(
            university=universities[row["university"]], partner=universities[row["partner"]], by=by, is_demo=True,
            **years,
        )  # fmt: skip
        version = agreement.versions.get()
        actions.write(version, _filled(content.read(version), row), by=by, seen=None)
    with clock.one_moment(begun + _STEP):
        version = actions.send(version, by=by, approve=True)
    if row["approved"]:
        _agreed(row, version, by, other, begun)
    return agreement


def _agreed(
    row: dict[str, Any], version: AgreementVersion, by: User, other: User, begun: dt.datetime
) -> None:
    with clock.one_moment(begun + 2 * _STEP):
        actions.approve(version, digest=version.digest, by=other)
    for side, person in zip(version.agreement.sides.all(), (by, other), strict=True):
        actions.set_code(side, row["codes"][side.place - 1], by=person)


def _filled(empty: content.VersionContent, row: dict[str, Any]) -> content.VersionContent:
    sides = tuple(replace(side, **row["sides"][side.place - 1]) for side in empty.sides)
    conditions = tuple(_condition(one, empty) for one in row["condition"])
    return replace(empty, sides=sides, conditions=conditions, remarks=row.get("remarks", ""))


def _condition(row: dict[str, Any], empty: content.VersionContent) -> content.ConditionContent:
    return content.ConditionContent(
        kind=row["kind"], sends=row["sends"], first_year=empty.first_year, last_year=empty.last_year,
        places=row["places"], months=_number(row, "months"), days=_number(row, "days"),
        blended=row.get("blended", False), levels=tuple(row.get("levels", [])),
        fields=tuple(content.FieldContent(code) for code in row.get("fields", [])),
        languages=tuple(content.LanguageContent(*one.split()) for one in row.get("languages", [])),
    )  # fmt: skip


def _number(row: dict[str, Any], name: str) -> Decimal | None:
    return Decimal(row[name]) if name in row else None


def _quieten(made: list[Agreement]) -> None:
    """No mail goes out about the past; what waits stands in "My work"."""
    uuids = [agreement.uuid for agreement in made]
    Message.objects.filter(subject_uuid__in=uuids).delete()
    InboxItem.objects.filter(subject_uuid__in=uuids).delete()
