from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ground.finished import turns_at


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("News and events")

    def ready(self) -> None:
        """Records that people edit keep their history; by now the columns of both languages exist."""
        from ground import kept
        from news import editors, exports, history, kept_pictures
        from news.models import Admission, Event, Lead, NewsItem
        from news.newsletter import messages as newsletter
        from news.registering import messages, reminder
        from notifications import dates
        from projects import dates_feed

        dates_feed.also(exports.of_person)
        dates.register(exports.of_person)
        messages.register_kinds()
        newsletter.register_kinds()
        editors.register_kinds()
        reminder.register_kinds()
        history.keep()
        kept.also_files(kept_pictures.of_late_form)
        for field in ("published_at", "pinned_until"):
            turns_at(NewsItem, field)
        for field in ("starts_by", "ends_by"):
            turns_at(Event, field)
        turns_at(Lead, "until")
        for field in ("opens_at", "closes_at"):
            turns_at(Admission, field)
