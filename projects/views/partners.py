"""Organisations for the field in which a partner is looked for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.models import Organisation
from members.models.organisation import Scheme
from projects import rules
from projects.forms import FOUND_AT_MOST, find_organisations

SHORTEST = 2
_KNOWN_BY = (Scheme.ERASMUS, Scheme.PIC)  # what people type and compare


@never_cache
@require_safe
def organisations(request: HttpRequest) -> JsonResponse:
    """At most 12 organisations that match `q`, and a sentence on them for who listens. For those who keep projects."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    sought = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = list(find_organisations(sought)[: FOUND_AT_MOST + 1]) if len(sought) >= SHORTEST else []
    shown = found[:FOUND_AT_MOST]
    return JsonResponse(
        {
            "organisations": [_entry(one) for one in shown],
            "words": _words(len(shown), len(found) > len(shown)),
        }
    )


def _entry(organisation: Organisation) -> dict[str, object]:
    place = [organisation.city, str(organisation.country.name)]
    return {
        "id": organisation.pk,
        "name": organisation.name_shown,
        "about": ", ".join(part for part in place if part),
        "codes": " · ".join(
            code.value for code in organisation.identifiers.all() if code.scheme in _KNOWN_BY
        ),
    }


def _words(shown: int, more: bool) -> str:
    if more:
        return _("There are more that match. Type more of the name if yours is not here.")
    if not shown:
        return _("No organisation matches. Check the spelling, or try a part of the name.")
    return ngettext("%(count)d organisation matches.", "%(count)d organisations match.", shown) % {
        "count": shown
    }
