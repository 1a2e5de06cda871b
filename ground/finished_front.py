"""Answers visitors from the shelf of finished pages before Django sees the request."""

from __future__ import annotations

import io
import logging
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from http.client import responses
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language_from_path

from ground import clock, finished
from ground.finished_recent import Recent
from ground.finished_shelf import Found, rank, shelf
from ground.middleware import takes_gzip

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
log = logging.getLogger("django_structlog.finished")  # heard where the request log is
LONGEST_ADDRESS = 300
REMEMBERED = 500  # addresses of which a process remembers what they ask for
# All of a request on which it depends whether its page may lie on the shelf, and where.
READ = (
    "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_COOKIE", "HTTP_HX_REQUEST", "HTTP_AUTHORIZATION", "REQUEST_METHOD",
    "wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME", "SCRIPT_URL", "REDIRECT_URL", "CONTENT_TYPE",
    "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
)  # fmt: skip
ASKED = "ground.finished"  # no header of a request can have this name in the environment


@dataclass(frozen=True)
class Place:
    """Where a page lies, how the log tells of it, and whether who asks can't have changed anything a moment ago."""

    key: bytes
    said: str
    anybodys: bool


@dataclass(frozen=True)
class Asked:
    """What was asked of the shelf and what it knew; in the environment of a request whose page may be kept."""

    key: bytes
    found: Found


class FinishedPages:
    """The WSGI application around Django's: a visitor's page with one read of the shelf, or of what it just said.

    Who brings a session, credentials or the wish for a part of a page passes by: such requests neither see nor fill
    the shelf. Where there is no page, Django draws it and `FinishedPagesMiddleware` keeps it under the key that is
    asked for here. What stands in Django's stack has seen a page once, so it is kept with the headers for security;
    and where plain HTTP is sent to HTTPS there is never a page to be kept for it.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._shelf = shelf()
        self._recent = Recent(settings.FINISHED_PAGES_SECONDS)
        self._release = finished.release()
        proxied = settings.SECURE_PROXY_SSL_HEADER
        self._read = (*READ, proxied[0]) if proxied else READ
        self._place = lru_cache(maxsize=REMEMBERED)(self._place_of)

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
        place = self._place(tuple(map(environ.get, self._read)))
        if (
            place is None or connection.in_atomic_block
        ):  # within a transaction its own changes have no number yet
            return None
        entry = self._recent.find(place.key) if place.anybodys else None
        if entry is None:
            found = self._find(place.key)
            if found is None:
                return None
            entry = found.entry
            if entry is None or (clock.held() or found.moment) >= entry.expires:
                environ[ASKED] = Asked(place.key, found)
                return None
        answer = answer_with(environ, entry)
        _log(place.said, answer[0], environ.get("HTTP_USER_AGENT"))
        return answer

    def _place_of(self, read: tuple[Any, ...]) -> Place | None:
        """In: what `self._read` names. Out: the page's place, where it may have one."""
        said = {name: value for name, value in zip(self._read, read, strict=True) if value is not None}
        request = WSGIRequest(said | {"wsgi.input": io.BytesIO()})
        key = self._key(request) if _from_a_visitor(request) else None
        if key is None:
            return None
        query = "?…" if request.META.get("QUERY_STRING") else ""
        harmless = {"theme", settings.LANGUAGE_COOKIE_NAME}
        return Place(key, f"{request.method} {request.path}{query}", harmless.issuperset(request.COOKIES))

    def _find(self, key: bytes) -> Found | None:
        """What the shelf knows, with the care for the connection that Django takes before and after a request."""
        connection.close_if_unusable_or_obsolete()
        asked = time.monotonic()
        try:
            found = self._shelf.find(key)
        finally:
            connection.close_if_unusable_or_obsolete()
        if found:
            self._recent.note(key, found, asked)
        return found

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
    """Whether what is asked for may lie on the shelf."""
    return (
        settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HTTP_HX_REQUEST" not in request.META
        and "HTTP_AUTHORIZATION" not in request.META
        and get_language_from_path(request.path_info) is not None
        and len(request.path) + len(request.META.get("QUERY_STRING", "")) <= LONGEST_ADDRESS
    )


def answer_with(meta: Mapping[str, Any], entry: finished.Entry) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body for this request: compressed or not, or only that the page is still the same."""
    headers = dict(entry.headers)
    if meta.get("HTTP_IF_NONE_MATCH") and _has_it(meta, headers["ETag"]):
        del headers["Content-Type"]
        return 304, headers, b""
    if takes_gzip(meta.get("HTTP_ACCEPT_ENCODING", "")):
        headers["Content-Encoding"] = "gzip"
        body = entry.packed
    else:
        body = _unpacked(entry.packed)
    headers["Content-Length"] = str(len(body))
    return 200, headers, body


def _has_it(meta: Mapping[str, Any], tag: str) -> bool:
    """Whether the browser has the page with this tag."""
    request = HttpRequest()
    request.META, request.method = dict(meta), meta["REQUEST_METHOD"]
    same = get_conditional_response(request, etag=tag)
    return same is not None and same.status_code == 304


@lru_cache(maxsize=50)
def _unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed, wbits=31)


def _log(said: str, status: int, agent: str | None) -> None:
    """The one line of the request log about an answer from the shelf; all others have two, from within Django.

    The formatter of the log (`alliance_portal.logs`) makes a line of `answered` without the way of all others.
    """
    if not log.isEnabledFor(logging.INFO):
        return
    record = logging.LogRecord(log.name, logging.INFO, __file__, 0, "request_finished", (), None)
    record.answered = {
        "request": said, "code": status, "request_id": str(uuid.uuid4()), "user_agent": agent, "kept": True,
    }  # fmt: skip
    log.handle(record)
