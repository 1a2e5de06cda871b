"""Queries of the table of applications that a person keeps under a name."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from mobility.models import SavedTable

MOST_TABLES = 50


@transaction.atomic
def save_table(*, by: Any, name: str, query: str) -> SavedTable:
    """Keep `query` under `name`, over a filter of that name. Raises NotPossible when there are too many."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
    own = SavedTable.objects.filter(user=by)
    if not own.filter(name=name).exists() and own.count() >= MOST_TABLES:
        raise NotPossible(_("You keep as many filters as anybody may. Remove one first."))
    kept, _made = SavedTable.objects.update_or_create(
        user=by, name=name, defaults={"query": query, "saved_at": clock.now()}
    )
    return kept


def remove_table(uuid: Any, *, by: Any) -> None:
    """Forget one's own; one that is gone already stays gone."""
    SavedTable.objects.filter(user=by, uuid=uuid).delete()
