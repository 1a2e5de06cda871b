"""Messages that failed, that came back, or of which nobody knows: why, and what the office can do about each."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Case, F, OuterRef, Q, Subquery, UUIDField, When
from django.db.models.functions import Cast, Substr
from django.urls import reverse

from notifications import kinds
from notifications.failures import WORDS, Reason, reason_of
from notifications.models import DeliveryReport, Message
from notifications.models.message import MessageQuerySet

State = Message.State
LATEST = 50


@dataclass(frozen=True)
class Trouble:
    """A message that did not arrive, or may not have, with its address and its words as this reader may see them.

    `record` leads to the person's record where this reader may open it; `masked`: the address can be asked for.
    """

    message: Message
    label: Any
    address: str
    masked: bool
    said: str
    uncertain: bool = False
    kept: bool = True
    what: Any = ""
    todo: Any = ""
    record: str = ""
    at: Any = None


def all_of() -> MessageQuerySet:
    """The messages that did not arrive, or may not have."""
    returned = DeliveryReport.objects.failures().values("message")
    return Message.objects.filter(Q(state__in=[State.FAILED, State.UNCERTAIN]) | Q(pk__in=returned))


def unsettled(whole: bool, shown: uuid.UUID | None = None) -> list[Trouble]:
    """The latest that need a decision; `whole` addresses and links to records for whoever keeps the people's. Others
    see the address of the message `shown` alone."""
    rows = Message.objects.filter(state__in=[State.FAILED, State.UNCERTAIN]).order_by("-pk")
    people = _people("recipient")
    return [_unsettled(row, whole, shown) for row in rows.annotate(**people)[:LATEST]]


def returned(whole: bool, shown: uuid.UUID | None = None) -> list[Trouble]:
    """The latest that had left and came back, or that somebody did not want."""
    rows = DeliveryReport.objects.failures().select_related("message")
    people = _people("message__recipient")
    return [_returned(row, whole, shown) for row in rows.annotate(**people)[:LATEST]]


def mask(address: str) -> str:
    """An address of which only its first letter and its domain are shown."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""


def label_of(kind: str) -> Any:
    """What messages of a kind are about, in words."""
    return kinds.find(kind).label if kinds.known(kind) else kind


def _people(recipient: str) -> dict[str, Any]:
    """Address and number of whoever has an account, read along."""
    account = Case(
        When(**{f"{recipient}__startswith": "user:"}, then=Cast(Substr(F(recipient), 6), UUIDField())),
        default=None, output_field=UUIDField(),
    )  # fmt: skip
    people = get_user_model().objects.filter(uuid=OuterRef("account"))
    return {
        "account": account, "email": Subquery(people.values("email")), "person": Subquery(people.values("pk")),
    }  # fmt: skip


def _unsettled(row: Any, whole: bool, shown: uuid.UUID | None) -> Trouble:
    uncertain = row.state == State.UNCERTAIN
    what, todo = ("", "") if uncertain else WORDS[reason_of(row.error)]
    kept = bool(row.context) or not (kinds.known(row.kind) and kinds.find(row.kind).verbatim)
    return Trouble(
        row, label_of(row.kind), **_named(row, row, row.error, whole, shown), uncertain=uncertain,
        kept=kept, what=what, todo=todo, at=row.created_at,
    )  # fmt: skip


def _returned(row: Any, whole: bool, shown: uuid.UUID | None) -> Trouble:
    why = {
        DeliveryReport.Outcome.GONE: Reason.NO_ADDRESS,
        DeliveryReport.Outcome.COMPLAINED: Reason.COMPLAINED,
    }
    what, todo = WORDS[why.get(row.outcome) or reason_of(row.said)]
    return Trouble(
        row.message, label_of(row.message.kind), **_named(row, row.message, row.said, whole, shown),
        what=what, todo=todo, at=row.at,
    )  # fmt: skip


def _named(row: Any, message: Message, said: str, whole: bool, shown: uuid.UUID | None) -> dict[str, Any]:
    """The address, what was said, and the way to the record, as this reader may see them."""
    address = row.email or message.address
    told = address if whole or message.uuid == shown else mask(address)
    said = re.sub(re.escape(address), lambda found: told, said, flags=re.IGNORECASE) if address else said
    record = reverse("admin:accounts_user_change", args=[row.person]) if whole and row.person else ""
    return {"address": told, "masked": told != address, "said": said, "record": record}
