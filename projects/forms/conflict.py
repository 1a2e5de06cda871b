"""When somebody saved meanwhile: what of both versions is kept without a question, and what has to be chosen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from ground.templatetags.ground_tags import day
from members.models import University
from projects import history
from projects.actions import PARTS
from projects.forms.editor import Editor, plain
from projects.forms.merging import told
from projects.forms.merging.answers import ASKED, BASE, KEEP, MERGED, THEIRS
from projects.forms.merging.fields import merge_fields
from projects.forms.merging.questions import Asker, Question
from projects.forms.merging.rows import Doubt, MergedRows, Triple, merge_rows
from projects.forms.merging.sides import OWN, Side, Values, side_of, side_typed, units_of
from projects.forms.row import ids_in
from projects.forms.stored import ROW_FIELDS
from projects.history import Change, Difference, Kept
from projects.models import Project

_NOT_CARRIED = ("csrfmiddlewaretoken", "version", BASE, "step", "sought", "found")


class Conflict:
    """Three versions of a project: the one that was edited, the one that was sent (`sent`), and the one that stands.

    The page that shows it carries the merged version and the answers; `forms.resolved` puts them together again.
    """

    def __init__(
        self, project: Project, sent: QueryDict, leads: QuerySet[University], by: Any = None
    ) -> None:
        rows = Project.objects.select_related("lead__organisation").defer("search")
        self.project = rows.get(pk=project.pk)  # checking a form fills the one at hand with what was typed
        self.sent, self._by = sent, by
        editor = Editor(leads=leads, project=project, sent=sent)
        editor.is_valid()
        version = next(iter(ids_in([sent.get("version", "")])), None)
        found = history.record_at(self.project, version) if version else None
        self._before = Kept(*found) if found else None
        self._now = history.present(self.project)
        self._base = side_of(self._before) if self._before else None
        self._theirs = side_of(self._now)
        self._mine = side_typed(editor, self._theirs)
        fixed = [name for name, field in editor.form.fields.items() if field.disabled]
        self._fields = merge_fields(self._base, self._mine, self._theirs, fixed)
        self._rows = [self._merged(kind) for kind in ROW_FIELDS if kind in self._mine.rows]
        self.saves: list[Change] = history.saves_after(self.project, version if found else None)
        self.questions = self._asked(editor)

    @property
    def version(self) -> int:
        """The version to which the answers belong."""
        return int(self._now.own["version"])

    @property
    def base(self) -> int | None:
        """The version before both changes, where it is known."""
        return int(self._before.own["version"]) if self._before else None

    @property
    def apart(self) -> bool:
        """Whether there is anything of mine to be saved; there is not when the same form was sent twice."""
        partial = len(self._rows) < len(ROW_FIELDS)
        own = self._fields.own or self._fields.asked or self._fields.refused
        return bool(self.questions or own or partial or any(rows.apart for rows in self._rows))

    @property
    def who(self) -> str:
        """The names of the others who saved meanwhile."""
        return ", ".join(dict.fromkeys(save.who for save, own in self.told_saves if save.who and not own))

    @property
    def told_saves(self) -> list[tuple[Change, bool]]:
        """The saves since, the latest first, each with whether the person made it themselves."""
        return [(save, self._by is not None and save.by == self._by.pk) for save in self.saves]

    @property
    def with_oneself(self) -> bool:
        """Whether nobody else saved meanwhile: one person has the form open twice."""
        return bool(self.saves) and all(own for _save, own in self.told_saves)

    @cached_property
    def untaken(self) -> list[str]:
        """What of mine is not taken, because the period was amended meanwhile, in words."""
        words = {
            "starts_on": _("The period was amended meanwhile; your first day (%(day)s) was not taken."),
            "ends_on": _("The period was amended meanwhile; your last day (%(day)s) was not taken."),
        }
        mine = self._mine.own
        return [
            words[name]
            % {"day": day(mine[name]) if isinstance(mine[name], dt.date) else mine[name] or _("empty")}
            for name in self._fields.refused
            if name in words
        ]

    @cached_property
    def yours(self) -> list[Difference]:
        """What of mine will be saved without a question."""
        return told.written(self._now, self._mine, self._fields, self._rows)

    @cached_property
    def typed(self) -> list[Difference]:
        """All that was typed, as it is different from what it was typed over."""
        return told.typed(self._before or self._now, self._mine, self._rows)

    @cached_property
    def taken(self) -> list[Difference]:
        """What only others changed, and what is therefore taken over."""
        if self._before is None or self._base is None:
            return []
        kept_back = set(OWN) - set(self._fields.taken)
        own = {**self._now.own, **{_column(name): self._before.own.get(_column(name)) for name in kept_back}}
        then = Kept(own=own, rows=dict(self._now.rows))
        for rows in self._rows:
            then.rows[PARTS[rows.kind].model] = _taken_rows(rows)
        for kind in ROW_FIELDS.keys() - self._mine.rows.keys():
            then.rows[PARTS[kind].model] = self._before.rows[PARTS[kind].model]
        return history.difference_of(self._before, then)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The merged version as a form sends it, with mine wherever something is asked."""
        merged = [rows.kind for rows in self._rows]
        found = [
            (name, value)
            for name, values in self.sent.lists()
            for value in values
            if name not in (*_NOT_CARRIED, *OWN)
            and not name.startswith((KEEP, THEIRS, MERGED, ASKED, "new-", *(f"{kind}-" for kind in merged)))
        ]
        return [
            *found,
            *self._carried_fields(),
            *(pair for rows in self._rows for pair in _carried_rows(rows)),
        ]

    def _carried_fields(self) -> list[tuple[str, str]]:
        stand = (*self._fields.taken, *self._fields.refused)
        theirs = {name: plain(self._theirs.own.get(name)) for name in stand}
        return [
            (name, theirs.get(name, self.sent.get(name, "")))
            for name in OWN
            if name in theirs or name in self.sent
        ]

    def _merged(self, kind: str) -> MergedRows:
        base: Side | None = self._base
        return merge_rows(
            kind, base.rows[kind] if base else None, self._mine.rows[kind], self._theirs.rows[kind]
        )

    def _asked(self, editor: Editor) -> list[Question]:
        asker = Asker(editor, self._base, self._mine, self._theirs)
        rows: list[Any] = [asker.rows(merged) for merged in self._rows]
        return [asker.field(name) for name in self._fields.asked] + [one for found in rows for one in found]


