"""Addresses that machines call: health, feeds, tokens."""

from django.urls import include, path

from alliance_portal.pages import health, sitemaps

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("news.feed_urls")),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
]
