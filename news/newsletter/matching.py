"""Who wants to read what: one rule for letters at once and for issues."""

from __future__ import annotations

from typing import Any

from news.models import Event, NewsItem, Subscription


def facts_of(record: NewsItem | Event) -> dict[str, Any]:
    """By what a text is chosen: the universities that tell it or that it is about, its topics, whether the alliance
    itself tells it. Plain values (three queries, none where they were fetched before)."""
    universities = {one.pk for one in record.universities.all()}
    teller = record.partner_id if isinstance(record, NewsItem) else record.organiser_id
    if record.university_id:
        universities.add(record.university_id)
    return {
        "universities": sorted(universities),
        "topics": sorted(one.pk for one in record.topics.all()),
        "alliance": record.university_id is None and teller is None,
    }


def wants(subscription: Subscription, facts: dict[str, Any]) -> bool:
    """Whether the subscriber wants it."""
    universities = {one.pk for one in subscription.universities.all()}
    topics = {one.pk for one in subscription.topics.all()}
    return matches(facts, universities, topics, alliance=subscription.alliance)


def matches(
    facts: dict[str, Any], universities: set[int], topics: set[int], *, alliance: bool = False
) -> bool:
    """Whether a text is among what was chosen: nothing chosen is everything, else any of the choices is enough."""
    if not universities and not topics and not alliance:
        return True
    chosen = bool(universities.intersection(facts["universities"]) or topics.intersection(facts["topics"]))
    return chosen or (alliance and bool(facts["alliance"]))
