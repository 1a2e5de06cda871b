from django.apps import AppConfig
from django.contrib.admin import apps as admin


class PortalConfig(AppConfig):
    """The wiring and the composed pages."""

    name = "alliance_portal"
    default = True

    def ready(self) -> None:
        from alliance_portal import checks, rules  # noqa: F401 - register themselves
        from members.reminders import people
        from notifications import alarms

        alarms.tell(people.keepers_of_messages)


class PortalAdminConfig(admin.AdminConfig):
    """Django admin with the portal's own site: who may enter is an appointment, not a flag."""

    default = False
    default_site = "alliance_portal.admin_site.PortalAdminSite"
