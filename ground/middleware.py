from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ground import clock

Respond = Callable[[HttpRequest], HttpResponse]


class EveryAnswerMiddleware:
    """What every answer says, be it a page, a file, a redirect or an error."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response


class OneMomentMiddleware:
    """Every question for the moment within a request gets the same answer."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with clock.one_moment():
            return self.get_response(request)
