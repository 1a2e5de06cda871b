"""The addresses of agreements, below those of the universities."""

from django.urls import path

from members.views import agreement_drafts as drafts
from members.views import agreement_life as life
from members.views import agreement_steps as steps
from members.views import agreements as views
from members.views import balance

_ONE = "agreements/<uuid:uuid>/"
_VERSION = f"{_ONE}versions/<int:number>/"
urlpatterns = [
    path("agreements/", views.agreement_register, name="agreements"),
    path("agreements/agreements.<slug:format>", views.agreements_export, name="agreements_export"),
    path("agreements/balance/", balance.agreement_balance, name="agreement_balance"),
    path(
        "agreements/balance/balance.<slug:format>",
        balance.agreement_balance_export,
        name="agreement_balance_export",
    ),
    path("agreements/new/", drafts.agreement_new, name="agreement_new"),
    path(_ONE, views.agreement, name="agreement"),
    path(f"{_ONE}codes/<int:place>/", views.agreement_code, name="agreement_code"),
    path(f"{_ONE}change/", life.agreement_change, name="agreement_change"),
    path(f"{_ONE}terminate/", life.agreement_terminate, name="agreement_terminate"),
    path(f"{_ONE}abandon/", life.agreement_abandon, name="agreement_abandon"),
    path(_VERSION, views.agreement_version, name="agreement_version"),
    path(f"{_VERSION}compare/<int:other>/", views.agreement_compare, name="agreement_compare"),
    path(f"{_VERSION}agreement.pdf", views.agreement_pdf, name="agreement_pdf"),
    path(f"{_VERSION}edit/", drafts.agreement_edit, name="agreement_edit"),
    path(f"{_VERSION}send/", steps.agreement_send, name="agreement_send"),
    path(f"{_VERSION}approve/", steps.agreement_approve, name="agreement_approve"),
    path(f"{_VERSION}return/", steps.agreement_return, name="agreement_return"),
    path(f"{_VERSION}withdraw/", steps.agreement_withdraw, name="agreement_withdraw"),
]
