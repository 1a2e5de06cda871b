from django.urls import path

from projects.views import funding

app_name = "funding"
urlpatterns = [
    path("", funding.index, name="index"),
    path("<slug:slug>/", funding.detail, name="detail"),
]
