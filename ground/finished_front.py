"""Answers visitors from the shelf of finished pages before Django sees the request."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from http.client import responses
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language_from_path

from ground import clock, finished
from ground.finished_shelf import Found, rank, shelf
from ground.middleware import takes_gzip

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
log = structlog.get_logger("django_structlog.finished")  # heard where the request log is
LONGEST_ADDRESS = 300
ASKED = "ground.finished"  # no header of a request can have this name in the environment


@dataclass(frozen=True)
class Asked:
    """What was asked of the shelf and what it knew; in the environment of a request whose page may be kept."""

    key: bytes
    found: Found


class FinishedPages:
    """The WSGI application around Django's: a visitor's page with one read of the shelf.

    Who brings a session, credentials or the wish for a part of a page passes by: such requests neither see nor fill
    the shelf. Where there is no page, Django draws it and `FinishedPagesMiddleware` keeps it under the key that is
    asked for here. What stands in Django's stack has seen a page once, so it is kept with the headers for security;
    and where plain HTTP is sent to HTTPS there is never a page to be kept for it.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._shelf = shelf()
        self._release = finished.release()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self.held(environ)
        if answer is None:
            return self._application(environ, start_response)
        status, headers, body = answer
        start_response(f"{status} {responses[status]}", list(headers.items()))
        return [body if environ["REQUEST_METHOD"] == "GET" else b""]

    def held(self, environ: Environ) -> tuple[int, dict[str, str], bytes] | None:
        """Status, headers and body of the page on the shelf.

        None where Django has to answer; if its page may be kept, `environ` says then what was asked.
        """
        if not settings.FINISHED_PAGES or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        request = WSGIRequest(environ.copy())  # it writes into what it is given
        key = self._key(request) if _from_a_visitor(request) else None
        found = self._find(key) if key else None
        if key is None or found is None:
            return None
        if found.entry and (clock.held() or found.moment) < found.entry.expires:
            answer = answer_with(request, found.entry)
            _log(request, answer[0])
            return answer
        environ[ASKED] = Asked(key, found)
        return None

    def _find(self, key: bytes) -> Found | None:
        """What the shelf knows, with the care for the connection that Django takes before and after a request."""
        connection.close_if_unusable_or_obsolete()
        try:
            return self._shelf.find(key)
        finally:
            connection.close_if_unusable_or_obsolete()

    def _key(self, request: HttpRequest) -> bytes | None:
        """Everything that a page may depend on; None for a host that is not ours, which Django refuses.

        The port is nothing to a page, and nor is how the host is written. The first byte is the page's rank.
        """
        try:
            host, _port = split_domain_port(request.get_host())
        except DisallowedHost:
            return None
        query = request.META.get("QUERY_STRING", "")
        digest = sha256(self._release)
        for part in (request.scheme or "", host, request.path, query):
            digest.update(b"\0" + part.encode(errors="surrogateescape"))
        return bytes([rank(query)]) + digest.digest()[1:]


def _from_a_visitor(request: HttpRequest) -> bool:
    """Whether what is asked for may lie on the shelf. Within a transaction its own changes have no number yet."""
    return (
        settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HTTP_HX_REQUEST" not in request.META
        and "HTTP_AUTHORIZATION" not in request.META
        and get_language_from_path(request.path_info) is not None
        and len(request.path) + len(request.META.get("QUERY_STRING", "")) <= LONGEST_ADDRESS
        and not connection.in_atomic_block
    )


def answer_with(request: HttpRequest, entry: finished.Entry) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body for this request: compressed or not, or only that the page is still the same."""
    headers = dict(entry.headers)
    if request.META.get("HTTP_IF_NONE_MATCH"):
        same = get_conditional_response(request, etag=headers["ETag"])
        if same is not None and same.status_code == 304:
            del headers["Content-Type"]
            return 304, headers, b""
    if takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        headers["Content-Encoding"] = "gzip"
        body = entry.packed
    else:
        body = _unpacked(entry.packed)
    headers["Content-Length"] = str(len(body))
    return 200, headers, body


@lru_cache(maxsize=50)
def _unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed, wbits=31)


def _log(request: HttpRequest, status: int) -> None:
    """The one line of the request log about an answer from the shelf; all others have two, from within Django."""
    query = "?…" if request.META.get("QUERY_STRING") else ""
    log.info(
        "request_finished",
        request=f"{request.method} {request.path}{query}",
        code=status,
        request_id=str(uuid.uuid4()),
        user_agent=request.META.get("HTTP_USER_AGENT"),
        kept=True,
    )
