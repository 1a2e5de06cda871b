"""Addresses of the room. The page of a project is composed above it and joins these in `alliance_portal`."""

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from projects.views import (
    amendments,
    bulk,
    calendars,
    dashboard,
    deleting,
    drafts,
    duplicate,
    editing,
    exporting,
    following,
    history,
    importing,
    lists,
    milestones,
    papers,
    partners,
    reporting,
    saved,
    sharing,
    texts,
    timeline,
)


class KeyConverter(SlugConverter):
    """A project's key however it is typed: S-NET-24-50 is s-net-24-50."""

    def to_python(self, value: str) -> str:
        return value.lower()


register_converter(KeyConverter, "key")

app_name = "projects"
urlpatterns = [
    path("", lists.project_list, name="list"),
    path("summary.pdf", reporting.summary, name="summary"),
    path("followed/", following.followed, name="followed"),
    path("dashboard/", dashboard.project_dashboard, name="dashboard"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("export/<slug:format>/", exporting.project_export, name="export"),
    path("timeline/", timeline.project_timeline, name="timeline"),
    path("filters/", saved.filters, name="filters"),
    path("filters/<uuid:uuid>/", saved.filter_rename, name="filter_rename"),
    path("filters/<uuid:uuid>/remove/", saved.filter_remove, name="filter_remove"),
    path("new/", editing.project_create, name="create"),
    path("new/draft/", drafts.draft_new, name="draft_new"),
    path("new/organisations/", partners.organisations, name="organisations"),
    path("new/text/", texts.shown, name="text"),
    path("bulk/", bulk.project_bulk, name="bulk"),
    path("bulk/<uuid:uuid>/", bulk.bulk_change, name="bulk_change"),
    path("bulk/<uuid:uuid>/state/", bulk.bulk_state, name="bulk_state"),
    path("bulk/<uuid:uuid>/undo/", bulk.bulk_undo, name="bulk_undo"),
    path("imports/", importing.imports, name="imports"),
    path("imports/help/", importing.import_help, name="import_help"),
    path("imports/template/<slug:format>/", importing.import_template, name="import_template"),
    path("imports/<uuid:uuid>/", importing.import_page, name="import_page"),
    path("imports/<uuid:uuid>/columns/", importing.import_columns, name="import_columns"),
    path("imports/<uuid:uuid>/reading/", importing.import_reading, name="import_reading"),
    path("imports/<uuid:uuid>/take-over/", importing.import_take_over, name="import_take_over"),
    path("imports/<uuid:uuid>/cancel/", importing.import_cancel, name="import_cancel"),
    path("imports/<uuid:uuid>/state/", importing.import_state, name="import_state"),
    path("imports/<uuid:uuid>/report/", importing.import_report, name="import_report"),
    path("<key:key>/edit/", editing.project_edit, name="edit"),
    path("<key:key>/draft/", drafts.draft, name="draft"),
    path("<key:key>/follow/", following.project_follow, name="follow"),
    path("<key:key>/publication/", editing.project_publication, name="publication"),
    path("<key:key>/history/", history.project_history, name="history"),
    path("<key:key>/history/compare/", history.history_compare, name="history_compare"),
    path("<key:key>/history/<int:revision>/restore/", history.project_restore, name="restore"),
    path("<key:key>/amend/", amendments.project_amend, name="amend"),
    path("<key:key>/amend/<uuid:uuid>/withdraw/", amendments.amendment_withdraw, name="amendment_withdraw"),
    path("<key:key>/milestones/<uuid:uuid>/done/", milestones.milestone_done, name="milestone_done"),
    path("<key:key>/delete/", deleting.project_delete, name="delete"),
    path("<key:key>/sharing/", sharing.project_sharing, name="sharing"),
    path("<key:key>/duplicate/", duplicate.project_duplicate, name="duplicate"),
    path("<key:key>/report.pdf", reporting.report, name="report"),
    path("<key:key>/documents/", papers.project_documents, name="documents"),
    path("<key:key>/documents/<uuid:uuid>/", papers.document, name="document"),
    path("<key:key>/documents/<uuid:uuid>/remove/", papers.document_remove, name="document_remove"),
]
