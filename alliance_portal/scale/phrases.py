"""Texts made of pieces whose search words are known already: folding 600 MB word by word would take minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ground import text


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text and its folded words, as `ground.text.words` would give them."""

    said: str
    words: tuple[str, ...]


NOTHING = Phrase("", ())


@lru_cache(maxsize=50_000)
def phrase(said: str) -> Phrase:
    """`said` with its words; remembered."""
    return Phrase(said, tuple(text.words(said)))


def together(pieces: Sequence[Phrase]) -> Phrase:
    """Whole sentences one after another. No word runs across them, so their words simply follow each other."""
    return Phrase(" ".join(p.said for p in pieces), tuple(word for p in pieces for word in p.words))


def vector(names: Iterable[Phrase], parts: Iterable[Phrase]) -> str:
    """What `ground.search.search_value` makes of names (they rank higher) and parts, in the database's own notation."""
    first = [word for part in names for word in part.words]
    rest = [word for part in parts for word in part.words]
    weighed = [f"{word}:{place}A" for place, word in enumerate(first, 1)]
    return " ".join([*weighed, *[f"{word}:{place}" for place, word in enumerate(rest, len(first) + 1)]])
