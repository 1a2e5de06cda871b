"""Rich text: Markdown in, sanitised HTML out."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "code", "pre", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_HEADINGS = {
    2: {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"},
    3: {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"},
}


def clean(source: str) -> str:
    """`source` as it may be stored: no NUL, line ends as one sign, no blank rest."""
    return source.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def tree(source: str | None) -> SyntaxTreeNode:
    """Markdown `source` as a tree, for what writes something else than HTML; raw HTML in it is text."""
    return SyntaxTreeNode(_markdown.parse(source or ""))


@dataclass(frozen=True)
class Figure:
    """A picture named in Markdown: where it is, what it shows in words, what stands below it, whether it stands alone
    in its paragraph.
    """

    source: str
    alternative: str
    caption: str
    alone: bool


def figures(source: str | None) -> list[Figure]:
    """The pictures that Markdown `source` names, in their order."""
    found = []
    for token in _markdown.parse(source or ""):
        children = token.children or []
        found += [_figure(one, len(children) == 1) for one in children if one.type == "image"]
    return found


def _figure(token: Token, alone: bool) -> Figure:
    words = "".join(child.content for child in token.children or []).strip()
    return Figure(str(token.attrs.get("src", "")), words, str(token.attrs.get("title", "")).strip(), alone)


def render(
    source: str | None, figure: Callable[[Figure], SafeString] | None = None, *, top: int = 3
) -> SafeString:
    """Markdown `source` as safe HTML; raw HTML in it is shown as text, headings begin at level `top` (2 or 3).

    Pictures are left out, but for those that stand alone and that `figure` draws (safe HTML, empty for none).
    """
    tokens = _markdown.parse(source or "")
    for token in tokens:
        token.tag = _HEADINGS[top].get(token.tag, token.tag)
    drawn = _set_aside(tokens, figure) if figure else {}
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        set_tag_attribute_values={"table": {"tabindex": "0"}},  # a wide one is scrolled with the keyboard too
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer",
    )
    for mark, picture in drawn.items():
        safe = safe.replace(f"<p>{mark}</p>", picture, 1)
    return mark_safe(safe)  # nh3 has just sanitised it, and who drew the figures vouches for them


def _set_aside(tokens: list[Token], figure: Callable[[Figure], SafeString]) -> dict[str, SafeString]:
    """Put a mark that nobody can have written in the place of each figure; says what belongs there."""
    drawn = {}
    for token in tokens:
        children = token.children or []
        if len(children) == 1 and children[0].type == "image":
            mark = secrets.token_hex(12)
            drawn[mark] = figure(_figure(children[0], True))
            token.children = [Token("text", "", 0, content=mark)]
    return drawn
