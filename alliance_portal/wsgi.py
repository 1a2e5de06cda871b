"""The web application, as a WSGI server calls it."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")

from alliance_portal.celery import app as celery_app
from ground.finished_front import FinishedPages
from ground.one_encoding import OneEncoding

__all__ = ["application", "celery_app"]

application = OneEncoding(FinishedPages(get_wsgi_application()))
# Every view is imported here, before workers are forked: one that takes a dead one's place answers at once.
get_resolver().url_patterns  # noqa: B018 - read for what it loads
