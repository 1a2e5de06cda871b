"""The back office: every record, for administrators."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from members.appointments import is_administrator


class PortalAdminSite(AdminSite):
    site_header = _("Alliance Portal: administration")
    site_title = _("Administration")
    index_title = _("Every record")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Only people with an administrator's appointment today (and Django's own superuser)."""
        return is_administrator(request.user)


PortalAdminSite.login = secure_admin_login(PortalAdminSite.login)
