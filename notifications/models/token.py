"""Secret addresses of feeds: only a digest is kept, and each can be withdrawn."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified


class SecretTokenQuerySet(QuerySet["SecretToken"]):
    def visible_to(self, user: Any) -> SecretTokenQuerySet:
        """A person's own; nobody else's."""
        return self.filter(owner=user) if getattr(user, "is_authenticated", False) else self.none()

    def live(self) -> SecretTokenQuerySet:
        """Those that were not withdrawn."""
        return self.filter(revoked_at__isnull=True)


class SecretToken(Identified):
    """Whoever knows the token reads what it is for, as its owner. The token itself is never stored."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="secret_tokens", verbose_name=_("person")
    )
    purpose = models.CharField(_("what it opens"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = SecretTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("secret address")
        verbose_name_plural = _("secret addresses")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "purpose"],
                condition=Q(revoked_at__isnull=True),
                name="notifications_token_one_live",
                violation_error_message=_("There is already a secret address for this."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="notifications_token_order",
                violation_error_message=_("It was withdrawn before it was made."),
            ),
        ]

    def __str__(self) -> str:
        return self.purpose
