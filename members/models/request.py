"""Requests for a role at a university, made by people themselves and answered by the university."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from members.appointments import held_by, is_administrator
from members.joining.workflow import RequestStatus
from members.models.appointment import Role
from members.models.university import LONG_TEXTS, University

# Roles that people ask for themselves, and that who coordinates mobility at the university gives.
ASKED_FOR = (Role.STUDENT, Role.STAFF_TRAVELLER)


class AppointmentRequestQuerySet(QuerySet["AppointmentRequest"]):
    def visible_to(self, user: Any) -> AppointmentRequestQuerySet:
        """One's own, and those that `user` answers."""
        return self.filter(Q(user=user) | Q(pk__in=AppointmentRequest.objects.answered_by(user).values("pk")))

    def answered_by(self, user: Any) -> AppointmentRequestQuerySet:
        """Those of others that `user` answers: at the universities coordinated; the office and administrators all."""
        held = held_by(user)
        others = self.exclude(user=user)
        if held.office or is_administrator(user):
            return others
        return others.filter(university__in=held.universities(Role.MOBILITY_COORDINATOR), role__in=ASKED_FOR)

    def of(self, user: Any) -> AppointmentRequestQuerySet:
        """Those that `user` made."""
        return self.filter(user=user)

    def waiting(self) -> AppointmentRequestQuerySet:
        """Those that nobody has answered and that were not withdrawn."""
        return self.filter(status=RequestStatus.WAITING)

    def for_list(self) -> AppointmentRequestQuerySet:
        """With person and university, in one query."""
        rows = self.select_related("user", "university__organisation")
        return rows.defer("university__organisation__search", *(f"university__{name}" for name in LONG_TEXTS))


class AppointmentRequest(Identified):
    """A person asks for a role at a university; granted, it becomes an appointment."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="appointment_requests",
        verbose_name=_("person"),
    )
    university = models.ForeignKey(
        University, models.PROTECT, related_name="appointment_requests", verbose_name=_("university")
    )
    role = models.CharField(
        _("role"), max_length=24, choices=[(role.value, role.label) for role in ASKED_FOR]
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=RequestStatus.choices, default=RequestStatus.WAITING
    )
    made_at = models.DateTimeField(_("made at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("settled by"),
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = AppointmentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a role")
        verbose_name_plural = _("requests for roles")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "university", "role"],
                condition=Q(status="waiting"),
                name="members_request_one_waiting",
                violation_error_message=_("This request waits for an answer already."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["student", "staff_traveller"]), name="members_request_role"
            ),
            # Who settled it may be erased later; when it was settled stays.
            models.CheckConstraint(
                condition=Q(status="waiting", settled_at__isnull=True, settled_by__isnull=True)
                | Q(status__in=["granted", "refused", "withdrawn"], settled_at__isnull=False),
                name="members_request_settled",
            ),
            models.CheckConstraint(
                condition=Q(Q(status="refused"), ~Q(reason="")) | Q(~Q(status="refused"), reason=""),
                name="members_request_reason",
                violation_error_message=_("Say why: the person reads it."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["university", "made_at"],
                condition=Q(status="waiting"),
                name="members_request_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.university}"


class JoinChoice(models.Model):
    """What a person said to the step "Your university" instead of asking for a role."""

    class Choice(models.TextChoices):
        LATER = "later", _("Later")
        OTHER = "other", _("Another role")
        NONE = "none", _("No role needed")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_choice", verbose_name=_("person")
    )
    choice = models.CharField(_("choice"), max_length=5, choices=Choice.choices)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("answer to “Your university”")
        verbose_name_plural = _("answers to “Your university”")

    def __str__(self) -> str:
        return str(self.get_choice_display())
