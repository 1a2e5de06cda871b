"""What one cell means: dates in the ways that people write them, amounts, addresses, names. Never raises but Wrong."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_noop

from ground import richtext, text
from ground.forms import MAX_TEXT, NOT_IN_A_LINE
from ground.validators import FIRST_YEAR, LAST_YEAR
from projects.imports.sheets import NO_VALUE


class Wrong(Exception):
    """The cell can't be taken over; `noted` is the sentence for the person, translated when it is read."""

    def __init__(self, words: str, **values: Any) -> None:
        super().__init__(words)
        self.noted: dict[str, Any] = {"words": words, "with": values}


_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "sausio vasario kovo balandzio geguzes birzelio liepos rugpjucio rugsejo spalio lapkricio gruodzio",
    )
    for number, name in enumerate(names.split(), start=1)
}
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?")
_DOTTED = re.compile(r"(\d{1,2})[.\-](\d{1,2})[.\-](\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_LITHUANIAN = re.compile(r"(\d{4})\s*m\.?\s*([^\W\d]+)\s*(?:men\.?\s*)?(\d{1,2})\s*(?:d\.?)?")
_ENGLISH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+([^\W\d]+)\.?,?\s+(\d{4})")
_AMERICAN = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_SERIAL = re.compile(r"[1-9]\d{4}")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
NOT_A_DATE = gettext_noop("This is not a date. Write it like 2026-03-01.")


def whole(cell: str) -> str:
    """The cell, unless it holds what no text has or a formula without a value."""
    if cell == NO_VALUE:
        raise Wrong(
            gettext_noop(
                "The formula in this cell has no stored value. Save the file again, or write it out."
            )
        )
    if "\ufffd" in cell:
        raise Wrong(
            gettext_noop(
                "This has signs that can't be read. Check the encoding of the file, or type it again."
            )
        )
    return cell


def day(cell: str, order: str) -> tuple[dt.date, bool]:
    """The date in the cell, and whether day and month could have been read the other way round."""
    cell = " ".join(cell[:100].split())
    unsure = False
    if match := _ISO.fullmatch(cell):
        year, month, number = (int(part) for part in match.groups())
    elif match := _DOTTED.fullmatch(cell):
        number, month, year = (int(part) for part in match.groups())
    elif match := _SLASHED.fullmatch(cell):
        first, second, year = (int(part) for part in match.groups())
        number, month = (first, second) if order == "dmy" else (second, first)
        unsure = first != second and max(first, second) <= 12
    elif _SERIAL.fullmatch(cell):
        found = _EXCEL_EPOCH + dt.timedelta(days=int(cell))
        year, month, number = found.year, found.month, found.day
    else:
        year, month, number = _in_words(cell)
    return _date(year, month, number), unsure


def _in_words(cell: str) -> tuple[int, int, int]:
    for pattern, places in ((_LITHUANIAN, (0, 1, 2)), (_ENGLISH, (2, 1, 0)), (_AMERICAN, (2, 0, 1))):
        if match := pattern.fullmatch(cell):
            parts = match.groups()
            month = _MONTHS.get(text.fold(parts[places[1]]))
            if month is None:
                raise Wrong(gettext_noop("“%(month)s” is not a month."), month=parts[places[1]][:30])
            return int(parts[places[0]]), month, int(parts[places[2]])
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}", cell):
        raise Wrong(gettext_noop("Write the year with four digits."))
    raise Wrong(NOT_A_DATE)


def _date(year: int, month: int, number: int) -> dt.date:
    try:
        found = dt.date(year, month, number)
    except ValueError:
        raise Wrong(gettext_noop("There is no such day in the calendar.")) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Wrong(gettext_noop("Enter a date between the years 1900 and 2200."))
    return found


