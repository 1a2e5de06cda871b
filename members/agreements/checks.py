"""What is wrong with the content of a version, what it still lacks before it can be sent, and what to look at.

Places name where a form shows it: `first_year`, `remarks`, `sides.1.unit`, `conditions.0.places`,
`conditions.0.fields.1.code`, `conditions.0.languages`. Rows count from 0, sides are 1 and 2.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ground import languages
from members.agreements.content import ConditionContent, SideContent, VersionContent, read_settled, same
from members.agreements.stored import SIDE_TEXTS
from members.models import (
    AgreementSide,
    AgreementVersion,
    Approval,
    Condition,
    ConditionField,
    ConditionLanguage,
    FieldOfEducation,
    Kind,
    OrganisationalUnit,
    University,
    VersionSide,
)  # fmt: skip
from members.models.exchange import STUDENT_KINDS, year_on

Places = dict[str, list[str]]
Found = Iterator[tuple[str, str]]
MOST_CONDITIONS = 40  # of one version; far above any agreement on paper
NEED_LANGUAGE = (
    Kind.STUDENT_STUDIES,
    Kind.STAFF_TEACHING,
)  # EWP: recommended-language-skill is required there
_OF_CONDITION = ("kind", "first_year", "last_year", "levels", "places", "months", "days", "remarks")


def faults(content: VersionContent) -> Places:
    """What can't be stored, by place; two queries (fields and units that are named)."""
    return _gathered(_faults(content))


def gaps(content: VersionContent, *, today: dt.date, author: Any) -> Places:
    """What a version lacks to be sent, by place (EWP: what a mobility specification must have); the side of the
    university with the uuid `author` names its own people, the other one when it approves."""
    return _gathered(_gaps(content, today, author))


def lacking(version: AgreementVersion, content: VersionContent, *, today: dt.date) -> Places:
    """All that keeps the draft `version`, which says `content`, from being sent, by place: faults, gaps, and that
    nothing would change. At most three queries."""
    found = {**faults(content), **gaps(content, today=today, author=version.author_side.uuid)}
    holds = version.agreement.current
    if holds is not None and same(replace(content, reason=""), replace(read_settled(holds), reason="")):
        words = _(
            "This says the same as version %(number)d, which is in force. Change something, or withdraw the draft."
        )
        found.setdefault("conditions", []).append(words % {"number": holds.number})
    return found


def warnings(version: AgreementVersion, *, today: dt.date) -> list[str]:
    """What people should look at though it keeps no version from being sent: charters that ended or are missing."""
    told = []
    rows = University.objects.filter(agreement_sides__agreement=version.agreement_id)
    for university in rows.select_related("organisation").order_by("agreement_sides__place"):
        until = university.organisation.charter_until
        if until is None or university.organisation.charter_gone_on is not None:
            told.append(
                _("%(university)s is not in the list of Erasmus charter holders.")
                % {"university": university}
            )
        elif until < today:
            told.append(_("The Erasmus charter of %(university)s has ended.") % {"university": university})
    return told


def faults_of_approval(approval: Approval, *, today: dt.date) -> Places:
    """What is wrong with what an approval says: of the people of its side, and of a signature on paper."""
    found = _gathered(_of_model("", approval, ("signed_by", "signed_on", *SIDE_TEXTS)))
    for name, words in _unnamed(approval):
        found.setdefault(name, []).append(words)
    if approval.signed_on is not None and approval.signed_on > today:
        found.setdefault("signed_on", []).append(_("This day has not come yet."))
    return found


def faults_of_code(side: AgreementSide) -> Places:
    """What is wrong with the number under which a side files the agreement."""
    return _gathered(_of_model("", side, ("code",)))


def _gathered(found: Found) -> Places:
    places: Places = {}
    for place, message in found:
        places.setdefault(place, []).append(message)
    return places


def _faults(content: VersionContent) -> Found:
    known_fields = _known_fields(content)
    units = _units(content)
    yield from _of_model("", _version(content), ("first_year", "last_year", "remarks", "reason"))
    if content.last_year < content.first_year:
        yield "last_year", _("The agreement ends before it begins.")
    for side in content.sides:
        yield from _faults_of_side(side, units)
    if len(content.conditions) > MOST_CONDITIONS:
        yield "conditions", _("An agreement has at most %(count)d conditions.") % {"count": MOST_CONDITIONS}
        return
    for index, condition in enumerate(content.conditions):
        for place, message in _faults_of_condition(condition, content, units, known_fields):
            yield f"conditions.{index}.{place}", message


def _version(content: VersionContent) -> AgreementVersion:
    return AgreementVersion(
        first_year=content.first_year,
        last_year=content.last_year,
        remarks=content.remarks,
        reason=content.reason,
    )


def _faults_of_side(side: SideContent, units: dict[Any, Any]) -> Found:
    texts = {name: getattr(side, name) for name in SIDE_TEXTS}
    yield from _of_model(f"sides.{side.place}.", VersionSide(**texts), SIDE_TEXTS)
    if side.unit is not None and units.get(side.unit) != side.university:
        yield f"sides.{side.place}.unit", _("Choose a unit of this university.")


