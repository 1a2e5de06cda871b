"""Dates of universities and their agreements that people are reminded of."""

from members.reminders import agreements, factsheets, standing


def register_kinds() -> None:
    """Called once at the start."""
    agreements.register_kinds()
    standing.register_kinds()
    factsheets.register_kinds()
