from django.urls import path

from news.views import articles, desk, events, histories, previews, topics, writing

app_name = "news"
urlpatterns = [
    path("news/", articles.news_list, name="list"),
    path("news/new/", desk.create, name="create"),
    path("news/desk/", desk.desk, name="desk"),
    path("news/topics/", topics.topic_list, name="topics"),
    path("news/topics/<slug:slug>/", topics.topic, name="topic"),
    path("news/topics/<slug:slug>/remove/", topics.remove, name="topic_remove"),
    path("news/links/", writing.found, name="links"),
    path("news/pasted/", writing.cleaned, name="pasted"),
    path("news/preview/<str:token>/", previews.preview, name="preview"),
    path("news/preview/<str:token>/papers/<uuid:pk>/", previews.preview_paper, name="preview_paper"),
    path("news/preview/<str:token>/<uuid:pk>/<str:name>", previews.preview_picture, name="preview_picture"),
    path("news/<slug:slug>/", articles.detail, name="detail"),
    path("news/<slug:slug>/edit/", writing.edit, name="edit"),
    path("news/<slug:slug>/draft/", writing.draft, name="draft"),
    path("news/<slug:slug>/text/", writing.shown, name="text"),
    path("news/<slug:slug>/history/", histories.history, name="history"),
    path("news/<slug:slug>/history/<int:revision>/", histories.restore, name="restore"),
    path("news/<slug:slug>/previews/", previews.make, name="preview_make"),
    path("news/<slug:slug>/previews/<uuid:pk>/withdraw/", previews.withdraw, name="preview_withdraw"),
    path("news/<slug:slug>/step/", desk.step, name="step"),
    path("news/<slug:slug>/attachments/<uuid:pk>/", articles.attachment, name="attachment"),
    path("events/", events.event_list, name="events"),
    path("events/<slug:slug>/", events.event, name="event"),
    path("events/<slug:slug>/calendar.ics", events.event_file, name="event_ics"),
]
