"""What passes between the applicant and those who decide: messages, requests for completion, appeals."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from members.models import Role
from mobility.models.application import Application
from mobility.workflow import OPEN_TO_APPEAL, AppealStatus

MOST_OF_A_MESSAGE = 5000


class DialogueQuerySet(QuerySet["ApplicationMessage"]):
    def new_for_applicant(self) -> DialogueQuerySet:
        """What the university wrote and the applicant has not read."""
        return self.filter(read_at__isnull=True, from_applicant=False)

    def new_for_university(self) -> DialogueQuerySet:
        """What applicants wrote and no coordinator has read."""
        return self.filter(read_at__isnull=True, from_applicant=True)


class ApplicationMessage(Identified):
    """A message inside an application, from its owner to the coordinators or from one of them."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="messages", verbose_name=_("application")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    author_name = models.CharField(_("name"), max_length=250)
    # In which role it was written; empty for the applicant, and for what was written before roles were kept.
    author_role = models.CharField(
        _("role"), max_length=20, choices=Role.choices, blank=True, db_default="", editable=False
    )
    from_applicant = models.BooleanField(_("from the applicant"))
    text = models.TextField(_("text"), max_length=MOST_OF_A_MESSAGE)
    sent_at = models.DateTimeField(_("sent at"), editable=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True, editable=False)  # by the other side

    objects = DialogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("message in an application")
        verbose_name_plural = _("messages in applications")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="mobility_message_not_empty"),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("sent_at")), name="mobility_message_read"
            ),
            models.CheckConstraint(
                condition=Q(from_applicant=False) | Q(author_role=""), name="mobility_message_role"
            ),
        ]
        indexes = [
            models.Index(fields=["application", "sent_at", "id"], name="mobility_message_by_appl"),
            models.Index(
                fields=["application"], condition=Q(read_at__isnull=True), name="mobility_message_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.author_name}"


class CompletionRequest(Identified):
    """An application was returned: what to complete, by names of parts and fields ("personal.birth_date")."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="completion_requests", verbose_name=_("application")
    )
    asked_at = models.DateTimeField(_("asked at"), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("asked by"),
    )  # fmt: skip
    fields = models.JSONField(_("to be completed"), default=list)
    note = models.TextField(_("request"), blank=True)
    answered_at = models.DateTimeField(_("completed at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("request for completion")
        verbose_name_plural = _("requests for completion")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(answered_at__isnull=True), name="mobility_completion_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(fields=[]) | ~Q(note=""), name="mobility_completion_says_what",
                violation_error_message=_("Name what has to be completed."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.application_id} {self.asked_at:%Y-%m-%d}"


class Appeal(Identified):
    """An applicant asks for another answer. One for each answer; it is settled once."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="appeals", verbose_name=_("application")
    )
    against = models.CharField(
        _("against"), max_length=14, choices=[(s.value, s.label) for s in OPEN_TO_APPEAL]
    )
    text = models.TextField(_("reasons"), max_length=MOST_OF_A_MESSAGE)
    status = models.CharField(
        _("state"), max_length=9, choices=AppealStatus.choices, default=AppealStatus.WAITING, editable=False
    )
    made_at = models.DateTimeField(_("made at"), editable=False)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("settled by"),
    )  # fmt: skip
    answer = models.TextField(_("answer, for the applicant"), blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "against"], name="mobility_appeal_once",
                violation_error_message=_("You appealed against this answer already."),
            ),
            models.CheckConstraint(
                condition=Q(against__in=[s.value for s in OPEN_TO_APPEAL]), name="mobility_appeal_against"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="mobility_appeal_says_why"),
            models.CheckConstraint(
                condition=Q(status="waiting", settled_at__isnull=True)
                | Q(status__in=["upheld", "refused", "withdrawn"], settled_at__isnull=False),
                name="mobility_appeal_settled",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["made_at"], condition=Q(status="waiting"), name="mobility_appeal_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.get_against_display()}"
