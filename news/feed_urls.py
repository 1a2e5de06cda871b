"""Addresses that feed readers, calendars and mail programs keep; they stand outside the languages."""

from django.urls import path

from news.views import feeds, newsletter, pictures

urlpatterns = [
    path("newsletter/unsubscribe/<str:token>/", newsletter.leave, name="newsletter_leave"),
    path("feeds/news/<slug:language>.atom", feeds.news_feed, name="news_feed"),
    path(
        "feeds/news/<slug:language>/universities/<slug:slug>.atom",
        feeds.university_feed,
        name="news_feed_university",
    ),
    path("feeds/news/<slug:language>/topics/<slug:slug>.atom", feeds.topic_feed, name="news_feed_topic"),
    path("pictures/<uuid:pk>/<str:name>", pictures.picture, name="news_picture"),
    path("pictures/news/<slug:language>/<slug:slug>/<str:name>.png", feeds.card, name="news_card"),
    path("pictures/events/<slug:language>/<slug:slug>/<str:name>.png", feeds.event_card, name="event_card"),
    path("feeds/events/<slug:language>.ics", feeds.events_calendar, name="events_calendar"),
    path(
        "feeds/events/<slug:language>/university/<slug:slug>.ics",
        feeds.university_calendar,
        name="university_events",
    ),
    path("feeds/events/<slug:language>/topic/<slug:slug>.ics", feeds.topic_calendar, name="topic_events"),
]
