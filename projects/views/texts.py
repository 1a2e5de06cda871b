"""How a text of the form will look."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from ground import richtext
from ground.forms import MAX_TEXT
from projects import rules


@require_POST
def shown(request: HttpRequest) -> JsonResponse:
    """The Markdown that was sent as safe HTML. For those who keep projects; nothing is stored."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    return JsonResponse({"html": richtext.render(request.POST.get("text", "")[:MAX_TEXT])})
