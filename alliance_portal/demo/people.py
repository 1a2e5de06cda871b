"""The people of the demo, plainly invented: their family names say "example", "trial" and "imagined"."""

from __future__ import annotations

from dataclasses import dataclass

from members.models import Role

# One password for every demo person; production never loads them.
PASSWORD = "alliance-demo"  # noqa: S105 - printed at every start of the demo


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in to the demo."""

    email: str
    given_name: str
    family_name: str
    language: str
    zone: str
    role: Role
    university: str | None
    does: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


CAST: dict[str, Person] = {
    "ana": Person(
        "ana.demo@ktu.example", "Ana", "Pavyzdytė", "en", "Europe/Vilnius", Role.STUDENT, "ktu",
        "student at Kaunas: applies, accepts an offer",
    ),
    "ruta": Person(
        "ruta.demo@ktu.example", "Rūta", "Pavyzdienė", "lt", "Europe/Vilnius", Role.MOBILITY_COORDINATOR, "ktu",
        "mobility coordinator at Kaunas: opens calls, decides, offers places",
    ),
    "dainius": Person(
        "dainius.demo@ktu.example", "Dainius", "Pavyzdys", "lt", "Europe/Vilnius", Role.PROJECT_MANAGER, "ktu",
        "project manager at Kaunas: edits projects, gets reminders",
    ),
    "ieva": Person(
        "ieva.demo@ktu.example", "Ieva", "Bandytė", "lt", "Europe/Vilnius", Role.EDITOR, "ktu",
        "editor at Kaunas: writes news and events",
    ),
    "tomas": Person(
        "tomas.demo@ktu.example", "Tomas", "Menamas", "lt", "Europe/Vilnius", Role.STAFF_TRAVELLER, "ktu",
        "lecturer at Kaunas: applies for teaching mobility",
    ),
    "jonas": Person(
        "jonas.demo@ktu.example", "Jonas", "Bandomasis", "lt", "Europe/Vilnius", Role.REVIEWER, "ktu",
        "reviewer at Kaunas",
    ),
    "bruno": Person(
        "bruno.demo@ua.example", "Bruno", "Exemplo", "en", "Europe/Lisbon", Role.MOBILITY_COORDINATOR, "aveiro",
        "mobility coordinator at Aveiro",
    ),
    "duarte": Person(
        "duarte.demo@ua.example", "Duarte", "Imaginário", "en", "Europe/Lisbon", Role.PROJECT_MANAGER, "aveiro",
        "project manager at Aveiro: edits Aveiro's projects and those that Kaunas shares",
    ),
    "chiara": Person(
        "chiara.demo@unitn.example", "Chiara", "Esempio", "en", "Europe/Rome", Role.MOBILITY_COORDINATOR, "trento",
        "mobility coordinator at Trento",
    ),
    "egle": Person(
        "egle.demo@eciu.example", "Eglė", "Menamaitė", "lt", "Europe/Vilnius", Role.ALLIANCE_OFFICE, None,
        "alliance office: sees and edits across all universities",
    ),
    "laima": Person(
        "laima.demo@eciu.example", "Laima", "Sumanytė", "lt", "Europe/Vilnius", Role.ADMINISTRATOR, None,
        "administrator: manages every record in the back office",
    ),
}  # fmt: skip

# What the start prints: address and what the person can do.
SIGN_INS: list[tuple[str, str]] = [(person.email, person.does) for person in CAST.values()]
