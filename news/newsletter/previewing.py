"""An issue as its readers will get it, before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass

import nh3
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from ground import clock
from members.models import University
from news.models import Issue, Topic
from news.newsletter import messages
from news.newsletter.issues import texts_of
from news.newsletter.matching import matches
from news.newsletter.sending import context_of
from news.newsletter.stories import told_of
from notifications import kinds

_TAGS = {"h1", "h2", "h3", "p", "a", "br", "ul", "li", "strong", "hr"}


@dataclass(frozen=True)
class Letter:
    """A letter in one language: its subject, as HTML within a page, and as plain text."""

    language: str
    subject: str
    html: SafeString
    text: str
    texts: int


def letter_of(
    issue: Issue, language: str, *, university: University | None = None, topic: Topic | None = None
) -> Letter:
    """The issue in `language`, as everybody gets it or as a subscriber of a university and a topic does."""
    chosen = ({university.pk} if university else set(), {topic.pk} if topic else set())
    told = [one for one in map(told_of, texts_of(issue)) if matches(one["facts"], *chosen)]
    kind = kinds.find(messages.ISSUE)
    with translation.override(language):
        context = context_of(issue, told, language)
        wording = kinds.word(kind, context, name=context["heading"], moment=clock.now(), language=language)
        leave = settings.BASE_URL + reverse("news:newsletter")
        text, html = kinds.mail_bodies(kind, wording, language, leave=leave)
    return Letter(language, wording.subject, _within(html), text, len(told))


def _within(html: str) -> SafeString:
    """A letter's own HTML as a part of a page: without its inline style, its headings below those of the page."""
    body = nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, clean_content_tags={"script", "style", "title"}
    )
    return SafeString(re.sub(r"<(/?)h([1-3])>", lambda found: f"<{found[1]}h{int(found[2]) + 2}>", body))