_SPACES = "\u0020\u00a0\u202f\u2009'’"
_CURRENCIES = {"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "eurų": "EUR", "£": "GBP", "$": "USD"}
_MONEY = re.compile(rf"([^\d\-−.,]*?)[{_SPACES}]*([\-−]?[\d.,{_SPACES}]*\d[\d.,]*)[{_SPACES}]*([^\d]*)")
NOT_AN_AMOUNT = gettext_noop("This is not an amount. Write it like 12000.50.")
NO_CURRENCY = gettext_noop("Use the three letters of the currency, such as EUR.")
# What stands for thousands and millions: 12k, 3 mln.
_MANY = re.compile("tukst|thousand|thousands|mln|mio|mil|million|millions|mlrd|bn|billion")


def amount(cell: str, mark: str = "") -> tuple[Decimal, str]:
    """The amount and its currency ("" when none is given). `mark` is the decimal mark of the file, if it is known."""
    match = _MONEY.fullmatch(cell.strip()) if len(cell) < 60 else None
    if match is None:
        raise Wrong(NOT_AN_AMOUNT)
    before, digits, after = (part.strip(_SPACES) for part in match.groups())
    if before and after:
        raise Wrong(NOT_AN_AMOUNT)
    said = before or after
    currency = _CURRENCIES.get(said.lower(), said)
    if currency and not re.fullmatch(r"[A-Z]{3}", currency):
        raise Wrong(NO_CURRENCY if _names_currency(said) else NOT_AN_AMOUNT)
    return number(digits, mark, places=2, most=Decimal("1000000000000")), currency


def _names_currency(said: str) -> bool:
    """Whether what stands beside a number could be meant as a currency: a word of three letters or more, or a sign."""
    words = text.fold(said).replace(".", " ").split()
    signs = any(unicodedata.category(sign) == "Sc" for sign in said)
    named = bool(words) and all(len(word) > 2 and not _MANY.fullmatch(word) for word in words)
    return signs or named


def share(cell: str, mark: str = "") -> Decimal:
    """A share from 0 to 100 percent."""
    found = number(cell[:60].strip().removesuffix("%").strip(), mark, places=2, most=Decimal("10000"))
    if found > 100:
        raise Wrong(gettext_noop("A share is between 0 and 100 percent."))
    return found


def number(digits: str, mark: str, *, places: int, most: Decimal) -> Decimal:
    """A number that is not negative, written the continental or the English way."""
    if digits.startswith(("-", "−")):
        raise Wrong(gettext_noop("An amount is not negative."))
    whole_part, fraction = _parted(digits, mark)
    if not re.fullmatch(rf"\d+|\d{{1,3}}([{_SPACES}.,]\d{{3}})*", whole_part or "0") or len(whole_part) > 25:
        raise Wrong(NOT_AN_AMOUNT)
    if len(fraction.rstrip("0")) > places:
        raise Wrong(gettext_noop("An amount has two decimal places at most."))
    found = Decimal(f"{re.sub(r'[^0-9]', '', whole_part) or '0'}.{fraction or '0'}")
    if found >= most:
        raise Wrong(gettext_noop("This number is too large."))
    return found.quantize(Decimal("0.01"))


def _parted(digits: str, mark: str) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    if mark:
        head, _mark, tail = digits.partition(mark)
        if not re.fullmatch(r"\d*", tail):
            raise Wrong(NOT_AN_AMOUNT)
        return head, tail
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return digits, ""
    head, sign, tail = digits[:last], digits[last], digits[last + 1 :]
    if sign in head:  # the same mark twice can only group thousands
        return digits, ""
    other = "," if sign == "." else "."
    if len(tail) == 3 and other not in head and re.fullmatch(r"[1-9]\d{0,2}", head):
        raise Wrong(
            gettext_noop(
                "This could be %(many)s or %(few)s. Write it without a mark for thousands, or choose the mark."
            ),
            many=f"{head}{tail}", few=f"{head}{sign}{tail}",
        )  # fmt: skip
    return (digits, "") if len(tail) == 3 and head == "" else (head, tail)


def line(cell: str, most: int) -> str:
    """One line of text of at most `most` characters; breaks and runs of blanks become one blank."""
    shown = " ".join(cell.split())
    if NOT_IN_A_LINE.search(shown):
        raise Wrong(
            gettext_noop("Leave out line breaks, tabs and invisible characters: this is one line of text.")
        )
    if len(shown) > most:
        raise Wrong(gettext_noop("This is too long: %(length)s characters of at most %(most)s."),
                    length=len(shown), most=most)  # fmt: skip
    return shown


def long_text(cell: str) -> str:
    """Rich text as it may be stored."""
    cleaned = richtext.clean(cell)
    if len(cleaned) > MAX_TEXT:
        raise Wrong(gettext_noop("This is too long: %(length)s characters of at most %(most)s."),
                    length=len(cleaned), most=MAX_TEXT)  # fmt: skip
    return cleaned


_PARTED = re.compile(r"((?:[^;\\\n\r]|\\.)*)(?:[;\n\r]+|$)")
_PARTS = re.compile(r"((?:[^|\\]|\\.)*)(?:\||$)")
_MARKED = re.compile(r"[;\\\n\r]")


def items(cell: str) -> list[str]:
    """What stands in the cell, parted by semicolons or line breaks (a mark after a backslash parts nothing)."""
    if not _MARKED.search(cell):  # one thing, as in most cells
        return [item] if (item := " ".join(cell.split())) else []
    found = (" ".join(item.split()) for item in _PARTED.findall(cell))
    return [item for item in found if item]


def parts(item: str, number: int) -> list[str]:
    """The parts of one thing, as our own export writes them ("name|country|role"); always `number` of them."""
    if "|" not in item and "\\" not in item:
        return [item] + [""] * (number - 1)
    found = [re.sub(r"\\(.)", r"\1", part).strip() for part in _PARTS.findall(item)]
    return (found + [""] * number)[:number]


_url = URLValidator(schemes=["http", "https"])
# Of addresses that the validator takes, most look so; this says so in a tenth of its time.
_PLAIN_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,4}[a-z]{2,24}(?:/[A-Za-z0-9_./-]{0,100})?"
)


def address(item: str) -> str:
    """A web address that may become a link."""
    shown = item if "://" in item else f"https://{item}"
    if len(shown) > 300:
        raise Wrong(gettext_noop("This is too long: %(length)s characters of at most %(most)s."),
                    length=len(shown), most=300)  # fmt: skip
    if _PLAIN_ADDRESS.fullmatch(shown):
        return shown
    try:
        _url(shown)
    except ValidationError:
        raise Wrong(gettext_noop("“%(address)s” is not a web address."), address=item[:80]) from None
    return shown


def currency(cell: str) -> str:
    """The three letters of a currency."""
    found = _CURRENCIES.get(cell.strip().lower(), cell.strip().upper())
    if not re.fullmatch(r"[A-Z]{3}", found):
        raise Wrong(gettext_noop("Use the three letters of the currency, such as EUR."))
    return found
