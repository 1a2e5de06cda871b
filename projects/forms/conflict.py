"""When somebody saved meanwhile: what differs, and what is kept of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import University
from projects.actions import PARTS
from projects.forms.editor import Editor, plain
from projects.forms.project import LONG, ProjectForm
from projects.forms.row import ids_in
from projects.forms.stored import ROW_FIELDS, TYPED_ONLY, Row, read_stored
from projects.history import record_at
from projects.merge import Merged, merge
from projects.models import Project

LABELS: Mapping[str, Promise] = {
    "websites": _("Websites"),
    "funding": _("Funding"),
    "team": _("People"),
    "departments": _("Departments"),
    "partners": _("Partners"),
    "milestones": _("Milestones"),
    "results": _("Results"),
}
_KEEP, _MERGED = "keep-", "merged-"
_NOT_CARRIED = ("csrfmiddlewaretoken", "version", "step", "sought", "found")


@dataclass(frozen=True)
class Clash:
    """One field, or one kind of rows, that differs. `keep_mine` is what is proposed, unless a `merged` text that has
    what both changed is.
    """

    name: str
    label: Any
    mine: list[str]
    theirs: list[str]
    keep_mine: bool
    merged: Merged | None = None
    both_changed: bool = False

    @property
    def choice(self) -> str:
        """What is chosen as long as the person chooses nothing else."""
        if self.merged and self.both_changed and not self.merged.marked:
            return "merge"
        return "mine" if self.keep_mine else "theirs"

    @property
    def chosen(self) -> dict[str, bool]:
        """The same for a template, which compares nothing."""
        return {self.choice: True}


class Conflict:
    """Two versions of a project: the one that was sent (`sent`) and the one that stands (`project`)."""

    def __init__(self, project: Project, sent: QueryDict, leads: QuerySet[University]) -> None:
        self.project = project
        self.sent = sent
        self.mine = Editor(leads=leads, project=project, sent=sent)
        self.theirs = Editor(leads=leads, project=project)
        self.mine.is_valid()
        version = next(iter(ids_in([sent.get("version", "")])), None)
        self._base = record_at(project, version) if version else None
        self.clashes = [*self._fields(), *self._rows()]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Everything that was sent, for the next sending."""
        return [
            (name, value)
            for name, values in self.sent.lists()
            for value in values
            if name not in _NOT_CARRIED and not name.startswith((_KEEP, _MERGED, "new-"))
        ]

    def _fields(self) -> list[Clash]:
        form, stored = self.mine.form, self.theirs.form
        found = []
        for name in ProjectForm.Meta.fields:
            mine = plain(form.cleaned_data.get(name, self.sent.get(name)))
            theirs = plain(stored.get_initial_for_field(stored.fields[name], name))
            if mine != theirs:
                found.append(self._clash(name, mine, theirs))
        return found

    def _clash(self, name: str, mine: str, theirs: str) -> Clash:
        form = self.mine.form
        base = plain(_stored(self._base[0], name)) if self._base else None
        shown = [_shown(form, name, value) for value in (mine, theirs)]
        merged = None
        if name.startswith(LONG):
            merged = merge(base, mine, theirs, (str(_("mine")), str(_("theirs"))))
        changed = base is not None and base not in (mine, theirs)
        return Clash(
            name,
            form.fields[name].label,
            [shown[0]],
            [shown[1]],
            base is None or mine != base,
            merged,
            changed,
        )

    def _rows(self) -> list[Clash]:
        found = []
        for name in ROW_FIELDS:
            rows, fields = self.mine.sets[name], _shown_fields(name)
            sent = rows.rows if rows.is_valid() else _unchecked(rows)
            mine, theirs = (_lines(part, fields) for part in (sent, self.theirs.initial_rows[name]))
            if mine != theirs:
                base = _lines(self._base[1].get(PARTS[name].model, []), fields) if self._base else None
                blanks = rows.empty_form, self.theirs.sets[name].empty_form
                shown = [[_words(name, line, *blanks) for line in lines] for lines in (mine, theirs)]
                found.append(Clash(name, LABELS[name], shown[0], shown[1], base is None or mine != base))
        return found


def resolved(sent: QueryDict, project: Project) -> QueryDict:
    """What was sent, with the stored value wherever the person chose theirs, and the merged text where they merged."""
    chosen = {name.removeprefix(_KEEP): kept for name, kept in sent.items() if name.startswith(_KEEP)}
    if not {"theirs", "merge"} & set(chosen.values()):
        return sent
    data = sent.copy()
    rows = read_stored(project).rows if any(name in ROW_FIELDS for name in chosen) else {}
    for name, kept in chosen.items():
        if name in ROW_FIELDS and kept == "theirs":
            _put_rows(data, name, rows[name])
        elif name in ProjectForm.Meta.fields and kept == "theirs":
            data[name] = plain(getattr(project, name))
        elif name in ProjectForm.Meta.fields and name.startswith(LONG) and kept == "merge":
            data[name] = sent.get(f"{_MERGED}{name}", "")
    return data


def _shown_fields(name: str) -> tuple[str, ...]:
    return ROW_FIELDS[name] + TYPED_ONLY.get(name, ())[:4]


def _put_rows(data: QueryDict, name: str, rows: list[Row]) -> None:
    for key in [key for key in data if key.startswith(f"{name}-")]:
        del data[key]
    data[f"{name}-TOTAL_FORMS"] = data[f"{name}-INITIAL_FORMS"] = str(len(rows))
    for i, row in enumerate(rows):
        for field, value in row.items():
            data[f"{name}-{i}-{field}"] = plain(value)


def _stored(fields: Mapping[str, Any], name: str) -> Any:
    return fields.get("lead_id") if name == "lead" else fields.get(name)


def _unchecked(rows: Any) -> list[Row]:
    """The rows as they were typed, where they could not be read."""
    return [{f: form[f].value() for f in form.fields} for form in rows.forms if form.has_changed()]


def _lines(rows: list[Row], fields: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [tuple(plain(row.get(field)) for field in fields) for row in rows]


def _shown(form: Any, name: str, value: str) -> str:
    """A value in words: what stands in the list for a choice, the text itself otherwise."""
    choices = getattr(form.fields[name], "choices", None)
    if not choices:
        return value
    flat = ((key, label) for group in choices for key, label in _flat(group))
    return next((str(label) for key, label in flat if str(key) == value), value)


def _flat(group: tuple[Any, Any]) -> list[tuple[Any, Any]]:
    """The choices of a group of choices; a single one is a group of itself."""
    return list(group[1]) if isinstance(group[1], list | tuple) else [group]


def _words(name: str, line: tuple[str, ...], *blanks: Any) -> str:
    """A row in words, with the names that either of the blank forms knows."""
    values = dict(zip(_shown_fields(name), line, strict=True))
    if "currency" in values and not values["amount"]:
        values["currency"] = ""
    return " · ".join(
        words for words in (_named(field, value, blanks) for field, value in values.items()) if words
    )


def _named(field: str, value: str, blanks: tuple[Any, ...]) -> str:
    for blank in blanks:
        if field == "organisation_id":
            names = {str(key): organisation.name for key, organisation in blank.supply.organisations.items()}
            words = names.get(value, value)
        else:
            words = _shown(blank, field, value)
        if words != value:
            return words
    return value
