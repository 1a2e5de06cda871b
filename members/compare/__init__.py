"""Two to four universities side by side, as students weigh them: what each tells, and what it doesn't."""

from members.compare.answers import Fact, Row, Section, agreed_row, contacts_section, sections
from members.compare.told import LEAST, MOST, Told, chosen, factsheets, told, year_chosen, years_offered

__all__ = [
    "LEAST",
    "MOST",
    "Fact",
    "Row",
    "Section",
    "Told",
    "agreed_row",
    "chosen",
    "contacts_section",
    "factsheets",
    "sections",
    "told",
    "year_chosen",
    "years_offered",
]
