"""What a call says, as plain values: to compare what is stored with what was typed, and to write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from ground.gathering import together
from mobility.editing.wording import continued, options_in, pasts
from mobility.models import (
    Call,
    CallChange,
    CallLanguage,
    Criterion,
    Place,
    Question,
    QuestionOption,
    RequiredDocument,
)

Row = dict[str, Any]
Content = dict[str, Any]

TEXTS = ("title_en", "title_lt", "summary_en", "summary_lt", "tie_break_en", "tie_break_lt")
FIELDS = (
    *TEXTS, "kind", "mode", "academic_year", "terms", "opens_at", "closes_at", "decision_on", "appeal_days",
    "programme_starts_on", "programme_ends_on", "minimum_participants", "max_wishes", "minimum_ects", "levels",
    "most_earlier_months", "may_take_back", "is_anonymous", "avoids_own_unit", "reviewers_wanted", "offer_days",
)  # fmt: skip
# What a row knows and does not say.
_BESIDE = ("host", "key", "condition", "past", "options_past", "options_keys")
_NAMED = ("name_en", "name_lt", "hint_en", "hint_lt")
ROWS: dict[str, tuple[str, ...]] = {
    "languages": ("language", "level"),
    "documents": (*_NAMED, "is_required"),
    "questions": ("kind", "text_en", "text_lt", "hint_en", "hint_lt", "is_required"),
    "criteria": (*_NAMED, "weight", "most"),
    "places": ("field_id", "level", "term_code", "language", "language_level", "capacity", "is_offered"),
}
_MODELS: dict[str, Any] = {"documents": RequiredDocument, "questions": Question, "criteria": Criterion}


def read(call: Call) -> Content:
    """All that `call` says now; one query."""
    content: Content = {name: getattr(call, name) or _empty(name) for name in FIELDS}
    fields, known, papers, criteria, questions, options, places, told = together(
        Call.fields_of_education.through.objects.filter(call=call).values_list(
            "fieldofeducation_id", flat=True
        ),
        CallLanguage.objects.filter(call=call),
        RequiredDocument.objects.filter(call=call),
        Criterion.objects.filter(call=call),
        Question.objects.filter(call=call),
        QuestionOption.objects.filter(question__call=call),
        Place.objects.for_table().filter(call=call),
        CallChange.objects.filter(call=call).exclude(corrections=[]).order_by("changed_at", "pk"),
    )
    past = pasts(one.corrections for one in told)
    content["fields_of_education"] = sorted(fields)
    content["languages"] = [_row(one, "languages") for one in known]
    content["documents"] = [_asked(one, "documents", past) for one in papers]
    content["criteria"] = [_row(one, "criteria") for one in criteria]
    content["questions"] = [
        _question(one, [option for option in options if option.question_id == one.pk], past)
        for one in questions
    ]
    content["places"] = [_place(one) for one in places]
    return content


def _empty(name: str) -> Any:
    if name in TEXTS:
        return ""
    if name in ("terms", "levels"):
        return []
    if name in ("appeal_days", "reviewers_wanted"):
        return 0
    return False if name in ("may_take_back", "is_anonymous", "avoids_own_unit") else None


def _row(record: Any, kind: str) -> Row:
    row = {name: _plain(getattr(record, name)) for name in ROWS[kind]}
    return row | {"key": str(record.uuid) if hasattr(record, "uuid") else ""}


def _plain(value: Any) -> Any:
    return "" if value is None else value


def _asked(record: Any, kind: str, past: dict[str, Any]) -> Row:
    """A row that knows what it said before its words were corrected."""
    return _row(record, kind) | {"past": past.get(str(record.uuid), {})}


def _question(question: Question, options: list[QuestionOption], past: dict[str, Any]) -> Row:
    texts = {f"options_{code}": [getattr(o, f"words_{code}") or "" for o in options] for code in ("en", "lt")}
    keys = [str(one.uuid) for one in options]
    known = {"options_keys": keys, "options_past": [past.get(key, {}) for key in keys]}
    return _asked(question, "questions", past) | texts | known


def _place(place: Place) -> Row:
    return _row(place, "places") | {"origin": str(place.origin or ""), "host": place.host.name_shown}


def changed(before: Content, after: Content) -> list[str]:
    """The names of fields and of kinds of rows in which the two differ."""
    return [name for name in before if compared(before[name]) != compared(after.get(name))]


def compared(value: Any) -> Any:
    """A value as it is compared: nothing is nothing however it is said, and rows are what they say."""
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        return value or None
    return [{name: one or None for name, one in row.items() if name not in _BESIDE} for row in value]


def write_fields(call: Call, content: Content, names: Iterable[str]) -> None:
    """Put the changed fields into `call`; the verb saves it."""
    for name in names:
        if name in FIELDS:
            setattr(call, name, content[name])
    if "fields_of_education" in names:
        call.fields_of_education.set(content["fields_of_education"])


def write_rows(call: Call, content: Content, names: Iterable[str]) -> None:
    """Write the changed kinds of rows: those with a key are changed, others made, what isn't named goes."""
    for kind in names:
        if kind in _MODELS:
            _write(call, kind, content[kind])
        elif kind == "languages":
            call.languages.all().delete()
            for row in content[kind]:
                call.languages.create(language=row["language"], level=row["level"])
        elif kind == "places":
            _write_places(call, content[kind])


def _write(call: Call, kind: str, rows: list[Row]) -> None:
    model = _MODELS[kind]
    there = {str(one.uuid): one for one in model.objects.filter(call=call)}
    for position, row in enumerate(rows, 1):
        record = there.pop(row["key"], None) or model(call=call)
        record.position = position
        _fill(record, row, ROWS[kind])
        if kind == "questions":
            _write_options(record, row)
    model.objects.filter(pk__in=[one.pk for one in there.values()]).delete()


def _fill(record: Model, row: Row, names: Iterable[str]) -> None:
    for name in names:
        setattr(record, name, row[name])
    record.save()


def _write_options(question: Question, row: Row) -> None:
    """Options keep their identity wherever they stand by now, so that answers go on naming them."""
    there: list[Any] = list(question.options.all())
    wanted = options_in(row) if question.has_options else []
    kept = continued([(one.words_en or "", one.words_lt or "") for one in there], wanted)
    for position, (words, at) in enumerate(zip(wanted, kept, strict=True), 1):
        option: Any = QuestionOption(question=question) if at is None else there[at]
        option.position = position
        option.words_en, option.words_lt = words
        option.save()
    gone = [one.pk for at, one in enumerate(there) if at not in kept]
    question.options.filter(pk__in=gone).delete()


def _write_places(call: Call, rows: list[Row]) -> None:
    there = {str(one.uuid): one for one in call.places.all()}
    for row in rows:
        place = there.pop(row["key"], None) or Place(call=call)
        if row.get("condition") is not None:
            place.condition, place.origin = row["condition"], row["condition"].origin
            place.host_id = row["condition"].receiving_id
        names = {"field_id": row["field_id"] or None, "level": row["level"] or None}
        _fill(place, row | names, ROWS["places"])
    call.places.filter(pk__in=[one.pk for one in there.values()]).delete()
