"""Revisions of many projects at once, one for each, as a save of each would have made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db.models import Model
from reversion.models import Revision, Version

from ground import clock
from projects.models import Project

_AT_ONCE = 500


def without_history(keys: Collection[int]) -> list[int]:
    """Those of the projects of which no revision is kept yet."""
    kind = ContentType.objects.get_for_model(Project)
    kept = Version.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys])
    known = {int(key) for key in kept.values_list("object_id", flat=True).distinct()}
    return [key for key in keys if key not in known]


def revise(keys: Collection[int], *, by: Any, comment: str) -> None:
    """Keep each of the projects with its rows, as they stand, in a revision of its own."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), _AT_ONCE):
        _revise(ordered[start : start + _AT_ONCE], by, comment)


def _revise(keys: list[int], by: Any, comment: str) -> None:
    now = clock.now()
    made = Revision.objects.bulk_create(
        [Revision(date_created=now, user=by, comment=comment) for _key in keys]
    )
    revisions = dict(zip(keys, made, strict=True))
    versions: list[Version] = []
    for project, record in _records(keys):
        versions.append(_version(revisions[project], record))
        if len(versions) >= 2000:
            Version.objects.bulk_create(versions)
            versions = []
    Version.objects.bulk_create(versions)


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


def _version(revision: Revision, record: Model) -> Version:
    model = type(record)
    if model not in _fields:
        local = [*model._meta.local_fields, *model._meta.local_many_to_many]
        _fields[model] = [field.name for field in local if field.name != "search"]
    return Version(
        revision=revision,
        content_type=ContentType.objects.get_for_model(model),
        object_id=str(record.pk),
        db="default",
        format="json",
        serialized_data=serializers.serialize("json", (record,), fields=_fields[model]),
        object_repr=_shown(record),
    )


def _shown(record: Model) -> str:
    """What the record is called, without a query for what it points to."""
    return record.code if isinstance(record, Project) else f"{record._meta.verbose_name} {record.pk}"
