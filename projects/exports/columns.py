"""The columns of an export: one table for CSV, XLSX and JSON, and what the import of projects recognises.

Names are English, in small letters, and never change with the reader's language. A cell that holds several things
separates them by "; ", and the parts of one thing by "|"; a separator inside a part is written with a backslash.
A text that is missing in a language stays empty: the other language's is never put in its place. Evidence and documents
are the addresses of their files, for those who may open them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

Row = Mapping[str, Any]
Cell = str | dt.date

BETWEEN_THINGS, BETWEEN_PARTS = "; ", "|"


@dataclass(frozen=True)
class Column:
    """One column: its name, what it says (in the reader's language), its cell in a table, its value in JSON, its width
    in a drawn table.
    """

    name: str
    about: str | Promise
    cell: Callable[[Row], Cell]
    value: Callable[[Row], Any]
    width: int = 14


def joined(things: Iterable[Iterable[Any]]) -> str:
    """Several things of several parts as the text of one cell; parts at the end that are empty are left out."""
    return BETWEEN_THINGS.join(
        BETWEEN_PARTS.join(_part(part) for part in parts).rstrip(BETWEEN_PARTS) for parts in things
    )


def _part(part: Any) -> str:
    text = "" if part is None else str(part)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace(";", "\\;")


def _plain(name: str, about: str | Promise, width: int = 14) -> Column:
    """A column whose cell is the value of a field; nothing is an empty cell, and null in JSON."""
    return Column(name, about, lambda row: row[name] or "", lambda row: row[name] or None, width)


def _both(name: str, about: str | Promise, width: int = 60) -> list[Column]:
    return [
        _plain(f"{name}_{code}", format_lazy("{about}, {words}", about=about, words=words), width)
        for code, words in _LANGUAGES
    ]


def _rows(name: str, about: str | Promise, *parts: str, width: int = 40) -> Column:
    """A column of several things, each with the named parts; in JSON a list of objects."""
    return Column(
        name,
        format_lazy("{about}: {parts}", about=about, parts=BETWEEN_PARTS.join(parts)),
        lambda row: joined([thing.get(part) for part in parts] for thing in row[name]),
        lambda row: row[name],
        width,
    )


def _named(name: str, about: str | Promise, width: int = 40) -> list[Column]:
    """Two columns of things that have a name in each language.

    The first holds the English names, or the only ones there are, by which an import finds the things again. The second
    holds the Lithuanian ones in the same order, with nothing at the place of one that is missing.
    """
    return [
        Column(
            name,
            format_lazy("{about}: {words}", about=about, words=_("their names in English")),
            lambda row: joined([thing["name_en"] or thing["name_lt"]] for thing in row[name]),
            lambda row: row[name],
            width,
        ),
        _lithuanian(name, about, width),
    ]


def _lithuanian(name: str, about: str | Promise, width: int = 40) -> Column:
    return Column(
        f"{name}_lt",
        format_lazy("{about}: {words}", about=about, words=_("their names in Lithuanian")),
        lambda row: _aligned([thing["name_lt"]] for thing in row[name]),
        lambda row: [thing["name_lt"] for thing in row[name]],
        width,
    )


def _aligned(things: Iterable[Iterable[Any]]) -> str:
    """As `joined`, but nothing at all where no thing has anything to say."""
    whole = joined(things)
    return whole if whole.strip("; ") else ""


_LANGUAGES = (("en", _("in English")), ("lt", _("in Lithuanian")))

COLUMNS: tuple[Column, ...] = (
    _plain("code", _("project number, unique in the portal")),
    _plain("acronym", _("acronym")),
    *_both("title", _("title")),
    *_both("description", _("what it is about (Markdown)")),
    *_both("objectives", _("what it is to reach (Markdown)")),
    *_both("results", _("what it brought (Markdown)")),
    _plain("lead", _("lead university: its Erasmus code, or its short name in addresses where it has none")),
    _plain("lead_name", _("lead university: its legal name"), 40),
    _plain("lead_name_lt", _("lead university: its name in Lithuanian, where it has one"), 40),
    _plain("starts_on", _("first day of the implementation period, ISO 8601")),
    _plain("ends_on", _("last day of the implementation period, ISO 8601")),
    _plain("phase", _("planned, under_way, ending (within 90 days) or completed, on the day of the export")),
    _plain("publication", _("published or archived; draft only for those who keep it")),
    _plain("head", _("head of the project"), 28),
    _rows("team", _("the rest of the team"), "name", "role"),
    *_named("departments", _("departments that carry it")),
    *_named("programmes", _("programmes and actions that pay for it")),
    _rows("funding", _("sources of money"), "programme", "amount", "currency", "share", "contract"),
    _rows("partners", _("partners"), "name", "country", "role", width=60),
    _lithuanian("partners", _("partners"), 60),
    _rows("milestones", _("milestones"), "due_on", "done_on", "kind", "title_en", "title_lt", "evidence_url",
          "evidence", width=60),
    _rows("outcomes", _("results by category"), "category", "title_en", "title_lt", "url", "reached_on"),
    _rows("amendments", _("changes of the period"), "number", "agreed_on", "starts_on", "ends_on", "starts_before",
          "ends_before", "reason_en", "reason_lt", "document", width=60),
    Column("websites", _("addresses at which it presents itself"),
           lambda row: joined([url] for url in row["websites"]), lambda row: row["websites"], 40),
    _plain("url", _("its page in the portal"), 40),
)  # fmt: skip
NAMES = tuple(column.name for column in COLUMNS)
