"""The inside of a university: units with contacts, and centres."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground import text
from ground.models import Identified
from ground.validators import sensible_year
from members.models.organisation import Organisation
from members.models.university import University


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
    name = models.CharField(_("full name"), max_length=200)
    subject = models.CharField(_("ask about"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_public = models.BooleanField(_("shown to everybody"), default=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["university", "name"]

    def __str__(self) -> str:
        return self.name


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
