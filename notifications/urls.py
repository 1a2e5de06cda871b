from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox_page, name="inbox"),
    path("read/", views.read_all, name="read_all"),
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/works-again/", views.works_again, name="works_again"),
    path("<uuid:uuid>/open/", views.open_item, name="open"),
    path("<uuid:uuid>/read/", views.read_item, name="read"),
    path("<uuid:uuid>/unread/", views.unread_item, name="unread"),
    path("<uuid:uuid>/snooze/", views.snooze, name="snooze"),
    path("<uuid:uuid>/wake/", views.wake_item, name="wake"),
]
