"""How sending goes: who was at work when, what stopped it, and which addresses take nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified


class Beat(models.Model):
    """When the planner and the sender last were at work."""

    name = models.CharField(_("who"), max_length=30, unique=True)
    at = models.DateTimeField(_("last at work"))

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Brake(Identified):
    """Sending was stopped because far more went out than is usual; the office lets it go on."""

    on = models.BooleanField(_("still stopped"), default=True)
    pulled_at = models.DateTimeField(_("stopped at"))
    volume = models.PositiveIntegerField(_("messages of the hour before"))
    limit = models.PositiveIntegerField(_("messages an hour at which sending stops"))
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop of sending")
        verbose_name_plural = _("stops of sending")
        ordering = ["-pulled_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["on"],
                condition=Q(on=True),
                name="notifications_brake_one",
                violation_error_message=_("Sending is stopped already."),
            ),
            models.CheckConstraint(
                condition=Q(on=True, released_at__isnull=True) | Q(on=False, released_at__isnull=False),
                name="notifications_brake_released_pair",
                violation_error_message=_("Sending is stopped until it is released."),
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(released_at__gte=models.F("pulled_at")),
                name="notifications_brake_order",
                violation_error_message=_("It was released before it was stopped."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pulled_at:%Y-%m-%d %H:%M}"


class TroubledAddressQuerySet(QuerySet["TroubledAddress"]):
    def among(self, recipients: set[str]) -> set[str]:
        """Those of `recipients` ("mail:<digest>") that take no mail."""
        return set(self.filter(digest__in=recipients).values_list("digest", flat=True))


class TroubledAddress(Identified):
    """An address to which nothing optional is sent any more, kept as a digest."""

    class Reason(models.TextChoices):
        REFUSED = "refused", _("The address does not exist or takes no mail")
        BOUNCED = "bounced", _("A message came back: the address does not exist or takes no mail")
        COMPLAINED = "complained", _("The person reported a message as unwanted")

    digest = models.CharField(_("address as a digest"), max_length=80, unique=True, editable=False)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    said = models.CharField(_("what the relay said"), max_length=300, blank=True)
    at = models.DateTimeField(_("since"))

    objects = TroubledAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address that takes no mail")
        verbose_name_plural = _("addresses that take no mail")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.at:%Y-%m-%d})"
