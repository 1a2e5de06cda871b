"""Plain values into a tagged PDF.

typst runs in this process with one compiler, sees only the folder of its sources and only our fonts. What people
wrote comes to it as JSON, never as source.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import unicodedata
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst
from django.utils.translation import gettext as _

from ground.papers.coverage import ALWAYS, signs_of

logger = logging.getLogger(__name__)
FOLDER = Path(__file__).parent
FONTS = FOLDER / "fonts"
SOURCES = FOLDER / "sources"
SUBSTITUTE = "□"
NAMED = 12
_ADDRESS = "a"  # the one key whose value is an address, not a text to be read
_UNSHOWN = re.compile(r'text `"(.+?)"` could not be displayed', re.DOTALL)
_LONG_RUN = re.compile(r"\S{40,}")
_MARKS = re.compile(r"([\u0300-\u036f]{3})[\u0300-\u036f]+")
_one_at_a_time = Lock()


@cache
def _compiler() -> typst.Compiler:
    """The compiler of this process; a new one for every paper would take six times as long."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(
        input=SOURCES / "paper.typ",
        root=SOURCES,
        font_paths=fonts,
        ignore_system_fonts=True,
        package_path=SOURCES / "none",
        package_cache_path=SOURCES / "none",
    )


def typeset(paper: dict[str, Any], *, made_on: dt.date) -> bytes:
    """`paper` as a PDF after PDF/UA-1.

    A sign that no font of ours has is shown as an empty square, and the paper ends with the names of such signs.
    The same paper of the same day gives the same bytes.
    """
    signs = Signs(signs_of(FONTS))
    for _attempt in range(NAMED):
        try:
            return _compile(signs.readable_paper(paper), made_on)
        except typst.TypstError as error:
            unshown = _UNSHOWN.search(error.message)
            if not unshown:
                raise
            logger.warning("A paper has a sign that no font shows: %s", ascii(unshown[1]))
            signs.do_without(unshown[1])
    return _compile(signs.readable_paper(paper), made_on)


def _compile(paper: dict[str, Any], made_on: dt.date) -> bytes:
    moment = dt.datetime.combine(made_on, dt.time(), tzinfo=dt.UTC)
    with _one_at_a_time:
        made = _compiler().compile(
            format="pdf", sys_inputs={"paper": json.dumps(paper)}, pdf_standards="ua-1", timestamp=moment
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return made


class Signs:
    """Keeps to the signs that can be shown, and remembers the others."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known = set(known)
        self.replaced: dict[str, None] = {}

    def readable_paper(self, paper: dict[str, Any]) -> dict[str, Any]:
        """`paper` with every text in it made readable, and a word on what was replaced."""
        plain: dict[str, Any] = self.readable(paper)
        if self.replaced:
            plain["blocks"].append(self.note())
        return plain

    def do_without(self, cluster: str) -> None:
        """Take the signs of `cluster` for unknown; without any but plain ones, take all but plain ones so."""
        self.known -= {sign for sign in cluster if sign > "~"} or {sign for sign in self.known if sign > "~"}
        self.known |= {SUBSTITUTE, *ALWAYS}

    def readable(self, value: Any) -> Any:
        """`value` with every text in it made readable."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {key: one if key == _ADDRESS else self.readable(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.readable(one) for one in value]
        return value

    def note(self) -> dict[str, Any]:
        """The block that names the signs that were replaced."""
        names = [
            f"U+{ord(sign):04X} {unicodedata.name(sign, '').capitalize()}".strip() for sign in self.replaced
        ]
        words = _("This document cannot show some signs; %(square)s stands in their place: %(signs)s.") % {
            "square": SUBSTITUTE,
            "signs": ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else ""),
        }
        return {"k": "note", "in": [words]}

    def _text(self, text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        if not self.known.issuperset(composed):
            composed = "".join(map(self._sign, composed))
        return _LONG_RUN.sub(_breakable, _MARKS.sub(r"\1", composed))

    def _sign(self, sign: str) -> str:
        if sign in self.known:
            return sign
        kind = unicodedata.category(sign)
        if sign.isspace():
            return " "
        if kind in (
            "Cc",
            "Cf",
            "Cs",
            "Mn",
        ):  # controls, marks of direction, variation selectors: nothing to see
            return ""
        self.replaced[sign] = None
        return SUBSTITUTE


def _breakable(run: re.Match[str]) -> str:
    """A very long word, with places at which a line may end."""
    return "\u200b".join(run[0][i : i + 20] for i in range(0, len(run[0]), 20))
