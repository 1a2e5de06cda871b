"""The list of holders of the Erasmus Charter for Higher Education, as the Commission releases it (CSV): reading it."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ground.validators import FIRST_YEAR, LAST_YEAR
from members.models import Scheme
from members.models.organisation import PATTERNS

# The Commission's code for Greece; Kosovo stays XK, as everywhere in the EU's lists.
_COUNTRIES = {"EL": "GR", "UK": "GB"}
_COLUMNS = {
    "erasmus_code", "pic", "oid", "legal_name", "street", "post_code", "city", "country", "website", "eche_start",
    "eche_end", "proposal_number",
}  # fmt: skip


class ListError(Exception):
    """The file cannot be taken over; the text says which line and why."""


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


def _charter(row: dict[str, str], line: int) -> Charter:
    codes = [(Scheme.PIC, row["pic"].strip()), (Scheme.ERASMUS, row["erasmus_code"].rstrip())]
    if row["oid"].strip():
        codes.append((Scheme.OID, row["oid"].strip()))
    for scheme, value in codes:
        if not PATTERNS[scheme].fullmatch(value):
            raise ListError(f"Line {line}: “{value}” is not a valid {Scheme(scheme).label}.")
    try:
        begins, ends = dt.date.fromisoformat(row["eche_start"]), dt.date.fromisoformat(row["eche_end"])
    except ValueError as error:
        raise ListError(f"Line {line}: {error}.") from error
    if not (FIRST_YEAR <= begins.year <= LAST_YEAR and FIRST_YEAR <= ends.year <= LAST_YEAR):
        raise ListError(f"Line {line}: {row['eche_start']} – {row['eche_end']} is no validity of a charter.")
    country = row["country"].strip()
    if not re.fullmatch("[A-Z]{2}", country):
        raise ListError(f"Line {line}: “{country}” is not the code of a country.")
    return Charter(
        name=_one_line(row["legal_name"])[:300],
        street=_one_line(row["street"])[:300],
        post_code=_one_line(row["post_code"])[:30],
        city=_one_line(row["city"])[:150],
        country=_COUNTRIES.get(country, country),
        website=_web(row["website"])[:300],
        charter_from=begins,
        charter_until=ends,
        charter_proposal=row["proposal_number"].strip()[:20],
        codes=tuple((str(scheme), value) for scheme, value in codes),
    )


def read_charters(lines: Iterable[str]) -> Iterator[Charter]:
    """The rows of the list of charter holders.

    In: the lines of a CSV file with the columns of the Commission's release. Raises ListError with the line
    when a column is missing, a code is not one, or a PIC or an Erasmus code comes twice.
    """
    reader = csv.DictReader(lines, strict=True)
    seen: set[tuple[str, str]] = set()
    try:
        if missing := sorted(_COLUMNS - set(reader.fieldnames or ())):
            raise ListError(f"The file lacks these columns: {', '.join(missing)}.")
        for row in reader:
            if None in row.values() or None in row or "\x00" in "".join(row.values()):
                raise ListError(
                    f"Line {reader.line_num}: the number of values is wrong, or a sign that no text has."
                )
            charter = _charter(row, reader.line_num)
            for code in charter.codes[:2]:
                if code in seen:
                    raise ListError(f"Line {reader.line_num}: “{code[1]}” comes twice.")
                seen.add(code)
            yield charter
    except csv.Error as error:
        raise ListError(f"Line {reader.line_num}: {error}.") from error
