"""The pages of a university and of a centre show other rooms' things too: `alliance_portal/pages/rooms.py`."""

from django.urls import path

from members import views

app_name = "members"
urlpatterns = [path("", views.university_list, name="list")]
