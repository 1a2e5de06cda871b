"""The columns of an export: one table for CSV, XLSX and JSON, and what the import of projects recognises.

Names are English, in small letters, and never change with the reader's language. A cell that holds several things
separates them by "; ", and the parts of one thing by "|"; a separator inside a part is written with a backslash.
A text that is missing in a language stays empty: the other language's is never put in its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Cell = str | dt.date

BETWEEN_THINGS, BETWEEN_PARTS = "; ", "|"


@dataclass(frozen=True)
class Column:
    """One column: its name, what it says, its cell in a table, its value in JSON, and how wide a table draws it."""

    name: str
    about: str
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


def _plain(name: str, about: str, width: int = 14) -> Column:
    """A column whose cell is the value of a field; nothing is an empty cell, and null in JSON."""
    return Column(name, about, lambda row: row[name] or "", lambda row: row[name] or None, width)


def _both(name: str, about: str, width: int = 60) -> list[Column]:
    return [_plain(f"{name}_{code}", f"{about}, {words}", width) for code, words in _LANGUAGES]


def _rows(name: str, about: str, *parts: str, width: int = 40) -> Column:
    """A column of several things, each with the named parts; in JSON a list of objects."""
    return Column(
        name,
        f"{about}: {BETWEEN_PARTS.join(parts)}",
        lambda row: joined([thing.get(part) for part in parts] for thing in row[name]),
        lambda row: row[name],
        width,
    )


def _named(name: str, about: str) -> Column:
    """A column of things that have a name in each language: the English name, or the only one there is."""
    return Column(
        name,
        about,
        lambda row: joined([thing["name_en"] or thing["name_lt"]] for thing in row[name]),
        lambda row: row[name],
        40,
    )


_LANGUAGES = (("en", "in English"), ("lt", "in Lithuanian"))

COLUMNS: tuple[Column, ...] = (
    _plain("code", "project number, unique in the portal"),
    _plain("acronym", "acronym"),
    *_both("title", "title"),
    *_both("description", "what it is about (Markdown)"),
    *_both("objectives", "what it is to reach (Markdown)"),
    *_both("results", "what it brought (Markdown)"),
    _plain("lead", "lead university: its Erasmus code, or its short name in addresses where it has none"),
    _plain("lead_name", "lead university: its legal name", 40),
    _plain("starts_on", "first day of the implementation period, ISO 8601"),
    _plain("ends_on", "last day of the implementation period, ISO 8601"),
    _plain("phase", "planned, under_way, ending (within 90 days) or completed, on the day of the export"),
    _plain("publication", "published or archived; draft only for those who keep it"),
    _plain("head", "head of the project", 28),
    _rows("team", "the rest of the team", "name", "role"),
    _named("departments", "departments that carry it"),
    _named("programmes", "programmes and actions that pay for it"),
    _rows("funding", "sources of money", "programme", "amount", "currency", "share", "contract"),
    _rows("partners", "partners", "name", "country", "role", width=60),
    _rows("milestones", "milestones", "due_on", "done_on", "kind", "title_en", "title_lt", width=60),
    _rows("outcomes", "results by category", "category", "title_en", "title_lt", "url", "reached_on"),
    _rows("amendments", "changes of the period", "number", "agreed_on", "starts_on", "ends_on"),
    Column("websites", "addresses at which it presents itself",
           lambda row: joined([url] for url in row["websites"]), lambda row: row["websites"], 40),
    _plain("url", "its page in the portal", 40),
)  # fmt: skip
NAMES = tuple(column.name for column in COLUMNS)
