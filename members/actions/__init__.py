"""What is done in this room, in the verbs that people say. Those of agreements are in `members.actions.agreements`."""

from members.actions.appointing import appoint, change_appointment, end_appointment
from members.actions.organisations import OnRecord, add_organisation

__all__ = ["OnRecord", "add_organisation", "appoint", "change_appointment", "end_appointment"]
