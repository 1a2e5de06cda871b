"""The outbox: a message is a row, written in the transaction of what it tells."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified

LONGEST_LEASE = dt.timedelta(minutes=30)  # neither a sender nor the wait for a relay's record has as long


@dataclass(frozen=True)
class Correspondent:
    """Somebody without an account: an address, and the language in which they wrote to us."""

    address: str
    language: str
    zone: str = settings.TIME_ZONE


def recipient_of(person: Any) -> str:
    """How a person is named: with an account "user:<uuid>", a Correspondent "mail:<digest>"."""
    return recipient_at(person.address) if isinstance(person, Correspondent) else f"user:{person.uuid}"


def recipient_at(address: str) -> str:
    """How a person without an account is named ("mail:<digest>"); the same in upper and lower case."""
    return f"mail:{hashlib.sha256(address.strip().lower().encode()).hexdigest()}"


class MessageQuerySet(QuerySet["Message"]):
    def waiting(self, moment: dt.datetime) -> MessageQuerySet:
        """Messages that are to be sent at `moment`, the longest waiting first."""
        return self.filter(state=Message.State.DUE, next_attempt_at__lte=moment).order_by(
            "next_attempt_at", "pk"
        )

    def sent_since(self, moment: dt.datetime) -> MessageQuerySet:
        """Messages that went out since `moment`."""
        return self.filter(state=Message.State.SENT, sent_at__gte=moment)

    def abandoned(self, moment: dt.datetime, longest: dt.timedelta = LONGEST_LEASE) -> MessageQuerySet:
        """Messages whose sender said nothing until its lease ran out, or has one that a clock gave that was ahead."""
        over = Q(lease_until__lte=moment) | Q(lease_until__gt=moment + longest)
        return self.filter(over, state=Message.State.SENDING).order_by("lease_until", "pk")

    def held(self, moment: dt.datetime) -> MessageQuerySet:
        """Messages whose digest is to be built at `moment`."""
        return self.filter(state=Message.State.HELD, next_attempt_at__lte=moment)

    def unsent(self) -> MessageQuerySet:
        """Messages of which no text has left: alone, in somebody's hands, in a digest, or told along with others."""
        alone = Q(state__in=[Message.State.DUE, Message.State.HELD])
        in_hand = Q(state=Message.State.SENDING, data_at__isnull=True)
        in_digest = Q(state=Message.State.GATHERED, digest__state=Message.State.DUE)
        along = Q(state=Message.State.SKIPPED, gathered_into__state=Message.State.DUE)
        return self.filter(alone | in_hand | in_digest | along)

    def about(self, kind: str, uuid: Any) -> MessageQuerySet:
        """The messages about one record."""
        return self.filter(subject_kind=kind, subject_uuid=uuid)


class Message(Identified):
    """One message to one person by e-mail.

    `context` holds what the kind's wording needs; `message_id` is fixed from the beginning, so that a relay can be
    asked about it. `data_at` is written before the text is handed over: without it an attempt certainly sent
    nothing, with it only the relay's record can tell.
    """

    class State(models.TextChoices):
        DUE = "due", _("Due")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        CANCELLED = "cancelled", _("Cancelled")
        SKIPPED = "skipped", _("Skipped")
        HELD = "held", _("Waits for a digest")
        GATHERED = "gathered", _("In a digest")

    kind = models.CharField(_("kind of message"), max_length=60)
    recipient = models.CharField(_("recipient"), max_length=80)
    address = models.EmailField(_("address without an account"), blank=True)
    language = models.CharField(_("language"), max_length=2)
    subject_kind = models.CharField(_("kind of record"), max_length=60, blank=True)
    subject_uuid = models.UUIDField(_("identifier of the record"), null=True, blank=True)
    subject_name = models.CharField(_("name of the record"), max_length=300, blank=True)
    context = models.JSONField(_("details"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    key = models.CharField(_("key"), max_length=200, blank=True)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DUE)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    lease_owner = models.CharField(_("lease of"), max_length=100, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    data_at = models.DateTimeField(_("text handed over at"), null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=150, unique=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    digest = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="parts", verbose_name=_("digest")
    )
    gathered_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="gathered",
        verbose_name=_("told in"),
        help_text=_("The one message that told this one along with others."),
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(state="due"), name="notifications_message_due"
            ),
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state="held"),
                name="notifications_message_held",
            ),
            models.Index(
                fields=["lease_until", "id"], condition=Q(state="sending"), name="notifications_message_lease"
            ),
            models.Index(
                fields=["-id"],
                condition=Q(state__in=["failed", "uncertain"]),
                name="notifications_message_trouble",
            ),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="notifications_message_sent"),
            models.Index(fields=["recipient", "-id"], name="notifications_message_person"),
            models.Index(fields=["subject_uuid"], name="notifications_message_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(key=""),
                name="notifications_message_key_once",
                violation_error_message=_("There is already a message with this key."),
            ),
            models.CheckConstraint(
                condition=Q(recipient__startswith="user:", address="") | Q(recipient__startswith="mail:"),
                name="notifications_message_recipient",
                violation_error_message=_("An address is kept only for people without an account."),
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False) & ~Q(lease_owner="")
                | ~Q(state="sending") & Q(lease_until__isnull=True, lease_owner=""),
                name="notifications_message_lease_pair",
                violation_error_message=_("A message has a lease exactly while it is being sent."),
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="notifications_message_sent_pair",
                violation_error_message=_("A message that was sent has the moment, and no other has one."),
            ),
            models.CheckConstraint(
                condition=Q(state="gathered", digest__isnull=False)
                | ~Q(state="gathered") & Q(digest__isnull=True),
                name="notifications_message_digest_pair",
                violation_error_message=_("A message names its digest exactly while it is part of one."),
            ),
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_uuid__isnull=True)
                | ~Q(subject_kind="") & Q(subject_uuid__isnull=False),
                name="notifications_message_subject_pair",
                violation_error_message=_("A record is named by its kind and its identifier."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject_name or self.recipient}"

    @property
    def user_uuid(self) -> str:
        """The identifier of the account it goes to; empty where there is none."""
        kind, _colon, name = self.recipient.partition(":")
        return name if kind == "user" else ""
