"""What waits for those who answer requests for roles."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground.work import NOTHING, Asked, WorkItem, read
from members.models import AppointmentRequest, University


def waiting_for(user: Any) -> list[WorkItem]:
    """One item for each university with requests that `user` answers."""
    return read(asked(user))


def asked(user: Any) -> Asked:
    """What is read for it."""
    if not rules.has_perm("members.see_requests", user):
        return NOTHING
    waiting = AppointmentRequest.objects.answered_by(user).waiting().order_by()
    number = waiting.filter(university=OuterRef("pk")).values("university").annotate(number=Count("pk"))
    rows = University.objects.for_list().filter(pk__in=waiting.values("university"))
    counted = rows.annotate(requests=Subquery(number.values("number")))
    return Asked([counted], lambda found: [_item(one, one.requests) for one in found])


def _item(university: University, count: int) -> WorkItem:
    reason = ngettext("%(count)d request for a role", "%(count)d requests for roles", count) % {
        "count": count
    }
    page = f"{reverse('members:requests')}?university={university.slug}"
    return WorkItem(university.name_shown, reason, _("Answer"), page, kind="requests")
