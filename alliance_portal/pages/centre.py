"""The page of an innovation centre, with its sister centres and what is told of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from alliance_portal.pages import told
from ground.finished import finished
from members.models import Centre
from news.models import Event, NewsItem


@login_not_required
@finished()
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A centre: host, founding agreement, operator, mission, activities, network, news and events."""
    rows = Centre.objects.visible_to(request.user).for_list().select_related("host__university")
    centre = get_object_or_404(rows, slug=slug)
    sisters = (
        Centre.objects.for_list()
        .filter(network__isnull=False, network=centre.network_id)
        .exclude(pk=centre.pk)
    )
    context = {
        "centre": centre,
        "may_edit": request.user.has_perm("members.edit_centre", centre.host),
        "host_page": getattr(centre.host, "university", None),
        "sisters": sisters,
        "told": told.about(
            NewsItem.objects.filter(centres=centre), Event.objects.filter(centres=centre), centre=centre.slug
        ),
    }
    return render(request, "pages/centre.html", context)
