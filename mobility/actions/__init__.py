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
from mobility.actions.calling import (
    Refused,
    Unready,
    archive_call,
    copy_call,
    create_call,
    edit_call,
    publish_call,
    unpublish_call,
)
from mobility.actions.deciding import DECISIONS, NEEDS_NOTE, OFFERS, PlaceTaken, decide, offer_place
from mobility.actions.reading import record_reading

__all__ = [
    "DECISIONS",
    "NEEDS_NOTE",
    "OFFERS",
    "Incomplete",
    "PlaceTaken",
    "Refused",
    "Stale",
    "Unready",
    "accept_offer",
    "archive_call",
    "attach_document",
    "copy_call",
    "create_call",
    "decide",
    "decline_offer",
    "edit_call",
    "expire_offer",
    "expire_offers",
    "offer_place",
    "publish_call",
    "record_reading",
    "remove_document",
    "save_part",
    "start_application",
    "submit_application",
    "take_back_application",
    "unpublish_call",
    "withdraw_application",
]
