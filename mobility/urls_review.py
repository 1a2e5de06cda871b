"""The addresses of review and selection, beside those of `mobility/urls.py`."""

from django.urls import path

from mobility.views import bulk, conflicts, noting, numbers, replying, review_sheet, reviewers, table, taking

REVIEW = [
    path("calls/<slug:slug>/applications/", table.call_applications, name="call_applications"),
    path("calls/<slug:slug>/applications/save/", table.table_save, name="table_save"),
    path("calls/<slug:slug>/applications/saved/<uuid:uuid>/remove/", table.table_remove, name="table_remove"),
    path(
        "calls/<slug:slug>/applications/export/<slug:format>/",
        taking.applications_export,
        name="applications_export",
    ),
    path(
        "calls/<slug:slug>/applications/documents/", taking.applications_archive, name="applications_archive"
    ),
    path("calls/<slug:slug>/applications/bulk/", bulk.call_bulk, name="call_bulk"),
    path("calls/<slug:slug>/decisions/", bulk.bulk_decisions, name="bulk_decisions"),
    path("calls/<slug:slug>/reviewers/", reviewers.call_reviewers, name="call_reviewers"),
    path("calls/<slug:slug>/impartiality/", review_sheet.impartiality, name="impartiality"),
    path("calls/<slug:slug>/numbers/", numbers.call_numbers, name="call_numbers"),
    path("decisions/<uuid:uuid>/", bulk.bulk_decision, name="bulk_decision"),
    path("decisions/<uuid:uuid>/undo/", bulk.bulk_undo, name="bulk_undo"),
    path("numbers/", numbers.office_numbers, name="office_numbers"),
    path("reviews/", review_sheet.my_reviews, name="my_reviews"),
    path("reviews/<uuid:uuid>/", review_sheet.review_sheet, name="review_sheet"),
    path("reviews/<uuid:uuid>/conflict/", review_sheet.review_conflict, name="review_conflict"),
    path(
        "reviews/<uuid:uuid>/documents/<uuid:document>/", review_sheet.review_document, name="review_document"
    ),
    path(
        "applications/<uuid:uuid>/reviewers/", reviewers.application_reviewers, name="application_reviewers"
    ),
    path("applications/<uuid:uuid>/conflicts/", conflicts.application_conflict, name="application_conflict"),
    path("applications/<uuid:uuid>/reply/", replying.application_reply, name="application_reply"),
    path("applications/<uuid:uuid>/notes/", noting.application_note, name="application_note"),
    path("applications/<uuid:uuid>/appeal/answer/", noting.appeal_answer, name="appeal_answer"),
]
