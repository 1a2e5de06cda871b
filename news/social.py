"""The picture that a shared address brings along: the title in the alliance's look, 1200 × 630, drawn on the server.

It is drawn once for each title and kept in the cache. Sizes: Open Graph protocol (ogp.me); both networks that show it
cut nothing from this one.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import get_language
from PIL import Image, ImageDraw, ImageFont

from ground import papers
from ground.templatetags.ground_tags import day, in_language
from news.models import Event, NewsItem

SIZE = (1200, 630)
KEPT_FOR = 30 * 24 * 3600  # seconds
_FONTS = Path(papers.__file__).parent / "fonts"
# The colours of static/css/tokens.css: paper, ink, the alliance's deep blue, the quiet grey.
_PAPER, _INK, _BLUE, _QUIET = "#fbfaf6", "#15202b", "#0b4a6b", "#4a5662"
_DESIGN = 1  # raised when the picture is drawn differently
_LEFT, _WIDTH = 80, 1040


def address(text: NewsItem | Event) -> str:
    """Where the picture of the text is had, in the language in use; another title has another address."""
    name = "news_card" if isinstance(text, NewsItem) else "event_card"
    return reverse(name, args=[_language(), text.slug, digest(text)])


def digest(text: NewsItem | Event) -> str:
    """The print of what the picture says."""
    return hashlib.sha256(repr((_DESIGN, *_said(text))).encode()).hexdigest()[:16]


def png(text: NewsItem | Event) -> bytes:
    """The picture of the text in the language in use."""
    key = f"news-card-{digest(text)}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        kept = _drawn(*_said(text))
        cache.set(key, kept, KEPT_FOR)
    return kept


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE).split("-")[0]


def _said(text: NewsItem | Event) -> tuple[str, str, str]:
    """The title, who tells it and when, the name of the portal."""
    name, when = teller(text), day(text.published_on if isinstance(text, NewsItem) else text.first_day)
    return (
        in_language(text, "title")[0],
        " · ".join(one for one in (name, when) if one),
        settings.BRAND["name"],
    )


def teller(text: NewsItem | Event) -> str:
    """Who tells the news or organises the event, by name; the alliance where nobody else is named."""
    other = text.partner if isinstance(text, NewsItem) else text.organiser
    named = text.university.organisation if text.university else other
    if isinstance(text, Event) and other:
        named = other
    return named.name_shown if named else str(settings.BRAND["alliance"])


def _drawn(title: str, about: str, portal: str) -> bytes:
    picture = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, SIZE[0], 18), fill=_BLUE)
    plain = _font("SourceSans3-Regular.otf", 32)
    pen.text((_LEFT, 76), portal, fill=_BLUE, font=_font("SourceSans3-Semibold.otf", 34))
    font, lines = _fitted(pen, title)
    high = int(font.size * 1.18)
    top = 170 + (320 - high * len(lines)) // 2
    for number, line in enumerate(lines):
        pen.text((_LEFT, top + number * high), line, fill=_INK, font=font)
    pen.line((_LEFT, 528, _LEFT + _WIDTH, 528), fill=_BLUE, width=3)
    pen.text((_LEFT, 550), _cut(pen, about, plain), fill=_QUIET, font=plain)
    out = io.BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(name: str, size: int) -> Any:
    return ImageFont.truetype(str(_FONTS / name), size)


def _fitted(pen: ImageDraw.ImageDraw, title: str) -> tuple[Any, list[str]]:
    """The largest letters in which the title fits; what still doesn't is cut short."""
    for size in (72, 64, 56, 48, 42):
        font = _font("SourceSerif4-Semibold.otf", size)
        lines = _lines(pen, title, font)
        if len(lines) * size * 1.18 <= 330:
            return font, lines
    return font, [*lines[:5], _cut(pen, " ".join(lines[5:]), font)]


def _lines(pen: ImageDraw.ImageDraw, title: str, font: Any) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font=font) <= _WIDTH:
            lines[-1] = longer
        else:
            lines.append(_cut(pen, word, font))
    return [line for line in lines if line]


def _cut(pen: ImageDraw.ImageDraw, words: str, font: Any) -> str:
    """As much of `words` as fits in one line."""
    words = words[:200]
    if pen.textlength(words, font=font) <= _WIDTH:
        return words
    while words and pen.textlength(f"{words}…", font=font) > _WIDTH:
        words = words[:-1]
    return f"{words.rstrip()}…"
