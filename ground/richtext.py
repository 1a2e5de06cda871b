"""Rich text: Markdown in, sanitised HTML out."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
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


def render(source: str | None, *, top: int = 3) -> SafeString:
    """Markdown `source` as safe HTML; raw HTML in it is shown as text, headings begin at level `top` (2 or 3)."""
    tokens = _markdown.parse(source or "")
    for token in tokens:
        token.tag = _HEADINGS[top].get(token.tag, token.tag)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        set_tag_attribute_values={"table": {"tabindex": "0"}},  # a wide one is scrolled with the keyboard too
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(safe)  # nh3 has just sanitised it
