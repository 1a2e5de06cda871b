from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from ground.finished import turns_at


class MobilityConfig(AppConfig):
    name = "mobility"
    verbose_name = _("Mobility")

    def ready(self) -> None:
        from mobility import (
            dates,
            dialogue_messages,
            messages,
            reminders,
            rules,  # noqa: F401 - registers the permissions
        )
        from mobility.models import GRACE, Call
        from notifications import dates as calendar

        turns_at(Call, "opens_at")
        turns_at(Call, "closes_at", GRACE)
        messages.register_kinds()
        dialogue_messages.register_kinds()
        reminders.register_kinds()
        calendar.register(dates.of_person)
