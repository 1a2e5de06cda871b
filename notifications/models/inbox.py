"""What a person reads in the portal, and how they want to hear."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from notifications.models.message import Message


class InboxItemQuerySet(QuerySet["InboxItem"]):
    def visible_to(self, user: Any) -> InboxItemQuerySet:
        """A person's own items; nobody else's."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(user=user)

    def shown_at(self, moment: dt.datetime) -> InboxItemQuerySet:
        """Items whose time has come at `moment`."""
        return self.filter(visible_from__lte=moment)

    def asking(self, kind: str, uuid: Any) -> InboxItemQuerySet:
        """Items about one record that still ask for something."""
        return self.filter(subject_kind=kind, subject_uuid=uuid, settled_at__isnull=True)

    def unread(self) -> InboxItemQuerySet:
        """Items that the person has not read."""
        return self.filter(read_at__isnull=True)

    def snoozed_at(self, moment: dt.datetime) -> InboxItemQuerySet:
        """Items that the person has put off, and that have not come back at `moment`."""
        return self.filter(snoozed_until__gt=moment)

    def open_at(self, moment: Any) -> InboxItemQuerySet:
        """Items that the person can do something with at `moment`: shown ones and snoozed ones."""
        return self.filter(Q(visible_from__lte=moment) | Q(snoozed_until__isnull=False))


class InboxItem(Identified):
    """One message to one person in the portal. Its words are made when it is shown, in the reader's language."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="inbox_items", verbose_name=_("person")
    )
    kind = models.CharField(_("kind of message"), max_length=60)
    subject_kind = models.CharField(_("kind of record"), max_length=60, blank=True)
    subject_uuid = models.UUIDField(_("identifier of the record"), null=True, blank=True)
    subject_name = models.CharField(_("name of the record"), max_length=300, blank=True)
    context = models.JSONField(_("details"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="inbox_item", verbose_name=_("message")
    )
    created_at = models.DateTimeField(_("created at"))
    visible_from = models.DateTimeField(_("shown from"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    settled_at = models.DateTimeField(
        _("settled at"), null=True, blank=True, help_text=_("From then on it asks for nothing any more.")
    )
    snoozed_until = models.DateTimeField(
        _("put off until"),
        null=True,
        blank=True,
        help_text=_("It is hidden until then and comes back as new."),
    )

    objects = InboxItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-visible_from", "-pk"]
        indexes = [
            models.Index(
                F("user"), F("visible_from").desc(), F("id").desc(), name="notifications_inbox_person"
            ),
            models.Index(
                fields=["user", "visible_from"],
                condition=Q(read_at__isnull=True),
                name="notifications_inbox_unread",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject_kind="", subject_uuid__isnull=True)
                | ~Q(subject_kind="") & Q(subject_uuid__isnull=False),
                name="notifications_inbox_subject_pair",
                violation_error_message=_("A record is named by its kind and its identifier."),
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True)
                | Q(
                    snoozed_until=F("visible_from"),
                    snoozed_until__gt=F("created_at"),
                    settled_at__isnull=True,
                )
                & (Q(read_at__isnull=True) | Q(read_at__gte=F("snoozed_until"))),
                name="notifications_inbox_snooze",
                violation_error_message=_("What was put off is shown from then on, unread and not settled."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject_name}"


class PreferenceQuerySet(QuerySet["Preference"]):
    def visible_to(self, user: Any) -> PreferenceQuerySet:
        """A person's own wishes; nobody else's."""
        return self.filter(user=user) if getattr(user, "is_authenticated", False) else self.none()


class Preference(models.Model):
    """How a person wants to get e-mails of one kind; without a row: at once."""

    class Delivery(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        DAILY = "daily", _("Once a day, together")
        WEEKLY = "weekly", _("Once a week, together")
        OFF = "off", _("No e-mail, in the portal only")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="message_preferences", verbose_name=_("person")
    )
    kind = models.CharField(_("kind of message"), max_length=60)
    delivery = models.CharField(
        _("by e-mail"), max_length=10, choices=Delivery.choices, default=Delivery.AT_ONCE
    )

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        ordering = ["user", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="notifications_preference_once",
                violation_error_message=_("This person already has a preference for this kind."),
            ),
            models.CheckConstraint(
                condition=Q(delivery__in=["at_once", "daily", "weekly", "off"]),
                name="notifications_preference_known",
                violation_error_message=_("There is no such way to get e-mails."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_delivery_display()}"
