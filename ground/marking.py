"""Showing where the words that were looked for stand in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ground.text import fold

_WORD = re.compile(r"\w+(?:[-/.]\w+)*")
_PART = re.compile(r"\w+")
_MARKDOWN = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`#>|]+")
_BEFORE, _LENGTH = 60, 200


def marked(text: str, words: Collection[str]) -> SafeString:
    """`text`, escaped, with every word that begins with one of the folded `words` in a `mark`."""
    parts = []
    end = 0
    for start, stop in _places(text, words):
        parts.append(format_html("{}<mark>{}</mark>", text[end:start], text[start:stop]))
        end = stop
    return format_html("{}{}", format_html_join("", "{}", ((part,) for part in parts)), text[end:])


def stand_in(text: str, words: Collection[str]) -> set[str]:
    """Those of the folded `words` with which a word of `text` begins."""
    return {word for word in words if any(True for _place in _places(text, [word]))}


def excerpt(text: str, words: Collection[str]) -> str:
    """A part of `text` around the first of the folded `words` in it, without Markdown; "" where there is none."""
    plain = " ".join(_MARKDOWN.sub(r"\1", text).split())
    first = next(_places(plain, words), None)
    if first is None:
        return ""
    start = 0 if first[0] <= _BEFORE else plain.rfind(" ", 0, first[0] - _BEFORE) + 1
    stop = start + _LENGTH
    end = len(plain) if stop >= len(plain) else max(plain.rfind(" ", 0, stop), first[1])
    return f"{'… ' if start else ''}{plain[start:end]}{' …' if end < len(plain) else ''}"


def _places(text: str, words: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where words of `text` stand that begin with one of `words`; a code also whole, without its marks."""
    wanted = tuple(words)
    for found in _WORD.finditer(text):
        whole = found.group()
        if whole.isalnum():
            inner = [found.span()] if fold(whole).startswith(wanted) else []
        else:
            inner = [part.span() for part in _PART.finditer(whole) if fold(part.group()).startswith(wanted)]
            inner = [(found.start() + start, found.start() + end) for start, end in inner]
            if not inner and fold(re.sub("[-/.]", "", whole)).startswith(wanted):
                inner = [found.span()]
        yield from inner
