"""What is kept of a project: every save is one revision over it and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.db.models import Expression, Model, QuerySet
from reversion.errors import RevertError
from reversion.models import Revision, Version

from projects.models import (
    Amendment,
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Project,
    ProjectDocument,
    Result,
    Sharing,
    TeamMember,
    Website,
)

Fields = dict[str, Any]
_LOOKED_BACK = 50  # the versions in which an edited one is looked for
# Each kind of row by the name under which the project has it.
FOLLOWED: Mapping[str, type[Model]] = {
    "websites": Website,
    "funding_lines": FundingLine,
    "team": TeamMember,
    "departments": Department,
    "partnerships": Partnership,
    "milestones": Milestone,
    "result_items": Result,
    "amendments": Amendment,
    "sharings": Sharing,
    "documents": ProjectDocument,
}
ROWS = tuple(FOLLOWED.values())


@dataclass
class Kept:
    """A project and its rows as a revision holds them. `own` is empty when it can no longer be read; `unread` counts
    the rows of which that holds.
    """

    own: Fields = field(default_factory=dict)
    rows: dict[type[Model], list[Fields]] = field(default_factory=lambda: {model: [] for model in ROWS})
    unread: int = 0


def register() -> None:
    """Tell reversion which records are kept, and that a project's rows belong to its revisions; once is enough."""
    if reversion.is_registered(Project):
        return
    for model in ROWS:
        reversion.register(model)
    reversion.register(Project, follow=tuple(FOLLOWED), exclude=("search",))


def versions_of(project: Project) -> QuerySet[Version]:
    """The project's own part of each of its revisions."""
    kind = ContentType.objects.get_for_model(Project, for_concrete_model=True)
    return Version.objects.filter(content_type=kind, object_id=str(project.pk))


def revisions_of(project: Project) -> QuerySet[Revision]:
    """The revisions in which the project is, in no order."""
    found = Revision.objects.filter(pk__in=versions_of(project).values("revision"))
    return found.select_related("user")


def kept_in(revisions: Iterable[Revision], project: Project) -> list[Kept]:
    """What each of the revisions holds of the project; one query for all."""
    by_number = {revision.pk: Kept() for revision in revisions}
    models: tuple[type[Model], ...] = (Project, *ROWS)
    kinds = {ContentType.objects.get_for_model(model).pk: model for model in models}
    versions = Version.objects.filter(revision__in=by_number, content_type__in=kinds).order_by("pk")
    for version in versions.select_related("content_type"):
        _put(by_number[version.revision_id], kinds[version.content_type_id], version, project)
    for kept in by_number.values():
        for rows in kept.rows.values():
            rows.sort(key=place)
    return list(by_number.values())


def _put(kept: Kept, model: type[Model], version: Version, project: Project) -> None:
    if model is Project and version.object_id != str(project.pk):
        return  # a job may have saved several projects as one revision
    fields = fields_of(version)
    if model is Project:
        kept.own = fields
    elif not fields:
        kept.unread += 1
    elif fields.get("project_id") == project.pk:
        kept.rows[model].append(fields)


def present(project: Project) -> Kept:
    """The project and its rows as they are stored now."""
    stored = Project.objects.defer("search").get(pk=project.pk)
    kept = Kept(own=_values(stored))
    for name, model in FOLLOWED.items():
        kept.rows[model] = sorted((_values(row) for row in getattr(stored, name).all()), key=place)
    return kept


def record_at(project: Project, version: int) -> tuple[Fields, dict[type[Model], list[Fields]]] | None:
    """The fields of the project and of its rows as they were at `version`; None when no revision holds it."""
    for kept in versions_of(project).select_related("revision").order_by("-pk")[:_LOOKED_BACK]:
        own = fields_of(kept)
        if own.get("version") == version:
            return own, kept_in([kept.revision], project)[0].rows
    return None


def revisions_after(project: Project, version: int | None) -> list[Revision]:
    """The revisions since the project was at `version`, the latest first; only the last one when none holds that."""
    found: list[Revision] = []
    versions = versions_of(project).select_related("revision__user").order_by("-pk")
    for kept in versions[:_LOOKED_BACK] if version else versions[:1]:
        number = fields_of(kept).get("version")
        if version and number is not None and number <= version:
            return found
        found.append(kept.revision)
    return found[:1]


def fields_of(version: Version) -> Fields:
    """What is stored, by the name of the column; what the record did not have yet then is not in it."""
    try:
        stored = dict(version.field_dict)
    except RevertError:  # stored by a model that has changed since
        return {}
    return {name: value for name, value in stored.items() if not isinstance(value, Expression)}


def place(fields: Fields) -> tuple[Any, ...]:
    """Where a row stands among those of its kind."""
    when = fields.get("due_on")
    return fields.get("number") or 0, fields.get("position") or 0, str(when or ""), fields.get("id") or 0


def _values(record: Model) -> Fields:
    deferred = record.get_deferred_fields()
    return {
        f.attname: getattr(record, f.attname)
        for f in record._meta.concrete_fields
        if f.attname not in deferred
    }
