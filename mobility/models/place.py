"""The places that a call offers, drawn from agreements."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground import languages
from ground.models import Identified
from ground.search import Words, entered
from members.models import Condition, FieldOfEducation, Organisation, University
from members.models.exchange import Cefr, Eqf
from members.models.factsheet import Term
from mobility.models.call import Call

MOST_SEATS = 999


class PlaceQuerySet(QuerySet["Place"]):
    def for_table(self) -> PlaceQuerySet:
        """The places of calls as a table, in one query."""
        return self.select_related("host__organisation", "field").defer("host__organisation__search")

    def offered(self) -> PlaceQuerySet:
        """Those that applicants can still wish for."""
        return self.filter(is_offered=True)

    def open_to(self, user: Any, moment: dt.datetime) -> PlaceQuerySet:
        """Offered places of calls that `user` may see and that take applications at `moment`."""
        calls = Call.objects.visible_to(user).open_at(moment)
        return self.offered().filter(call__in=calls.values("pk"))

    def search(self, typed: Words) -> PlaceQuerySet:
        """Places of whose host or field every word typed begins a word."""
        found = self if typed.typed else self.none()
        for word in typed.alone:
            hosts = Organisation.objects.search(word).values("university")
            fields = entered("field", word, key="substr(record::text, 2)")
            there = Place.objects.filter(host__in=hosts).order_by().values("pk")
            # Each part by its own index: the same with OR would read all places.
            found = found.filter(
                pk__in=there.union(Place.objects.filter(field__in=fields).order_by().values("pk"))
            )
        return found


class Place(Identified):
    """Seats at one host for one field and level.

    `taken` counts live offers and acceptances, and the seats that bulk decisions hold while they wait; `waiting` counts
    the latter, which nobody may see outside before the decisions are made.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="places", verbose_name=_("call"))
    host = models.ForeignKey(
        University, models.PROTECT, related_name="places", verbose_name=_("host university")
    )
    field = models.ForeignKey(
        FieldOfEducation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("field of education"),
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Eqf.choices, null=True, blank=True)
    # The condition of the agreement that the seats come from, in the version that was in force when they were taken
    # from it. `origin` names the same flow in every version; it stays when the row goes.
    condition = models.ForeignKey(
        Condition,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("condition of an agreement"),
    )
    origin = models.UUIDField(null=True, blank=True, editable=False)
    term_code = models.CharField(_("term"), max_length=8, choices=Term.choices, blank=True, db_default="")
    term = models.CharField(_("term, in words"), max_length=100, blank=True)
    language = models.CharField(
        _("language of instruction"), max_length=3, default="en", help_text=_("ISO 639 code.")
    )
    language_level = models.CharField(
        _("level of language"), max_length=2, choices=Cefr.choices, default=Cefr.B2
    )
    is_offered = models.BooleanField(
        _("offered"), default=True, db_default=True,
        help_text=_("A place that was withdrawn stays in the wishes that name it and takes no new ones."),
    )  # fmt: skip
    capacity = models.PositiveIntegerField(_("seats"))
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)
    waiting = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["host__organisation__sort_key", "field", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("capacity")),
                name="mobility_place_not_oversold",
                violation_error_message=_("More seats are taken than there are."),
            ),
            models.CheckConstraint(
                condition=Q(waiting__gte=0, waiting__lte=F("taken")), name="mobility_place_waiting"
            ),
            models.CheckConstraint(
                condition=Q(capacity__lte=MOST_SEATS), name="mobility_place_seats",
                violation_error_message=_("A place has 999 seats at most."),
            ),
            models.CheckConstraint(
                condition=Q(condition__isnull=True) | Q(origin__isnull=False), name="mobility_place_origin"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["origin"], condition=Q(origin__isnull=False), name="mobility_place_by_origin"
            )
        ]

    def __str__(self) -> str:
        field = f", {self.field.name}" if self.field else ""
        return f"{self.host}{field}"

    def clean(self) -> None:
        """Refuse fewer seats than are taken."""
        if self.capacity is not None and self.capacity < self.taken:
            raise ValidationError({"capacity": _("More seats are taken than there are.")})

    @property
    def term_words(self) -> str:
        """The term as people read it: in the words of the call, else by its name."""
        return self.term or (str(self.get_term_code_display()) if self.term_code else "")

    @property
    def language_name(self) -> str:
        """The language of instruction, as the reader calls it."""
        return languages.name(self.language)

    @property
    def left(self) -> int:
        """Seats that are free, for those who decide."""
        return self.capacity - self.taken

    @property
    def left_as_told(self) -> int:
        """Seats that are free as far as anybody was told: those of decisions that wait count as free."""
        return self.left + self.waiting
