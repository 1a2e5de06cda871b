"""Pages that show several rooms' things, and the portal's own."""

from django.urls import path

from alliance_portal.pages import components, demo_mail, feeds, home, my_work, queue_page, search, static

app_name = "pages"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.suggestions, name="suggestions"),
    path("search/<slug:kind>/", search.all_of_kind, name="search_all"),
    path("feeds/", feeds.page, name="feeds"),
    path("my-work/", my_work.my_work, name="my_work"),
    path("agreements/", static.agreements, name="agreements"),
    path("messages/", queue_page.queue, name="queue"),
    path("messages/release/", queue_page.queue_release, name="queue_release"),
    path("messages/<uuid:uuid>/address/", queue_page.queue_address, name="queue_address"),
    path("messages/<uuid:uuid>/<slug:decision>/", queue_page.queue_decide, name="queue_decide"),
    path("about/", static.about, name="about"),
    path("accessibility/", static.accessibility, name="accessibility"),
    path("privacy/", static.privacy, name="privacy"),
    path("cookies/", static.cookies, name="cookies"),
    path("contacts/", static.contacts, name="contacts"),
    path("offline/", static.offline, name="offline"),
    path("components/", components.components, name="components"),
    path("demo/mail/", demo_mail.demo_mail, name="demo_mail"),
    path("demo/mail/<str:name>/", demo_mail.demo_mail_message, name="demo_mail_message"),
]
