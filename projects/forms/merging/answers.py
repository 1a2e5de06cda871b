"""What a person chose on the page of a conflict, put into what they had typed. The page carries both versions of all
that it asks, so that its answers stay right when a third person has saved since.
"""

from __future__ import annotations

import re

from django.http import QueryDict

from projects.forms.merging.sides import OWN, Unit, units_of
from projects.forms.project import LONG
from projects.forms.stored import ROW_FIELDS

KEEP, THEIRS, MERGED = "keep-", "theirs-", "merged-"
# What the page asked, and from which version it saw what both changed.
ASKED, BASE = "asked-", "base"
REMOVED = "removed"  # asked of a row that is mine to remove: it is carried along as theirs
_ANSWERS = ("mine", "theirs", "merge", "keep", "remove")
_ROW = re.compile(r"([a-z]+)-([0-9]{1,4})(?:-([a-z_]+))?", re.ASCII)


def resolved(sent: QueryDict) -> QueryDict:
    """What was sent, with the other's value wherever the person chose theirs, the merged text where they merged, and
    without the rows that they took out. Answers to what nobody asked count as none. Where an answer is missing the
    version is the one before both changes, so that it is asked again and nothing is written over.
    """
    answers = {name.removeprefix(KEEP): kept for name, kept in sent.items() if name.startswith(KEEP)}
    missing = unanswered(sent)
    if not answers and not missing:
        return sent
    data = sent.copy()
    if missing:
        data["version"] = str(sent.get(BASE, ""))
    for name in missing:
        if sent.get(f"{ASKED}{name}") == REMOVED and _is_row(name):
            data[f"{name}-DELETE"] = "on"
    for name, kept in answers.items():
        if kept == "theirs":
            _take_theirs(data, name)
        elif kept == "merge" and name in OWN and name.startswith(LONG):
            data[name] = str(data.get(f"{MERGED}{name}", data.get(name, "")))
        elif kept == "remove" and _is_row(name):
            data[f"{name}-DELETE"] = "on"
    for name in [name for name in data if name.startswith((KEEP, THEIRS, MERGED, ASKED))]:
        del data[name]
    return data


def unanswered(sent: QueryDict) -> list[str]:
    """What the page of a conflict asked and got no answer to; a browser always sends one."""
    asked = [name.removeprefix(ASKED) for name in sent if name.startswith(ASKED)]
    return [name for name in asked if sent.get(f"{KEEP}{name}") not in _ANSWERS]


def _take_theirs(data: QueryDict, name: str) -> None:
    for target in _targets(name):
        if f"{THEIRS}{target}" in data:
            data[target] = data.get(f"{THEIRS}{target}", "")


def _targets(name: str) -> Unit:
    """The names of the fields that an answer is about."""
    if name in OWN:
        return (name,)
    found = _ROW.fullmatch(name)
    if found is None or found[1] not in ROW_FIELDS:
        return ()
    units = [unit for unit in units_of(found[1]) if unit[0] == found[3]]
    return tuple(f"{found[1]}-{found[2]}-{field}" for unit in units for field in unit)


def _is_row(name: str) -> bool:
    found = _ROW.fullmatch(name)
    return found is not None and found[1] in ROW_FIELDS and found[3] is None
