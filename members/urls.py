"""The pages of a university and of a centre show other rooms' things too: `alliance_portal/pages/rooms.py`."""

from django.urls import path

from members import agreement_urls, factsheet_urls, joining_urls, university_urls, views

app_name = "members"
urlpatterns = [
    path("", views.university_list, name="list"),
    *agreement_urls.urlpatterns,
    *factsheet_urls.urlpatterns,
    *joining_urls.urlpatterns,
    *university_urls.urlpatterns,
]
