"""Addresses of the room. The page of a project is composed above it and joins these in `alliance_portal`."""

from django.urls import path

from projects.views import editing, history, lists, papers

app_name = "projects"
urlpatterns = [
    path("", lists.project_list, name="list"),
    path("new/", editing.project_create, name="create"),
    path("<slug:key>/edit/", editing.project_edit, name="edit"),
    path("<slug:key>/publication/", editing.project_publication, name="publication"),
    path("<slug:key>/history/", history.project_history, name="history"),
    path("<slug:key>/documents/", papers.project_documents, name="documents"),
    path("<slug:key>/documents/<uuid:uuid>/", papers.document, name="document"),
    path("<slug:key>/documents/<uuid:uuid>/remove/", papers.document_remove, name="document_remove"),
]
