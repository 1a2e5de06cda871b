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
    start_application,
    submit_application,
    take_back_application,
)
from mobility.actions.call_drafts import discard_call_typed, keep_call_typed, sweep_call_drafts
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
from mobility.actions.dialogue import appeal, mark_read, send_message, withdraw_appeal
from mobility.actions.drafting import DraftTooBig, OtherDraft, discard_typed, keep_typed
from mobility.actions.filing import attach_answer, attach_document, remove_answer, remove_document
from mobility.actions.reading import record_reading
from mobility.actions.saving import PlaceGone, Stale, save_part

__all__ = [
    "DECISIONS",
    "NEEDS_NOTE",
    "OFFERS",
    "DraftTooBig",
    "Incomplete",
    "OtherDraft",
    "PlaceGone",
    "PlaceTaken",
    "Refused",
    "Stale",
    "Unready",
    "accept_offer",
    "appeal",
    "archive_call",
    "attach_answer",
    "attach_document",
    "copy_call",
    "create_call",
    "decide",
    "decline_offer",
    "discard_call_typed",
    "discard_typed",
    "edit_call",
    "expire_offer",
    "expire_offers",
    "keep_call_typed",
    "keep_typed",
    "mark_read",
    "offer_place",
    "publish_call",
    "record_reading",
    "remove_answer",
    "remove_document",
    "save_part",
    "send_message",
    "start_application",
    "submit_application",
    "sweep_call_drafts",
    "take_back_application",
    "unpublish_call",
    "withdraw_appeal",
    "withdraw_application",
]
