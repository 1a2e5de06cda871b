"""Addresses of the room. The page of a project is composed above it and joins these in `alliance_portal`."""

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from projects.views import editing, history, lists, papers


class KeyConverter(SlugConverter):
    """A project's key however it is typed: S-NET-24-50 is s-net-24-50."""

    def to_python(self, value: str) -> str:
        return value.lower()


register_converter(KeyConverter, "key")

app_name = "projects"
urlpatterns = [
    path("", lists.project_list, name="list"),
    path("new/", editing.project_create, name="create"),
    path("<key:key>/edit/", editing.project_edit, name="edit"),
    path("<key:key>/publication/", editing.project_publication, name="publication"),
    path("<key:key>/history/", history.project_history, name="history"),
    path("<key:key>/documents/", papers.project_documents, name="documents"),
    path("<key:key>/documents/<uuid:uuid>/", papers.document, name="document"),
    path("<key:key>/documents/<uuid:uuid>/remove/", papers.document_remove, name="document_remove"),
]
