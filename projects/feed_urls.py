"""Addresses that calendars keep; they stand outside the languages."""

from django.urls import path

from projects.views import calendars

urlpatterns = [path("calendar/projects/<str:token>.ics", calendars.feed, name="project_calendar")]
