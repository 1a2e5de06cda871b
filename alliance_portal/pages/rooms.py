"""Pages of a room that also show what rooms above it have: the room's address, a page composed here."""

from django.urls import path

from alliance_portal.pages import call, centre, compare, project, project_preview, university
from members import urls as members
from mobility import urls as mobility
from projects import urls as projects

members_urls = (
    [
        *members.urlpatterns,
        path("compare/", compare.page, name="compare"),
        path("centres/<slug:slug>/", centre.page, name="centre"),
        path("<slug:slug>/", university.page, name="detail"),
    ],
    members.app_name,
)

projects_urls = (
    [
        *projects.urlpatterns,
        path("new/preview/", project_preview.preview_new, name="preview_new"),
        path("<key:key>/preview/", project_preview.preview, name="preview"),
        path("<slug:key>/", project.page, name="detail"),
    ],
    projects.app_name,
)

mobility_urls = (
    [*mobility.urlpatterns, path("calls/<slug:slug>/", call.page, name="call")],
    mobility.app_name,
)
