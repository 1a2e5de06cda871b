"""Topics of news and events, as the office keeps them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit import trail
from ground import richtext, text
from ground.workflow import NotPossible
from news.actions import demand
from news.models import Topic
from news.rules import KEEP_TOPICS

KIND = "news.topic"
TOPICS = uuid.uuid5(uuid.NAMESPACE_URL, "news/topics")


@transaction.atomic
def save_topic(topic: Topic | None, *, name_en: str, name_lt: str, by: Any) -> Topic:
    """Begin a topic, or name one anew; its address stays. Raises PermissionDenied, or NotPossible (there is one)."""
    demand(by, KEEP_TOPICS, None)
    kept: Any = Topic.objects.select_for_update().get(pk=topic.pk) if topic else Topic()
    verb = "news.change_topic" if kept.pk else "news.create_topic"
    kept.name_en, kept.name_lt = richtext.clean(name_en), richtext.clean(name_lt)
    kept.slug = kept.slug or slugify(text.fold(kept.name_en or kept.name_lt))[:60].strip("-")
    if not kept.slug:
        raise NotPossible(_("Give the topic a name with letters or figures."))
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise NotPossible(_("There is a topic with this name already.")) from error
    _record(verb, kept, by)
    return kept


@transaction.atomic
def remove_topic(topic: Topic, *, by: Any) -> None:
    """Take away a topic that no text has. Raises PermissionDenied, or NotPossible."""
    demand(by, KEEP_TOPICS, None)
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    if topic.news.exists() or topic.events.exists():
        raise NotPossible(_("News or events have this topic. It can be renamed, and goes once none has it."))
    _record("news.remove_topic", topic, by)
    topic.delete()


def _record(verb: str, topic: Topic, by: Any) -> None:
    # A topic has no identifier of its own: the trail names it by its words, under that of the room.
    trail.record(verb, by=by, kind=KIND, subject=TOPICS, name=str(topic), details={"topic": topic.slug})
