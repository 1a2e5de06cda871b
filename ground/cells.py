"""Text in tables that spreadsheet programs open: written so that none takes it for a formula, and read back.

A program that takes a cell for a formula may run it. What begins a cell is not known when a file is written: a program
set for semicolons or tabs cuts a line at those, whatever the quotes say. So an apostrophe stands before a formula's
sign at the beginning of a text and after every semicolon, tab and line break within. Apostrophes of the text's own in
that place get one more, so that what is read back is exactly what was written.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = "=+\\-@＝＋－﹣﹢﹦﹫＠"
_LINE_BREAKS = "\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
# Letters and symbols that look like nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"
# Apostrophes at the beginning of a cell, what may be invisible, and the sign. Quotes count as invisible: a program that
# cuts between them reads `;""=1` as an empty quotation and a formula.
_BEGINNING = re.compile(
    rf"\A'*+(?=[{_LINE_BREAKS}])|"
    rf"(?:\A|(?<=[;{_LINE_BREAKS}]))'*+(?P<unseen>(?:[^\w;{_LINE_BREAKS}{_SIGNS}']|[{_BLANK}])*+)[{_SIGNS}]"
)


def disarmed(text: str) -> str:
    """`text` with an apostrophe before whatever a spreadsheet program could take for a formula."""
    return _BEGINNING.sub(lambda found: f"'{found[0]}" if _is_formula(found) else found[0], text)


def rearmed(text: str) -> str:
    """What `disarmed` was given; other text stays as it is."""
    if "'" not in text:
        return text
    return _BEGINNING.sub(lambda found: found[0].removeprefix("'") if _is_formula(found) else found[0], text)


def _is_formula(found: re.Match[str]) -> bool:
    """Whether a program could take this beginning for a formula's: nothing that people see stands before the sign."""
    return all(
        char == '"' or char in _BLANK or unicodedata.category(char)[0] in "CMZ"
        for char in found["unseen"] or ""
    )
