"""What a person follows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Subquery

from ground import clock
from projects.models import Milestone, Project

SHOWN = 200


def followed_by(user: Any) -> tuple[list[Project], bool]:
    """The projects that `user` follows and sees, those followed last first, each with `next_due`, the day of its next
    open milestone; and whether there are more than are shown. One query.
    """
    today = clock.today(dt.UTC)
    coming = (
        Milestone.objects.open().filter(project=OuterRef("pk"), due_on__gte=today).order_by("due_on", "pk")
    )
    rows = Project.objects.visible_to(user).filter(followers__user=user).for_list()
    rows = rows.annotate(next_due=Subquery(coming.values("due_on")[:1]))
    found = list(rows.order_by("-followers__since", "-pk")[: SHOWN + 1])
    return found[:SHOWN], len(found) > SHOWN
