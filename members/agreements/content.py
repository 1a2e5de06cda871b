"""The content of a version of an agreement as plain values, in one canonical form with one fingerprint.

Forms fill it, `actions.agreements.write` stores it, a sent version's `digest` is the SHA-256 of its canonical form.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from members.agreements.stored import SIDE_TEXTS, with_content
from members.models import AgreementVersion

FORM = 1  # of the canonical form; raised with every change of it, so that old fingerprints can still be told apart


@dataclass(frozen=True)
class FieldContent:
    """A field of education a condition holds for: ISCED-F code of four digits."""

    code: str
    clarification: str = ""


@dataclass(frozen=True)
class LanguageContent:
    """A language that those who come should know: ISO 639 code, CEFR level, for one field only where one is named."""

    language: str
    level: str
    field: str = ""


@dataclass(frozen=True)
class ConditionContent:
    """One flow: `sends` is the place (1 or 2) of the side that sends, the other one receives.

    `origin` marks the same flow in every version; None for a new one. Units are named by their uuid.
    """

    kind: str
    sends: int
    first_year: str
    last_year: str
    places: int
    months: Decimal | None = None
    days: Decimal | None = None
    blended: bool = False
    levels: tuple[int, ...] = ()
    fields: tuple[FieldContent, ...] = ()
    languages: tuple[LanguageContent, ...] = ()
    sending_unit: uuid.UUID | None = None
    receiving_unit: uuid.UUID | None = None
    remarks: str = ""
    origin: uuid.UUID | None = None

    @property
    def receives(self) -> int:
        """The place of the side that receives."""
        return 3 - self.sends


@dataclass(frozen=True)
class SideContent:
    """What a version says of one side. Place and university follow from the agreement and can't be written."""

    place: int
    university: uuid.UUID
    unit: uuid.UUID | None = None
    signatory_name: str = ""
    signatory_position: str = ""
    signatory_email: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


@dataclass(frozen=True)
class VersionContent:
    """Everything that a version says, in the order in which people read it. `sides` are those of places 1 and 2."""

    agreement: uuid.UUID
    first_year: str
    last_year: str
    sides: tuple[SideContent, ...]
    conditions: tuple[ConditionContent, ...] = ()
    remarks: str = ""
    reason: str = ""


def read(version: AgreementVersion) -> VersionContent:
    """What the version says now, all of it from the database; one query, however many conditions."""
    rows = AgreementVersion.objects.filter(pk=version.pk).select_related("agreement")
    return said(with_content(rows).get())


def said(row: Any) -> VersionContent:
    """What a version says that came `with_content` and its agreement; no query."""
    first = row.stored_sides[0]["university_id"]
    return VersionContent(
        agreement=row.agreement.uuid, first_year=row.first_year, last_year=row.last_year,
        sides=tuple(_side(one) for one in row.stored_sides),
        conditions=tuple(_condition(one, first) for one in row.stored_conditions),
        remarks=row.remarks, reason=row.reason,
    )  # fmt: skip


def settled(row: Any) -> VersionContent:
    """The same with the people whom sides named with their approvals: who signs, and whom to ask. It is not what the
    fingerprint is of: a side may write for the other, but each names its own people when it approves; no query."""
    content = said(row)
    named = {one["place"]: {name: one[name] for name in SIDE_TEXTS} for one in row.stored_people}
    sides = tuple(replace(side, **named.get(side.place, {})) for side in content.sides)
    return replace(content, sides=sides)


def read_settled(version: AgreementVersion) -> VersionContent:
    """What holds of a version, with the people of its approvals; one query."""
    rows = AgreementVersion.objects.filter(pk=version.pk).select_related("agreement")
    return settled(with_content(rows).get())


def _side(row: dict[str, Any]) -> SideContent:
    texts = {name: row[name] for name in SIDE_TEXTS}
    return SideContent(row["place"], uuid.UUID(row["university"]), _identifier(row["unit"]["uuid"]), **texts)


def _condition(row: dict[str, Any], first_university: int) -> ConditionContent:
    return ConditionContent(
        kind=row["kind"], sends=1 if row["sending_id"] == first_university else 2, first_year=row["first_year"],
        last_year=row["last_year"], places=row["places"], months=_decimal(row["months"]), days=_decimal(row["days"]),
        blended=row["blended"], levels=tuple(row["levels"]),
        fields=tuple(FieldContent(f["field"]["code"], f["clarification"]) for f in row["fields"]),
        languages=tuple(
            LanguageContent(x["language"], x["level"], x["field"]["code"] or "") for x in row["languages"]
        ),
        sending_unit=_identifier(row["sending_unit"]["uuid"]),
        receiving_unit=_identifier(row["receiving_unit"]["uuid"]),
        remarks=row["remarks"], origin=uuid.UUID(row["origin"]),
    )  # fmt: skip


def _identifier(told: str | None) -> uuid.UUID | None:
    return uuid.UUID(told) if told else None


def _decimal(told: str | None) -> Decimal | None:
    return None if told is None else Decimal(told)


def canonical(content: VersionContent) -> str:
    """The content as JSON in one form only: keys sorted, numbers as text, lists in an order that no row decides.

    What is no term is left out: the position of conditions and what links them to earlier versions.
    """
    whole = {
        "form": FORM,
        "agreement": str(content.agreement),
        "years": [content.first_year, content.last_year],
        "remarks": content.remarks,
        "reason": content.reason,
        "sides": [_plain_side(side) for side in sorted(content.sides, key=lambda side: side.place)],
        "conditions": sorted((_plain_condition(c, content) for c in content.conditions), key=_json),
    }
    return _json(whole)


def digest(content: VersionContent) -> str:
    """The fingerprint that approvals name: SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def digest_of(version: AgreementVersion) -> str:
    """The fingerprint of what the version says now."""
    return digest(read(version))


def same(one: VersionContent, other: VersionContent) -> bool:
    """Whether both say the same, whatever the order of their conditions, fields and languages."""
    return canonical(one) == canonical(other)


def alike(one: VersionContent, other: VersionContent) -> bool:
    """Whether both say the same in the same order of conditions, as people see it."""
    orders = [
        [_plain_condition(condition, content) for condition in content.conditions] for content in (one, other)
    ]
    return same(one, other) and orders[0] == orders[1]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain_side(side: SideContent) -> dict[str, Any]:
    texts = {name: getattr(side, name) for name in SIDE_TEXTS}
    return {"place": side.place, "university": str(side.university), "unit": _text(side.unit), **texts}


def _plain_condition(condition: ConditionContent, content: VersionContent) -> dict[str, Any]:
    universities = {side.place: str(side.university) for side in content.sides}
    return {
        "kind": str(condition.kind),
        "sending": [universities[condition.sends], _text(condition.sending_unit)],
        "receiving": [universities[condition.receives], _text(condition.receiving_unit)],
        "years": [condition.first_year, condition.last_year],
        "places": condition.places,
        "months": _number(condition.months),
        "days": _number(condition.days),
        "blended": condition.blended,
        "levels": sorted(condition.levels),
        "fields": sorted([field.code, field.clarification] for field in condition.fields),
        "languages": sorted([x.language, x.level, x.field] for x in condition.languages),
        "remarks": condition.remarks,
    }


def _text(identifier: uuid.UUID | None) -> str:
    return str(identifier) if identifier else ""


def _number(value: Decimal | None) -> str:
    """Two decimals, as the database keeps them: 5 and 5.00 are the same number of months."""
    return "" if value is None else f"{value:.2f}"
