"""The web application, as a WSGI server calls it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")

from alliance_portal.celery import app as celery_app
from ground.finished_front import FinishedPages

__all__ = ["application", "celery_app"]

application = FinishedPages(get_wsgi_application())
