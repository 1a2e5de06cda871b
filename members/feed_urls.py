"""Addresses that calendars keep; they stand outside the languages."""

from django.urls import path

from members.views import factsheets

urlpatterns = [
    path(
        "feeds/factsheets/<slug:language>/<slug:slug>.ics",
        factsheets.factsheets_calendar,
        name="factsheets_calendar",
    )
]
