"""Dates of universities, their agreements and the roles at them that people are reminded of."""

from members.reminders import agreements, appointments, factsheets, standing


def register_kinds() -> None:
    """Called once at the start."""
    agreements.register_kinds()
    standing.register_kinds()
    factsheets.register_kinds()
    appointments.register_kinds()
