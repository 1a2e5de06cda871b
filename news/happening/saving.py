"""An event's form becomes the event: one transaction for what is written of it and its files."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from news import actions, drafts
from news.happening import writing
from news.happening.forms import ChangedEventForm
from news.models import Event
from news.saving import add_paper, entitle_papers


@transaction.atomic
def save(form: ChangedEventForm, event: Event, *, by: Any) -> Event:
    """Keep all that the (valid) form says. Raises PermissionDenied, actions.Stale, NotPossible or saving.Unsaved;
    then nothing is kept."""
    event = writing.change(event, by=by, **form.values)
    entitle_papers(form, by)
    add_paper(form, event, by)
    for paper in form.papers_removed:
        actions.detach(paper, by=by)
    drafts.discard(event, by=by)
    return event
