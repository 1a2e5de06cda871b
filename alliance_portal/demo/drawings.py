"""Pictures for the demo, drawn here: shapes in the portal's colours, the same for the same number."""

from __future__ import annotations

import io
import math
import random

from PIL import Image, ImageDraw

SIZE = (1600, 1000)
_COLOURS = ("#0b4a6b", "#2f7d9d", "#8ccbea", "#e3eef4", "#ffbf3f", "#c98a12", "#4a5662")
_PAPER = "#f3f0e9"


def drawn(number: int) -> bytes:
    """A PNG of drawing `number`."""
    dice = random.Random(number)  # noqa: S311 - shapes, no secrets
    picture = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(picture)
    (_paths, _circles, _layers, _laths)[number % 4](pen, dice)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _layers(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    wide, high = SIZE
    pen.ellipse((1080, 160, 1280, 360), fill="#ffbf3f")
    for layer in range(6):
        base, swing, step = 380 + layer * 105, 70 - layer * 6, dice.uniform(0.003, 0.006)
        start = dice.uniform(0, 6)
        line = [(x, base + swing * math.sin(start + x * step)) for x in range(0, wide + 20, 20)]
        pen.polygon([*line, (wide, high), (0, high)], fill=_COLOURS[(3, 2, 2, 1, 1, 0)[layer]])


def _circles(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    placed: list[tuple[float, float, float]] = []
    for _try in range(3000):
        x, y = dice.uniform(0, SIZE[0]), dice.uniform(0, SIZE[1])
        room = min([math.hypot(x - a, y - b) - r for a, b, r in placed] or [160.0])
        if room >= 14:
            placed.append((x, y, min(room, 150)))
    for x, y, r in placed:
        pen.ellipse((x - r + 4, y - r + 4, x + r - 4, y + r - 4), fill=dice.choice(_COLOURS))


def _paths(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    _layers(pen, dice)
    for one in range(14):
        bend, end = dice.uniform(-220, 220), 60 + one * 115
        line = [
            (120 + (end - 120) * t + bend * math.sin(math.pi * t), 900 - 620 * t)
            for t in (n / 40 for n in range(41))
        ]
        pen.line(line, fill=_COLOURS[one % 7], width=10, joint="curve")


def _laths(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    for row in range(5):
        for one in range(16):
            left, top = 40 + one * 97, 60 + row * 185
            bend = 30 * math.sin(one / 2.5 + row)
            colour = dice.choice(_COLOURS)
            pen.polygon(
                [
                    (left, top + bend),
                    (left + 60, top - bend),
                    (left + 60, top + 130 - bend),
                    (left, top + 130 + bend),
                ],
                fill=colour,
            )
