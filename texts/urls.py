"""Where the portal's own pages are looked after."""

from django.urls import path

from texts import views

app_name = "texts"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("<slug:slug>/edit/", views.edit, name="edit"),
    path("<slug:slug>/history/", views.past, name="history"),
    path("<slug:slug>/history/<int:revision>/restore/", views.restore, name="restore"),
]