def _faults_of_condition(
    condition: ConditionContent, content: VersionContent, units: dict[Any, Any], known_fields: set[str]
) -> Found:
    values: dict[str, Any] = {name: getattr(condition, name) for name in _OF_CONDITION}
    yield from _of_model("", Condition(**values | {"levels": list(condition.levels)}), _OF_CONDITION)
    if condition.sends not in (1, 2):
        yield "sends", _("Choose which university sends.")
        return
    if condition.last_year < condition.first_year:
        yield "last_year", _("The condition ends before it begins.")
    if condition.first_year < content.first_year:
        yield "first_year", _("The agreement begins later.")
    if condition.last_year > content.last_year:
        yield "last_year", _("The agreement ends earlier.")
    yield from _faults_of_time(condition)
    universities = {side.place: side.university for side in content.sides}
    for name, place in (("sending_unit", condition.sends), ("receiving_unit", condition.receives)):
        unit = getattr(condition, name)
        if unit is not None and units.get(unit) != universities.get(place):
            yield name, _("Choose a unit of this university.")
    yield from _faults_of_fields(condition, known_fields)
    yield from _faults_of_languages(condition, known_fields)


def _faults_of_time(condition: ConditionContent) -> Found:
    """Students' exchanges count months and have levels; those of staff count days."""
    students = condition.kind in STUDENT_KINDS
    for name, fits in (("months", students), ("days", not students)):
        value = getattr(condition, name)
        if value is None:
            continue
        if not fits:
            yield name, _("Students' exchanges count months and have levels; those of staff count days.")
        elif value == 0:
            yield name, _("Give a number above 0, or leave it empty.")
    if not students and (condition.levels or condition.blended):
        yield (
            "levels" if condition.levels else "blended",
            _("Students' exchanges count months and have levels; those of staff count days."),
        )
    if len(set(condition.levels)) < len(condition.levels):
        yield "levels", _("This level is given already.")


def _faults_of_fields(condition: ConditionContent, known: set[str]) -> Found:
    times = Counter(field.code for field in condition.fields)
    for index, field in enumerate(condition.fields):
        row = ConditionField(clarification=field.clarification)
        yield from _of_model(f"fields.{index}.", row, ("clarification",))
        if field.code not in known:
            yield f"fields.{index}.code", _("Choose a detailed field (four digits).")
        elif times[field.code] > 1:
            yield f"fields.{index}.code", _("This field is given already.")


def _faults_of_languages(condition: ConditionContent, known: set[str]) -> Found:
    times = Counter((skill.language, skill.field) for skill in condition.languages)
    for index, skill in enumerate(condition.languages):
        row = ConditionLanguage(language=skill.language, level=skill.level)
        yield from _of_model(f"languages.{index}.", row, ("language", "level"))
        if skill.language and skill.language not in languages.CODES:
            yield f"languages.{index}.language", _("Choose a language of the list.")
        if skill.field and skill.field not in known:
            yield f"languages.{index}.field", _("Choose a detailed field (four digits).")
        if times[(skill.language, skill.field)] > 1:
            yield f"languages.{index}.language", _("This language is given already.")


def _of_model(prefix: str, record: Any, names: tuple[str, ...]) -> Found:
    """What the fields of the model say of their values; no query."""
    exclude = {field.name for field in record._meta.fields} - set(names)
    try:
        record.clean_fields(exclude=exclude)
    except ValidationError as wrong:
        for name, messages in wrong.message_dict.items():
            for message in messages:
                yield f"{prefix}{name}", message


def _units(content: VersionContent) -> dict[Any, Any]:
    """The university of each unit that is named."""
    named: set[Any] = {side.unit for side in content.sides}
    named |= {unit for c in content.conditions for unit in (c.sending_unit, c.receiving_unit)}
    rows = OrganisationalUnit.objects.filter(uuid__in=named - {None})
    return dict(rows.values_list("uuid", "university__uuid"))


def _known_fields(content: VersionContent) -> set[str]:
    """Those of the fields named that there are, with four digits."""
    named = {field.code for c in content.conditions for field in c.fields}
    named |= {skill.field for c in content.conditions for skill in c.languages}
    codes = FieldOfEducation.objects.filter(code__in=[code for code in named if len(code) == 4])
    return set(codes.values_list("code", flat=True))


def _unnamed(side: SideContent | Approval) -> Found:
    """Those of the people of a side that it has to name, by the name of the field, with what to do."""
    asked = {
        "signatory_name": _("Name who signs."), "signatory_position": _("Say in which position this person signs."),
        "contact_name": _("Name a contact."), "contact_email": _("Give the e-mail address of the contact."),
    }  # fmt: skip
    yield from ((name, words) for name, words in asked.items() if not getattr(side, name).strip())


def _gaps(content: VersionContent, today: dt.date, author: Any) -> Found:
    if not content.conditions:
        yield "conditions", _("Add a condition: who goes where, and how many.")
    if content.last_year < year_on(today):
        yield "last_year", _("These academic years are over.")
    for side in content.sides:
        if side.university == author:
            for name, words in _unnamed(side):
                yield f"sides.{side.place}.{name}", words
    for index, condition in enumerate(content.conditions):
        if condition.kind in NEED_LANGUAGE and not condition.languages:
            yield f"conditions.{index}.languages", _("Name the language that those who come should know.")
        for at, skill in enumerate(condition.languages):
            if not skill.level:
                yield f"conditions.{index}.languages.{at}.level", _("Choose the level.")
        if condition.kind in STUDENT_KINDS and not condition.levels:
            yield f"conditions.{index}.levels", _("Choose a level of study.")
