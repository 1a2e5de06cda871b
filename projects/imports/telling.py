"""Telling the followers of projects that an import changed: one message for each person, whatever the number."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from notifications import outbox
from projects.messages import IMPORT, IMPORTED
from projects.models import Import, Project
from projects.workflow import Publication

_NAMED = 10
_AT_ONCE = 2000
_FOLLOWED = """
    SELECT f.user_id, p.id, p.code, p.publication
    FROM projects_importrow r JOIN projects_project p ON p.id = (r."values"->>'id')::bigint
        JOIN projects_follower f ON f.project_id = p.id
    WHERE r.batch_id = %s::bigint AND r.step = 'update' AND f.user_id IS DISTINCT FROM %s::bigint
    ORDER BY f.user_id, p.code
"""


def tell_followers(batch: Import) -> int:
    """Tell everybody who follows projects that the import changed, but not who imported; how many messages.

    Belongs into the transaction of the merge. Nobody hears of a draft that they do not see.
    """
    told = 0
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED, [batch.pk, batch.by_id])
        rows = cursor.fetchall()
    for key, changed in groupby(rows, key=lambda row: row[0]):
        person = get_user_model().objects.filter(pk=key, is_active=True).first()
        codes = list(_seen(person, [row[1:] for row in changed])) if person else []
        if codes:
            _tell(batch, person, codes)
            told += 1
    return told


def _seen(person: Any, changed: list[tuple[int, str, str]]) -> Iterator[str]:
    drafts = [key for key, _code, publication in changed if publication == Publication.DRAFT]
    shown: set[int] = set()
    for start in range(0, len(drafts), _AT_ONCE):
        some = Project.objects.visible_to(person).filter(pk__in=drafts[start : start + _AT_ONCE])
        shown.update(some.values_list("pk", flat=True))
    for key, code, publication in changed:
        if publication != Publication.DRAFT or key in shown:
            yield code


def _tell(batch: Import, person: Any, codes: list[str]) -> None:
    named = ", ".join(codes[:_NAMED])
    context = {"number": len(codes), "codes": named, "more": max(0, len(codes) - _NAMED)}
    outbox.enqueue(IMPORTED, to=person, subject=(IMPORT, batch.uuid, named), context=context)
