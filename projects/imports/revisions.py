"""Revisions of many projects at once, one for each, as a save of each would have made them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model
from reversion.models import Revision, Version

from ground import clock
from projects.models import Project

_AT_ONCE = 500
_COPY = """
    COPY reversion_version (revision_id, content_type_id, object_id, db, format, serialized_data, object_repr)
    FROM STDIN
"""


def without_history(keys: Collection[int]) -> list[int]:
    """Those of the projects of which no revision is kept yet."""
    kind = ContentType.objects.get_for_model(Project)
    kept = Version.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys])
    known = {int(key) for key in kept.values_list("object_id", flat=True).distinct()}
    return [key for key in keys if key not in known]


def revise(keys: Collection[int], *, by: Any, comment: str) -> Iterator[int]:
    """Keep each of the projects with its rows, as they stand, in a revision of its own; tells how many are done."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), _AT_ONCE):
        portion = ordered[start : start + _AT_ONCE]
        _revise(portion, by, comment)
        yield len(portion)


def _revise(keys: list[int], by: Any, comment: str) -> None:
    now = clock.now()
    made = Revision.objects.bulk_create(
        [Revision(date_created=now, user=by, comment=comment) for _key in keys]
    )
    revisions = dict(zip(keys, made, strict=True))
    versions: list[tuple[Any, ...]] = []
    for project, record in _records(keys):
        versions.append(_version(revisions[project], record))
        if len(versions) >= 2000:
            _copy_in(versions)
            versions = []
    _copy_in(versions)


def _copy_in(versions: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for version in versions:
            copy.write_row(version)


def _records(keys: list[int]) -> Iterator[tuple[int, Model]]:
    """The projects, and every row of theirs of which history is kept."""
    for project in Project.objects.filter(pk__in=keys):
        yield project.pk, project
    for relation in Project._meta.related_objects:
        if reversion.is_registered(relation.related_model):
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": keys})
            for row in rows.order_by("pk"):
                yield getattr(row, f"{name}_id"), row


_fields: dict[type[Model], list[str]] = defaultdict(list)


def _version(revision: Revision, record: Model) -> tuple[Any, ...]:
    """The columns of a reversion.models.Version, as `_COPY` names them."""
    model = type(record)
    if model not in _fields:
        local = [*model._meta.local_fields, *model._meta.local_many_to_many]
        _fields[model] = [field.name for field in local if field.name != "search"]
    kind = ContentType.objects.get_for_model(model)
    shown = _json(record, _fields[model]), _shown(record)
    return revision.pk, kind.pk, str(record.pk), "default", "json", *shown


def _json(record: Model, fields: list[str]) -> str:
    """The record as `serializers.serialize("json", …)` writes it, in half the time."""
    found = serializers.serialize("python", (record,), fields=fields)
    return json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False)


def _shown(record: Model) -> str:
    """What the record is called, without a query for what it points to."""
    return record.code if isinstance(record, Project) else f"{record._meta.verbose_name} {record.pk}"
