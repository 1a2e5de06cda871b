"""Error pages: what happened, what to do, and the number of the request for whoever asks for help."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils import translation

Respond = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)

_LAST_RESORT = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Alliance Portal</title></head><body>'
    "<h1>The portal can't answer</h1><p>Try again in a few minutes. / Bandykite po kelių minučių.</p>"
    "<p>{}</p></body></html>"
)


def reference() -> str:
    """The number of the running request, as it stands in the logs; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def _language(request: HttpRequest) -> str:
    wanted = request.path_info.strip("/").split("/")[0]
    return (
        wanted if wanted in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
    )


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    """An error page made without database, session and context processors; never raises."""
    try:
        with translation.override(_language(request)):
            html = loader.render_to_string(
                f"{status}.html",
                {"reference": reference(), "brand": settings.BRAND},
            )
    except Exception:
        log.exception("error_page_failed")
        html = _LAST_RESORT.format(reference())
    return HttpResponse(html, status=status)


def _full(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    """An error page within the portal's frame, for requests that went well up to the view."""
    return render(request, template or f"{status}.html", {"reference": reference()}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; 413 when a form that was sent is too much: its page says what to do with what was typed."""
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    too_big = too_much and request.method == "POST"
    if too_big and request.headers.get("Accept", "").startswith("application/json"):
        return _too_long(request)
    return _plain(request, 413 if too_big else 400)


def _too_long(request: HttpRequest) -> JsonResponse:
    """413 for a script that keeps what is typed: it shows these words beside the form."""
    with translation.override(_language(request)):
        return JsonResponse(
            {"words": translation.gettext("This is too long to be kept. Shorten it.")}, status=413
        )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 for a signed-in person who may see a page but not do this."""
    return _full(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, also for records that aren't this person's business."""
    return _full(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 503 with Retry-After when the database doesn't answer."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _plain(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: come back soon."""
    response = _plain(request, 503)
    response["Retry-After"] = "30"
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: sign-in and similar doors close for a while."""
    response = _full(request, 429)
    response["Retry-After"] = "300"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when a form's proof of origin is missing or old: an expired session, blocked cookies, a stale tab."""
    log.warning("csrf_failure", extra={"reason": reason})
    return _full(request, 403, template="403_csrf.html")


class ErrorPagesMiddleware:
    """Gives the answers that Django leaves empty (405, and errors raised as bare answers) their page."""

    pages = frozenset({400, 403, 404, 405, 413, 429, 503})

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in self.pages or response.streaming or response.content:
            return response
        if "text/html" not in request.headers.get("Accept", "text/html"):
            return response
        page = _plain(request, response.status_code)
        response.content = page.content
        response["Content-Type"] = page["Content-Type"]
        return response
