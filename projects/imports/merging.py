"""Staged rows become projects: set by set, in one transaction that the job holds. Constraints are the last referee."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from ground import clock
from projects import rules
from projects.history import IMPORTED
from projects.imports import newcomers, sql
from projects.imports.checking import ARCHIVED, NOT_MOVED, NOT_YOURS, TAKEN
from projects.imports.revisions import revise, without_history
from projects.models import Import, Project
from projects.workflow import Publication

SET = 2000
CHANGED = gettext_noop("Somebody changed this project after the check. Check again.")
_ROW, _REVISION = 1, 10  # what the steps of a row weigh, so that a bar moves evenly
GONE = gettext_noop("This project is no longer there or no longer yours. Check again.")
NO_PARTNER = gettext_noop("An organisation of this row is no longer on record. Check again.")
ORIGINAL = gettext_noop("As it was before the first edit here.")


class Outdated(Exception):
    """Rows of the check do not hold any more; `found` says which and why."""

    def __init__(self, found: list[tuple[int, dict[str, Any]]]) -> None:
        super().__init__(len(found))
        self.found = found


@dataclass(frozen=True)
class Merge:
    """The taking over of one import by one person. `passed` hears of steps that are done, `steps` counts them."""

    batch: Import
    by: Any
    passed: Callable[[int], None]

    def begin(self) -> None:
        """Make what all sets need: places for their keys, and the organisations that are new."""
        with connection.cursor() as cursor:
            for statement in sql.PREPARE:
                cursor.execute(statement)
        newcomers.make(self.batch)

    def ranges(self) -> Iterator[tuple[int, int]]:
        """The row numbers, first and last, of each set."""
        with connection.cursor() as cursor:
            cursor.execute(sql.LAST_NUMBER, [self.batch.pk])
            last = cursor.fetchone()[0] or 0
        for first in range(1, last + 1, SET):
            yield first, min(first + SET - 1, last)

    def steps(self) -> int:
        """All steps: every row is looked at and written, every changed project is kept before and after."""
        with connection.cursor() as cursor:
            cursor.execute(sql.NUMBERS, [self.batch.pk])
            last, changed = cursor.fetchone()
        return 2 * _ROW * (last or 0) + 2 * _REVISION * changed

    def outdated(self, first: int, last: int) -> list[tuple[int, dict[str, Any]]]:
        """What changed since the check, row by row; the projects that will be changed are locked from here on."""
        allowed = set(rules.leads_for(self.by).values_list("pk", flat=True))
        found: list[tuple[int, str]] = []
        rows = self._fetch(sql.LOCK, first, last)
        keys = [row[1] for row in rows if row[1]]
        mine = set(Project.objects.managed_by(self.by).filter(pk__in=keys).values_list("pk", flat=True))
        for number, key, version, checked, publication, lead, new_lead in rows:
            if key is None or key not in mine:
                found.append((number, GONE))
            elif publication == Publication.ARCHIVED:
                found.append((number, ARCHIVED))
            elif version != checked:
                found.append((number, CHANGED))
            elif lead != new_lead and not {lead, new_lead} <= allowed:
                found.append((number, NOT_YOURS if new_lead not in allowed else NOT_MOVED))
        found += [(number, TAKEN) for (number,) in self._fetch(sql.TAKEN, first, last)]
        found += [(number, NO_PARTNER) for (number,) in self._fetch(sql.LOST_PARTNERS, first, last)]
        for number, lead in self._fetch(sql.LEADS, first, last):
            if lead not in allowed:
                found.append((number, NOT_YOURS))
        once = dict(reversed(found))
        self.passed(_ROW * (last - first + 1))
        return [(number, {"column": None, "words": words, "with": {}}) for number, words in once.items()]

    def write(self, first: int, last: int) -> None:
        """Write the rows of one set: new projects, changed ones with their revisions, and what belongs to them."""
        changed = [row[1] for row in self._fetch(sql.LOCK, first, last)]
        bare = without_history(changed)
        self.passed(_REVISION * (len(changed) - len(bare)))
        self._keep(bare, None, ORIGINAL)
        now, span = clock.now(), [self.batch.pk, first, last]
        with connection.cursor() as cursor:
            cursor.execute(sql.INSERT_PROJECTS, [now, now, *span])
            cursor.execute(sql.UPDATE_PROJECTS, [now, *span])
            cursor.execute(sql.DROP_SHARINGS, span)
            cursor.execute(sql.EMPTY_TARGETS)
            cursor.execute(sql.TARGETS, span)
            for statement in sql.PARTS:
                cursor.execute(statement)
        self.passed(_ROW * (last - first + 1))
        self._keep(changed, self.by, f"{IMPORTED}{self.batch.name}")

    def _keep(self, keys: list[int], by: Any, comment: str) -> None:
        for portion in revise(keys, by=by, comment=comment):
            self.passed(_REVISION * portion)

    def finish(self) -> None:
        """Let every constraint have its say now, while all can still be undone in words."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def _fetch(self, statement: str, first: int, last: int) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.batch.pk, first, last])
            rows: list[Any] = cursor.fetchall()
        return rows
