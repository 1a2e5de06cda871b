"""Folded text: what people type finds what is written, without regard to case and diacritics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# NFKD leaves these letters as they are.
_LETTERS = str.maketrans(
    {
        "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE",
        "œ": "oe", "Œ": "OE", "ß": "ss", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i",
    }
)  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")
_JOINED = re.compile(r"[a-z0-9]+(?:[-/.][a-z0-9]+)+")
_UNMARKED = str.maketrans("", "", "-/.")
_LITHUANIAN = "aąbcčdeęėfghiįyjklmnoprsštuųūvzž"
_MAX_WORDS = 12


def fold(text: str) -> str:
    """`text` in lower case without diacritics ("Kazlauskienė" → "kazlauskiene")."""
    if text.isascii():  # half of all texts: seven times as quick
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c)).lower()


def words(text: str) -> list[str]:
    """The folded words of `text`; a code such as S-NET-24-50 also as one word without its marks."""
    folded = fold(text)
    whole = [joined.translate(_UNMARKED) for joined in _JOINED.findall(folded)]
    return [*_WORD.findall(folded), *whole]


def document(parts: Iterable[str | None]) -> str:
    """The folded words of all `parts`, for `to_tsvector('simple', …)`."""
    return " ".join(word for part in parts if part for word in words(part))


def typed_words(typed: str) -> list[str]:
    """The folded words of what a person typed, a code as one word without its marks; a dozen at most."""
    wanted: list[str] = []
    for token in fold(typed).split():
        if _JOINED.fullmatch(token):
            wanted.append(re.sub(r"[-/.]", "", token))
        else:
            wanted.extend(_WORD.findall(token))
    return wanted[:_MAX_WORDS]


def prefix_query(typed: str) -> str:
    """What a person typed as a tsquery in which each word may be the beginning of a longer one.

    Empty when there is nothing to look for. Never raises, whatever was typed.
    """
    return " & ".join(f"{word}:*" for word in typed_words(typed))


def left_out(word: str) -> list[str]:
    """`word` and what it becomes with each of its letters left out, as `ground_near` of the database has it."""
    return sorted({word, *(word[:place] + word[place + 1 :] for place in range(len(word)))})


def one_off(one: str, other: str) -> bool:
    """Whether the words differ by one letter: another one, one more, one less, or two that changed places."""
    if len(one) > len(other):
        one, other = other, one
    if one == other or len(other) - len(one) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return one[start + 1 :] == other[start + 1 :] or (swapped and one[start + 2 :] == other[start + 2 :])


_LETTERS_RUN = re.compile(r"[^\W\d_]+")
# Short words within names that are written small; other words of up to three letters are taken for abbreviations.
_SMALL = re.compile(
    "a|al|am|an|and|at|d|da|das|de|dei|del|dem|den|der|des|di|die|do|dos|du|e|ed|el|en|et|for|fur|för|für|i|im|in|ir|la"
    "|las|le|les|los|n|na|o|of|og|och|on|or|per|su|sur|the|u|und|v|van|von|w|y|z|za|zu"
)
_ACRONYM = re.compile("AFEKA|ECIU|ENSAM|EPFL|ESADE|HAWK|IESEG|INSA|INSEAD|ISCTE|ISEG|ISEP|ISLA")
_VOWELS = frozenset("aeiouy")


def titled(name: str, *, place: bool = False) -> str:
    """`name` for reading: one that stands in capitals alone gets small letters, words it can't know stay as they are.

    "KLAIPEDOS UNIVERSITETAS" → "Klaipedos Universitetas". A single short word is taken for an abbreviation; so are
    words of up to three letters, of consonants alone, and those that are known as such. A `place` has none of them.
    """
    if not name.isupper() or (len(name) <= 6 and " " not in name and not place):
        return name
    return _LETTERS_RUN.sub(lambda run: _titled(run, place=place), name)


def _titled(run: re.Match[str], *, place: bool) -> str:
    word, around = run.group(), run.string[max(run.start() - 1, 0) : run.end() + 1]
    small, first = word.lower(), run.start() == 0
    if len(word) == 1 and "." in around:  # "A.R.F."
        return word
    if _SMALL.fullmatch(small):
        return small.capitalize() if first else small
    short = len(word) <= 3 or _ACRONYM.fullmatch(word) or not _VOWELS & set(fold(word))
    return word if short and not place else word.capitalize()


def sort_key(text: str) -> str:
    """A key that orders as Lithuanian does (č after c, y with i), for a stored column.

    The embedded server has no ICU, so the order is made here. Letters outside the Lithuanian
    alphabet sort as their folded form.
    """
    return "".join(map(_letter_key, text.lower()))[:250]


@lru_cache(4_000)  # letters come again and again; an import asks for millions
def _letter_key(letter: str) -> str:
    plain = letter if letter in _LITHUANIAN else fold(letter)
    places = [(_LITHUANIAN.find(one), one) for one in plain]
    return "".join(chr(ord("A") + place) if place >= 0 else one for place, one in places)
