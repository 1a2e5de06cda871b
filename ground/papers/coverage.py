"""Which signs our fonts have, read from the fonts themselves."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ALWAYS = frozenset("\n\u200b\u00ad")  # typst breaks lines at these and draws nothing


@cache
def signs_of(folder: Path) -> frozenset[str]:
    """Every sign that at least one font in `folder` has; typst takes a sign from whichever font has it."""
    points: set[int] = set()
    for font in folder.glob("*.otf"):
        points.update(_points(font.read_bytes()))
    return ALWAYS | frozenset(chr(point) for point in points if point >= 32)


def _points(font: bytes) -> Iterator[int]:
    """The code points of a font's character map (OpenType, table "cmap", formats 4 and 12)."""
    start = _table(font, b"cmap")
    (number,) = struct.unpack_from(">H", font, start + 2)
    for i in range(number):
        _platform, _encoding, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * i)
        (form,) = struct.unpack_from(">H", font, start + offset)
        if form == 4:
            yield from _segments(font, start + offset)
        elif form == 12:
            yield from _groups(font, start + offset)


def _table(font: bytes, name: bytes) -> int:
    (number,) = struct.unpack_from(">H", font, 4)
    for i in range(number):
        tag, _sum, offset, _length = struct.unpack_from(">4sLLL", font, 12 + 16 * i)
        if tag == name:
            return int(offset)
    raise ValueError("a font without a character map")


def _segments(font: bytes, start: int) -> Iterator[int]:
    """Format 4: segments of the first 65,536 signs; a segment may leave single signs out."""
    (double,) = struct.unpack_from(">H", font, start + 6)
    many = double // 2
    layout = f">{many}H"
    lasts = struct.unpack_from(layout, font, start + 14)
    firsts = struct.unpack_from(layout, font, start + 16 + double)
    deltas = struct.unpack_from(layout, font, start + 16 + 2 * double)
    ranges = start + 16 + 3 * double
    offsets = struct.unpack_from(layout, font, ranges)
    for i in range(many):
        for point in range(firsts[i], min(lasts[i], 0xFFFE) + 1):
            glyph = point + deltas[i]
            if offsets[i]:
                (glyph,) = struct.unpack_from(
                    ">H", font, ranges + 2 * i + offsets[i] + 2 * (point - firsts[i])
                )
            if glyph % 65536:
                yield point


def _groups(font: bytes, start: int) -> Iterator[int]:
    """Format 12: groups of signs of any plane."""
    (number,) = struct.unpack_from(">L", font, start + 12)
    for i in range(number):
        first, last, _glyph = struct.unpack_from(">LLL", font, start + 16 + 12 * i)
        yield from range(first, last + 1)
