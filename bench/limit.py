"""The limit: a bare Django that runs the statements of a page once and answers with prepared bytes.

No page of the portal can be faster than this. A web application of its own without settings, middleware and templates;
BENCH_PAGES names the file with the pages (`bench.pages`), made by the same run.
"""
# ruff: noqa: E402 - settings come before what reads them

import os
import pickle
from pathlib import Path

from django.conf import settings

KEPT = pickle.loads(Path(os.environ["BENCH_PAGES"]).read_bytes())  # noqa: S301 - our own file of this run
settings.configure(
    DATABASES=KEPT["databases"], ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"], USE_TZ=True,
    SECRET_KEY="nothing is signed here",  # noqa: S106
)  # fmt: skip

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

PAGES = KEPT["pages"]


def page(request: HttpRequest, name: str) -> HttpResponse:
    """The statements of a page, one after another, all rows fetched; then bytes of the page's length."""
    statements, body = PAGES[name]
    if statements:  # a cursor alone would already ask whether the connection is healthy
        with connection.cursor() as cursor:
            for statement, values in statements:
                cursor.execute(statement, values)
                if cursor.description:
                    cursor.fetchall()
    return HttpResponse(body)


urlpatterns = [path("<str:name>", page)]
application = get_wsgi_application()
