"""What the drill "deadline" begins with: a call about to close, and students, signed in, with half a draft each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User
from ground import clock
from members.models import Appointment, FieldOfEducation, Organisation, Role, University
from mobility.models import Application, Call, LanguageSkill, Place, RequiredDocument, Wish

PAPERS = ("Transcript of records", "Certificate of the language", "Photograph of the passport")
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Student:
    """Somebody with a draft: who they are, their draft, the cookies of their browser."""

    number: int
    user: User
    application: Application
    cookies: dict[str, str]


@dataclass(frozen=True)
class Scene:
    """The call, the papers that it asks for, and everybody who wants to apply."""

    call: Call
    papers: list[RequiredDocument]
    students: list[Student]


def set_up(name: str, count: int) -> Scene:
    """Make the call `name` with `count` drafts: all is written but the motivation and the papers."""
    home, host = (university_of(f"drill-{which}") for which in ("home", "host"))
    now = clock.read()
    call = Call.objects.create(
        university=home, slug=name, title_en="Studies abroad", kind="student_studies", academic_year="2027/2028",
        opens_at=now - 24 * _HOUR, closes_at=now + 24 * _HOUR, publication="published",
    )  # fmt: skip
    place = Place.objects.create(call=call, host=host, capacity=2)
    papers = [
        RequiredDocument.objects.create(call=call, name_en=words, position=place)
        for place, words in enumerate(PAPERS, 1)
    ]
    users = User.objects.bulk_create(person_of(name, number) for number in range(1, count + 1))
    Appointment.objects.bulk_create(
        Appointment(user=user, role=Role.STUDENT, university=home, valid_from=now - 24 * _HOUR)
        for user in users
    )
    drafts = _drafts(call, place, users, now)
    students = [
        Student(number, user, draft, signed_in(user))
        for number, (user, draft) in enumerate(zip(users, drafts, strict=True), 1)
    ]
    return Scene(call, papers, students)


def university_of(slug: str) -> University:
    """The university of a drill, made when it is first asked for."""
    found = University.objects.filter(slug=slug).first()
    if found is None:
        organisation = Organisation.objects.create(name=f"University {slug}", country="LT", city="Kaunas")
        found = University.objects.create(organisation=organisation, slug=slug, zone="Europe/Vilnius")
    return found


def person_of(name: str, number: int) -> User:
    """Somebody of a drill, not stored yet."""
    return User(
        email=f"{name}-{number}@drill.example", name=f"Student {number}", given_name="Student",
        family_name=f"Number{number}", language="en", password="!",  # noqa: S106 - no password at all
    )  # fmt: skip


def _drafts(call: Call, place: Place, users: list[User], now: dt.datetime) -> list[Application]:
    field, _ = FieldOfEducation.objects.get_or_create(code="0613", defaults={"name_en": "Software"})
    saved = ["personal", "studies", "languages", "wishes", "declarations"]
    drafts = Application.objects.bulk_create(
        Application(
            call=call, applicant=user, reference=f"{call.slug[:30]}-{number:05d}", created_at=now, saved_at=now,
            given_name=user.given_name, family_name=user.family_name, birth_date=dt.date(2004, 5, 6),
            nationality="LT", study_programme="Informatics", level=6, field=field, ects=120, declared_true=True,
            declared_privacy=True, visited=saved,
        )
        for number, user in enumerate(users, 1)
    )  # fmt: skip
    LanguageSkill.objects.bulk_create(
        LanguageSkill(application=one, language="en", level="C1") for one in drafts
    )
    Wish.objects.bulk_create(Wish(application=one, place=place, rank=1) for one in drafts)
    return drafts


def signed_in(user: User) -> dict[str, str]:
    """A session in the database, as signing in would have left it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}
