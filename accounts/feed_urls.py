"""Addresses that calendars keep; they stand outside the languages."""

from django.urls import path

from accounts import views

urlpatterns = [path("calendar/mine/<str:token>.ics", views.my_dates, name="my_calendar")]
