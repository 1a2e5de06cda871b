"""The list of holders of the Erasmus Charter for Higher Education, as the Commission releases it (CSV): reading it."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from ground.validators import FIRST_YEAR, LAST_YEAR
from members.models import Scheme
from members.models.organisation import wrong_code

# The Commission's code for Greece; Kosovo stays XK, as everywhere in the EU's lists.
_COUNTRIES = {"EL": "GR", "UK": "GB"}
_COLUMNS = {
    "erasmus_code", "pic", "oid", "legal_name", "street", "post_code", "city", "country", "website", "eche_start",
    "eche_end", "proposal_number",
}  # fmt: skip


# A list with more wrong rows than these is another kind of list; it is read no further.
MOST_WRONG = 10_000
# Words with what they are about, so that each reader has them in the own language.
Reason = tuple[str, dict[str, str]]


class ListError(Exception):
    """The file cannot be taken over; `reason` says why, the text the same in the language in use."""

    def __init__(self, words: str, **values: str) -> None:
        self.reason: Reason = (words, values)
        super().__init__(words)

    def __str__(self) -> str:
        return told([self.reason])[0]


@dataclass(frozen=True)
class WrongRow:
    """A row that cannot be taken over: the line of the file on which it begins, whom it names, and every reason."""

    line: int
    name: str
    code: str
    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        return " ".join([_("Line %(line)s:") % {"line": self.line}, *told(self.reasons)])


class WrongRows(ListError):
    """Rows of the file are wrong. All of them are in `rows`; none of the list is taken over.

    Left out, their organisations would count as gone from the list, so that the good rows don't stand by themselves.
    """

    def __init__(self, rows: list[WrongRow]) -> None:
        self.rows = rows
        self.more = len(rows) >= MOST_WRONG  # it was read no further
        super().__init__("")

    def __str__(self) -> str:
        return wrong_told(len(self.rows))


def wrong_told(number: int) -> str:
    """How many rows are wrong, in the language of the reader."""
    return ngettext("%(count)d row is wrong.", "%(count)d rows are wrong.", number) % {"count": number}


def told(reasons: Iterable[Iterable[Any]]) -> list[str]:
    """Reasons in the language of the reader; what is called a problem is words, too."""
    return [
        _(words) % {name: _(value) if name == "problem" else value for name, value in values.items()}
        for words, values in reasons
    ]


@dataclass(frozen=True)
class Charter:
    """One holder of the Erasmus Charter for Higher Education, as the list gives it."""

    name: str
    street: str
    post_code: str
    city: str
    country: str
    website: str
    charter_from: dt.date
    charter_until: dt.date
    charter_proposal: str
    codes: tuple[tuple[str, str], ...]

    @property
    def pic(self) -> str:
        return dict(self.codes)[Scheme.PIC]

    @property
    def erasmus(self) -> str:
        return dict(self.codes)[Scheme.ERASMUS]


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _web(value: str) -> str:
    """An address as it may become a link: http or https, or nothing."""
    address = re.sub(r"^(https?)://", lambda scheme: scheme[0].lower(), value.strip(), flags=re.IGNORECASE)
    return address if address.startswith(("http://", "https://")) else ""


class _Seen:
    """The codes of the rows before, each with its line."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], int] = {}

    def again(self, codes: Iterable[tuple[str, str]], line: int) -> Iterator[Reason]:
        """Say which of the codes stands in a row before; keep the others."""
        for code in codes:
            first = self.lines.setdefault(code, line)
            if first != line:
                words = gettext_noop("“%(value)s” comes twice: it stands in line %(line)s already.")
                yield words, {"value": code[1], "line": str(first)}


def _codes(row: dict[str, str]) -> list[tuple[str, str]]:
    codes = [(Scheme.PIC, row["pic"].strip()), (Scheme.ERASMUS, row["erasmus_code"].rstrip())]
    if row["oid"].strip():
        codes.append((Scheme.OID, row["oid"].strip()))
    return [(str(scheme), value) for scheme, value in codes]


