from django.urls import path

from news.views import articles, desk, event_desk, event_people, events, registering

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
    path("events/new/", event_desk.create, name="event_create"),
    path("events/desk/", event_desk.desk, name="event_desk"),
    path("events/registrations/<str:token>/", registering.registration, name="registration"),
    path("events/registrations/<str:token>/certificate/", registering.certificate_file, name="certificate"),
    path("events/<slug:slug>/", events.event, name="event"),
    path("events/<slug:slug>/edit/", event_desk.edit, name="event_edit"),
    path("events/<slug:slug>/programme/", event_desk.programme, name="event_programme"),
    path("events/<slug:slug>/step/", event_desk.step, name="event_step"),
    path("events/<slug:slug>/cancel/", event_desk.cancel, name="event_cancel"),
    path("events/<slug:slug>/history/", event_desk.history, name="event_history"),
    path("events/<slug:slug>/registration/", event_people.admission, name="event_admission"),
    path("events/<slug:slug>/register/", registering.register, name="event_register"),
    path("events/<slug:slug>/people/", event_people.people, name="event_people"),
    path("events/<slug:slug>/people.csv", event_people.people_file, name="event_people_file"),
    path("events/<slug:slug>/follow-up/", event_people.follow_up, name="event_follow_up"),
    path("events/<slug:slug>/calendar.ics", events.event_file, name="event_ics"),
]
