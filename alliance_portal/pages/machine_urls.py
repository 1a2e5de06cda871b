"""Addresses that machines call: health, feeds, tokens."""

from django.urls import include, path

from alliance_portal.pages import health, sitemaps, static

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("news.feed_urls")),
    path("", include("projects.feed_urls")),
    path("", include("members.feed_urls")),
    path("", include("notifications.link_urls")),
    path("", include("accounts.feed_urls")),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.sitemap_section, name="sitemap_section"),
    path("favicon.ico", static.favicon, name="favicon"),  # asked for where a page names no icon
    path("robots.txt", sitemaps.robots, name="robots"),
]
