"""The room of news: articles and events of a dozen years, to measure lists, filters, feeds and the archive with."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from reversion.models import Revision, Version

from alliance_portal.scale import words
from alliance_portal.scale.marks import RANGE, mark
from alliance_portal.scale.phrases import Phrase, phrase, together, vector
from alliance_portal.scale.removal import _delete
from alliance_portal.scale.run import NotPossible, tidy
from audit.models import Event as Line
from documents import actions as documents
from documents.models import Document
from ground import clock
from members.models import Organisation, University
from news.models import Attachment, Event, Lead, NewsItem, Picture, Topic

WHOLE = 50_000
TOPICS, PARTNERS = 12, 60
ONE_EVENT_IN = 10  # so many articles
FIRST = dt.datetime(2014, 1, 1, 8, tzinfo=dt.UTC)
AHEAD = dt.timedelta(days=300)
CHUNK, TOLD = 1000, 10_000
_TOPIC_SLUG = "generated-topic-"
# Of a hundred articles so many are in each state, and so many are told by a university, by a partner; the rest
# are the alliance's own.
STATES = ["published"] * 94 + ["archived"] * 4 + ["draft"] * 2
TOLD_BY = ["university"] * 80 + ["partner"] * 12 + ["alliance"] * 8
TABLES = (
    "news_newsitem",
    "news_newsitem_topics",
    "news_event",
    "news_event_topics",
    "news_topic",
    "ground_titleword",
)


def generated() -> int:
    """How many generated articles there are."""
    return NewsItem.objects.filter(uuid__range=RANGE).count()


def generate(count: int, *, seed: int, say: Callable[[str], None]) -> None:
    """Make `count` articles, and an event for every ten of them. Raises NotPossible; then nothing has changed."""
    if not count:
        return
    if generated():
        raise NotPossible("There are generated news already: remove them first (generate_scale --remove).")
    if not University.objects.exists():
        raise NotPossible("There are no universities: load the reference data first (load_reference).")
    begun = time.monotonic()
    with transaction.atomic():
        made = _Maker(seed, clock.now())
        for rows, of, told in (
            (made.articles(count), NewsItem, "news"),
            (made.events(count), Event, "events"),
        ):
            _write(rows, of, told, say)
    say("Collecting statistics …")
    tidy(TABLES)
    say(f"{count} news in {time.monotonic() - begun:.1f} s.")


def _write(
    rows: Iterator[tuple[Any, list[Topic]]], model: Any, told: str, say: Callable[[str], None]
) -> None:
    """Chunk by chunk, each with what it is about."""
    through, name = model.topics.through, model._meta.model_name
    waiting: list[tuple[Any, list[Topic]]] = []
    number = 0

    def write() -> None:
        model.objects.bulk_create(record for record, _topics in waiting)
        links = [(record.pk, topic.pk) for record, topics in waiting for topic in topics]
        through.objects.bulk_create(through(**{f"{name}_id": pk, "topic_id": topic}) for pk, topic in links)
        waiting.clear()

    for number, row in enumerate(rows, 1):
        waiting.append(row)
        if len(waiting) == CHUNK:
            write()
        if number % TOLD == 0:
            say(f"{number} {told}")
    write()
    say(f"{number} {told} made")


class _Maker:
    """Makes one record after another: the same seed, moment and reference data, the same rows."""

    def __init__(self, seed: int, now: dt.datetime) -> None:
        self.seed, self.now = seed, now
        self.universities = list(University.objects.order_by("slug").only("pk", "zone"))
        self.partners = list(Organisation.objects.order_by("pk").only("pk")[:PARTNERS])
        self.topics = [self._topic(number) for number in range(TOPICS)]

    def _topic(self, number: int) -> Topic:
        english, lithuanian = words.TOPICS[number * 3]
        named = {"name_en": english.capitalize(), "name_lt": lithuanian.capitalize()}
        return Topic.objects.get_or_create(slug=f"{_TOPIC_SLUG}{number}", defaults=named)[0]

    def articles(self, count: int) -> Iterator[tuple[NewsItem, list[Topic]]]:
        """Article after article, the oldest first."""
        for number in range(1, count + 1):
            chance = random.Random(f"news:{self.seed}:{number}")  # noqa: S311 - the same seed, the same rows
            texts = _texts(chance, number)
            told_by, state = chance.choice(TOLD_BY), chance.choice(STATES)
            published = FIRST + (self.now - FIRST) * (number / (count + 1))
            yield NewsItem(
                uuid=mark("news", self.seed, number), slug=f"generated-{self.seed}-{number}", publication=state,
                published_at=None if state == "draft" else published, changed_at=published,
                university=chance.choice(self.universities) if told_by == "university" else None,
                partner=chance.choice(self.partners) if told_by == "partner" and self.partners else None,
                search=_vector(texts, "title", "summary", "body"), **_said(texts),
            ), self._about(chance)  # fmt: skip

    def events(self, count: int) -> Iterator[tuple[Event, list[Topic]]]:
        """An event for every ten articles, the last ones to come."""
        for number in range(1, count // ONE_EVENT_IN + 1):
            chance = random.Random(f"event:{self.seed}:{number}")  # noqa: S311
            texts, host = _texts(chance, number), chance.choice(self.universities)
            place = phrase(f"Hall {number % 40 + 1}")
            begins = FIRST + (self.now + AHEAD - FIRST) * (number * ONE_EVENT_IN / (count + 1))
            ends = begins + dt.timedelta(hours=chance.choice((1, 2, 8, 30)))
            yield Event(
                uuid=mark("event", self.seed, number), slug=f"generated-{self.seed}-{number}", university=host,
                zone=host.zone, starts_at=begins, ends_at=ends, starts_by=begins, ends_by=ends,
                is_online=chance.random() < 0.3, place_en=place.said, publication="published",
                search=_vector(texts | {"place_en": place}, "title", "summary", "body", "place"), **_said(texts),
            ), self._about(chance)  # fmt: skip

    def _about(self, chance: random.Random) -> list[Topic]:
        return chance.sample(self.topics, chance.choice((1, 1, 2)))


def _texts(chance: random.Random, number: int) -> dict[str, Phrase]:
    """Title, summary and text in both languages, on one topic."""
    topic, title = chance.choice(words.TOPICS), chance.choice(words.TITLES)
    told = chance.sample(words.SENTENCES, 6)
    found = {}
    for place, code in enumerate(("en", "lt")):
        sentences = [phrase(_begun(one[place].format(topic[place]))) for one in told]
        found[f"title_{code}"] = phrase(f"{_begun(title[place].format(topic[place]))} {number}")
        found[f"summary_{code}"] = sentences[0]
        found[f"body_{code}"] = together(sentences[1:])
    return found


def _begun(said: str) -> str:
    return said[:1].upper() + said[1:]


def _vector(texts: dict[str, Phrase], *order: str) -> str:
    named = (f"{name}_{code}" for name in order for code in ("en", "lt"))
    return vector([], [texts[name] for name in named if name in texts])


def _said(texts: dict[str, Phrase]) -> dict[str, str]:
    return {name: text.said for name, text in texts.items()}


@transaction.atomic
def remove() -> dict[str, int]:
    """Delete every generated article and event, with what people tied to it. Out: how many of each went."""
    news, events = NewsItem.objects.filter(uuid__range=RANGE), Event.objects.filter(uuid__range=RANGE)
    papers = [one.filter(item__in=news).values("document") for one in (Picture.objects, Attachment.objects)]
    files = [file for some in papers for file in Document.objects.filter(pk__in=some)]
    Lead.objects.filter(follows__item__in=news).update(follows=None)
    Lead.objects.filter(follows__event__in=events).update(follows=None)
    Event.objects.filter(news_item__in=news).update(news_item=None)
    for rows in (news, events):
        forget(rows)
    gone = {"events": _delete(events), "news": _delete(news)}
    Topic.objects.filter(slug__startswith=_TOPIC_SLUG, news=None, events=None).delete()
    for file in files:
        documents.discard(file)
    return gone


def forget(rows: Any) -> None:
    """Take away what the trail and the history of edits keep about these articles or events."""
    Line.objects.filter(subject_uuid__in=rows.values("uuid")).delete()
    kind = ContentType.objects.get_for_model(rows.model)
    keys = [str(key) for key in rows.values_list("pk", flat=True)]
    versions = Version.objects.filter(content_type=kind)
    seen = set(versions.values_list("object_id", flat=True)).intersection(keys)
    found = versions.filter(object_id__in=seen).values_list("revision", flat=True)
    Revision.objects.filter(pk__in=list(found.distinct())).delete()
