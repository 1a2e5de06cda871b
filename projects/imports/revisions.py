"""Revisions of many projects at once, one for each, as a save of each would have made them: written in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils.translation import get_language
from modeltranslation.translator import translator
from modeltranslation.utils import build_localized_fieldname, resolution_order
from reversion.models import Version

from ground import clock
from projects.history.record import ROWS
from projects.models import Project

_AT_ONCE = 500
_REVISIONS = """
    INSERT INTO reversion_revision (date_created, user_id, comment)
    SELECT %s::timestamptz, %s::bigint, %s::text FROM generate_series(1, %s::int) RETURNING id
"""
# As `serializers.serialize("json", …)` writes a record; the order of the fields is that of the model.
_VERSIONS = """
    INSERT INTO reversion_version (revision_id, content_type_id, object_id, db, format, serialized_data, object_repr)
    SELECT k.revision, %s::int, m.id::text, 'default', 'json', json_build_array(json_build_object(
        'model', %s::text, 'pk', m.id, 'fields', json_build_object({fields})))::text, {shown}
    FROM unnest(%s::bigint[], %s::bigint[]) AS k(project, revision) JOIN {table} m ON m.{project} = k.project
    ORDER BY m.id
"""
_SAME = (
    models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey, models.UUIDField,
    models.DateField,
)  # fmt: skip


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
    with connection.cursor() as cursor:
        cursor.execute(_REVISIONS, [clock.now(), by.pk if by else None, comment, len(keys)])
        made = sorted(revision for (revision,) in cursor.fetchall())
        every: tuple[type[models.Model], ...] = (Project, *ROWS)
        for model in every:
            kind = ContentType.objects.get_for_model(model)
            called = [] if model is Project else [str(model._meta.verbose_name)]
            statement = _statement(model, get_language() or "")
            cursor.execute(statement, [kind.pk, model._meta.label_lower, *called, keys, made])


@lru_cache(100)
def _statement(model: type[models.Model], language: str) -> str:
    """The statement that keeps the rows of one model of some projects."""
    quote, meta = connection.ops.quote_name, model._meta
    fields = ", ".join(
        f"'{field.name}', {_value(field)}"
        for field in meta.local_fields
        if field.name not in ("id", "search")
    )
    own = model is Project
    shown = "m.code" if own else "%s::text || ' ' || m.id"  # without a look at what the row points to
    return _VERSIONS.format(
        fields=fields, shown=shown, table=quote(meta.db_table), project="id" if own else "project_id"
    )


def _value(field: models.Field[Any, Any]) -> str:
    """The field as JSON has it after a save: numbers with their places as text, moments to the millisecond in UTC.

    Raises TypeError for a kind of field of which this is not known.
    """
    column = f"m.{connection.ops.quote_name(field.column or field.name)}"
    if field.name in _translated(field.model):
        names = (build_localized_fieldname(field.name, code) for code in resolution_order(get_language()))
        given = ", ".join(f"nullif(m.{connection.ops.quote_name(name)}, '')" for name in names)
        return f"coalesce({given}, '')"
    if isinstance(field, models.DecimalField):
        return f"{column}::text"
    if isinstance(field, models.DateTimeField):
        fraction = (
            f"CASE WHEN date_trunc('second', {column}) = {column} THEN '' ELSE to_char({column}, '.MS') END"
        )
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || {fraction} || 'Z'"""
    if isinstance(field, _SAME):
        return column
    raise TypeError(field)


def _translated(model: type[models.Model]) -> Collection[str]:
    registered = model in translator.get_registered_models(abstract=False)
    return translator.get_options_for_model(model).all_fields if registered else ()
