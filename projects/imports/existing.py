"""Projects as they stand, for comparing many rows at once: a handful of queries whatever their number."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models.expressions import RawSQL

from projects.imports.entries import MILESTONES, OUTCOMES
from projects.models import (
    Amendment,
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Project,
    Result,
    TeamMember,
    Website,
)
from projects.workflow import Publication

FIELDS = (
    "title_en", "title_lt", "acronym", "starts_on", "ends_on", "description_en", "description_lt", "objectives_en",
    "objectives_lt", "results_en", "results_lt",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of funding."""

    programme: int | None = None
    amount: Decimal | None = None
    currency: str = "EUR"
    share: Decimal | None = None
    contract_number: str = ""
    id: int | None = None


@dataclass
class State:
    """What a project says of itself and of its rows; a new one says nothing."""

    id: int | None = None
    version: int = 0
    code: str = ""
    lead: int | None = None
    kept: bool = True
    seen: bool = True
    archived: bool = False
    amended: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    websites: list[str] = field(default_factory=list)
    funding: list[Line] = field(default_factory=list)
    team: list[tuple[str, str]] = field(default_factory=list)
    departments: list[int] = field(default_factory=list)
    partners: dict[int, str] = field(default_factory=dict)
    milestones: list[dict[str, Any]] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)


def states(keys: Collection[str], by: Any) -> dict[str, State]:
    """The projects with these address keys, by key.

    One that `by` does not keep says only that it is there, and whether `by` may see it.
    """
    found: dict[str, State] = {}
    owned: dict[int, State] = {}
    columns = ("pk", "key", "code", "lead_id", "version", "publication", *FIELDS)
    rows = list(Project.objects.filter(key__in=_these(sorted(keys), "text")).values(*columns))
    if not rows:  # a file of new projects asks nothing else
        return found
    known = [row["pk"] for row in rows]
    kept = set(Project.objects.managed_by(by).filter(pk__in=_these(known)).values_list("pk", flat=True))
    seen = set(Project.objects.visible_to(by).filter(pk__in=_these(known)).values_list("pk", flat=True))
    for row in rows:
        state = State(row["pk"], row["version"], row["code"], row["lead_id"], kept=row["pk"] in kept)
        state.seen = row["pk"] in seen
        found[row["key"]] = state
        if state.kept:
            state.archived = row["publication"] == Publication.ARCHIVED
            state.fields = {name: str(row[name] or "") for name in FIELDS}
            owned[row["pk"]] = state
    if owned:
        _read_rows(owned)
        _read_entries(owned)
    return found


def _these(keys: list[Any], kind: str = "bigint") -> RawSQL:
    """Many keys as one parameter: a thousand of them cost the library more than the database."""
    return RawSQL(f"SELECT unnest(%s::{kind}[])", (keys,))  # noqa: S611 - `kind` is a constant of this module


def _of(model: Any, keys: Iterable[int], *columns: str) -> Any:
    rows = model.objects.filter(project__in=_these(list(keys))).order_by("project", "position", "pk")
    return rows.values_list("project", *columns)


def _read_rows(owned: dict[int, State]) -> None:
    for pk, url in _of(Website, owned, "url"):
        owned[pk].websites.append(url)
    for pk, name, part in _of(TeamMember, owned, "name", "part"):
        owned[pk].team.append((part, name))
    for pk, unit in _of(Department, owned, "unit_id"):
        owned[pk].departments.append(unit)
    lines = ("programme_id", "amount", "currency", "share", "contract_number", "pk")
    for pk, *line in _of(FundingLine, owned, *lines):
        owned[pk].funding.append(Line(*line))
    partners = Partnership.objects.filter(project__in=_these(list(owned))).order_by("pk")
    for pk, organisation, part in partners.values_list("project", "organisation_id", "part"):
        owned[pk].partners[organisation] = part
    amended = Amendment.objects.filter(project__in=_these(list(owned))).values_list("project", flat=True)
    for pk in amended:
        owned[pk].amended = True


def _read_entries(owned: dict[int, State]) -> None:
    """Milestones and results, as projects.imports.entries names what they have; days as text, nothing as nothing."""
    milestones = Milestone.objects.filter(project__in=_these(list(owned))).order_by("pk")
    results = Result.objects.filter(project__in=_these(list(owned))).order_by("pk")
    for rows, kind in ((milestones, MILESTONES), (results, OUTCOMES)):
        for row in rows.values("project", "id", *kind.fields):
            entry = {name: str(row[name] or "") for name in kind.fields} | {"id": row["id"]}
            getattr(owned[row["project"]], kind.name).append(entry)
