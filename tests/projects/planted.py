"""Tables of invented projects with errors planted in them: seeded, so that every run plants the same."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

from openpyxl import Workbook

HEADINGS = [
    "code", "lead", "title_en", "title_lt", "acronym", "starts_on", "ends_on", "description_en", "websites",
    "programme", "amount", "share", "contract_number", "head", "team", "partners",
]  # fmt: skip
_SUBJECTS = [
    "Digital skills",
    "Green campus",
    "Open laboratories",
    "Joint degrees",
    "City challenges",
    "Robotics",
]
_NAMES = ["Vardenė Pavardenė", "Vardenis Pavardenis", "Jane Example", "Jürgen Beispiel", "Łucja Przykład"]
_PLACE = {name: place for place, name in enumerate(HEADINGS)}


@dataclass(frozen=True)
class Planted:
    """An error that the import has to find: row as in the file, column, and a part of what is said."""

    row: int
    column: str
    words: str


# Each kind of error: column, what stands there, what is said of it.
_ERRORS = [
    ("code", "", "number is missing"), ("code", "bad?number", "Use letters"), ("code", "new", "cannot be used"),
    ("code", "X" * 61, "too long"), ("lead", "XX NOWHERE01", "not a university"), ("lead", "trento", "may not create"),
    ("title_en", "T" * 301, "too long"), ("acronym", "A" * 41, "too long"), ("starts_on", "31.02.2026", "no such day"),
    ("starts_on", "soon", "not a date"), ("starts_on", "01.03.26", "four digits"),
    ("starts_on", "2026 m. krovo 1 d.", "not a month"), ("starts_on", "", "first day is missing"),
    ("ends_on", "2201-01-01", "between the years"), ("ends_on", "2001-01-01", "before the first day"),
    ("ends_on", "", "last day is missing"), ("description_en", "torn \ufffd text", "can't be read"),
    ("websites", "javascript:alert(1)", "not a web address"), ("websites", "https://a b.example", "not a web address"),
    ("programme", "Programme of the Moon", "not a programme"), ("programme", "", "from which programme"),
    ("amount", "12.345", "could be"), ("amount", "-5", "not negative"), ("amount", "much", "not an amount"),
    ("amount", "5 doubloons", "three letters"), ("amount", "1.999", "could be"), ("share", "101", "between 0 and 100"),
    ("share", "ten", "not an amount"), ("contract_number", "C" * 101, "too long"),
    ("head", "N" * 201, "too long"), ("head", "A\u202eB", "one line"), ("team", "N" * 201, "too long"),
    ("partners", "999999999", "not an organisation"), ("partners", "Nobody's Academy", "not an organisation"),
    ("partners", "Twin College", "fits 2"),
]  # fmt: skip


def table(rows: int = 5000, *, seed: int = 37, errors: bool = True) -> tuple[list[list[str]], list[Planted]]:
    """Rows with their headings first, and the 37 errors planted in them (one number twice is an error in two rows)."""
    dice = random.Random(seed)
    lines = [_row(number, dice) for number in range(rows)]
    planted: list[Planted] = []
    if errors:
        places = sorted(dice.sample(range(10, rows - 10, 2), len(_ERRORS)))
        for place, (column, cell, words) in zip(places, dice.sample(_ERRORS, len(_ERRORS)), strict=True):
            lines[place][_PLACE[column]] = cell
            where = "amount" if words == "from which programme" else column
            planted.append(Planted(place + 2, where, words))
        lines[rows - 1][0] = lines[1][0].lower()
        planted += [Planted(3, "code", "several rows"), Planted(rows + 1, "code", "several rows")]
    return [HEADINGS, *lines], planted


def _row(number: int, dice: random.Random) -> list[str]:
    day, month, year = dice.randint(1, 28), dice.randint(1, 12), dice.randint(2015, 2030)
    begins = dice.choice([
        f"{year}-{month:02}-{day:02}", f"{day:02}.{month:02}.{year}", f"{day}/{month}/{year}",
        f"{year} m. {_LITHUANIAN[month - 1]} {day} d.", f"{day} {_ENGLISH[month - 1]} {year}",
    ])  # fmt: skip
    subject = dice.choice(_SUBJECTS)
    return [
        f"P-{number:06}", dice.choice(["ktu", "KTU", "Kaunas University of Technology"]), f"{subject} {number}",
        dice.choice(["", f"Projektas {number}: ąčęėįšųūž"]), f"ACR{number}", begins, f"{year + 3}-12-31",
        f"About {subject.lower()}. <b>No markup</b> is needed here.",
        dice.choice(["", "https://project.example/", "https://one.example/; two.example"]), "Erasmus+",
        dice.choice(["12 000,50", "12,000.50", "12000.5 EUR", "1 234 567", "€1,234,567.80", "250000"]),
        dice.choice(["", "80", "75,5 %", "100"]), f"C-{number}", dice.choice(_NAMES),
        dice.choice(["", "; ".join(dice.sample(_NAMES, 2))]),
        dice.choice(["", "University of Aveiro", "aveiro university; UA", "University of Aveiro (PT)"]).replace(
            "aveiro university; ", ""),
    ]  # fmt: skip


_ENGLISH = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip
_LITHUANIAN = [
    "sausio", "vasario", "kovo", "balandžio", "gegužės", "birželio", "liepos", "rugpjūčio", "rugsėjo", "spalio",
    "lapkričio", "gruodžio",
]  # fmt: skip


def as_csv(rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """The table as a CSV file."""
    page = io.StringIO()
    csv.writer(page, delimiter=delimiter).writerows(rows)
    return page.getvalue().encode(encoding, errors="replace")


def as_xlsx(rows: list[list[object]], *, title: str = "Projects") -> bytes:
    """The table as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
