"""Addresses at which a university, its units, contacts and centres are edited."""

from django.urls import URLPattern, path

from members.views import alliance, editing, editing_records, histories, schools


def _records(kind: str) -> list[URLPattern]:
    """Add, edit and remove the records of one kind at a university."""
    under, more = f"<slug:slug>/edit/{kind}s/", {"kind": kind}
    return [
        path(f"{under}new/", editing_records.record_new, more, name=f"edit_{kind}_new"),
        path(f"{under}<uuid:uuid>/", editing_records.record_edit, more, name=f"edit_{kind}"),
        path(f"{under}<uuid:uuid>/remove/", editing_records.record_remove, more, name=f"edit_{kind}_remove"),
    ]


urlpatterns = [
    path("alliance/figures/edit/", alliance.alliance_figures, name="edit_alliance"),
    path("alliance/figures/history/", alliance.alliance_history, name="alliance_history"),
    path("alliance/networks/new/", alliance.network_edit, name="edit_network_new"),
    path("alliance/networks/<int:pk>/", alliance.network_edit, name="edit_network"),
    path("alliance/networks/<int:pk>/history/", alliance.network_history, name="network_history"),
    path("alliance/networks/<int:pk>/remove/", alliance.network_remove, name="edit_network_remove"),
    path("centres/new/", editing_records.centre_new, name="centre_new"),
    path("centres/<slug:slug>/edit/", editing_records.centre_edit, name="edit_centre"),
    path("centres/<slug:slug>/history/", histories.centre_history, name="centre_history"),
    path("centres/<slug:slug>/remove/", editing_records.centre_remove, name="centre_remove"),
    path("<slug:slug>/edit/", editing.university_edit, name="edit"),
    path("<slug:slug>/edit/units/", editing.university_units, name="edit_units"),
    path("<slug:slug>/edit/contacts/", editing.university_contacts, name="edit_contacts"),
    path("<slug:slug>/edit/centres/", editing.university_centres, name="edit_centres"),
    path("<slug:slug>/edit/history/", histories.university_history, name="edit_history"),
    path("<slug:slug>/edit/schools/", schools.school_list, name="edit_schools"),
    path("<slug:slug>/edit/schools/new/", schools.school_new, name="edit_school_new"),
    path("<slug:slug>/edit/schools/attach/", schools.school_attach, name="edit_school_attach"),
    path("<slug:slug>/edit/schools/<uuid:uuid>/", schools.school_edit, name="edit_school"),
    path("<slug:slug>/edit/schools/<uuid:uuid>/detach/", schools.school_detach, name="edit_school_detach"),
    path("<slug:slug>/edit/schools/<uuid:uuid>/history/", histories.school_history, name="school_history"),
    *_records("unit"),
    path("<slug:slug>/edit/units/<uuid:uuid>/history/", histories.unit_history, name="unit_history"),
    *_records("contact"),
    path("<slug:slug>/edit/<slug:part>/", editing.university_edit_part, name="edit_part"),
]
