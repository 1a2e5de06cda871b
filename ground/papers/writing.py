"""The small language in which a paper is written: blocks and inlines as plain values, which `paper.typ` draws.

A block is a dictionary whose `k` says its kind. An inline is a text, or a dictionary with one mark: `b` strong,
`i` emphasis, `c` code, `m` muted, `w` signal, `a` link (with `in`), `l` in another language (with `in`), `br`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markdown_it.tree import SyntaxTreeNode

from ground import richtext
from ground.templatetags.ground_tags import day, in_language, locale_name

Inline = str | dict[str, Any]
Block = dict[str, Any]

LONGEST = 100_000  # signs of one text; what is longer stands on the page alone
LONGEST_TABLE = 200  # rows of a table in a text
WIDEST = 6  # columns of a table that fit the paper
SHOWN_OF_ADDRESS = 80
_LINKED = ("https://", "http://", "mailto:")


def paper(
    *, title: str, running: str, path: str, made_on: dt.date, blocks: list[Block], author: str = ""
) -> Block:
    """A whole paper in the language in use: what stands on every page of it, and its blocks."""
    return {
        "lang": (get_language() or settings.LANGUAGE_CODE)[:2],
        "title": title,
        "author": author or settings.BRAND["alliance"],
        "keywords": [],
        "description": running,
        "running": running,
        "brand": settings.BRAND["name"],
        "made": _("Made on %(day)s") % {"day": day(made_on)},
        "address": shortened(settings.BASE_URL + path),
        "pages": _("Page {page} of {pages}"),
        "blocks": blocks,
    }


def shortened(address: str) -> str:
    """An address as people read it, cut where it is too long for a line."""
    words = address.split("://", 1)[-1].rstrip("/")
    return words if len(words) <= SHOWN_OF_ADDRESS else words[: SHOWN_OF_ADDRESS - 1] + "…"


def heading(words: str, level: int = 2) -> Block:
    return {"k": "h", "level": level, "in": [words]}


def paragraph(*inlines: Inline) -> Block:
    return {"k": "p", "in": list(inlines)}


def link(words: Inline, address: str) -> Inline:
    """Words that lead to `address`; the bare words where it is no web or mail address."""
    return {"a": address, "in": [words]} if address.lower().startswith(_LINKED) else words


def page_link(path: str) -> Inline:
    """The address of a page of the portal, as a link."""
    return link(shortened(settings.BASE_URL + path), settings.BASE_URL + path)


def short_day(value: dt.date) -> str:
    """A date for narrow columns: "5 Feb 2027", "2027-02-05"; it never breaks."""
    return format_date(value, "medium", locale=locale_name()).replace(" ", "\u00a0")


def muted(words: str) -> Inline:
    return {"m": [words]}


def signal(words: str) -> Inline:
    return {"w": [words]}


def facts(rows: Iterable[tuple[str, list[list[Inline]]]], *, whole: bool = False) -> Block:
    """Names and what is known under each, one value a line; names without a value are left out. Short ones that belong
    together stand on one page as a `whole`."""
    told = [{"name": str(name), "values": values} for name, values in rows if values]
    return {"k": "facts", "rows": told, "whole": whole}


def table(
    header: Iterable[str], rows: Iterable[list[Inline | list[Inline]]], widths: str, right: Iterable[int] = ()
) -> Block:
    """Rows under a header. `widths` has a number of parts for each column, 0 for as much as it needs."""
    cells = [[cell if isinstance(cell, list) else [cell] for cell in row] for row in rows]
    return {
        "k": "table",
        "header": [str(words) for words in header],
        "rows": cells,
        "widths": [int(width) for width in widths.split()],
        "right": list(right),
    }


def signatures(sides: Iterable[tuple[str, list[tuple[str, str, bool]]]]) -> Block:
    """Room to sign for each side, named: lines of a name, a value ("" where it is to be written) and whether there has
    to be room for a signature."""
    return {
        "k": "signatures",
        "sides": [
            {"name": name, "rows": [{"name": n, "value": value, "tall": tall} for n, value, tall in rows]}
            for name, rows in sides
        ],
    }


def in_words(record: Any, field: str) -> Inline:
    """A translated field, marked with its language when that isn't the paper's."""
    words, other = in_language(record, field)
    return {"l": other, "in": [words]} if other else words


def rich(record: Any, field: str) -> list[Block]:
    """A translated Markdown field as blocks, marked with its language when that isn't the paper's."""
    words, other = in_language(record, field)
    blocks = from_markdown(words)
    return [{"k": "lang", "lang": other, "blocks": blocks}] if other and blocks else blocks


def from_markdown(source: str) -> list[Block]:
    """Markdown as blocks."""
    blocks = _blocks(richtext.tree(source[:LONGEST]))
    return [*blocks, _goes_on()] if len(source) > LONGEST else blocks


def _goes_on() -> Block:
    return {"k": "note", "in": [_("The text goes on; all of it stands on the page in the portal.")]}


def _blocks(parent: SyntaxTreeNode) -> list[Block]:
    return [block for node in parent.children for block in _block(node)]


def _block(node: SyntaxTreeNode) -> list[Block]:
    kind = node.type
    if kind in ("paragraph", "heading"):
        inlines = _inlines(node)
        return [{"k": "p", "in": inlines} if kind == "paragraph" else {"k": "h", "level": 3, "in": inlines}]
    if kind in ("bullet_list", "ordered_list"):
        start = node.attrs.get("start", 1) if kind == "ordered_list" else 0
        return [{"k": "list", "start": int(start), "items": [_blocks(item) for item in node.children]}]
    if kind == "blockquote":
        return [{"k": "quote", "blocks": _blocks(node)}]
    if kind in ("fence", "code_block"):
        return [{"k": "p", "in": _lines(node.content)}]
    if kind == "table":
        return _table(node)
    return [{"k": "rule"}] if kind == "hr" else []


def _table(node: SyntaxTreeNode) -> list[Block]:
    """A table of a text; one that is too wide for the paper becomes a line for each row."""
    rows = [[_inlines(cell) for cell in row.children] for part in node.children for row in part.children]
    if not rows:
        return []
    if len(rows[0]) > WIDEST:
        lines = rows[: LONGEST_TABLE + 1]
        return [{"k": "p", "in": [one for cell in row for one in (*cell, " · ")][:-1]} for row in lines]
    header, rest = rows[0], rows[1 : LONGEST_TABLE + 1]
    made: Block = {"k": "table", "header": header, "rows": rest, "widths": [1] * len(header), "right": []}
    return [made, _goes_on()] if len(rows) > len(rest) + 1 else [made]


def _inlines(node: SyntaxTreeNode) -> list[Inline]:
    return [one for child in node.children for one in _inline(child)]


def _inline(node: SyntaxTreeNode) -> list[Inline]:
    kind = node.type
    if kind == "inline":
        return _inlines(node)
    if kind == "text":
        return [node.content] if node.content else []
    if kind == "softbreak":
        return [" "]
    if kind == "hardbreak":
        return [{"br": True}]
    if kind == "strong":
        return [{"b": _inlines(node)}]
    if kind == "em":
        return [{"i": _inlines(node)}]
    if kind == "link":
        address = str(node.attrs.get("href", ""))
        inlines = _inlines(node)
        return [{"a": address, "in": inlines}] if address.lower().startswith(_LINKED) else inlines
    return [node.content] if node.content else []  # code, the words of a picture, HTML shown as text


def _lines(code: str) -> list[Inline]:
    lines: list[Inline] = []
    for line in code.rstrip("\n").split("\n"):
        lines += [line, {"br": True}]
    return lines[:-1]
