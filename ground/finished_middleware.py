"""Puts pages that were drawn for visitors on the shelf of finished pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_path

from ground import clock, finished
from ground.finished_front import ASKED, Asked, answer_with
from ground.finished_shelf import MOST_BYTES, proven, shelf
from ground.middleware import said_of_every_answer

Respond = Callable[[HttpRequest], HttpResponse]
# What a page may be said to vary by. Who has a session, or asks for a part of a page, is not served from the shelf.
VARIES_BY = frozenset({"cookie", "accept-encoding", "hx-request"})


class FinishedPagesMiddleware:
    """Keeps the page of a visitor who was not answered from the shelf (`ground.finished_front`), where it may be kept.

    It stands above what adds headers to pages, so that they are kept with them.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self._shelf = shelf()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked: Asked | None = request.META.get(ASKED)
        if asked is None:
            return self.get_response(request)
        proven()
        with clock.one_moment(clock.held() or asked.found.moment), finished.telling() as told:
            response = self.get_response(request)
            if request.method != "GET" or not _same_for_all(request, response, told.queries):
                return response
            return self._kept(request, response, asked, told.moments)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        """Remember what the view says of its page."""
        request.finished_for = getattr(view, "finished", None)

    def _kept(
        self, request: HttpRequest, response: HttpResponse, asked: Asked, shown: list[Any]
    ) -> HttpResponse:
        """The answer to the one who waited for the drawing: the same bytes that the next ones get.

        The number was read before anything that the page shows. If it is another by now, the page may be of either.
        """
        number, expires = finished.ends(clock.now(), shown)
        if number != asked.found.number:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        entry = finished.Entry.of(said_of_every_answer(response), number, expires)
        if len(entry.packed) > MOST_BYTES:
            return response
        self._shelf.keep(asked.key, entry)
        status, headers, body = answer_with(request.META, entry)
        return HttpResponse(body, status=status, headers=headers)


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
