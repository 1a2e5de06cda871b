"""The Atom feed of news."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ground.templatetags.ground_tags import in_language
from members.models import University
from news.models import NewsItem, Topic

LENGTH = 30


class NewsFeed(Feed):
    """The newest published items in the language in use: all, those of a university, or those on a topic."""

    feed_type = Atom1Feed

    def __init__(self, *, of: University | Topic | None = None) -> None:
        self.of = of

    def title(self) -> str:
        said = {"portal": settings.BRAND["name"]}
        if self.of is None:
            return _("%(portal)s: news") % said
        named = self.of.name if isinstance(self.of, Topic) else self.of.name_shown
        return _("%(portal)s: news – %(of)s") % (said | {"of": named})

    def link(self) -> str:
        address = reverse("news:list")
        if self.of is None:
            return address
        return f"{address}?{'topic' if isinstance(self.of, Topic) else 'university'}={self.of.slug}"

    def feed_guid(self) -> str:
        """What the feed is, whatever its address: a program that follows it takes none for another."""
        kind = "all" if self.of is None else f"{type(self.of).__name__.lower()}/{self.of.slug}"
        return f"tag:{urlsplit(settings.BASE_URL).hostname},2026:news/{kind}/{get_language()}"

    def subtitle(self) -> str:
        return _("What the universities of the alliance do together.")

    def items(self) -> QuerySet[NewsItem]:
        rows = NewsItem.objects.live().for_list()
        if isinstance(self.of, Topic):
            rows = rows.filter(topics=self.of)
        elif self.of is not None:
            rows = rows.concerning(self.of)
        return rows.order_by("-published_at", "-pk")[:LENGTH]

    def item_title(self, item: NewsItem) -> str:
        return in_language(item, "title")[0]

    def item_description(self, item: NewsItem) -> str:
        """The summary as the HTML that a feed says it is: signs that mean something in HTML are text here."""
        return escape(in_language(item, "summary")[0])

    def item_guid(self, item: NewsItem) -> str:
        return f"urn:uuid:{item.uuid}"

    def item_pubdate(self, item: NewsItem) -> Any:
        return item.published_at

    def item_updateddate(self, item: NewsItem) -> dt.datetime | None:
        """When it last became what it is; nothing is newer than its own publication."""
        return max(item.changed_at, item.published_at) if item.published_at else item.changed_at

    def item_author_name(self, item: NewsItem) -> str:
        source = item.university.organisation if item.university else item.partner
        return source.name if source else settings.BRAND["alliance"]

    def item_categories(self, item: NewsItem) -> list[str]:
        return [topic.name for topic in item.topics.all()]
