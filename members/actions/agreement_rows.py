"""The rows of a draft: begun, written, copied. Sealed once it is sent; the database sees to that too."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.db.models import F

from members.agreements.content import ConditionContent, SideContent, VersionContent
from members.agreements.stored import SIDE_TEXTS
from members.models import (
    Agreement,
    AgreementSide,
    AgreementVersion,
    Approval,
    Condition,
    ConditionField,
    ConditionLanguage,
    Contact,
    OrganisationalUnit,
    University,
    VersionSide,
)


def new_version(agreement: Agreement, *, author: University, by: Any, **fields: Any) -> AgreementVersion:
    """The next version of a locked agreement, a draft of `author` with nothing in it yet."""
    last = agreement.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return AgreementVersion.objects.create(
        agreement=agreement, number=last + 1, author_side=author, created_by=by if by.pk else None, **fields
    )


def begin_sides(version: AgreementVersion) -> None:
    """The two sides in a first draft, with people of public contacts: the partner reads what is sent. The author's own
    side begins with whom it named last."""
    for side in version.agreement.sides.all():
        own = side.university_id == version.author_side_id
        people = known_people(side.university_id) if own else _of_contacts(side.university_id)
        VersionSide.objects.create(version=version, side=side, **people)


def known_people(university_id: int) -> dict[str, str]:
    """Who signs for a university and whom to ask there, as far as its own coordinators may be told unasked: whom it
    named with its last approval, else whom its newest agreement in force names, else people of public contacts."""
    last = Approval.objects.filter(side__university=university_id).exclude(signatory_name="").order_by("-at")
    if told := last.values(*SIDE_TEXTS).first():
        return dict(told)
    holds = VersionSide.objects.filter(
        side__university=university_id, version__agreement__current=F("version")
    )
    told = holds.exclude(signatory_name="").order_by("-version__approved_at").values(*SIDE_TEXTS).first()
    return dict(told or _of_contacts(university_id))


def people_to_confirm(side: SideContent, university_id: int) -> dict[str, str]:
    """The people with which the form of an approval begins: those of the version; for one it does not name, another
    that is known. Three queries at most."""
    people = {name: getattr(side, name) for name in SIDE_TEXTS}
    missing = [who for who in ("signatory", "contact") if not people[f"{who}_name"]]
    known = known_people(university_id) if missing else {}
    return people | {n: value for n, value in known.items() if n.partition("_")[0] in missing}


def _of_contacts(university_id: int) -> dict[str, str]:
    return _people(list(Contact.objects.filter(university=university_id, is_public=True).order_by("pk")))


def _people(contacts: list[Contact]) -> dict[str, str]:
    signs = next((c for c in contacts if c.duty == Contact.Duty.INSTITUTIONAL), None)
    asked = next((c for c in contacts if c.duty == Contact.Duty.AGREEMENTS), signs)
    people: dict[str, str] = {}
    if signs:
        people |= {"signatory_name": signs.name, "signatory_email": signs.email}
    if asked:
        people |= {"contact_name": asked.name, "contact_email": asked.email, "contact_phone": asked.phone}
    return people


def people_of(version: AgreementVersion, side: AgreementSide) -> dict[str, str]:
    """Whom the version names for a side, by the names of `SIDE_TEXTS`."""
    found: dict[str, str] = version.sides.values(*SIDE_TEXTS).get(side=side)
    return found


def carried(content: VersionContent, stored: VersionContent) -> VersionContent:
    """`content` with what nobody writes: the agreement, its sides, and links of conditions that exist (each once)."""
    sides = {side.place: side for side in content.sides}
    known = {condition.origin for condition in stored.conditions}
    conditions = []
    for condition in content.conditions:
        origin = condition.origin if condition.origin in known else None
        known.discard(origin)
        conditions.append(replace(condition, origin=origin))
    kept = tuple(_of_side(sides.get(side.place, side), side) for side in stored.sides)
    return replace(content, agreement=stored.agreement, sides=kept, conditions=tuple(conditions))


def _of_side(written: SideContent, stored: SideContent) -> SideContent:
    return replace(written, place=stored.place, university=stored.university)


def store(version: AgreementVersion, content: VersionContent) -> None:
    """Replace what a locked draft says by `content`, which was checked."""
    for name in ("first_year", "last_year", "remarks", "reason"):
        setattr(version, name, getattr(content, name))
    version.save(update_fields=["first_year", "last_year", "remarks", "reason", "changed_at"])
    units = _units(content)
    rows = AgreementSide.objects.filter(agreement=version.agreement_id)
    sides = {side.place: side for side in rows}
    version.sides.all().delete()
    VersionSide.objects.bulk_create(
        VersionSide(
            version=version, side=sides[side.place], unit_id=units.get(side.unit),
            **{name: getattr(side, name) for name in SIDE_TEXTS},
        )
        for side in content.sides
    )  # fmt: skip
    version.conditions.all().delete()
    stored = Condition.objects.bulk_create(
        _condition(version, condition, place, sides, units)
        for place, condition in enumerate(content.conditions)
    )
    _store_fields_and_languages(stored, content)


def _condition(
    version: AgreementVersion, content: ConditionContent, position: int, sides: dict[int, AgreementSide],
    units: dict[Any, int],
) -> Condition:  # fmt: skip
    return Condition(
        version=version, position=position, origin=content.origin or uuid.uuid4(), kind=content.kind,
        sending_id=sides[content.sends].university_id, receiving_id=sides[content.receives].university_id,
        sending_unit_id=units.get(content.sending_unit), receiving_unit_id=units.get(content.receiving_unit),
        first_year=content.first_year, last_year=content.last_year, levels=sorted(content.levels),
        places=content.places, months=content.months, days=content.days, blended=content.blended,
        remarks=content.remarks,
    )  # fmt: skip


def _store_fields_and_languages(stored: list[Condition], content: VersionContent) -> None:
    pairs = list(zip(stored, content.conditions, strict=True))
    ConditionField.objects.bulk_create(
        ConditionField(condition=row, field_id=field.code, clarification=field.clarification)
        for row, condition in pairs
        for field in condition.fields
    )
    ConditionLanguage.objects.bulk_create(
        ConditionLanguage(condition=row, language=x.language, level=x.level, field_id=x.field or None)
        for row, condition in pairs
        for x in condition.languages
    )


def _units(content: VersionContent) -> dict[Any, int]:
    named: set[Any] = {side.unit for side in content.sides}
    named |= {unit for c in content.conditions for unit in (c.sending_unit, c.receiving_unit)}
    rows = OrganisationalUnit.objects.filter(uuid__in=named - {None})
    return dict(rows.values_list("uuid", "pk"))
