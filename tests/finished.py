"""What tests of finished pages share: a visitor, a look at the shelf, a second connection, both halves alone."""

import psycopg
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from ground import finished
from ground.finished_front import FinishedPages
from ground.finished_middleware import FinishedPagesMiddleware


class Visitor(Client):
    """A browser that asks as a web server does: through what stands before Django, too."""

    def __init__(self, **more):
        super().__init__(**more)
        self.handler = _Whole(self.handler)


class _Whole:
    """The test client's own Django behind `FinishedPages`."""

    def __init__(self, django):
        self._django, self._drawn, self._application = django, [], None

    def _draw(self, environ, start_response):
        self._drawn.append(self._django(environ))
        return ()

    def __call__(self, environ):
        self._application = self._application or FinishedPages(self._draw)
        said = []
        body = b"".join(self._application(environ, lambda *line: said.append(line)))
        if self._drawn:
            return self._drawn.pop()
        ((status, headers),) = said
        response = HttpResponse(body, status=int(status[:3]), headers=dict(headers))
        response.wsgi_request = WSGIRequest(environ)
        return response


def another():
    """Another connection to the same database, in transactions."""
    known = connection.settings_dict
    return psycopg.connect(
        dbname=known["NAME"], host=known["HOST"] or None, port=known["PORT"] or None,
        user=known["USER"] or None, password=known["PASSWORD"] or None, options="-c lock_timeout=3000",
    )  # fmt: skip


def pages():
    """How many pages are kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ground_finished")
        return cursor.fetchone()[0]


def emptied():
    """Take every page from the shelf."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ground_finished")


def shown(path, client=None, **headers):
    """The answer to a visitor without a session."""
    return (client or Visitor()).get(path, headers=headers or None)


def fill(path):
    """Ask as a visitor and see that the page is kept from now on."""
    before = pages()
    response = shown(path)
    assert (response.status_code, pages()) == (200, before + 1), path
    return response


def plain(body=b"page", **headers):
    """A page as a view of the English portal makes it."""
    return HttpResponse(body, headers={"Content-Language": "en", **headers})


def asked(respond, path="/en/somewhere/", *, parameters=(), method="get", middleware=None, **more):
    """The answer of both halves alone to a visitor for whom `respond` draws, by a view with these parameters."""
    request = getattr(RequestFactory(), method)(path, **more)
    request.user = AnonymousUser()
    if held := FinishedPages(None).held(request.META):
        status, headers, body = held
        return HttpResponse(body, status=status, headers=headers)
    middleware = middleware or FinishedPagesMiddleware(respond)
    middleware.process_view(request, finished.finished(*parameters)(lambda: None), (), {})
    return middleware(request)
