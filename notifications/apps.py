from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages and reminders")

    def ready(self) -> None:
        from notifications import checks, messages  # noqa: F401 - checks register themselves

        messages.register_kinds()
