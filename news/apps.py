from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("News and events")

    def ready(self) -> None:
        """Records that people edit keep their history; by now the columns of both languages exist."""
        from news import history

        history.keep()
