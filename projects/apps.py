from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects and funding")

    def ready(self) -> None:
        from projects import (
            history,
            messages,
            reminders,
            rules,  # noqa: F401 - registers the permissions
        )

        history.register()
        messages.register_kinds()
        reminders.register_kinds()
