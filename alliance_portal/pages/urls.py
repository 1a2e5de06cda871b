"""Pages that show several rooms' things, and the portal's own."""

from django.urls import path

from alliance_portal.pages import components, demo_mail, home, my_work, search, static

app_name = "pages"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.suggestions, name="suggestions"),
    path("my-work/", my_work.my_work, name="my_work"),
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
