"""What waits for those who answer requests for roles."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground.work import WorkItem
from members.models import AppointmentRequest, University


def waiting_for(user: Any) -> list[WorkItem]:
    """One item for each university with requests that `user` answers."""
    if not user.has_perm("members.see_requests"):
        return []
    waiting = AppointmentRequest.objects.answered_by(user).waiting()
    counts = dict(waiting.order_by().values_list("university").annotate(Count("pk")))
    rows = University.objects.for_list().filter(pk__in=counts) if counts else []
    return [_item(university, counts[university.pk]) for university in rows]


def _item(university: University, count: int) -> WorkItem:
    reason = ngettext("%(count)d request for a role", "%(count)d requests for roles", count) % {
        "count": count
    }
    page = f"{reverse('members:requests')}?university={university.slug}"
    return WorkItem(university.name_shown, reason, _("Answer"), page, kind="requests")
