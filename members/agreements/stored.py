"""What versions say as the database tells it in one query: their sides and conditions as two columns of JSON."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from members.models import (
    AgreementVersion,
    Approval,
    Condition,
    ConditionField,
    ConditionLanguage,
    FieldOfEducation,
    OrganisationalUnit,
    VersionSide,
)

SIDE_TEXTS = (
    "signatory_name", "signatory_position", "signatory_email", "contact_name", "contact_email", "contact_phone",
)  # fmt: skip
_NAMES = tuple(f"name_{code}" for code, _language in settings.LANGUAGES)


def with_content(versions: QuerySet[AgreementVersion]) -> QuerySet[Any]:
    """`versions`, each with `stored_sides` and `stored_conditions` in the order in which people read them, and
    `stored_people`: whom sides named with their approvals."""
    sides = VersionSide.objects.filter(version=OuterRef("pk")).order_by("side__place")
    named = Approval.objects.filter(version=OuterRef("pk")).exclude(signatory_name="").order_by("side__place")
    conditions = Condition.objects.filter(version=OuterRef("pk")).order_by("position", "pk")
    return versions.annotate(
        stored_sides=ArraySubquery(sides.annotate(row=_side()).values("row")),
        stored_conditions=ArraySubquery(conditions.annotate(row=_condition()).values("row")),
        stored_people=ArraySubquery(
            named.annotate(row=_json(*SIDE_TEXTS, place=F("side__place"))).values("row")
        ),
    )


def units(rows: Iterable[Any]) -> dict[uuid.UUID, OrganisationalUnit]:
    """The units that versions with their content name: uuid and name only."""
    named = [side["unit"] for row in rows for side in row.stored_sides]
    named += [one[end] for one in _conditions(rows) for end in ("sending_unit", "receiving_unit")]
    return {
        uuid.UUID(unit["uuid"]): OrganisationalUnit(**unit | {"uuid": uuid.UUID(unit["uuid"])})
        for unit in named
        if unit["uuid"]
    }


def fields(rows: Iterable[Any]) -> dict[str, FieldOfEducation]:
    """The fields of education that versions with their content name: code and name only."""
    named = [one["field"] for row in _conditions(rows) for one in (*row["fields"], *row["languages"])]
    return {field["code"]: FieldOfEducation(**field) for field in named if field["code"]}


def _conditions(rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    return (condition for row in rows for condition in row.stored_conditions)


def _side() -> JSONObject:
    return _json(
        *SIDE_TEXTS, place=F("side__place"), university=F("side__university__uuid"), unit=_named("unit", "uuid"),
        university_id=F("side__university_id"),
    )  # fmt: skip


def _condition() -> JSONObject:
    """Amounts as text, so that none loses a digit on its way."""
    fields = ConditionField.objects.filter(condition=OuterRef("pk")).order_by("field_id")
    languages = ConditionLanguage.objects.filter(condition=OuterRef("pk"))
    field = _json("clarification", field=_named("field", "code"))
    language = _json("language", "level", field=_named("field", "code"))
    return _json(
        "kind", "sending_id", "first_year", "last_year", "places", "blended", "levels", "remarks", "origin",
        months=Cast("months", TextField()), days=Cast("days", TextField()),
        sending_unit=_named("sending_unit", "uuid"), receiving_unit=_named("receiving_unit", "uuid"),
        fields=ArraySubquery(fields.annotate(row=field).values("row")),
        languages=ArraySubquery(
            languages.order_by("language", "field_id", "pk").annotate(row=language).values("row")
        ),
    )  # fmt: skip


def _named(relation: str, key: str) -> JSONObject:
    """What `relation` leads to: its key and its names in all languages, all empty where it leads nowhere."""
    return JSONObject(**{name: F(f"{relation}__{name}") for name in (key, *_NAMES)})


def _json(*columns: str, **more: Any) -> JSONObject:
    return JSONObject(**{name: F(name) for name in columns}, **more)
