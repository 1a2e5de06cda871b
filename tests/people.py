"""The cast of tests: who they are, and everybody at once."""

from __future__ import annotations

from typing import Any

from members.models import Role
from tests import factories, world

UNIVERSITIES = {
    "ktu": ("Kaunas University of Technology", "KTU", "LT", "Europe/Vilnius"),
    "aveiro": ("University of Aveiro", "UA", "PT", "Europe/Lisbon"),
    "trento": ("University of Trento", "UniTrento", "IT", "Europe/Rome"),
}
PEOPLE = {
    "ana": ("Ana Bandomoji", Role.STUDENT, "ktu"),
    "bruno": ("Bruno Exemplo", Role.MOBILITY_COORDINATOR, "aveiro"),
    "chiara": ("Chiara Esempio", Role.MOBILITY_COORDINATOR, "trento"),
    "dainius": ("Dainius Bandomasis", Role.PROJECT_MANAGER, "ktu"),
    "ruta": ("Rūta Pavyzdytė", Role.MOBILITY_COORDINATOR, "ktu"),
    "jonas": ("Jonas Pavyzdys", Role.REVIEWER, "ktu"),
    "ieva": ("Ieva Pavyzdienė", Role.EDITOR, "ktu"),
    "tomas": ("Tomas Bandomasis", Role.STAFF_TRAVELLER, "ktu"),
    "egle": ("Eglė Pavyzdė", Role.ALLIANCE_OFFICE, None),
    "laima": ("Laima Pavyzdaitė", Role.ADMINISTRATOR, None),
}
_OVER = factories.LONG_AGO.replace(year=2021)


def university(key: str) -> Any:
    """One of the three universities of the tests."""
    name, short, country, zone = UNIVERSITIES[key]
    return factories.UniversityFactory(
        organisation__name=name, organisation__short_name=short, organisation__country=country, slug=key, zone=zone,
    )  # fmt: skip


def person(key: str, at: Any = None) -> Any:
    """One of the cast with the role that is theirs, at their university."""
    name, role, _university = PEOPLE[key]
    user = factories.UserFactory(name=name, email=f"{name.split()[0].lower()}@people.example")
    factories.AppointmentFactory(user=user, role=role, university=at)
    return user


def everybody(known: dict[str, Any], ktu: Any, aveiro: Any) -> dict[str, Any]:
    """The whole cast by name, given those of `PEOPLE`.

    `former` held every right at KTU until a moment ago and is still signed in.
    """
    student = factories.UserFactory(name="Kita Studentė")
    factories.AppointmentFactory(user=student, role=Role.STUDENT, university=ktu)
    manager = factories.UserFactory(name="Gestor Exemplo")
    factories.AppointmentFactory(user=manager, role=Role.PROJECT_MANAGER, university=aveiro)
    former = factories.UserFactory(name="Buvęs Pavyzdys")
    for role in (Role.PROJECT_MANAGER, Role.MOBILITY_COORDINATOR, Role.EDITOR, Role.STUDENT):
        factories.AppointmentFactory(user=former, role=role, university=ktu, valid_until=_OVER)
    for role in (Role.ALLIANCE_OFFICE, Role.ADMINISTRATOR):
        factories.AppointmentFactory(user=former, role=role, university=None, valid_until=_OVER)
    others = {"nobody": None, "student": student, "manager": manager, "former": former}
    return {key: (others | known)[key] for key in world.CAST}
