from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Universities and organisations")

    def ready(self) -> None:
        """Records that people edit keep their history; by now the columns of both languages exist."""
        from members import (
            appointments,
            dates,
            history,
            messages,
            reminders,
            rules,  # noqa: F401 - registers the permissions
        )
        from members.factsheets import messages as factsheet_messages
        from members.joining import messages as joining_messages
        from members.joining import step
        from notifications import dates as calendar
        from notifications import times

        history.keep()
        messages.register_kinds()
        factsheet_messages.register_kinds()
        joining_messages.register_kinds()
        step.register()
        reminders.register_kinds()
        calendar.register(dates.of_person)
        times.home_is(appointments.home_zone)
