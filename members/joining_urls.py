"""Addresses of the step after sign-up and of the requests for roles."""

from django.urls import path

from members.views import joining, requests

urlpatterns = [
    path("join/", joining.join, name="join"),
    path("join/leave/", joining.join_leave, name="join_leave"),
    path("join/requests/<uuid:uuid>/withdraw/", joining.join_withdraw, name="join_withdraw"),
    path("join/<slug:slug>/contacts/", joining.join_contacts, name="join_contacts"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:uuid>/", requests.request_page, name="request"),
]
