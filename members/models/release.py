"""Releases of the list of Erasmus charter holders that were uploaded: checked first, then taken over or discarded."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ground.models import Identified


class CharterRelease(Identified):
    """An uploaded list with what taking it over would do. The file's bytes are kept until it is settled."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits to be checked")
        CHECKED = "checked", _("Checked")
        TAKING = "taking", _("Waits to be taken over")
        TAKEN = "taken", _("Taken over")
        DISCARDED = "discarded", _("Discarded")
        REFUSED = "refused", _("Refused")

    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    content = models.BinaryField(_("content"), default=bytes)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    # How many organisations it adds, changes, leaves and no longer has; then each of them, with what changes. Of a list
    # that was refused for its rows, the changes are those rows.
    counts = models.JSONField(_("what it does"), default=dict)
    changes = models.JSONField(_("changes"), default=list)
    problem = models.TextField(_("problem"), blank=True, db_default="")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("uploaded by"),
    )  # fmt: skip
    uploaded_at = models.DateTimeField(_("uploaded at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    SETTLED = (Status.TAKEN, Status.DISCARDED, Status.REFUSED)

    class Meta:
        verbose_name = _("release of the charter list")
        verbose_name_plural = _("releases of the charter list")
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["taken", "discarded", "refused"], settled_at__isnull=False)
                | Q(status__in=["waiting", "checked", "taking"], settled_at__isnull=True),
                name="members_charterrelease_settled",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_taken(self) -> bool:
        """Whether it was checked, waits for a person, and would change something."""
        return self.status == self.Status.CHECKED and self.does_something

    @property
    def does_something(self) -> bool:
        """Whether taking it over would add, change or mark any organisation."""
        return any(self.counts.get(name) for name in ("new", "changed", "gone"))
