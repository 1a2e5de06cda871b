from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TextsConfig(AppConfig):
    name = "texts"
    verbose_name = _("Pages of the portal")

    def ready(self) -> None:
        """The pages keep their history; by now the columns of both languages exist."""
        from texts import history

        history.keep()
