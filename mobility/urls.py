from django.urls import path

from mobility.urls_review import REVIEW
from mobility.views import (
    applying,
    call_drafts,
    calling,
    calls,
    deciding,
    dialogue,
    drafts,
    files,
    own,
    starting,
    writing,
)

app_name = "mobility"
urlpatterns = [
    path("", calls.index, name="index"),
    path("calls/", calls.call_list, name="calls"),
    path("calls/new/", calling.call_new, name="call_new"),
    path("calls/<slug:slug>/edit/", calling.call_edit, name="call_edit"),
    path("calls/<slug:slug>/typed/", call_drafts.call_draft, name="call_draft"),
    path("calls/<slug:slug>/preview/", calling.call_preview, name="call_preview"),
    path("calls/<slug:slug>/history/", calling.call_history, name="call_history"),
    path("calls/<slug:slug>/copy/", calling.call_copy, name="call_copy"),
    path("calls/<slug:slug>/step/<slug:step>/", calling.call_step, name="call_step"),
    path("calls/<slug:slug>/apply/", starting.apply, name="apply"),
    *REVIEW,
    path("applications/", own.my_applications, name="my_applications"),
    path("applications/<uuid:uuid>/", own.application, name="application"),
    path("applications/<uuid:uuid>/check/", applying.application_check, name="application_check"),
    path("applications/<uuid:uuid>/submit/", applying.application_submit, name="application_submit"),
    path("applications/<uuid:uuid>/receipt/", applying.application_receipt, name="application_receipt"),
    path(
        "applications/<uuid:uuid>/receipt/pdf/",
        applying.application_receipt_pdf,
        name="application_receipt_pdf",
    ),
    path("applications/<uuid:uuid>/messages/", dialogue.application_messages, name="application_messages"),
    path("applications/<uuid:uuid>/appeal/", dialogue.application_appeal, name="application_appeal"),
    path(
        "applications/<uuid:uuid>/appeal/<uuid:appeal>/withdraw/",
        dialogue.application_appeal_withdraw,
        name="application_appeal_withdraw",
    ),
    path("applications/<uuid:uuid>/take-back/", own.application_take_back, name="application_take_back"),
    path("applications/<uuid:uuid>/withdraw/", own.application_withdraw, name="application_withdraw"),
    path("applications/<uuid:uuid>/answer/", own.application_answer, name="application_answer"),
    path("applications/<uuid:uuid>/review/", deciding.application_review, name="application_review"),
    path("applications/<uuid:uuid>/decide/", deciding.application_decide, name="application_decide"),
    path("applications/<uuid:uuid>/documents/", files.application_documents, name="application_documents"),
    path(
        "applications/<uuid:uuid>/documents/<uuid:document>/",
        files.application_document,
        name="application_document",
    ),
    path(
        "applications/<uuid:uuid>/documents/<uuid:document>/remove/",
        files.application_document_remove,
        name="application_document_remove",
    ),
    path("applications/<uuid:uuid>/files/", files.application_files, name="application_files"),
    path("applications/<uuid:uuid>/typed/<slug:part>/", drafts.application_draft, name="application_draft"),
    path("applications/<uuid:uuid>/<slug:part>/", writing.application_part, name="application_part"),
]