def _column(name: str) -> str:
    return "lead_id" if name == "lead" else name


def _carried_rows(rows: MergedRows) -> list[tuple[str, str]]:
    number = str(len(rows.outcomes))
    found = [(f"{rows.kind}-{name}_FORMS", number) for name in ("TOTAL", "INITIAL")]
    for place, outcome in enumerate(rows.outcomes):
        found += [(f"{rows.kind}-{place}-{name}", value) for name, value in outcome.typed.items()]
    return found


def _taken_rows(rows: MergedRows) -> list[Values]:
    """The rows as they were, with that of the other's changes which is taken over."""
    asked = {outcome.triple for outcome in rows.outcomes if outcome.doubt is not Doubt.NONE}
    found = []
    for triple in rows.triples:
        if values := _taken_row(rows.kind, triple, triple in asked):
            found.append(values)
    return found


def _taken_row(kind: str, triple: Triple, asked: bool) -> Values | None:
    base, mine, theirs = triple.base, triple.mine, triple.theirs
    if base is None:
        return theirs.values if theirs and mine is None else None
    if theirs is None:
        return base.values if asked or mine is None else None
    if mine is None:
        return base.values
    changed = [unit for unit in units_of(kind) if mine.at(unit) == base.at(unit) != theirs.at(unit)]
    return base.values | {name: theirs.values[name] for unit in changed for name in unit}
