"""What the invented events have beside their words: programme, speakers, registration and invented people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance_portal.demo.reading import Days, pick
from news.models import Admission, Event, ProgrammeItem, Question, Registration, Speaker
from news.registering.coming import digest_of

State = Registration.State


def fill(event: Event, row: dict[str, Any], days: Days) -> None:
    """Programme, speakers and registration of an event from its row in the content file."""
    for item in row.get("programme", []):
        times = {name: dt.time.fromisoformat(item[name]) for name in ("starts", "ends") if name in item}
        ProgrammeItem.objects.create(event=event, **times, **pick(item, "title", "room", "speakers"))
    for speaker in row.get("speaker", []):
        Speaker.objects.create(event=event, **pick(speaker, "name", "role", "about"))
    if "admission" in row:
        _admit(event, row["admission"], days)


def _admit(event: Event, row: dict[str, Any], days: Days) -> None:
    admission = Admission.objects.create(event=event, capacity=row["capacity"], opens_at=days.ago(7))
    for question in row.get("question", []):
        Question.objects.create(event=event, **pick(question, "kind", "words", "choices", "required"))
    people = row.get("people", [])
    for number, name in enumerate(people, 1):
        email = f"{digest_of(name)[:8]}@people.example"
        Registration.objects.create(
            event=event, name=name, email=email, digest=digest_of(email), language="lt", number=number,
            state=State.IN if number <= row["capacity"] else State.WAITING, created_at=days.ago(3, number),
            counted_at=days.ago(3, number), asked_at=days.ago(3, number),
        )  # fmt: skip
    admission.line = len(people)
    admission.save(update_fields=["line"])
