"""The portal as the bench serves it: the product's own application, once with and once without what it remembers."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
if os.environ.get("BENCH_CACHE") == "none":
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

from alliance_portal.wsgi import application

__all__ = ["application"]
