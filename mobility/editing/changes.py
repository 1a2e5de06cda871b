"""What of a call may change once applications are taken: only what can't harm those who applied or are applying.

The table is read by an officer: each part, what may become of it, and the words of the refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models.exchange import Cefr
from mobility.editing.content import Content, Row
from mobility.editing.wording import still_to_choose, taken_over

Allows = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Rule:
    """`allows(before, after)` says whether the change is harmless; `words` say what is possible."""

    part: Promise
    words: Promise
    allows: Allows


def _always(before: Any, after: Any) -> bool:
    return True


def _never(before: Any, after: Any) -> bool:
    return False


def _not_less(before: Any, after: Any) -> bool:
    return before is None or (after is not None and after >= before)


def _not_more(before: Any, after: Any) -> bool:
    """A lower limit falls or goes."""
    return after is None or (before is not None and after <= before)


def _not_under(before: Any, after: Any) -> bool:
    """An upper limit rises or goes."""
    return after is None or (before is not None and after >= before)


def _wider(before: list[Any], after: list[Any]) -> bool:
    """Everybody whom the rule let in is let in still; an empty list lets in everybody."""
    return not after or (bool(before) and set(before) <= set(after))


def _only_on(before: Any, after: Any) -> bool:
    return bool(after) or not before


def _languages(before: list[Row], after: list[Row]) -> bool:
    wanted = {row["language"]: Cefr.values.index(row["level"]) for row in before}
    return all(Cefr.values.index(row["level"]) <= wanted.get(row["language"], -1) for row in after)


def _asked(before: list[Row], after: list[Row]) -> bool:
    """Nothing goes, nothing new is needed, nothing becomes of another kind; words may be corrected, options added.

    What corrects words never lets one of them ask what another one asks or asked (`wording.py`).
    """
    old, new = {row["key"]: row for row in before}, {row["key"]: row for row in after if row["key"]}
    if not old.keys() <= new.keys() or any(row["is_required"] for row in after if row["key"] not in old):
        return False
    return all(_mended(row, new[key]) for key, row in old.items()) and not taken_over(before, after)


def _mended(before: Row, after: Row) -> bool:
    return (
        before.get("kind") == after.get("kind")
        and not (after["is_required"] and not before["is_required"])
        and still_to_choose(before, after)
    )


def _places(before: list[Row], after: list[Row]) -> bool:
    """Places come, get more seats or are withdrawn; none becomes another one or loses seats."""
    new = {row["key"]: row for row in after}
    same = ("field_id", "level", "term_code", "language", "language_level", "origin")
    return all(
        row["key"] in new
        and all((row[name] or "") == (new[row["key"]][name] or "") for name in same)
        and new[row["key"]]["capacity"] >= row["capacity"]
        for row in before
    )


_FREE = _("This can be changed at any time.")
_FIXED = _("This can't change any more: the call has opened.")
_LATER = _("This can only be put off: the call has opened.")
_WIDER = _("The rules can only let in more people: the call has opened.")
_MORE = _("This number can only grow: the call has opened.")

TABLE: dict[str, Rule] = {
    "title_en": Rule(_("Title"), _FREE, _always),
    "title_lt": Rule(_("Title"), _FREE, _always),
    "summary_en": Rule(_("Summary"), _FREE, _always),
    "summary_lt": Rule(_("Summary"), _FREE, _always),
    "tie_break_en": Rule(_("How ties are broken"), _FIXED, _never),
    "tie_break_lt": Rule(_("How ties are broken"), _FIXED, _never),
    "kind": Rule(_("Kind"), _FIXED, _never),
    "mode": Rule(_("Mode"), _FIXED, _never),
    "academic_year": Rule(_("Academic year"), _FIXED, _never),
    "terms": Rule(_("Terms"), _FIXED, _never),
    "opens_at": Rule(_("Opens"), _FIXED, _never),
    "closes_at": Rule(_("Closes"), _LATER, _not_less),
    "decision_on": Rule(_("Decision by"), _FREE, _always),
    "appeal_days": Rule(_("Days to appeal"), _MORE, _not_less),
    "programme_starts_on": Rule(_("Days abroad"), _FIXED, _never),
    "programme_ends_on": Rule(_("Days abroad"), _FIXED, _never),
    "minimum_participants": Rule(_("Participants needed"), _FREE, _always),
    "max_wishes": Rule(_("Places an applicant may rank"), _MORE, _not_less),
    "minimum_ects": Rule(_("ECTS credits needed"), _WIDER, _not_more),
    "levels": Rule(_("Levels"), _WIDER, _wider),
    "fields_of_education": Rule(_("Fields of education"), _WIDER, _wider),
    "most_earlier_months": Rule(_("Earlier mobility"), _WIDER, _not_under),
    "languages": Rule(_("Languages"), _WIDER, _languages),
    "may_take_back": Rule(_("Changing a submitted application"), _("This can only be allowed."), _only_on),
    "is_anonymous": Rule(_("Anonymous review"), _("This can only be switched on."), _only_on),
    "avoids_own_unit": Rule(_("Reviewers"), _FREE, _always),
    "reviewers_wanted": Rule(_("Reviewers"), _FREE, _always),
    "offer_days": Rule(_("Days to answer an offer"), _MORE, _not_less),
    "documents": Rule(
        _("Documents"),
        _("Nothing more can be needed, and nothing goes: the call has opened. What was needed can become optional, and "
          "words can be corrected, but not to those that another document has or had: somebody may have given it."),
        _asked,
    ),
    "questions": Rule(
        _("Questions"),
        _("Nothing more can be needed, and nothing goes: the call has opened. What was needed can become optional, and "
          "the words of a question can be corrected, but not to those that another one has or had. Answers to choose "
          "can be added and put in another order; in their words only a typing error can be corrected, one letter in a "
          "word: somebody may have chosen it."),
        _asked,
    ),
    "criteria": Rule(_("Criteria"), _FIXED, _never),
    "places": Rule(
        _("Places"),
        _("Places can be added, get more seats or be withdrawn; none becomes another one: the call has opened."),
        _places,
    ),
}  # fmt: skip


def harmful(before: Content, after: Content, changed: list[str]) -> dict[str, str]:
    """By part: why it can't change so any more."""
    return {
        name: str(TABLE[name].words) for name in changed if not TABLE[name].allows(before[name], after[name])
    }


def titles(names: list[str]) -> list[str]:
    """The parts in words, each once."""
    return list(dict.fromkeys(str(TABLE[name].part) for name in names if name in TABLE))
