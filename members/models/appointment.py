"""Appointments: which person holds which role at which university, from when until when."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from ground.validators import sensible_year
from members.models.university import University


class Role(models.TextChoices):
    STUDENT = "student", _("Student")
    STAFF_TRAVELLER = "staff_traveller", _("Staff traveller")
    PROJECT_MANAGER = "project_manager", _("Project manager")
    MOBILITY_COORDINATOR = "mobility_coordinator", _("Mobility coordinator")
    REVIEWER = "reviewer", _("Reviewer")
    EDITOR = "editor", _("Editor")
    ALLIANCE_OFFICE = "alliance_office", _("Alliance office")
    ADMINISTRATOR = "administrator", _("Administrator")


# Roles held at one university; the office and administrators serve the whole alliance, an editor either.
SCOPED_ROLES = frozenset(
    {Role.STUDENT, Role.STAFF_TRAVELLER, Role.PROJECT_MANAGER, Role.MOBILITY_COORDINATOR, Role.REVIEWER}
)
_WHOLE = (Role.ALLIANCE_OFFICE, Role.ADMINISTRATOR)


class AppointmentQuerySet(QuerySet["Appointment"]):
    def in_force(self, moment: dt.datetime) -> AppointmentQuerySet:
        """Appointments that hold at `moment`; at its end an appointment holds no more."""
        return self.filter(Q(valid_from__lte=moment), Q(valid_until__isnull=True) | Q(valid_until__gt=moment))

    def holders(self, role: str, university_id: int | None = None) -> AppointmentQuerySet:
        """Appointments to `role`, at that university where one is named."""
        rows = self.filter(role=role, user__is_active=True)
        return rows if university_id is None else rows.filter(university_id=university_id)


class Appointment(Identified):
    """A person holds a role for a time. Ended, it gives no right from that moment on."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="appointments", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    university = models.ForeignKey(
        University, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("university"),
        help_text=_("Empty for the alliance office and administrators."),
    )  # fmt: skip
    valid_from = models.DateTimeField(_("from"), validators=[sensible_year])
    valid_until = models.DateTimeField(_("until"), null=True, blank=True, validators=[sensible_year])
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("granted by"),
    )  # fmt: skip

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="members_appointment_order",
                violation_error_message=_("The appointment ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=_WHOLE, university__isnull=True)
                | Q(role=Role.EDITOR)
                | Q(~Q(role__in=[*_WHOLE, Role.EDITOR]), university__isnull=False),
                name="members_appointment_scope",
                violation_error_message=_(
                    "Name the university; leave it empty only for the alliance office, administrators and editors of "
                    "the whole alliance."
                ),
            ),
            ExclusionConstraint(
                name="members_appointment_no_overlap",
                expressions=[
                    (Func(F("user"), F("user"), Value("[]"), function="int8range"), RangeOperators.EQUAL),
                    (
                        Func(
                            Coalesce(F("university"), 0),
                            Coalesce(F("university"), 0),
                            Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func(
                            Func(F("role"), function="hashtext"),
                            Func(F("role"), function="hashtext"),
                            Value("[]"),
                            function="int4range",
                        ),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_until"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The person already holds this role in this period."),
            ),
        ]
        indexes = [
            models.Index(fields=["role", "university"], name="members_appointment_role"),
            models.Index(
                fields=["valid_until"],
                condition=Q(valid_until__isnull=False),
                name="members_appointment_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    def clean(self) -> None:
        """Refuse a period that ends before it begins here: the database can't even compare it with others."""
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise ValidationError({"valid_until": _("The appointment ends before it begins.")})
