"""What is logged about a request."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

from alliance_portal.logs import names_of_query


class RequestLogMiddleware(RequestMiddleware):
    """Logs begin and end of every request with the names of its query, never with what people searched or typed."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Out: method, path and the names of the parameters."""
        names = names_of_query(request.META.get("QUERY_STRING", ""))
        return f"{request.method} {request.path}{'?' if names else ''}{names}"
