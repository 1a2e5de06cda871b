"""What can be done with the list of projects as a whole, for this person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects import rules

register = template.Library()


@dataclass(frozen=True)
class Tool:
    """Words, where they lead, and whether that is a file."""

    words: str | Promise
    href: str
    file: bool = False


@dataclass(frozen=True)
class Tools:
    """Other ways to see the same projects, the same as files, and what staff does with many."""

    views: list[Tool]
    files: list[Tool]
    work: list[Tool]


@register.simple_tag(takes_context=True)
def project_tools(context: template.Context, query: str = "") -> Tools:
    """What is offered under the filters of `query`; what this installation has no address for is left out."""
    user = getattr(context.get("request"), "user", None)
    signed_in = bool(getattr(user, "is_authenticated", False))
    staff = signed_in and rules.creates_somewhere(user)
    files = [_tool(words, "projects:export", query, format, file=True) for format, words in _FORMATS.items()]
    files.append(_tool(_("PDF summary"), "projects:summary", query, file=True))
    views = [_tool(_("Timeline"), "projects:timeline", query)]
    work = []
    if signed_in:
        views.append(_tool(_("Calendar of dates"), "projects:calendar"))
    if staff:
        work = [
            _tool(_("Change many"), "projects:bulk", query),
            _tool(_("Import"), "projects:imports"),
            _tool(_("Dashboard"), "projects:dashboard"),
        ]
    return Tools(*([tool for tool in group if tool] for group in (views, files, work)))


_FORMATS: dict[str, str] = {"csv": "CSV", "xlsx": "XLSX (Excel)", "json": "JSON"}


def _tool(words: Any, name: str, query: str = "", *args: str, file: bool = False) -> Tool | None:
    try:
        href = reverse(name, args=args)
    except NoReverseMatch:
        return None
    query = query.removeprefix("?")
    return Tool(words, f"{href}?{query}" if query else href, file)
