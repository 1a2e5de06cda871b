"""What has to be chosen when two people changed the same, in the words in which the history tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import history
from projects.actions import PARTS
from projects.forms.editor import Editor, plain
from projects.forms.merging.answers import ASKED, KEEP, MERGED, REMOVED, THEIRS
from projects.forms.merging.rows import Doubt, MergedRows, Outcome
from projects.forms.merging.sides import Line, Side, Unit
from projects.forms.project import LONG
from projects.history import Piece
from projects.matching import Effort, TooMuch
from projects.merge import Merged, merge
from projects.models import Project

_WHY: Mapping[Doubt, Promise] = {
    Doubt.REMOVED_BY_ME: gettext_lazy("You removed this; meanwhile it was changed:"),
    Doubt.REMOVED_BY_THEM: gettext_lazy("You changed this; meanwhile it was removed:"),
    Doubt.ONLY_MINE: gettext_lazy("This stands in your version alone:"),
    Doubt.ONLY_THEIRS: gettext_lazy("This stands in the saved version alone:"),
}


@dataclass(frozen=True)
class Option:
    """One answer: what is kept with it; `edited` when that is a text which can still be changed."""

    value: str
    label: str
    pieces: list[Piece] = field(default_factory=list)
    chosen: bool = False
    edited: bool = False


@dataclass(frozen=True)
class Question:
    """One choice. `of` is the kind of rows it is about, empty for a field of the project; `carried` goes with it."""

    name: str
    of: str
    label: str
    options: list[Option]
    why: str = ""
    pieces: list[Piece] = field(default_factory=list)
    carried: list[tuple[str, str]] = field(default_factory=list)
    merged: Merged | None = None
    asked: str = "yes"
    error: str = ""

    @property
    def legend(self) -> str:
        """What is asked about, in one line."""
        return f"{self.of}: {self.label}" if self.of else self.label

    @property
    def merged_name(self) -> str:
        """Under which name the merged text is sent."""
        return MERGED + self.name.removeprefix(KEEP)

    @property
    def asked_name(self) -> str:
        """Under which name the page says that it asked."""
        return ASKED + self.name.removeprefix(KEEP)

    @property
    def choice(self) -> str:
        """What is chosen as long as the person chooses nothing else."""
        return next(option.value for option in self.options if option.chosen)


class Asker:
    """Asks about a project of which `mine` was typed into `editor` and `theirs` is stored."""

    def __init__(self, editor: Editor, base: Side | None, mine: Side, theirs: Side) -> None:
        self.editor, self.base, self.mine, self.theirs = editor, base, mine, theirs
        sides = [side.kept for side in (base, mine, theirs) if side]
        self.teller = history.Teller(sides)
        self.effort = Effort()

    def field(self, name: str) -> Question:
        """Which value of one of the project's own fields is kept."""
        field = self.editor.form.fields[name]
        texts = [plain(side.own.get(name)) for side in (self.mine, self.theirs)]
        merged = self._merged(name, *texts)
        ways = "merge" if merged else "theirs" if field.disabled or _only_second(*texts) else "mine"
        options = _two(self._told(name, texts), ways)
        if merged:
            options.append(_both())
        carried = [(f"{THEIRS}{name}", texts[1])]
        return Question(f"{KEEP}{name}", "", str(field.label), options, carried=carried, merged=merged)

    def rows(self, merged: MergedRows) -> Iterator[Question]:
        """What is kept of the rows of one kind, and of the fields of those that both changed."""
        model = PARTS[merged.kind].model
        names = Counter(
            self.teller.row(model, line.values).name
            for outcome in merged.outcomes
            if (line := _shown(outcome))
        )
        for place, outcome in enumerate(merged.outcomes):
            prefix = f"{merged.kind}-{place}"
            row = self.teller.row(model, _shown(outcome).values)
            label = row.name if names[row.name] == 1 else row.line
            if outcome.doubt is not Doubt.NONE:
                yield self._whole(merged.kind, prefix, label, outcome)
            for unit in outcome.asked:
                yield self._part(merged.kind, prefix, label, outcome, unit)

    def _merged(self, name: str, mine: str, theirs: str) -> Merged | None:
        if not name.startswith(LONG):
            return None
        before = plain(self.base.own[name]) if self.base and name in self.base.own else None
        try:
            return merge(before, mine, theirs, (str(_("mine")), str(_("theirs"))), self.effort)
        except TooMuch:
            return None  # then it is the one or the other

    def _told(self, name: str, texts: list[str]) -> list[list[Piece]]:
        if name.startswith(LONG):
            before = plain(self.base.own.get(name)) if self.base else None
            return [
                _whole(text) if before is None else history.pieces(before, text, self.effort)
                for text in texts
            ]
        sides = (self.mine.kept.own, self.theirs.kept.own)
        return [_whole(self.teller.value(Project, name, fields)) for fields in sides]

    def _whole(self, kind: str, prefix: str, label: str, outcome: Outcome) -> Question:
        """Whether a row stays that one removed and the other changed."""
        model, triple = PARTS[kind].model, outcome.triple
        row = self.teller.row(model, _shown(outcome).values)
        pieces = [Piece(row.line)]
        if triple.base:
            pieces = list(history.of_cells(self.teller.row(model, triple.base.values), row))
        options = [Option("keep", _("Keep it"), chosen=True), Option("remove", _("Remove it"))]
        of = str(history.ROW_LABELS[model])
        mine = outcome.doubt in (Doubt.REMOVED_BY_ME, Doubt.ONLY_THEIRS)
        asked = REMOVED if mine else "yes"
        return Question(f"{KEEP}{prefix}", of, label, options, str(_WHY[outcome.doubt]), pieces, asked=asked)

    def _part(self, kind: str, prefix: str, label: str, outcome: Outcome, unit: Unit) -> Question:
        """Which value of a field of a row is kept, where both changed it."""
        model, cell = PARTS[kind].model, unit[0].removesuffix("_id")
        mine, theirs = (line for line in (outcome.triple.mine, outcome.triple.theirs) if line)
        told = [_whole(self.teller.value(model, cell, line.values)) for line in (mine, theirs)]
        ways = "theirs" if _only_second(mine.at(unit)[0], theirs.at(unit)[0]) else "mine"
        carried = [(f"{THEIRS}{prefix}-{name}", theirs.typed[name]) for name in unit]
        words = self.editor.sets[kind].empty_form.fields[unit[0]].label
        of = str(history.ROW_LABELS[model])
        name = f"{KEEP}{prefix}-{unit[0]}"
        return Question(name, of, f"{label} · {words}", _two(told, ways), carried=carried)


def of_marked(name: str, label: str, mine: str, theirs: str, merged: str) -> Question:
    """The question about a long text once more, when it was answered with a merged text that is still marked."""
    options = [*_two([_whole(mine), _whole(theirs)], "merge"), _both()]
    carried = [(f"{THEIRS}{name}", theirs)]
    return Question(f"{KEEP}{name}", "", label, options, carried=carried, merged=Merged(merged, True))


def _both() -> Option:
    return Option("merge", _("Keep both, merged"), chosen=True, edited=True)


def _shown(outcome: Outcome) -> Line:
    """The row as it is called: as stored, or as typed where only that is there."""
    line: Any = outcome.triple.theirs or outcome.triple.mine
    return line


def _only_second(one: str, other: str) -> bool:
    """Of a value and nothing the value is proposed, whoever has it."""
    return not one and bool(other)


def _whole(words: str) -> list[Piece]:
    return [Piece(words)] if words else []


def _two(told: list[list[Piece]], chosen: str) -> list[Option]:
    ways = (("mine", _("Keep mine")), ("theirs", _("Keep theirs")))
    return [
        Option(way, label, pieces, chosen == way) for (way, label), pieces in zip(ways, told, strict=True)
    ]
