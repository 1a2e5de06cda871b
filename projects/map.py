"""Where the partners of a project are: pins for the portal's map, one for each place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ground import cartography, places
from members.models import Organisation
from projects.models import Partnership


@dataclass
class Pin:
    """A place with its partners, as the map's component draws it."""

    latitude: float
    longitude: float
    label: str
    names: list[str] = field(default_factory=list)
    href: str = ""

    @property
    def name(self) -> str:
        return ", ".join(self.names)


@dataclass(frozen=True)
class PartnerMap:
    """The pins, and how many partners are not among them: elsewhere in the world, or in a city that is not known."""

    pins: list[Pin]
    beyond: int


def partner_map(partners: Iterable[Partnership]) -> PartnerMap:
    """The map of `partners`; a university's own coordinates go before those of its city."""
    pins: dict[tuple[float, float], Pin] = {}
    beyond = 0
    for partner in partners:
        organisation = partner.organisation
        where = _where(organisation)
        point = cartography.project(*where) if where else None
        if where is None or point is None:
            beyond += 1
            continue
        # Partners whose pins would lie upon each other share one.
        spot = (round(point[0] / 8), round(point[1] / 8))
        pin = pins.setdefault(spot, Pin(*where, _label(organisation)))
        pin.names.append(organisation.name_shown)
    return PartnerMap(list(pins.values()), beyond)


def _label(organisation: Organisation) -> str:
    return organisation.city_shown or organisation.short_name


def _where(organisation: Organisation) -> tuple[float, float] | None:
    university = getattr(organisation, "university", None)
    if university is not None and university.latitude is not None:
        return float(university.latitude), float(university.longitude)
    return places.find(organisation.country.code, organisation.city)
