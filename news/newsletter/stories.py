"""What a letter says of a news item or an event, in one language, as plain values."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from ground.templatetags.ground_tags import day, in_language, moment
from news.models import Event, NewsItem
from news.newsletter.matching import facts_of

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def story_of(record: NewsItem | Event, language: str) -> dict[str, str]:
    """Title, summary, who tells it, when it was or will be, its address; what is missing in `language` in the other."""
    with translation.override(language):
        title, _other = in_language(record, "title")
        summary, _other = in_language(record, "summary")
        told = {"title": title or record.slug, "summary": summary, "kind": "news", "when": "", "place": ""}
        if isinstance(record, Event):
            place, _other = in_language(record, "place")
            told |= {"kind": "event", "when": _when(record), "place": place}
        elif record.published_on:
            told["when"] = day(record.published_on)
        return told | {
            "teller": _teller(record),
            "slug": record.slug,
            "url": settings.BASE_URL + path_of(record),
        }


def path_of(record: NewsItem | Event) -> str:
    """Its page, in the language in use."""
    return reverse("news:event" if isinstance(record, Event) else "news:detail", args=[record.slug])


def told_of(record: NewsItem | Event) -> dict[str, Any]:
    """The same in every language, with the facts by which subscribers choose."""
    return {code: story_of(record, code) for code in LANGUAGES} | {"facts": facts_of(record)}


def _teller(record: NewsItem | Event) -> str:
    if record.university:
        return str(record.university.name_shown)
    other = record.partner if isinstance(record, NewsItem) else record.organiser
    return str(other.name_shown) if other else str(settings.BRAND["alliance"])


def _when(event: Event) -> str:
    if event.hour_known:
        return moment(event.starts_by, event.zone)
    first, last = day(event.first_day), day(event.last_day)
    return first if event.first_day == event.last_day else f"{first} – {last}"
