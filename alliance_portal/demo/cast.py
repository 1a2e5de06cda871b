"""Accounts and appointments of the demo's people."""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import User
from alliance_portal.demo.people import CAST, PASSWORD
from alliance_portal.demo.reading import read
from ground import text
from members.models import Appointment, EmailDomain, Role, University

STUDENTS = "students.ktu.example"
# The invented domains that the step after sign-up knows, with the universities that they stand for.
DOMAINS = {"ktu.example": "ktu", "ua.example": "aveiro", "unitn.example": "trento"}
# Before every date of the content, so that reminders of the past find the people they would have reached.
APPOINTED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def load_people() -> dict[str, User]:
    """The people who can sign in, by their short names; made or found again."""
    universities = University.objects.in_bulk(field_name="slug")
    password = make_password(PASSWORD)  # made once: it is the same for all, and slow by intention
    people = {}
    for key, person in CAST.items():
        user = User.objects.filter(email__iexact=person.email).first()
        if user is None:
            user = User.objects.create(
                email=person.email, password=password, name=person.name, given_name=person.given_name,
                family_name=person.family_name, language=person.language, zone=person.zone, is_demo=True,
            )  # fmt: skip
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            university = universities[person.university] if person.university else None
            Appointment.objects.create(
                user=user, role=person.role, university=university, valid_from=APPOINTED
            )
        people[key] = user
    return people


def load_domains() -> None:
    """The invented e-mail domains; `remove_demo` takes them away again."""
    universities = University.objects.in_bulk(DOMAINS.values(), field_name="slug")
    for domain, slug in DOMAINS.items():
        EmailDomain.objects.get_or_create(domain=domain, defaults={"university": universities[slug]})


def student_address(row: dict[str, str]) -> str:
    """The invented e-mail address of an invented student."""
    return f"{text.fold(row['given'])}.{text.fold(row['family'])}@{STUDENTS}"


def load_students() -> dict[str, User]:
    """The invented applicants by address: students at Kaunas, who cannot sign in."""
    rows = {student_address(row): row for row in read("applications")["applications"] if "person" not in row}
    there = {user.email: user for user in User.objects.filter(email__in=rows)}
    unusable = User()
    unusable.set_unusable_password()
    new = [
        User(
            email=email, password=unusable.password, name=f"{row['given']} {row['family']}", given_name=row["given"],
            family_name=row["family"], language="lt", zone="Europe/Vilnius", is_demo=True,
        )
        for email, row in rows.items() if email not in there
    ]  # fmt: skip
    User.objects.bulk_create(new)
    university = University.objects.get(slug="ktu")
    Appointment.objects.bulk_create(
        Appointment(user=user, role=Role.STUDENT, university=university, valid_from=APPOINTED) for user in new
    )
    return there | {user.email: user for user in new}
