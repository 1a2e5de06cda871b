"""What people edit of a university, part by part: how a part is read, compared and written.

A part is edited on a page of its own. `Values` are the answers of that page by name: plain values, and for tables a
list of rows. The page carries a mark of every value as it was read (`marks`), so that of two people who edit at once
the second neither undoes what the first did nor loses what was typed.
"""

from members.editing.parts import PARTS, Part, part_for
from members.editing.records import CENTRE, CONTACT, RECORDS, UNIT, Kind
from members.editing.values import Clash, Clashing, Values, changed, marks, merged

__all__ = [
    "CENTRE",
    "CONTACT",
    "PARTS",
    "RECORDS",
    "UNIT",
    "Clash",
    "Clashing",
    "Kind",
    "Part",
    "Values",
    "changed",
    "marks",
    "merged",
    "part_for",
]
