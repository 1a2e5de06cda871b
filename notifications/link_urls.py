"""The address at the end of a mail, and the one for reports; they stand outside the languages: programs call them."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("mails/<str:token>/", views.steer, name="steer_mails"),
    path("mail-reports/", views.mail_reports, name="mail_reports"),
]
