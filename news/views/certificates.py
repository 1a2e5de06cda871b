"""Certificates of attendance: of one person, by the link of their registration or by the organiser; of all at once."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from ground import clock
from ground.papers import typeset
from news.models import Registration
from news.registering import certificate
from news.views.event_people import organised
from news.views.registering import opened, private


@login_not_required
@require_safe
def certificate_file(request: HttpRequest, token: str) -> HttpResponse:
    """The certificate of attendance, for whoever was there."""
    found = opened(token)
    if not found.attended or found.state != Registration.State.IN:
        raise Http404
    return _file(found)


@require_safe
def of_person(request: HttpRequest, slug: str, pk: uuid.UUID) -> HttpResponse:
    """The certificate of one person, for the organiser to print."""
    event = organised(request, slug)
    return _file(get_object_or_404(certificate.of_event(event), uuid=pk))


@require_safe
def of_all(request: HttpRequest, slug: str, part: int) -> StreamingHttpResponse:
    """The certificates of all who were there, an archive of some at a time, sent while it is made."""
    event = organised(request, slug)
    found = [one for one in certificate.parts(certificate.of_event(event).count()) if one.number == part]
    if not found:
        raise Http404
    pieces = certificate.taken(event, by=request.user, part=found[0])
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    name = f"{event.slug}-{found[0].first}-{found[0].last}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _file(found: Registration) -> HttpResponse:
    made_on = clock.today(found.event.zone)
    response = HttpResponse(
        typeset(certificate.paper(found, made_on), made_on=made_on), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="{found.event.slug}.pdf"'
    return private(response)
