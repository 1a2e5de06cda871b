from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MobilityConfig(AppConfig):
    name = "mobility"
    verbose_name = _("Mobility")

    def ready(self) -> None:
        from mobility import (
            messages,
            rules,  # noqa: F401 - registers the permissions
        )

        messages.register_kinds()
