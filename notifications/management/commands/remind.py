"""Shows which reminders would go out at a moment; with --send they do; with --whole every date is looked at again."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from ground import clock
from notifications import foresight, kinds, own_words, planner, whole
from notifications.foresight import Foreseen
from notifications.sender import Sender


def moment_from(text: str) -> dt.datetime:
    """An aware moment written as ISO 8601. Raises CommandError with what to write instead."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--now {text!r} is not a moment. Write it like 2025-12-01T09:00+02:00.") from None
    if moment.utcoffset() is None:
        raise CommandError(
            f"--now {text!r} does not say in which zone. Add the offset, like {text}+02:00, or Z."
        )
    if not 1900 <= moment.year <= 2200:
        raise CommandError("--now lies outside the years 1900 to 2200.")
    return moment.astimezone(dt.UTC)


class Command(BaseCommand):
    help = "Shows the reminders that would go out at a moment. Stores and sends nothing without --whole or --send."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="the moment, such as 2025-12-01T09:00+02:00 (default: now)")
        parser.add_argument("--send", action="store_true", help="plan them, hand them over and send them")
        parser.add_argument(
            "--whole", action="store_true",
            help="look at every date from the beginning and hand over what is due (after a restore); prints counts",
        )  # fmt: skip

    def handle(self, **options: Any) -> None:
        moment = moment_from(options["now"]) if options["now"] is not None else clock.read()
        with clock.one_moment(moment):
            if options["whole"]:
                self._look_at_all(moment)
            else:
                self._show(foresight.foresee(moment), moment)
            if options["send"]:
                planner.plan(moment)
                released = planner.release(moment)
                done = Sender().run()
                counts = ", ".join(f"{state} {count}" for state, count in sorted(done.items()))
                self.stdout.write(f"Handed to the outbox: {released}. Messages: {counts or 'none'}.")

    def _look_at_all(self, moment: dt.datetime) -> None:
        found = whole.look(moment)
        for one in found:
            self.stdout.write(f"{one.kind}: {one.dates} dates within reach, {one.planned} reminders planned")
        dates, planned = sum(one.dates for one in found), sum(one.planned for one in found)
        released = planner.release(moment)
        self.stdout.write(f"Looked at {dates} dates. Planned {planned}, handed to the outbox {released}.")

    def _show(self, found: list[Foreseen], moment: dt.datetime) -> None:
        told = sum(entry.told_at is not None for entry in found)
        waiting = sum(entry.line.person is not None for entry in found) - told
        self.stdout.write(f"At {_iso(moment, 'UTC')}: {waiting} to go out, {told} told already.")
        for _rule, entries in groupby(
            found, key=lambda entry: (entry.line.dated.uuid, entry.line.rule.shift)
        ):
            self._show_record(list(entries))

    def _show_record(self, entries: list[Foreseen]) -> None:
        line = entries[0].line
        self.stdout.write(f"\n{line.dated.name}  {line.dated.date}  {entries[0].kind.name}")
        self.stdout.write(f"  rule: {line.rule.when}, due {_iso(line.due_at, line.dated.zone)}")
        for entry in entries:
            if entry.line.person is None:
                self.stdout.write("  nobody is to be told at this moment")
                continue
            told = f"told {_iso(entry.told_at, 'UTC')}" if entry.told_at else "would go out"
            person = entry.line.person
            self.stdout.write(f"  {told}: {person.get_full_name()} <{person.email}> [{person.language}]")
            self.stdout.write(f"    {_subject(entry)}")


def _subject(entry: Foreseen) -> str:
    """The first line of the message in the person's language."""
    dated, person = entry.line.dated, entry.line.person
    context = own_words.with_words(dated.context, entry.line.rule.words, dated.date, dated.zone)
    with override(person.language):
        return kinds.word(
            kinds.find(entry.kind.message), kinds.plain(context), name=dated.name, moment=clock.now(),
            language=person.language, person=person.get_full_name(),
        ).subject  # fmt: skip


def _iso(moment: dt.datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
