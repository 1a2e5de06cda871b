"""CORDIS's two tables made one: each project with the organisations that take part in it, in a cell of its own.

Its data sets come as a ZIP with project.csv, organization.csv and others, parted by semicolons. organization.csv has
one row for each organisation of each project: projectID, organisationID (the PIC), name, country, role ("coordinator",
"participant", "associatedPartner", "thirdParty", "internationalPartner") and endOfParticipation, as the list of columns
published with the data sets on data.europa.eu names them. What is gathered lies on the disk, so memory stays flat.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from projects.imports.columns import JOINED, plain, source
from projects.imports.rows import MOST_PARTNERS
from projects.models import Partnership

Row = tuple[int, list[str]]
_PARTS: Mapping[str, str] = {
    "coordinator": Partnership.Part.COORDINATOR.value,
    "associatedpartner": Partnership.Part.ASSOCIATED.value,
    "internationalpartner": Partnership.Part.ASSOCIATED.value,
    "thirdparty": Partnership.Part.AFFILIATED.value,
}
_TABLE = """
    CREATE TABLE taking_part (project TEXT, number INTEGER, first INTEGER, item TEXT);
    CREATE INDEX taking_part_of ON taking_part (project, first, number);
"""
_OF = "SELECT item FROM taking_part WHERE project = ? ORDER BY first, number LIMIT ?"
_ALL = "SELECT project, min(number) FROM taking_part GROUP BY project ORDER BY 2"
_AT_ONCE = 1000
# Of what no project can take in, as much is kept as lets it be refused in words: memory stays flat.
_MOST, _MOST_SIGNS = MOST_PARTNERS + 1, 1000


class Organisations:
    """The rows of organization.csv, gathered by project."""

    def __init__(self, sign: Callable[[], None]) -> None:
        """`sign` is called again and again while rows are gathered; what it raises stops that."""
        self.sign = sign
        self.disk = sqlite3.connect("")  # a file of its own that goes with the connection
        self.disk.executescript(_TABLE)
        self.rows = self.ended = self.matched = 0

    def gather(self, headings: Sequence[str], rows: Iterable[Row]) -> None:
        """Take in all rows; whoever's participation has ended is counted and left out."""
        places = {plain(heading): place for place, heading in reversed(list(enumerate(headings)))}
        some: list[tuple[str, int, int, str]] = []
        for number, cells in rows:
            said = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
            self.rows += 1
            if said.get("endofparticipation", "").lower() in ("true", "1"):
                self.ended += 1
                continue
            some.append((said["projectid"], number, said.get("role", "") != "coordinator", _item(said)))
            if len(some) >= _AT_ONCE:
                self._keep(some)
        self._keep(some)

    def _keep(self, some: list[tuple[str, int, int, str]]) -> None:
        self.disk.executemany("INSERT INTO taking_part VALUES (?, ?, ?, ?)", some)
        some.clear()
        self.sign()

    def of(self, project: str) -> str:
        """The organisations of a project as one cell, its coordinator first; "" when there are none."""
        found = [item for (item,) in self.disk.execute(_OF, [project, _MOST])]
        self.matched += bool(found)
        return "; ".join(found)

    def alone(self) -> Iterator[Row]:
        """One row for each project, under the number of its first organisation."""
        for project, number in self.disk.execute(_ALL):
            yield number, [project, self.of(project)]

    def notes(self, whole: bool) -> list[dict[str, Any]]:
        """What is worth saying: how many rows became one, who was left out. `whole` is with the table of projects."""
        ((projects,),) = self.disk.execute("SELECT count(DISTINCT project) FROM taking_part")
        said: list[dict[str, Any]] = [
            {"words": JOINED_ROWS, "with": {"rows": self.rows, "projects": projects}}
        ]
        if self.ended:
            said.append({"words": ENDED, "with": {"number": self.ended}})
        if whole and projects > self.matched:
            said.append({"words": NOT_LISTED, "with": {"number": projects - self.matched}})
        return said


JOINED_ROWS = gettext_noop(
    "Organisations in CORDIS's table: %(rows)s, in projects: %(projects)s. Those of one project are shown together."
)
ENDED = gettext_noop("Organisations left out because their participation has ended: %(number)s.")
NOT_LISTED = gettext_noop(
    "Projects of which organization.csv has organisations and project.csv has no row: %(number)s. They were left out."
)


def joined(projects: Sequence[str], rows: Iterable[Row], organisations: Organisations) -> Iterator[Row]:
    """The rows of project.csv (under the headings `projects`) with their organisations in one more cell."""
    code = next(place for place, heading in enumerate(projects) if plain(heading) == "id")
    for number, cells in rows:
        cells = cells[: len(projects)] + [""] * (len(projects) - len(cells)) + cells[len(projects) :]
        cells.insert(len(projects), organisations.of(cells[code]))
        yield number, cells


def has_organisations(headings: Sequence[str]) -> bool:
    """Whether a table with these headings is organization.csv as CORDIS gives it."""
    return source(headings) == "cordis_organisations" and JOINED not in headings


def _item(said: Mapping[str, str]) -> str:
    """PIC, country, role and name as the cells of partners take them."""
    role = _PARTS.get(plain(said.get("role", "")), Partnership.Part.BENEFICIARY.value)
    code = said.get("organisationid") or said.get("id", "")
    return "|".join(_kept(part) for part in (code, said.get("country", ""), role, said.get("name", "")))


def _kept(part: str) -> str:
    return re.sub(r"([\\|;])", r"\\\1", " ".join(part.split())[:_MOST_SIGNS])
