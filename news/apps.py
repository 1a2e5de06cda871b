from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ground.finished import turns_at


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("News and events")

    def ready(self) -> None:
        """Records that people edit keep their history; by now the columns of both languages exist."""
        from news import exports, history
        from news.models import Admission, Event, NewsItem
        from news.registering import messages, reminder
        from projects import dates_feed

        dates_feed.also(exports.of_person)
        messages.register_kinds()
        reminder.register_kinds()
        history.keep()
        for field in ("published_at", "pinned_until"):
            turns_at(NewsItem, field)
        for field in ("starts_by", "ends_by"):
            turns_at(Event, field)
        for field in ("opens_at", "closes_at"):
            turns_at(Admission, field)
