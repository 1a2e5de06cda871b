from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

Respond = Callable[[HttpRequest], HttpResponse]


class PersonalPagesMiddleware:
    """Pages of a signed-in person are kept by nobody: no browser history cache, no proxy.

    What everybody gets at an address that names its content (a picture of a published article) stays what it is: it
    was marked so by the view that knew, and says nothing of the person.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and "immutable" not in response.get("Cache-Control", ""):
            add_never_cache_headers(response)
        return response


class FaultyFormsMiddleware:
    """Account pages say 422 when a form comes back with errors, as all pages of the portal do."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Only where the page was to be 200: "too many" (429) and the like stay."""
        match = request.resolver_match
        ours = match is not None and str(match.url_name).startswith("account_")
        if ours and request.method == "POST" and response.status_code == 200:
            values = (response.context_data or {}).values()
            if any(isinstance(value, BaseForm) and value.is_bound and value.errors for value in values):
                response.status_code = 422
        return response
