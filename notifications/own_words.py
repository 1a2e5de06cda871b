"""The office's own words of a reminder: plain text with named placeholders, and nothing else that is put in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground import clock
from ground.templatetags.ground_tags import day as day_in_words

# What every kind of date can put in; rooms add names of their own.
PLACEHOLDERS: Mapping[str, Any] = {
    "name": gettext_lazy("the name of what it is about"),
    "date": gettext_lazy("the date"),
    "days_left": gettext_lazy("the number of days to the date, or since it"),
    "person": gettext_lazy("the name of the person who reads it"),
}
OWN, TEST = "own_words", "is_test"  # in the context of a message
_PUT_IN = re.compile(r"\{([a-z][a-z_]{0,30})\}")


def faults(text: str, offered: Collection[str]) -> list[str]:
    """What is wrong with the placeholders of `text`, in words; nothing where all are among `offered`."""
    unknown = [name for name in dict.fromkeys(_PUT_IN.findall(text)) if name not in offered]
    found = [_("There is no placeholder {%(name)s} here.") % {"name": name} for name in unknown]
    if re.search(r"[{}]", _PUT_IN.sub("", text)):
        found.append(
            _("A placeholder is written like {name}: one word in braces. Leave out other braces and signs.")
        )
    return found


def filled(text: str, fields: Mapping[str, Any]) -> str:
    """`text` with what `fields` says in the place of each name; what nobody gave stays empty. Nothing is evaluated.

    Where what is put in ends with a full stop ("gruodžio 19 d.") it ends the sentence too.
    """

    def put_in(found: re.Match[str]) -> str:
        value = str(fields.get(found[1], ""))
        return value.removesuffix(".") if text[found.end() :].startswith(".") else value

    return _PUT_IN.sub(put_in, text)


def told(fields: Mapping[str, Any], moment: dt.datetime, language: str) -> tuple[str, str] | None:
    """Subject and text in the office's own words, of a message with these fields; None where it has none."""
    kept = fields.get(OWN) or {}
    words = kept.get(language) or kept.get("en")
    if not words:
        return None
    date = dt.date.fromisoformat(kept["date"])
    left = abs((date - clock.date_in(moment, clock.zone_of(kept["zone"]))).days)
    known = {**fields, "date": day_in_words(date), "days_left": left}
    return filled(words["subject"], known), filled(words["text"], known)


def with_words(
    context: Mapping[str, Any], words: Mapping[str, Any], date: dt.date, zone: str
) -> dict[str, Any]:
    """The context of a message that is told in `words`; as it is where there are none."""
    return {**context, OWN: {**words, "date": date, "zone": zone}} if words else dict(context)


def as_test(subject: str, paragraphs: list[str]) -> tuple[str, list[str]]:
    """A message that the office sends to itself says so."""
    said = _("This is a test of a reminder. Nobody else got it.")
    return _("Test: %(subject)s") % {"subject": subject}, [said, *paragraphs]
