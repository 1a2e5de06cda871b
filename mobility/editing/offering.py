"""Which places a call may offer: those of agreements in force, less what other calls of the year offer of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground import languages
from ground.gathering import keep, together
from members.models import Condition, ConditionField, ConditionLanguage
from mobility.models import Call, Place


@dataclass(frozen=True)
class Source:
    """A condition of an agreement in force, and the seats of it that other calls of the year offer."""

    condition: Condition
    elsewhere: int

    @property
    def origin(self) -> str:
        return str(self.condition.origin)

    @property
    def left(self) -> int:
        """Seats that this call may offer."""
        return max(self.condition.places - self.elsewhere, 0)

    @property
    def host(self) -> str:
        return self.condition.receiving.name_shown

    @property
    def fields(self) -> list[str]:
        """Codes of the fields it holds for; none means all."""
        return [one.field_id for one in self.condition.fields.all()]

    @property
    def skills(self) -> str:
        """The languages that those who come should know, in words."""
        return ", ".join(
            f"{languages.name(one.language)} {one.level}" for one in self.condition.languages.all()
        )

    @property
    def words(self) -> str:
        """The source in one line: host, fields, places and what is left of them."""
        told = {"places": self.condition.places, "left": self.left}
        seats = ngettext(
            "%(places)d place a year, %(left)d left",
            "%(places)d places a year, %(left)d left",
            self.condition.places,
        )
        return " · ".join(part for part in (self.host, ", ".join(self.fields), seats % told) if part)


def sources(call: Call) -> list[Source]:
    """The conditions that fit the call's university, kind and year, by host; two queries."""
    rows = (
        Condition.objects.offered(call.academic_year)
        .filter(sending=call.university_id, kind=call.kind)
        .select_related("receiving__organisation")
        .defer("receiving__organisation__search", "remarks")
        .order_by("receiving__organisation__sort_key", "position", "pk")
    )
    found = list(rows)
    fields, known, elsewhere = together(
        ConditionField.objects.filter(condition__in=found).select_related("field"),
        ConditionLanguage.objects.filter(condition__in=found),
        _elsewhere(call, [row.origin for row in found]),
    )
    for row in found:
        keep(row, fields=[one for one in fields if one.condition_id == row.pk])
        keep(row, languages=[one for one in known if one.condition_id == row.pk])
    seats = dict(elsewhere)
    return [Source(row, seats.get(row.origin, 0)) for row in found]


def _elsewhere(call: Call, origins: list[UUID]) -> QuerySet[Any, tuple[UUID, int]]:
    """How many seats of each origin the other calls of the year offer."""
    rows = Place.objects.filter(
        origin__in=origins, is_offered=True, call__academic_year=call.academic_year
    ).exclude(call=call)
    return rows.order_by().values_list("origin").annotate(Sum("capacity"))


def lock(call: Call) -> None:
    """Hold the conditions that the call's places come from, in the order of their ids, until the transaction ends."""
    wanted = call.places.filter(origin__isnull=False).values("origin")
    current = Condition.objects.offered(call.academic_year).filter(origin__in=wanted)
    list(current.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))


def problems(call: Call) -> list[str]:
    """What is wrong with the call's places: no agreement in force, or more seats than are left of one."""
    known = {source.origin: source for source in sources(call)}
    seats: dict[str, int] = {}
    found: list[str] = []
    for place in Place.objects.for_table().filter(call=call, is_offered=True, origin__isnull=False):
        seats[str(place.origin)] = seats.get(str(place.origin), 0) + place.capacity
        if str(place.origin) not in known:
            words = _(
                "%(place)s: no agreement for these places is in force in the academic year of the call."
            )
            found.append(words % {"place": place})
    for origin, number in seats.items():
        source = known.get(origin)
        if source is not None and number > source.left:
            words = _("%(host)s: the call offers %(offered)d seats, and %(left)d are left of the agreement.")
            found.append(words % {"host": source.host, "offered": number, "left": source.left})
    return found
