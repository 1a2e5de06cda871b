"""What a coordinator has typed into the form of a call and not saved yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mobility.models.call import Call


class CallDraftQuerySet(QuerySet["CallDraft"]):
    def visible_to(self, user: Any) -> CallDraftQuerySet:
        """One's own, and nobody else's."""
        return self.filter(user=user) if getattr(user, "is_authenticated", False) else self.none()


class CallDraft(models.Model):
    """Kept while typing, one for each person and call.

    `content` is the form as a browser sends it: pairs of name and value in their order, with the marks of what the
    page showed when the typing began. `version` grows with every keeping, so that an older page is known.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="call_drafts", verbose_name=_("person")
    )
    call = models.ForeignKey(Call, models.CASCADE, related_name="form_drafts", verbose_name=_("call"))
    content = models.JSONField(_("content"), default=list)
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_at = models.DateTimeField(_("saved at"), editable=False)

    objects = CallDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a call's form")
        verbose_name_plural = _("drafts of calls' forms")
        ordering = ["-saved_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "call"], name="mobility_calldraft_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.call_id}"
