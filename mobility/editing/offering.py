"""Which places a call may offer: those of agreements in force, less what other calls of the year offer of them.

Calls that were published count, archived ones too; of a withdrawn place the seats that are taken do. Drafts don't: what
nobody may apply for yet takes no seat from anybody. They are shown beside, and the first one published has the seats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, QuerySet, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground import languages
from ground.gathering import keep, together
from members.models import Condition, ConditionField, ConditionLanguage
from mobility.models import Call, Place
from mobility.workflow import Publication

_SEATS = Sum(Case(When(is_offered=True, then="capacity"), default="taken"))


@dataclass(frozen=True)
class Use:
    """Another call of the year, and the seats that it offers of one condition."""

    call: Call
    seats: int

    @property
    def counts(self) -> bool:
        """Whether the seats are gone for others."""
        return self.call.publication != Publication.DRAFT

    @property
    def words(self) -> str:
        """Title and number."""
        seats = ngettext("%(number)d seat", "%(number)d seats", self.seats) % {"number": self.seats}
        return _("“%(title)s”: %(seats)s") % {"title": self.call, "seats": seats}


@dataclass(frozen=True)
class Source:
    """A condition of an agreement in force, and the other calls of the year that offer seats of it."""

    condition: Condition
    uses: Sequence[Use] = ()

    @property
    def elsewhere(self) -> int:
        """Seats that other calls have taken."""
        return sum(use.seats for use in self.uses if use.counts)

    @property
    def taken_by(self) -> str:
        """The calls that have taken seats, in words."""
        return "; ".join(use.words for use in self.uses if use.counts)

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


def sources(call: Call, reader: Any = None) -> list[Source]:
    """The conditions that fit the call's university, kind and year, by host; two queries, three where seats are used.

    Drafts of other calls are named only to a `reader` who may see them.
    """
    rows = (
        Condition.objects.offered(call.academic_year)
        .filter(sending=call.university_id, kind=call.kind)
        .select_related("receiving__organisation")
        .defer("receiving__organisation__search", "remarks")
        .order_by("receiving__organisation__sort_key", "position", "pk")
    )
    found = list(rows)
    fields, known, seats = together(
        ConditionField.objects.filter(condition__in=found).select_related("field"),
        ConditionLanguage.objects.filter(condition__in=found),
        _seats(call, [row.origin for row in found], reader),
    )
    for row in found:
        keep(row, fields=[one for one in fields if one.condition_id == row.pk])
        keep(row, languages=[one for one in known if one.condition_id == row.pk])
    uses = _uses(seats)
    return [Source(row, uses.get(row.origin, [])) for row in found]


def _seats(call: Call, origins: list[UUID], reader: Any) -> QuerySet[Any, tuple[UUID, int, int]]:
    """The other calls of the year that offer or have given seats of each origin, with their number."""
    others = (
        Call.objects.visible_to(reader) if reader else Call.objects.exclude(publication=Publication.DRAFT)
    )
    others = others.filter(academic_year=call.academic_year).exclude(pk=call.pk).only("pk")
    rows = Place.objects.filter(origin__in=origins, call__in=others).order_by()
    return rows.values_list("origin", "call").annotate(seats=_SEATS).filter(seats__gt=0)


def _uses(seats: list[tuple[UUID, int, int]]) -> dict[UUID, list[Use]]:
    """By origin: the calls that use it."""
    found: dict[UUID, list[Use]] = {}
    named = Call.objects.in_bulk({pk for _origin, pk, _number in seats}) if seats else {}
    for origin, pk, number in sorted(seats, key=lambda one: one[1]):
        found.setdefault(origin, []).append(Use(named[pk], number))
    return found


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
    for place in Place.objects.for_table().filter(call=call, origin__isnull=False):
        origin = str(place.origin)
        seats[origin] = seats.get(origin, 0) + (place.capacity if place.is_offered else place.taken)
        if place.is_offered and origin not in known:
            words = _(
                "%(place)s: no agreement for these places is in force in the academic year of the call."
            )
            found.append(words % {"place": place})
    over = [(known[origin], number) for origin, number in seats.items() if origin in known]
    return [*found, *(_too_many(source, number) for source, number in over if number > source.left)]


def _too_many(source: Source, offered: int) -> str:
    words = _("%(host)s: seats offered here: %(offered)d; left of the agreement: %(left)d.")
    told = words % {"host": source.host, "offered": offered, "left": source.left}
    return f"{told} {with_others(source)}".strip()


def with_others(source: Source) -> str:
    """A sentence that names the calls to which the other seats have gone; empty where there are none."""
    if not source.taken_by:
        return ""
    return _("Other calls offer the rest: %(calls)s.") % {"calls": source.taken_by}
