"""Answers for monitors."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ground import clock
from notifications import beats


@login_not_required
@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The process answers and reaches its database; 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database out of reach\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """How long messages wait and since when nobody was at work, in seconds: ages, no numbers and no names."""
    try:
        now = clock.now()
        pulse = beats.pulse(now)
    except DatabaseError:
        return HttpResponse("# database out of reach\n", status=503, content_type="text/plain")
    ages = {
        "portal_oldest_due_message_seconds": pulse.oldest_due or dt.timedelta(0),
        "portal_planner_last_at_work_seconds": now - pulse.planner_at if pulse.planner_at else None,
        "portal_sender_last_at_work_seconds": now - pulse.sender_at if pulse.sender_at else None,
    }
    lines = [f"{name} {age.total_seconds():.0f}\n" for name, age in ages.items() if age is not None]
    return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")
