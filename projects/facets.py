"""What the list of projects can be narrowed by, as its page shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import text
from projects.counting import Numbers, programme_branches
from projects.offered import Choice, Named, Offered

FACETS: Mapping[str, Promise] = {
    "phase": _("Phase"),
    "programme": _("Programme"),
    "university": _("Lead university"),
    "department": _("Department"),
    "year": _("Year of the start"),
    "country": _("Country of a partner"),
    "overdue": _("Overdue milestone"),
}
# Facets of which the most frequent values come first; the rest is found by typing a part of its name.
FREQUENT = ("department", "country")
FIRST = 8  # how many values of a long facet stand in sight
FOUND = 30  # how many are shown of those that a part of a name finds
LONG = {"department", "country", "year"}


@dataclass(frozen=True)
class Facet:
    """A group of choices as the component shows it. `rest` stands behind a fold; `find` is what was looked for within
    the group, None where there is nothing to look for; `hidden` is how many values only looking finds.
    """

    name: str
    label: Promise
    options: list[Choice]
    rest: list[Choice] = field(default_factory=list)
    find: str | None = None
    hidden: int = 0

    @property
    def open(self) -> bool:
        """Whether the choices show at first: the two that most people use, and whatever is in force."""
        chosen = any(choice.checked for choice in self.options)
        return self.name in ("phase", "programme") or chosen or bool(self.find)


def facets(
    offered: Offered,
    numbers: Numbers,
    chosen: Mapping[str, Collection[str]],
    *,
    finds: Mapping[str, str] = {},
    dear: Collection[str] = (),
    wider: Numbers | None = None,
) -> list[Facet]:
    """The groups with their numbers; choices that would leave nothing are left out unless they are chosen.

    The groups named in `dear` show no numbers: they offer what there is in `wider`. `finds` says what was looked for
    within a group.
    """
    groups = []
    for name, label in FACETS.items():
        known = (wider or {}) if name in dear else numbers
        options = _options(offered, name, known, chosen.get(name, ()))
        if name in dear:
            options = [replace(choice, count=None) for choice in options]
        if options:
            groups.append(_group(name, label, options, finds.get(name, "")))
    return groups


def _options(offered: Offered, name: str, known: Numbers, chosen: Collection[str]) -> list[Choice]:
    wanted = {value for facet, value in known if facet == name} | set(chosen)
    options = [
        replace(choice, count=known.get((name, choice.value), 0), checked=choice.value in chosen)
        for choice in offered.choices(name)
        if choice.value in wanted
    ]
    if name in FREQUENT:
        options.sort(key=lambda choice: (not choice.checked, -(choice.count or 0)))
    return options


def _group(name: str, label: Promise, options: list[Choice], find: str) -> Facet:
    if name not in LONG or len(options) <= FIRST + 2:
        return Facet(name, label, options)
    first = max(FIRST, sum(choice.checked for choice in options))
    if name not in FREQUENT:
        checked = [choice for choice in options if choice.checked]
        shown = [choice for choice in options[:FIRST] if not choice.checked] + checked
        shown.sort(key=options.index)
        return Facet(name, label, shown, rest=[choice for choice in options if choice not in shown])
    if folded := text.fold(find).strip():
        found = [choice for choice in options if choice.checked or folded in text.fold(str(choice.label))]
        return Facet(name, label, found[:FOUND], find=find, hidden=len(options) - len(found[:FOUND]))
    return Facet(name, label, options[:first], find="", hidden=len(options) - first)


__all__ = ["FACETS", "Choice", "Facet", "Named", "Offered", "facets", "programme_branches"]
