"""Every address of the portal. Those called by machines stand outside the languages."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from alliance_portal.pages import rooms

urlpatterns = [
    path("", include("alliance_portal.pages.machine_urls")),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("", include("alliance_portal.pages.urls")),
        path("projects/", include(rooms.projects_urls)),
        path("funding/", include("projects.funding_urls")),
        path("universities/", include(rooms.members_urls)),
        path("mobility/", include(rooms.mobility_urls)),
        path("", include("news.urls")),
        path("texts/", include("texts.urls")),
        path("inbox/", include("notifications.urls")),
        path("reminders/", include("alliance_portal.reminding.urls")),
        path("accounts/", include("accounts.urls")),
        path("accounts/", include("allauth.account.urls")),
    ),
]

handler400 = "alliance_portal.pages.errors.bad_request"
handler403 = "alliance_portal.pages.errors.permission_denied"
handler404 = "alliance_portal.pages.errors.page_not_found"
handler429 = "alliance_portal.pages.errors.too_many_requests"
handler500 = "alliance_portal.pages.errors.server_error"
