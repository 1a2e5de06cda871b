"""What is stored of a project as its form shows it: all rows of all kinds in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DecimalField, Exists, F, ForeignKey, Model, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from ground.templatetags.ground_tags import in_language
from projects.actions import PARTS
from projects.models import Amendment, Project, ProjectDocument, Sharing

Row = dict[str, Any]
# Which fields of each kind of row the form holds.
ROW_FIELDS: Mapping[str, tuple[str, ...]] = {
    "websites": ("url",),
    "funding": ("programme_id", "amount", "currency", "share", "contract_number"),
    "team": ("name", "part"),
    "departments": ("unit_id",),
    "partners": ("organisation_id", "part"),
    "milestones": ("title_en", "title_lt", "kind", "due_on", "done_on", "evidence_url", "evidence_id"),
    "results": ("title_en", "title_lt", "category", "url", "reached_on"),
}
# What else a row can carry when it is typed: a partner that is a new organisation.
TYPED_ONLY: Mapping[str, tuple[str, ...]] = {"partners": ("name", "country", "city", "pic", "sure")}
_PAPER = ("id", "title_en", "title_lt", "is_public")


@dataclass(frozen=True)
class Stored:
    """The rows, the documents that can be evidence, who shares the project, and whether its period was amended."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in ROW_FIELDS})
    papers: list[tuple[int, str]] = field(default_factory=list)
    sharing: frozenset[int] = frozenset()
    amended: bool = False


def read_stored(project: Project | None) -> Stored:
    """What is stored of `project`; nothing of none. One query."""
    if project is None:
        return Stored()
    kinds = {f"{name}_": _array(PARTS[name].model, "id", *fields) for name, fields in ROW_FIELDS.items()}
    found = Project.objects.filter(pk=project.pk).values_list(
        *kinds.values(),
        _array(ProjectDocument, *_PAPER),
        ArraySubquery(Sharing.objects.filter(project=OuterRef("pk")).values("university")),
        Exists(Amendment.objects.filter(project=OuterRef("pk"))),
    )
    *rows, papers, sharing, amended = found.get()
    return Stored(
        {n: [_typed(PARTS[n].model, r) for r in got] for n, got in zip(ROW_FIELDS, rows, strict=True)},
        [(row["id"], in_language(ProjectDocument(**row), "title")[0]) for row in papers],
        frozenset(sharing),
        amended,
    )


def _array(model: type[Model], *fields: str) -> ArraySubquery:
    """The rows of the project at hand as an array of JSON objects; amounts as text, so that no cent is lost."""
    rows: QuerySet[Any] = model._default_manager.all()
    plain = rows.rewrite(False) if hasattr(rows, "rewrite") else rows
    shown = {name: _expression(model, name) for name in fields}
    return ArraySubquery(plain.filter(project=OuterRef("pk")).values(row=JSONObject(**shown)).values("row"))


def _expression(model: type[Model], name: str) -> Any:
    stored = model._meta.get_field(name)
    return Cast(name, TextField()) if isinstance(stored, DecimalField) else F(name)


def _typed(model: type[Model], row: Row) -> Row:
    """The values in their own types."""
    found = {}
    for name, value in row.items():
        stored = model._meta.get_field(name)
        found[name] = value if isinstance(stored, ForeignKey) else stored.to_python(value)  # type: ignore[union-attr]
    return found
