"""The room of members: departments for universities that have few, and who can be a partner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alliance_portal.scale.copying import Tables
from alliance_portal.scale.marks import mark
from alliance_portal.scale.phrases import Phrase, phrase
from alliance_portal.scale.words import UNITS
from ground import text
from members.models import Organisation, OrganisationalUnit, University

COLUMNS = {
    "members_organisationalunit": (
        "uuid", "university_id", "name", "name_en", "name_lt", "code", "description", "website", "sort_key",
    )
}  # fmt: skip
PARTNERS = 6000


@dataclass(frozen=True)
class Lead:
    """A university that leads: its key, its name as words, the units that carry its projects."""

    pk: int
    organisation: int
    names: tuple[Phrase, Phrase, Phrase]
    units: list[tuple[int, Phrase, Phrase]]


def write_units(seed: int) -> int:
    """Give every university its departments. Out: how many units there are now of ours."""
    tables = Tables(COLUMNS)
    number = 0
    taken = set(OrganisationalUnit.objects.values_list("university", "name_en"))
    for university in University.objects.order_by("slug").values_list("pk", flat=True):
        for english, lithuanian in UNITS:
            number += 1
            if (university, english) not in taken:
                tables.add(
                    "members_organisationalunit", mark("unit", seed, number), university, english, english,
                    lithuanian, "", "", "", text.sort_key(english),
                )  # fmt: skip
    tables.write()
    return tables.written["members_organisationalunit"]


def leads() -> list[Lead]:
    """Every university, in an order that does not hang on keys."""
    units: dict[int, list[tuple[int, Phrase, Phrase]]] = {}
    rows = OrganisationalUnit.objects.order_by("university", "name_en", "pk")
    for unit in rows.only("university_id", "name_en", "name_lt"):
        both = phrase(unit.name_en or ""), phrase(unit.name_lt or "")  # type: ignore[attr-defined]
        units.setdefault(unit.university_id, []).append((unit.pk, *both))
    found = University.objects.order_by("slug").select_related("organisation")
    return [Lead(u.pk, u.organisation_id, _names(u.organisation), units.get(u.pk, [])) for u in found]


def partners() -> list[tuple[int, Phrase, Phrase]]:
    """Up to 6,000 organisations, by country and name: key, name, name in its own language."""
    rows = Organisation.objects.order_by("country", "sort_key", "name", "city", "charter_proposal", "pk")
    rows = rows.only("name", "local_name")[:PARTNERS]
    return [(row.pk, phrase(row.name), phrase(row.local_name)) for row in rows]


def _names(organisation: Any) -> tuple[Phrase, Phrase, Phrase]:
    return phrase(organisation.name), phrase(organisation.local_name), phrase(organisation.short_name)