def _faults(row: dict[str, str]) -> Iterator[Reason]:
    """Everything that is wrong with the values of a row."""
    for scheme, value in _codes(row):
        if words := wrong_code(scheme, value):
            yield gettext_noop("“%(value)s”: %(problem)s"), {"value": value, "problem": words}
    for name in ("eche_start", "eche_end"):
        if _day(row[name]) is None:
            words = gettext_noop(
                "“%(value)s” is no day of a charter (%(column)s). It is written as 2029-12-31."
            )
            yield words, {"value": row[name], "column": name}
    begins, ends = _day(row["eche_start"]), _day(row["eche_end"])
    if begins and ends and ends < begins:
        yield gettext_noop("The charter ends (%(ends)s) before it begins (%(begins)s)."), {
            "begins": row["eche_start"], "ends": row["eche_end"],
        }  # fmt: skip
    if not re.fullmatch("[A-Z]{2}", row["country"].strip()):
        words = gettext_noop(
            "“%(value)s” is not the code of a country. It has two capital letters, such as LT."
        )
        yield words, {"value": row["country"].strip()}
    if not _one_line(row["legal_name"]):
        yield gettext_noop("The legal name is missing."), {}


def _day(written: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(written)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _charter(row: dict[str, str]) -> Charter:
    """A row without faults."""
    country = row["country"].strip()
    return Charter(
        name=_one_line(row["legal_name"])[:300],
        street=_one_line(row["street"])[:300],
        post_code=_one_line(row["post_code"])[:30],
        city=_one_line(row["city"])[:150],
        country=_COUNTRIES.get(country, country),
        website=_web(row["website"])[:300],
        charter_from=dt.date.fromisoformat(row["eche_start"]),
        charter_until=dt.date.fromisoformat(row["eche_end"]),
        charter_proposal=row["proposal_number"].strip()[:20],
        codes=tuple(_codes(row)),
    )


def read_charters(lines: Iterable[str]) -> Iterator[Charter]:
    """The rows of the list of charter holders.

    In: the lines of a CSV file with the columns of the Commission's release. Raises ListError when a column is missing,
    and after the last row WrongRows with every row in which a value is none, or a PIC or an Erasmus code comes twice.
    """
    reader = csv.DictReader(lines, strict=True)
    if missing := sorted(_COLUMNS - set(_header(reader))):
        raise ListError(gettext_noop("The file lacks these columns: %(names)s."), names=", ".join(missing))
    wrong: list[WrongRow] = []
    seen = _Seen()
    for line, row in _rows(reader, wrong):
        reasons = [*_faults(row), *seen.again(_codes(row)[:2], line)]
        if reasons:
            wrong.append(
                WrongRow(line, _one_line(row["legal_name"])[:300], _codes(row)[1][1][:60], tuple(reasons))
            )
        elif not wrong:
            yield _charter(row)
        if len(wrong) >= MOST_WRONG:
            break
    if wrong:
        raise WrongRows(sorted(wrong, key=lambda row: row.line))


def _header(reader: Any) -> Iterable[str]:
    try:
        return reader.fieldnames or ()
    except csv.Error as error:
        words = gettext_noop("The file cannot be read from here on: %(problem)s.")
        raise ListError(words, problem=str(error)) from error


def _rows(reader: Any, wrong: list[WrongRow]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with the lines on which they begin; those that are none are put with what is `wrong`."""
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:  # what follows can't be told apart
            words = gettext_noop("The file cannot be read from here on: %(problem)s.")
            wrong.append(WrongRow(reader.line_num + 1, "", "", ((words, {"problem": str(error)}),)))
            return
        if row is None:
            return
        values = [str(value) for value in row.values() if value is not None]
        line = reader.line_num - sum(value.count("\n") for value in values)
        if None in row.values() or None in row or "\x00" in "".join(values):
            words = gettext_noop("The number of values is wrong, or a sign that no text has.")
            wrong.append(WrongRow(line, "", "", ((words, {}),)))
            if len(wrong) >= MOST_WRONG:
                return
            continue
        yield line, row
