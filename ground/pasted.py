"""What is pasted from a word processor or a web page: HTML that becomes Markdown, with nothing of it but words.

Nothing of the HTML is kept as HTML. Scripts, styles, comments and what Word hides between them are dropped with all
that they hold; of the rest the headings, paragraphs, lists, tables, links of the web and emphasis are written anew.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST = 800_000  # characters of HTML that are looked at; Word writes forty for each that is read
_LOOKS_SO = re.compile(
    r"<!--|</?(?:p|div|span|html|head|body|meta|link|style|script|table|tbody|tr|t[dh]|ul|ol|li|h[1-6]|font|img|br|b|i"
    r"|a|strong|em|iframe|object|embed|svg|form|input|center|blockquote|[ovwm]:[a-z]+)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# A tag that ends; what begins like one and doesn't is text. Python's parser looks for such ends again and again.
_TAG = re.compile(r"<[!?/a-z][^<>]*>", re.IGNORECASE)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_DROPPED = {
    "script", "style", "head", "title", "template", "noscript", "iframe", "object", "embed", "svg", "math", "audio",
    "video", "canvas", "xml", "form", "select", "textarea", "button",
}  # fmt: skip
_EMPTY = {"br", "img", "meta", "link", "input", "hr", "col", "area", "base", "source", "embed", "wbr"}
_BLOCKS = {
    "p", "div", "section", "article", "header", "footer", "main", "aside", "center", "figure", "figcaption", "dl", "dt",
    "dd", "address", "ul", "ol", "table", "body", "html", "pre", "blockquote", "tr",
}  # fmt: skip
_HEADINGS = {"h1": "##", "h2": "##", "h3": "###", "h4": "###", "h5": "###", "h6": "###"}
_STRONG, _EMPHASIS = {"b", "strong"}, {"i", "em"}
_WEB = re.compile(r"(?:https?://|mailto:)[^\s<>()\"']+\Z", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")
_BULLET = re.compile(r"^[\u00b7\u2022\u25aa\u25cf\u00a7o-]\s+")


def looks_like_html(text: str) -> bool:
    """Whether `text` is HTML rather than Markdown; what stands as code in Markdown doesn't count."""
    return bool(_LOOKS_SO.search(_CODE.sub("", text)))


def to_markdown(html: str) -> str:
    """The words of `html` as Markdown. Whatever the HTML is, no mark-up of it is left."""
    reader = _Reader()
    reader.feed(_whole(html[:LONGEST]))
    reader.close()
    return reader.written()


def _whole(html: str) -> str:
    """`html` without comments (one that doesn't end goes on to the end), with `<` as text where no tag ends."""
    kept, at = [], 0
    while (begins := html.find("<!--", at)) >= 0:
        kept.append(html[at:begins])
        ends = html.find("-->", begins + 2)  # <!--> is a whole comment
        at = ends + 3 if ends >= 0 else len(html)
    kept.append(html[at:])
    pieces, at, html = [], 0, "".join(kept)
    for tag in _TAG.finditer(html):
        pieces += [html[at : tag.start()].replace("<", "&lt;"), tag[0]]
        at = tag.end()
    return "".join([*pieces, html[at:].replace("<", "&lt;")])


def as_markdown(text: str) -> str:
    """`text` as it is, or as Markdown where it is HTML."""
    return to_markdown(text) if looks_like_html(text) else text


