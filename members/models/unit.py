"""The inside of a university: units with contacts, and centres."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ground import text
from ground.models import Identified
from ground.search import Words, matching_entries
from ground.validators import sensible_year
from members.appointments import held_by
from members.models.appointment import Role
from members.models.organisation import Organisation, lies_below
from members.models.university import University

# A number that a telephone can call, with an extension where the office has one.
_CALLED = re.compile(r"[+(]?[0-9][0-9 +().,;/-]{2,}((ext|vid|x)\.? ?[0-9]+)?", re.IGNORECASE)
# Who of a university's people reads its internal contacts.
_READ_INTERNAL = (Role.MOBILITY_COORDINATOR, Role.PROJECT_MANAGER, Role.EDITOR)


class UnitQuerySet(QuerySet["OrganisationalUnit"]):
    def visible_to(self, user: Any) -> UnitQuerySet:
        """The inside of a university is public."""
        return self.all()

    def search(self, typed: str | Words) -> UnitQuerySet:
        """Units in whose names, code or description every word typed begins a word."""
        return matching_entries(self, "unit", typed)


class OrganisationalUnit(Identified):
    """A faculty, department or office."""

    university = models.ForeignKey(
        University, models.CASCADE, related_name="units", verbose_name=_("university")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("code"), max_length=60, blank=True)
    description = models.TextField(_("what it does"), blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    sort_key = models.CharField(max_length=250, editable=False)

    objects = UnitQuerySet.as_manager()

    LEVELS = 8  # of units within units; the trigger of the table says the same

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["university", "name_en"],
                name="members_unit_name_once",
                violation_error_message=_("The university already has a unit of this name."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="members_unit_not_its_own_parent",
                violation_error_message=_("A unit cannot be part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = text.sort_key(str(self.name or ""))
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Say in words what the database would refuse: a parent elsewhere, or one that is part of this unit."""
        if self.parent is None:
            return
        if self.parent.university_id != self.university_id:
            raise ValidationError({"parent": _("A unit is part of a unit of the same university.")})
        if lies_below(self.parent, self):
            raise ValidationError({"parent": _("A unit cannot be part of what is part of it.")})
        if self._levels_above() + self._levels_below() >= self.LEVELS:
            raise ValidationError({"parent": _("Units can be eight levels deep at most.")})

    def _levels_above(self) -> int:
        """How many units it is part of, one within the other."""
        levels, above = 0, self.parent
        while above is not None and levels <= self.LEVELS:
            levels, above = levels + 1, above.parent
        return levels

    def _levels_below(self) -> int:
        """How many levels of units are part of it."""
        levels, row = 0, [self.pk] if self.pk else []
        while row and levels <= self.LEVELS:
            row = list(OrganisationalUnit.objects.filter(parent__in=row).values_list("pk", flat=True))
            levels += bool(row)
        return levels


class ContactQuerySet(QuerySet["Contact"]):
    def visible_to(self, user: Any) -> ContactQuerySet:
        """Public ones are for all; internal ones for the staff of the same university and the alliance office."""
        held = held_by(user)
        if held.office or held.administrator:
            return self.all()
        return self.filter(Q(is_public=True) | Q(university__in=held.universities(*_READ_INTERNAL)))

    def public(self) -> ContactQuerySet:
        """Those that everybody is shown."""
        return self.filter(is_public=True)

    def search(self, typed: str | Words) -> ContactQuerySet:
        """Contacts in whose name, subject or address every word typed begins a word."""
        return matching_entries(self, "contact", typed)


class Contact(Identified):
    """Whom to ask at a university; public only when it says so."""

    university = models.ForeignKey(
        University, models.CASCADE, related_name="contacts", verbose_name=_("university")
    )
    unit = models.ForeignKey(
        OrganisationalUnit,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("unit"),
    )

    class Duty(models.TextChoices):
        INSTITUTIONAL = "institutional", _("Institutional coordinator")
        AGREEMENTS = "agreements", _("Agreements")
        OUTGOING = "outgoing", _("Outgoing students")
        INCOMING = "incoming", _("Incoming students")
        STAFF = "staff", _("Staff mobility")
        ADMISSION = "admission", _("Admission and applications")
        HOUSING = "housing", _("Housing")
        VISA = "visa", _("Visa")
        INSURANCE = "insurance", _("Insurance")
        INCLUSION = "inclusion", _("Accessibility and inclusion")
        OTHER = "other", _("Other")

    name = models.CharField(_("full name"), max_length=200)
    lithuanian_name = models.CharField(
        _("name in Lithuanian"), max_length=200, blank=True, default="", db_default="",
        help_text=_("Where the contact is an office. A person's name is the same in every language."),
    )  # fmt: skip
    given_name = models.CharField(_("given name"), max_length=100, blank=True, db_default="")
    family_name = models.CharField(_("family name"), max_length=100, blank=True, db_default="")
    duty = models.CharField(
        _("duty"), max_length=14, choices=Duty.choices, default=Duty.OTHER, db_default="other"
    )
    subject = models.CharField(_("ask about"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_public = models.BooleanField(_("shown to everybody"), default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["university", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def name_shown(self) -> str:
        """The name in the language in use."""
        lithuanian = self.lithuanian_name if (get_language() or "").startswith("lt") else ""
        return lithuanian or self.name

    def clean(self) -> None:
        """Refuse a unit of another university, and a telephone that nobody can call."""
        if self.phone and not _CALLED.fullmatch(self.phone):
            raise ValidationError({"phone": _("Give a telephone number, such as +370 37 300000.")})
        if self.unit is not None and self.unit.university_id != self.university_id:
            raise ValidationError({"unit": _("Choose a unit of the same university.")})


class CentreNetwork(models.Model):
    """Sister centres that work under one name."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("network of centres")
        verbose_name_plural = _("networks of centres")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CentreQuerySet(QuerySet["Centre"]):
    def visible_to(self, user: Any) -> CentreQuerySet:
        """Every centre is public."""
        return self.all()

    def for_list(self) -> CentreQuerySet:
        """What a line of the directory shows, in one query."""
        return self.select_related("host", "network").defer("host__search").order_by("host__sort_key", "pk")

    def search(self, typed: str | Words) -> CentreQuerySet:
        """Centres in whose name, operator, mission or activities every word typed begins a word."""
        return matching_entries(self, "centre", typed)


class Centre(Identified):
    """An innovation centre at a host organisation, such as an Erasmus+ InnHUB."""

    host = models.ForeignKey(Organisation, models.PROTECT, related_name="centres", verbose_name=_("host"))
    network = models.ForeignKey(
        CentreNetwork,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="centres",
        verbose_name=_("network"),
    )
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    founded_on = models.DateField(
        _("founding agreement signed on"), null=True, blank=True, validators=[sensible_year]
    )
    founding_agreement = models.TextField(_("founding agreement"), blank=True)
    operator = models.CharField(_("national operator"), max_length=300, blank=True)
    mission = models.TextField(_("mission"), blank=True)
    activities = models.TextField(_("activities"), blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)

    objects = CentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("centre")
        verbose_name_plural = _("centres")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or ""

    def get_absolute_url(self) -> str:
        return reverse("members:centre", args=[self.slug])
