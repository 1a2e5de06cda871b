from django.urls import path

from news.views import articles, desk, events

app_name = "news"
urlpatterns = [
    path("news/", articles.news_list, name="list"),
    path("news/new/", desk.create, name="create"),
    path("news/desk/", desk.desk, name="desk"),
    path("news/<slug:slug>/", articles.detail, name="detail"),
    path("news/<slug:slug>/edit/", desk.edit, name="edit"),
    path("news/<slug:slug>/step/", desk.step, name="step"),
    path("news/<slug:slug>/attachments/", desk.attach, name="attach"),
    path("news/<slug:slug>/attachments/<uuid:pk>/", articles.attachment, name="attachment"),
    path("news/<slug:slug>/attachments/<uuid:pk>/remove/", desk.detach, name="detach"),
    path("events/", events.event_list, name="events"),
    path("events/<slug:slug>/", events.event, name="event"),
    path("events/<slug:slug>/calendar.ics", events.event_file, name="event_ics"),
]
