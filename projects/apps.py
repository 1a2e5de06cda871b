from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects and funding")

    def ready(self) -> None:
        from notifications import dates
        from projects import (
            dates_feed,
            history,
            messages,
            reminders,
            rules,  # noqa: F401 - registers the permissions
        )

        history.register()
        messages.register_kinds()
        reminders.register_kinds()
        dates.register(dates_feed.of_person)
