"""Where rules of reminders are looked after."""

from django.urls import path

from alliance_portal.reminding import exceptions, views

app_name = "reminders"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("preview/", views.preview, name="preview"),
    path("history/", views.history, name="history"),
    path("new/<str:kind>/", views.add, name="add"),
    path("defaults/<str:kind>/", views.defaults, name="defaults"),
    path("of/<str:kind>/<uuid:uuid>/", exceptions.page, name="exceptions"),
    path("<uuid:uuid>/", views.rule_page, name="rule"),
    path("<uuid:uuid>/switch/", views.switch, name="switch"),
    path("<uuid:uuid>/test/", views.try_out, name="test"),
]
