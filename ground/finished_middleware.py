"""Serves visitors from the shelf of finished pages and puts there what was drawn for them."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_path

from ground import clock, finished
from ground.finished_shelf import MOST_BYTES, Found, rank, shelf
from ground.middleware import takes_gzip

Respond = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("django_structlog.finished")  # heard where the request log is
LONGEST_ADDRESS = 300
# What a page may be said to vary by. Who has a session, or asks for a part of a page, is not served from the shelf.
VARIES_BY = frozenset({"cookie", "accept-encoding", "hx-request"})


class FinishedPagesMiddleware:
    """A visitor's page with one read of the shelf, before anything else is done about the request.

    Who brings a session, credentials or the wish for a part of a page passes by: such requests neither see nor fill
    the shelf. What stands below in the stack has seen the page once, so it is kept with the headers for security; and
    where plain HTTP is sent to HTTPS there is never a page to be kept for it.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self._shelf = shelf()
        self._release = finished.release()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = self._key(request) if _from_a_visitor(request) else None
        found = self._shelf.find(key) if key else None
        if key is None or found is None:
            return self.get_response(request)
        moment = clock.held() or found.moment
        if found.entry and moment < found.entry.expires:
            return _logged(request, _answer(request, found.entry))
        with clock.one_moment(moment), finished.telling() as told:
            response = self.get_response(request)
            if request.method != "GET" or not _same_for_all(request, response, told.queries):
                return response
            return self._kept(request, response, key, found, told.moments)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        """Remember what the view says of its page."""
        request.finished_for = getattr(view, "finished", None)

    def _key(self, request: HttpRequest) -> bytes | None:
        """Everything that a page may depend on; None for a host that is not ours, which is refused further below.

        The port is nothing to a page, and nor is how the host is written. The first byte is the page's rank.
        """
        try:
            host, _port = split_domain_port(request.get_host())
        except DisallowedHost:
            return None
        query = request.META.get("QUERY_STRING", "")
        digest = hashlib.sha256(self._release)
        for part in (request.scheme or "", host, request.path, query):
            digest.update(b"\0" + part.encode(errors="surrogateescape"))
        return bytes([rank(query)]) + digest.digest()[1:]

    def _kept(
        self, request: HttpRequest, response: HttpResponse, key: bytes, found: Found, shown: list[Any]
    ) -> HttpResponse:
        """The answer to the one who waited for the drawing: the same bytes that the next ones get.

        The number was read before anything that the page shows. If it is another by now, the page may be of either.
        """
        number, expires = finished.ends(clock.now(), shown)
        if number != found.number:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        entry = finished.Entry.of(response, number, expires)
        if len(entry.packed) > MOST_BYTES:
            return response
        self._shelf.keep(key, entry)
        return _answer(request, entry)


def _from_a_visitor(request: HttpRequest) -> bool:
    """Whether what is asked for may lie on the shelf. Within a transaction its own changes have no number yet."""
    return (
        settings.FINISHED_PAGES
        and request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HTTP_HX_REQUEST" not in request.META
        and "HTTP_AUTHORIZATION" not in request.META
        and get_language_from_path(request.path_info) is not None
        and len(request.path) + len(request.META.get("QUERY_STRING", "")) <= LONGEST_ADDRESS
        and not connection.in_atomic_block
    )


def _same_for_all(request: Any, response: HttpResponse, queries: set[str]) -> bool:
    """Whether the answer is a whole page without anything personal in it, drawn by a view that opted in.

    `queries`: those that stand for it.
    """
    parameters = getattr(request, "finished_for", None)
    return (
        parameters is not None
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META  # set when a form's token was made, and left there
        and not request.user.is_authenticated
        and request.META.get("QUERY_STRING", "") in queries
        and parameters.issuperset(request.GET)
        and not any(
            response.has_header(name) for name in ("Cache-Control", "Content-Encoding", "ETag", "Expires")
        )
        and {name.strip().lower() for name in response.get("Vary", "").split(",") if name} <= VARIES_BY
        and response.get("Content-Language") == get_language_from_path(request.path_info)
    )


def _answer(request: HttpRequest, entry: finished.Entry) -> HttpResponse:
    """The page for this request: compressed or not, or only that it is still the same."""
    headers = dict(entry.headers)
    if request.META.get("HTTP_IF_NONE_MATCH"):
        same = get_conditional_response(request, etag=headers["ETag"], response=HttpResponse(headers=headers))
        if same is not None and same.status_code == 304:
            for name in headers.keys() - {"Content-Type"}:
                same[name] = headers[name]
            return same
    if takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        headers["Content-Encoding"] = "gzip"
        body = entry.packed
    else:
        body = zlib.decompress(entry.packed, wbits=31)
    headers["Content-Length"] = str(len(body))
    return HttpResponse(body, headers=headers)


def _logged(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The one line of the request log about an answer from the shelf; all others have two, from further below."""
    query = "?…" if request.META.get("QUERY_STRING") else ""
    log.info(
        "request_finished",
        request=f"{request.method} {request.path}{query}",
        code=answer.status_code,
        request_id=str(uuid.uuid4()),
        user_agent=request.META.get("HTTP_USER_AGENT"),
        kept=True,
    )
    return answer
