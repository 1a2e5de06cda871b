"""What people do with applications. Each verb locks, asks permission, asks the table, writes, records, tells."""

from mobility.actions.answering import (
    accept_offer,
    decline_offer,
    expire_offer,
    expire_offers,
    withdraw_application,
)
from mobility.actions.applying import (
    Incomplete,
    Stale,
    attach_document,
    remove_document,
    save_part,
    start_application,
    submit_application,
    take_back_application,
)
from mobility.actions.deciding import DECISIONS, NEEDS_NOTE, OFFERS, PlaceTaken, decide, offer_place
from mobility.actions.reading import record_reading

__all__ = [
    "DECISIONS",
    "NEEDS_NOTE",
    "OFFERS",
    "Incomplete",
    "PlaceTaken",
    "Stale",
    "accept_offer",
    "attach_document",
    "decide",
    "decline_offer",
    "expire_offer",
    "expire_offers",
    "offer_place",
    "record_reading",
    "remove_document",
    "save_part",
    "start_application",
    "submit_application",
    "take_back_application",
    "withdraw_application",
]
