"""The Atom feed of news."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from ground.templatetags.ground_tags import in_language
from news.models import NewsItem

LENGTH = 30


class NewsFeed(Feed):
    """The newest published items in the language in use."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("%(portal)s: news") % {"portal": settings.BRAND["name"]}

    def link(self) -> str:
        return reverse("news:list")

    def subtitle(self) -> str:
        return _("What the universities of the alliance do together.")

    def items(self) -> QuerySet[NewsItem]:
        return NewsItem.objects.live().for_list().order_by("-published_at", "-pk")[:LENGTH]

    def item_title(self, item: NewsItem) -> str:
        return in_language(item, "title")[0]

    def item_description(self, item: NewsItem) -> str:
        return in_language(item, "summary")[0]

    def item_guid(self, item: NewsItem) -> str:
        return f"urn:uuid:{item.uuid}"

    def item_pubdate(self, item: NewsItem) -> Any:
        return item.published_at

    def item_updateddate(self, item: NewsItem) -> dt.datetime | None:
        return item.published_at

    def item_author_name(self, item: NewsItem) -> str:
        source = item.university.organisation if item.university else item.partner
        return source.name if source else settings.BRAND["alliance"]

    def item_categories(self, item: NewsItem) -> list[str]:
        return [topic.name for topic in item.topics.all()]