class _Reader(HTMLParser):
    """Reads HTML of any shape; paragraphs are gathered one by one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.line = ""
        self.prefix = ""
        self.dropping = ""
        self.depth = 0
        self.lists: list[int | None] = []
        self.links: list[str] = []
        self.row: list[str] | None = None
        self.rows: list[list[str]] = []
        self.marks: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.dropping:
            self.depth += tag == self.dropping
            return
        if tag in _DROPPED and tag not in _EMPTY:
            self.dropping, self.depth = tag, 1
            return
        given = {name: value or "" for name, value in attrs}
        if tag in _HEADINGS or tag in _BLOCKS or tag in ("li", "br", "hr"):
            self._begin(tag, given)
        elif tag in _STRONG | _EMPHASIS:
            self._mark("**" if tag in _STRONG else "*")
        elif tag == "a":
            self._open_link(given.get("href", ""))
        elif tag in ("td", "th"):
            self._cell()

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        if tag == "br" and self.row is not None:
            self.line += " "
            return
        if self.row is None:
            self._end_block()
        if tag in _HEADINGS:
            self.prefix = f"{_HEADINGS[tag]} "
        elif tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "tr":
            self.row = []
        elif "list" in given.get("class", "").lower() and tag == "p":
            self.prefix = "- "  # how Word writes a list

    def handle_endtag(self, tag: str) -> None:
        if self.dropping:
            self.depth -= tag == self.dropping
            self.dropping = self.dropping if self.depth else ""
            return
        if tag in _STRONG | _EMPHASIS:
            self._unmark("**" if tag in _STRONG else "*")
        elif tag == "a":
            self._close_link()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_table()
        elif self.row is None and (tag in _HEADINGS or tag in _BLOCKS or tag == "li"):
            self._end_block()
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()

    def handle_data(self, data: str) -> None:
        if self.dropping:
            return
        words = re.sub(r"\s+", " ", data.replace("\xa0", " ").replace("\xad", ""))
        if not self.line.strip("*[ "):
            words = words.lstrip()
        self.line += _SPECIAL.sub(r"\\\1", words)

    def _item(self) -> None:
        """A list item, with as deep an indentation as lists are open."""
        deep = "  " * max(len(self.lists) - 1, 0)
        number = self.lists[-1] if self.lists else None
        if number is None:
            self.prefix = f"{deep}- "
        else:
            self.lists[-1] = number + 1
            self.prefix = f"{deep}{number + 1}. "

    def _mark(self, mark: str) -> None:
        if mark not in self.marks:
            self.marks.append(mark)
            self.line += mark

    def _unmark(self, mark: str) -> None:
        """End an emphasis: marks stand at words, never beside a blank, or they would be read as signs."""
        if mark not in self.marks:
            return
        self.marks.remove(mark)
        before, opened, inner = self.line.rpartition(mark)
        if not inner.strip():
            self.line = f"{before}{inner}"
            return
        space = " " if inner.startswith(" ") else ""
        after = " " if inner.endswith(" ") else ""
        self.line = f"{before}{space}{opened}{inner.strip()}{mark}{after}"

    def _open_link(self, href: str) -> None:
        href = href.strip()
        self.links.append(href if _WEB.match(href) else "")
        if self.links[-1]:
            self.line += "["

    def _close_link(self) -> None:
        href = self.links.pop() if self.links else ""
        if not href:
            return
        before, _opened, words = self.line.rpartition("[")
        self.line = f"{before}[{words.strip()}]({href})" if words.strip() else before

    def _cell(self) -> None:
        if self.row is not None:
            if self.row or self.line.strip():
                self.row.append(self._taken())
            else:
                self.row.append("")
                self.line = ""

    def _end_row(self) -> None:
        if self.row is None:
            return
        cells = [*self.row[1:], self._taken()]
        if any(cells):
            self.rows.append(cells)
        self.row = None

    def _end_table(self) -> None:
        self._end_row()
        if not self.rows:
            return
        width = max(len(row) for row in self.rows)
        lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in self.rows]
        lines.insert(1, f"|{' --- |' * width}")
        self.blocks.append("\n".join(lines))
        self.rows = []

    def _taken(self) -> str:
        """The words of the line, which begins anew; what was left open in it is ended."""
        for mark in reversed(self.marks[:]):
            self._unmark(mark)
        while self.links:
            self._close_link()
        words, self.line = " ".join(self.line.split()), ""
        return words

    def _end_block(self) -> None:
        words = self._taken()
        if self.prefix == "- ":
            words = _BULLET.sub("", words)  # the sign that Word puts before it
        if words:
            # A number and a point at the beginning would make a list of a sentence.
            plain = words if self.prefix else re.sub(r"^(\d+)([.)]\s)", r"\1\\\2", words)
            plain = plain if self.prefix else re.sub(r"^([-+=~])", r"\\\1", plain)
            self.blocks.append(f"{self.prefix}{plain}")
        self.prefix = ""

    def written(self) -> str:
        """All that was read. Items of one list stand line by line."""
        self._end_table()
        self._end_block()
        text = ""
        for block, before in zip(self.blocks, ["", *self.blocks], strict=False):
            both = _is_item(block) and _is_item(before)
            text += ("\n" if both else "\n\n" if text else "") + block
        return text


def _is_item(block: str) -> bool:
    return bool(re.match(r"\s*(?:- |\d+\. )", block))
