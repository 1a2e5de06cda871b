"""Saving a page of the form: under the lock of the application, nothing written over that was not seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from mobility import parts
from mobility.actions.door import lock_application
from mobility.models import Answer, Application, LanguageSkill, Place, Wish
from mobility.rules import require

# Each takes away what a part holds, and its draft, in one statement, and tells both: rows are few and written anew.
_TAKEN: dict[parts.Part, str] = {
    parts.LANGUAGES: """DELETE FROM mobility_languageskill WHERE application_id = %(pk)s::bigint
        RETURNING id AS place, jsonb_build_array(language, level) AS told""",
    parts.WISHES: """DELETE FROM mobility_wish USING mobility_place
        WHERE mobility_wish.application_id = %(pk)s::bigint AND mobility_place.id = mobility_wish.place_id
        RETURNING mobility_wish.rank AS place, to_jsonb(mobility_place.uuid) AS told""",
    parts.QUESTIONS: """DELETE FROM mobility_answer
        WHERE application_id = %(pk)s::bigint AND document_id IS NULL
        RETURNING question_id AS place, jsonb_build_array(question_id, text, to_jsonb(options)) AS told""",
}
_TAKE = """WITH typed AS (
    DELETE FROM mobility_partdraft WHERE application_id = %(pk)s::bigint AND part = %(part)s::text RETURNING version
), rows AS ({rows})
SELECT (SELECT max(version) FROM typed), (SELECT coalesce(jsonb_agg(told ORDER BY place), '[]') FROM rows)"""
_NO_ROWS = "SELECT NULL::bigint AS place, NULL::jsonb AS told WHERE false"


class Stale(Exception):
    """The part was saved, or typed into, elsewhere since the page was opened; nothing was written."""


class PlaceGone(NotPossible):
    """Some of the places wished for are not offered (any more); `uuids` are theirs."""

    def __init__(self, uuids: set[UUID]) -> None:
        super().__init__(_("One of the places is no longer offered. Choose another."))
        self.uuids = uuids


@transaction.atomic
def save_part(
    application: Application, part: parts.Part, *, by: Any, values: Any, seen: str, version: int = 0
) -> Application:
    """Write one part of a draft; `seen` is the fingerprint of what the page showed, `version` that of its typed draft.

    `values` are the fields of a part that has fields; languages with levels; identifiers of places, best first;
    questions with words and options. The draft that was typed into the page is settled by it.
    Raises PermissionDenied, NotPossible (submitted, or the call has closed), PlaceGone, or Stale (saved or typed into
    elsewhere meanwhile; saving the very same again is fine).
    """
    places = _offered(application, values) if part is parts.WISHES else {}
    locked = open_for_writing(application, by=by)
    typed, rows = _take(locked, part)
    before = rows if part in _TAKEN else parts.stored(locked, part)
    after = parts.plain(values) if part in _TAKEN else before | parts.plain(values)
    if typed is not None and typed != version:
        raise Stale
    if before != after and parts.fingerprint(before) != seen:
        raise Stale
    if part in _TAKEN:
        _write_rows(locked, part, values, places)
        return touch(locked, part)
    given = [name for name in part.fields if name in values]
    for name in given:
        setattr(locked, name, values[name])
    return touch(locked, part, *given)


def open_for_writing(application: Application, *, by: Any) -> Application:
    """The application, locked, in which `by` may write now. Raises PermissionDenied or NotPossible."""
    locked = lock_application(application)
    require("mobility.edit_application", by, locked)
    if not locked.is_editable:
        raise NotPossible(_("The application has been submitted and can't be changed now."))
    if not locked.can_be_sent(clock.now()):
        raise NotPossible(_("The call has closed. The application can't be changed any more."))
    return locked


def touch(locked: Application, part: parts.Part, *fields: str) -> Application:
    """Write `fields` of a locked application, and that `part` was saved now."""
    if part.slug not in locked.visited:
        locked.visited = [*locked.visited, part.slug]
    locked.saved_at = clock.now()
    locked.version += 1
    locked.save(update_fields=["visited", "saved_at", "version", *fields])
    return locked


def _offered(application: Application, uuids: list[UUID]) -> dict[UUID, int]:
    """The keys of the places, each offered by the call and held so until the transaction ends. Raises PlaceGone."""
    rows = Place.objects.select_for_update(no_key=True, of=("self",)).filter(
        call=application.call_id, uuid__in=uuids, is_offered=True
    )
    found = dict(rows.order_by("pk").values_list("uuid", "pk"))
    if gone := set(uuids) - found.keys():
        raise PlaceGone(gone)
    return found


def _take(locked: Application, part: parts.Part) -> tuple[int | None, Any]:
    statement = _TAKE.format(rows=_TAKEN.get(part, _NO_ROWS))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"pk": locked.pk, "part": part.slug})
        version, rows = cursor.fetchone()
    return version, json.loads(rows) if isinstance(rows, str) else rows


def _write_rows(locked: Application, part: parts.Part, values: Any, places: Mapping[UUID, int]) -> None:
    if part is parts.LANGUAGES:
        LanguageSkill.objects.bulk_create(
            LanguageSkill(application=locked, language=language, level=level) for language, level in values
        )
    elif part is parts.WISHES:
        Wish.objects.bulk_create(
            Wish(application=locked, place_id=places[uuid], rank=rank) for rank, uuid in enumerate(values, 1)
        )
    else:
        Answer.objects.bulk_create(
            Answer(application=locked, question_id=question, text=text, options=options)
            for question, text, options in values
        )
