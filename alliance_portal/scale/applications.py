"""The room of mobility: calls with a few and with very many applications, to measure the coordinator's table with."""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from alliance_portal.scale.copying import Tables, reserve
from alliance_portal.scale.marks import RANGE, mark
from alliance_portal.scale.run import NotPossible, tidy
from ground import text
from members.models import FieldOfEducation, University
from mobility.answers import place_facts
from mobility.models import Application, Call, Place

FEW, MANY = 600, 60_000
HOSTS, SEATS, WISHES = 12, 20, 3
CHUNK, TOLD = 5000, 20_000
COLUMNS = {
    "accounts_user": (
        "id", "uuid", "password", "is_superuser", "email", "name", "given_name", "family_name", "language", "zone",
        "is_active", "is_demo", "date_joined",
    ),
    "mobility_application": (
        "id", "uuid", "reference", "status", "given_name", "family_name", "nationality", "phone", "study_programme",
        "level", "ects", "work_unit", "work_plan", "motivation", "declared_true", "declared_privacy", "visited",
        "version", "created_at", "saved_at", "submitted_at", "snapshot", "snapshot_sha256", "sort_name", "folded",
        "decision_note", "applicant_id", "call_id", "findings", "reviews_done", "reviews_wanted", "score", "spread",
        "search", "sent_ects", "sent_field_id", "sent_host_id", "sent_level",
    ),
}  # fmt: skip
_OPENED = dt.datetime(2026, 1, 1, 8, tzinfo=dt.UTC)
# Of a hundred applications so many are in each state; all were submitted once, and half have a score.
SHARES = {"submitted": 60, "eligible": 20, "ineligible": 10, "withdrawn": 10}
SCORED = 0.5
_STATUSES = [status for status, share in SHARES.items() for _ in range(share // 10)]
_NAMES = ("Ona", "Jonas", "Žydrūnė", "Łukasz", "Ana", "Björn", "Chloé", "Mantas")
_FAMILIES = ("Petraitytė", "Kazlauskas", "Silva", "Rossi", "Ångström", "Müller", "Novák", "García")


def generated() -> int:
    """How many generated applications there are."""
    return Application.objects.filter(uuid__range=RANGE).count()


def generate(count: int, *, seed: int, say: Callable[[str], None]) -> None:
    """Make `count` applications: FEW to the first call, then MANY to each. Raises NotPossible."""
    if not count:
        return
    if generated():
        raise NotPossible(
            "There are generated applications already: remove them first (generate_scale --remove)."
        )
    if not University.objects.exists():
        raise NotPossible("There are no universities: load the reference data first (load_reference).")
    begun = time.monotonic()
    with transaction.atomic():
        _write(count, seed, say)
    say("Collecting statistics …")
    tidy(COLUMNS)
    say(f"{count} applications in {time.monotonic() - begun:.1f} s.")


def _write(count: int, seed: int, say: Callable[[str], None]) -> None:
    tables, chance = Tables(COLUMNS), random.Random(seed)  # noqa: S311 - the same seed, the same rows
    keys = reserve("mobility_application", count)
    people = reserve("accounts_user", min(count, MANY))
    about = {
        "fields": list(FieldOfEducation.objects.order_by("pk").values_list("pk", flat=True)[:30]) or [None],
    }
    for number, person in enumerate(people, 1):
        tables.add("accounts_user", *_person(person, seed, number))
        if number % CHUNK == 0:
            tables.write()
    call, left, place = None, 0, 0
    for number, key in enumerate(keys, 1):
        if not left:
            call, about["places"] = _call(seed, number)
            left, place = (FEW if number == 1 else MANY), 0
        tables.add(
            "mobility_application", *_application(key, seed, number, call, people[place], chance, about)
        )
        left, place = left - 1, place + 1
        if number % CHUNK == 0 or number == count:
            tables.write()
            if number % TOLD == 0 or number == count:
                say(f"{number} of {count} applications")


def _call(seed: int, number: int) -> tuple[int, list[tuple[int, dict[str, Any]]]]:
    """A call with a place at each of the first HOSTS others. Out: its key; by place the host, what a wish keeps."""
    home, *others = University.objects.order_by("slug").select_related("organisation")[: HOSTS + 1]
    made = Call.objects.create(
        uuid=mark("call", seed, number), slug=f"generated-{seed}-{number}", academic_year="2027/2028",
        university=home, kind="student_studies", publication="published", max_wishes=WISHES,
        title_en=f"Generated call {number}", opens_at=_OPENED, closes_at=_OPENED + dt.timedelta(days=3650),
    )  # fmt: skip
    places = Place.objects.bulk_create(
        Place(uuid=mark("place", seed, number * 100 + n), call=made, host=host, capacity=SEATS)
        for n, host in enumerate(others or [home])
    )
    return int(made.pk), [(place.host_id, place_facts(place)) for place in places]


def _named(number: int) -> tuple[str, str]:
    return _NAMES[number % 8], f"{_FAMILIES[number // 8 % 8]}-{number}"


def _person(key: int, seed: int, number: int) -> tuple[Any, ...]:
    given, family = _named(number)
    return (
        key, mark("applicant", seed, number), "!", False, f"generated-{seed}-{number}@scale.example",
        f"{given} {family}", given, family, "en", "Europe/Vilnius", False, False, _OPENED,
    )  # fmt: skip


def _application(
    key: int, seed: int, number: int, call: Any, person: int, chance: random.Random, about: dict[str, Any]
) -> tuple[Any, ...]:
    given, family = _named(number)
    reference = f"GEN-{seed}-{number:07d}"
    wished = chance.sample(about["places"], min(WISHES, len(about["places"])))
    ects, level, field = chance.randrange(0, 240, 6), chance.choice([6, 7, 8]), chance.choice(about["fields"])
    scored = chance.random() < SCORED
    sent = _OPENED + dt.timedelta(seconds=number)
    kept = {
        "reference": reference, "documents": [],
        "wishes": [{"rank": rank, **facts} for rank, (_host, facts) in enumerate(wished, 1)],
        "personal": {"given_name": given, "family_name": family}, "motivation": {"motivation": "To learn. " * 60},
        "studies": {"study_programme": "Informatics", "ects": ects, "level": level},
    }  # fmt: skip
    words = " ".join(f"'{word}'" for word in sorted(set(text.words(f"{given} {family} {reference}"))))
    return (
        key, mark("application", seed, number), reference, chance.choice(_STATUSES), given, family, "LT", "",
        "Informatics", level, ects, "", "", "To learn. " * 60, True, True, "[]", 2, sent, sent, sent,
        json.dumps(kept), "0" * 64, text.sort_key(f"{family} {given}"), text.fold(f"{family} {given} {reference}"),
        "", person, call, '["ects"]' if ects < 60 else "[]", int(scored), 1,
        round(chance.uniform(20, 100), 2) if scored else None, 0 if scored else None, words, ects, field,
        wished[0][0], level,
    )  # fmt: skip


@transaction.atomic
def remove() -> dict[str, int]:
    """Delete every generated application with its call and its applicant. Out: how many of each went."""
    from alliance_portal.scale.removal import _delete

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mobility.forgetting', 'yes', true)")
    gone = {"applications": _delete(Application.objects.filter(uuid__range=RANGE))}
    gone["calls"] = _delete(Call.objects.filter(uuid__range=RANGE))
    gone["applicants"] = _delete(User.objects.filter(uuid__range=RANGE))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mobility.forgetting', '', true)")
    return gone
