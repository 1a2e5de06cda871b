from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Universities and organisations")

    def ready(self) -> None:
        """Records that people edit keep their history; by now the columns of both languages exist."""
        from members import history

        history.keep()
