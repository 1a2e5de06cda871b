import re
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from ground import clock

Respond = Callable[[HttpRequest], HttpResponse]


class EveryAnswerMiddleware:
    """What every answer says, be it a page, a file, a redirect or an error."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return said_of_every_answer(self.get_response(request))


def said_of_every_answer(response: HttpResponse) -> HttpResponse:
    """The same response with the headers that every answer has."""
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    return response


class PackedAnswersMiddleware(GZipMiddleware):
    """Django's compression, which pads its output, for those who take it: also who says "gzip;q=0" names gzip."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type") == _PACKED:
            return response  # it grows no smaller, and keeps the length that it tells
        if takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return super().process_response(request, response)
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


@lru_cache(maxsize=200)
def takes_gzip(accepted: str) -> bool:
    """In: an Accept-Encoding header. Out: whether it names gzip, by this name, and not with a weight of nothing."""
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name == "gzip":
            return not any(_NO_WEIGHT.fullmatch(parameter) for parameter in parameters)
    return False


_PACKED = "application/zip"
_NO_WEIGHT = re.compile(r"q\s*=\s*0(\.0*)?")


class OneMomentMiddleware:
    """Every question for the moment within a request gets the same answer."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with clock.one_moment():
            return self.get_response(request)
