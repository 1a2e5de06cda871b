"""Funding programmes and actions: a tree that visitors read as a guide."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from ground.search import Words, matching_entries


class ProgrammeQuerySet(QuerySet["Programme"]):
    def visible_to(self, user: Any) -> ProgrammeQuerySet:
        """The guide is public."""
        return self.all()

    def in_guide_order(self) -> ProgrammeQuerySet:
        """Parents before their children, siblings in their order."""
        return self.order_by("path")

    def search(self, typed: str | Words) -> ProgrammeQuerySet:
        """Programmes and actions in whose name, purpose, activities or participants every word typed begins a word."""
        return matching_entries(self, "programme", typed)

    def below(self, path: str) -> ProgrammeQuerySet:
        """The programme at `path` and everything that is part of it."""
        return self.filter(Q(path=path) | Q(path__startswith=f"{path}."))


class Programme(Identified):
    """A funding programme, or an action of one.

    `path` is the chain of positions from the root ("0001.0002"), kept by `save`, so that the tree reads in one query.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    position = models.PositiveSmallIntegerField(
        _("position among its siblings"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9999)],
    )
    path = models.CharField(max_length=60, editable=False, db_index=True)
    purpose = models.TextField(_("what it is for"), blank=True)
    participants = models.TextField(_("who can take part"), blank=True)
    activities = models.TextField(_("typical activities"), blank=True)
    links = models.TextField(_("official links"), blank=True, help_text=_("One address a line."))
    year_from = models.PositiveSmallIntegerField(_("programming period from"), null=True, blank=True)
    year_until = models.PositiveSmallIntegerField(_("programming period until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding programme or action")
        verbose_name_plural = _("funding programmes and actions")
        ordering = ["path", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="projects_programme_not_its_own_parent",
                violation_error_message=_("A programme cannot be part of itself."),
            ),
            models.UniqueConstraint(
                fields=["parent", "position"],
                name="projects_programme_position_once",
                nulls_distinct=False,
                violation_error_message=_("Another programme stands at this position."),
            ),
            models.CheckConstraint(
                condition=Q(position__range=(1, 9999)),
                name="projects_programme_position",
                violation_error_message=_("A position is a number from 1 to 9999."),
            ),
            models.CheckConstraint(
                condition=Q(year_from__isnull=True)
                | Q(year_until__isnull=True)
                | Q(year_until__gte=F("year_from")),
                name="projects_programme_years",
                violation_error_message=_("The programming period ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or ""

    def clean(self) -> None:
        """Refuse a parent that is part of this programme."""
        if self.parent and self.pk and f"{self.parent.path}.".startswith(f"{self.path}."):
            raise ValidationError({"parent": _("A programme cannot be part of itself.")})

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the path of this programme and of everything below it."""
        before = self.path
        self.path = f"{self.parent.path}." if self.parent else ""
        self.path += f"{self.position:04d}"
        super().save(*args, **kwargs)
        if before and before != self.path:
            rest = Substr("path", len(before) + 1)
            type(self).objects.filter(path__startswith=f"{before}.").update(
                path=Concat(Value(self.path), rest)
            )

    def get_absolute_url(self) -> str:
        return reverse("funding:detail", args=[self.slug])

    @property
    def depth(self) -> int:
        """0 for a programme, 1 for its actions and so on."""
        return self.path.count(".")

    def link_list(self) -> list[str]:
        """The official links, one item each."""
        return [line.strip() for line in self.links.splitlines() if line.strip()]
