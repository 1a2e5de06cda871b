"""Every kind of message with its sample, in the back office: subject, text and HTML in each language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notifications import kinds, preview

# The HTML of a mail has its styles in it, as mail programs want them: it stands alone, and nothing in it can act.
_FRAMED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class KindPreviews(admin.ModelAdmin):  # type: ignore[type-arg]
    """Adds the previews to the pages of messages."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("kinds/", view(require_safe(self.kinds_page)), name="notifications_kinds"),
            path("kinds/<str:name>/", view(require_safe(self.kind_page)), name="notifications_kind"),
            path(
                "kinds/<str:name>/<slug:language>.html", view(require_safe(self.kind_html)),
                name="notifications_kind_html",
            ),
            *super().get_urls(),
        ]  # fmt: skip

    def kinds_page(self, request: HttpRequest) -> HttpResponse:
        """All kinds."""
        return self._page(request, "kinds", title=_("Kinds of messages"), kinds=kinds.all_kinds())

    def kind_page(self, request: HttpRequest, name: str) -> HttpResponse:
        """One kind in every language."""
        kind = _kind(name)
        found = [(code, words, preview.of(kind, code)) for code, words in settings.LANGUAGES]
        return self._page(request, "kind", title=kind.label, kind=kind, previews=found)

    def kind_html(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        """The HTML of one kind in one language, as it stands in the frame of its page."""
        kind = _kind(name)
        if language not in dict(settings.LANGUAGES):
            raise Http404
        response = HttpResponse(preview.of(kind, language).html)
        response["Content-Security-Policy"] = _FRAMED
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise Http404
        context |= self.admin_site.each_context(request) | {"opts": self.opts}
        return render(request, f"admin/notifications/{template}.html", context)


def _kind(name: str) -> kinds.MessageKind:
    try:
        return kinds.find(name)
    except kinds.UnknownKind:
        raise Http404 from None
