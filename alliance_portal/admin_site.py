"""The back office: every record, for administrators."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
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

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The portal's own sign-in page, with its limits; who is signed in and has no business here finds no page."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise Http404
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        ours = url_has_allowed_host_and_scheme(
            wanted, {request.get_host()}, require_https=request.is_secure()
        )
        return redirect_to_login(wanted if ours else reverse("admin:index"))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """What is typed into a field with suggestions; what no database can look for is refused."""
        if any("\x00" in value for value in request.GET.values()):
            return HttpResponseBadRequest()
        return super().autocomplete_view(request)
