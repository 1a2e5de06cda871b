"""Words of an open call that are mended: what is a slip of the pen, who says or said which words, what was corrected.

Who has answered "Yes" has answered what stood there. So nothing takes over the words of another one, in one step or in
many: words stay with what said them first, also after they were corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ground.text import fold

Row = dict[str, Any]
Words = tuple[str, str]
Past = Mapping[str, list[str]]  # by name of the field: what it said before, the first words first

_SAID = ("text_en", "text_lt", "name_en", "name_lt")
_HINTS = ("hint_en", "hint_lt")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SHORT = 3


def slip(before: str, after: str) -> bool:
    """Whether the two differ as a typing error does: in case and marks, or by one letter within a word.

    Short words, numbers and first letters stay, since with them goes the meaning: "B" and "C", "esu" and "nesu".
    """
    one, other = _WORD.findall(fold(before)), _WORD.findall(fold(after))
    return len(one) == len(other) and all(map(_nearly, one, other))


def _nearly(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORT or one[0] != other[0] or not (one + other).isalpha():
        return False
    if len(short) < len(long):
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    differ = [at for at, letter in enumerate(one) if letter != other[at]]
    exchanged = len(differ) == 2 and differ[1] == differ[0] + 1
    return len(differ) == 1 or (
        exchanged and one[differ[0]] + one[differ[1]] == other[differ[1]] + other[differ[0]]
    )


def taken_over(before: list[Row], after: list[Row]) -> bool:
    """Whether a question, or a document, comes to say what another one says or has said."""
    return _taken([_with_past(row) for row in before], [(row["key"], _texts(row)) for row in after])


def _texts(row: Row) -> set[str]:
    return {fold(row[name]) for name in _SAID if row.get(name)}


def _with_past(row: Row) -> tuple[str, set[str], set[str]]:
    past = {fold(words) for name in _SAID for words in row.get("past", {}).get(name, ())}
    return row["key"], _texts(row), past


def _taken(before: list[tuple[str, set[str], set[str]]], after: Iterable[tuple[str, set[str]]]) -> bool:
    """`before`: key, what it says, what it said; `after`: key and what it is to say; a new one has no key."""
    owners: dict[str, set[str]] = {}
    for key, says, said in before:
        for words in says | said:
            owners.setdefault(words, set()).add(key)
    now = {key: says for key, says, _said in before}
    return any(
        owners.get(words, set()) - {key} for key, says in after for words in says - now.get(key, set())
    )


def options_in(row: Row) -> list[Words]:
    """The answers to choose of a question's row: English and Lithuanian words of each, empty where they lack."""
    en, lt = row.get("options_en", []), row.get("options_lt", [])
    most = max(len(en), len(lt))
    return list(zip([*en, *[""] * (most - len(en))], [*lt, *[""] * (most - len(lt))], strict=True))


def says_the_same(before: Words, after: Words) -> bool:
    """Whether an answer still says what it said: nothing of it is changed, a language may have come."""
    return any(before) and all(one in ("", other) for one, other in zip(before, after, strict=True))


def continued(before: list[Words], after: list[Words]) -> list[int | None]:
    """Which answer of `before` each answer of `after` goes on being, by its number; None for a new one.

    Who says the same is the same, in another place too; a language may be added. Of the rest, who differs by a slip of
    the pen is the same, and then who stands where another stood takes over from it.
    """
    kept = [next((at for at, one in enumerate(before) if says_the_same(one, words)), None) for words in after]
    for number, words in enumerate(after):
        if kept[number] is None:
            near = [at for at, one in enumerate(before) if at not in kept and _slipped(one, words)]
            kept[number] = near[0] if len(near) == 1 else None
    for at in range(min(len(before), len(after))):
        if kept[at] is None and at not in kept:
            kept[at] = at
    return kept


def _slipped(before: Words, after: Words) -> bool:
    return any(before) and all(not one or slip(one, other) for one, other in zip(before, after, strict=True))


def still_to_choose(before: Row, after: Row) -> bool:
    """Whether every answer that could be chosen says what it said, wherever it stands, but for slips of the pen.

    A slip is measured on the first words of the answer, so that many of them lead nowhere.
    """
    old, new = options_in(before), options_in(after)
    pasts: list[Past] = before.get("options_past") or [{} for _one in old]
    kept = continued(old, new)
    if set(range(len(old))) - set(kept):
        return False
    pairs = [(at, words) for at, words in zip(kept, new, strict=True) if at is not None]
    if not all(_says(old[at], pasts[at], words) for at, words in pairs):
        return False
    said = [
        (str(at), _folded(words), {fold(one) for many in pasts[at].values() for one in many})
        for at, words in enumerate(old)
    ]
    named = ["" if at is None else str(at) for at in kept]
    return not _taken(said, zip(named, map(_folded, new), strict=True))


def _folded(words: Words) -> set[str]:
    return {fold(one) for one in words if one}


def _says(now: Words, past: Past, after: Words) -> bool:
    first = tuple(past.get(f"words_{code}", [one])[0] for code, one in zip(("en", "lt"), now, strict=True))
    return says_the_same(now, after) or _slipped((first[0], first[1]), after)


def corrections(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """What said something and says something else now: `of` which record, its field, what it `was` and is `now`."""
    return [
        {"of": of, "name": name, "was": was, "now": now}
        for kind in ("documents", "questions")
        for of, name, was, now in _differences(before[kind], after[kind])
        if was and was != now
    ]


def _differences(before: list[Row], after: list[Row]) -> Iterable[tuple[str, str, str, str]]:
    new = {row["key"]: row for row in after if row["key"]}
    for row in before:
        then = new.get(row["key"])
        if then is None:
            continue
        for name in (*_SAID, *_HINTS):
            yield row["key"], name, row.get(name) or "", then.get(name) or ""
        old, wanted = options_in(row), options_in(then)
        for at, words in zip(continued(old, wanted), wanted, strict=True):
            if at is not None and at < len(row.get("options_keys", ())):
                for name, was, now in zip(("words_en", "words_lt"), old[at], words, strict=True):
                    yield row["options_keys"][at], name, was, now


def pasts(told: Iterable[list[dict[str, str]]]) -> dict[str, dict[str, list[str]]]:
    """By record and field: the words that were corrected, out of all corrections, the oldest first."""
    found: dict[str, dict[str, list[str]]] = {}
    for lines in told:
        for line in lines:
            found.setdefault(line["of"], {}).setdefault(line["name"], []).append(line["was"])
    return found
