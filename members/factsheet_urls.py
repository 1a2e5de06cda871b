"""Addresses of factsheets, below those of the universities."""

from django.urls import path

from members import views
from members.views import histories

_YEARS = "<slug:slug>/factsheets/"
urlpatterns = [
    path(f"{_YEARS}new/", views.factsheet_create, name="factsheet_create"),
    path(f"{_YEARS}<slug:year>/", views.factsheet_page, name="factsheet"),
    path(f"{_YEARS}<slug:year>/edit/", views.factsheet_edit, name="factsheet_edit"),
    path(f"{_YEARS}<slug:year>/history/", histories.factsheet_history, name="factsheet_history"),
    path(f"{_YEARS}<slug:year>/publication/", views.factsheet_publication, name="factsheet_publication"),
]
