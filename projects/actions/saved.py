"""Filters of the list that a person keeps under a name."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from ground import clock
from projects.models import SavedFilter

MOST_FILTERS = 50


class NameTaken(Exception):
    """The person has a filter of this name already."""


class TooMany(Exception):
    """The person keeps as many filters as anybody may."""


@transaction.atomic
def save_filter(*, by: Any, name: str, query: str, replace: bool = False) -> SavedFilter:
    """Keep `query` under `name` for the person; with `replace` also over one that has the name.

    Raises NameTaken or TooMany.
    """
    own = _own(by)
    there = own.filter(name=name).first()
    if there is None:
        if own.count() >= MOST_FILTERS:
            raise TooMany
        return SavedFilter.objects.create(user=by, name=name, query=query, saved_at=clock.now())
    if not replace and there.query != query:
        raise NameTaken
    there.query, there.saved_at = query, clock.now()
    there.save(update_fields=["query", "saved_at"])
    return there


@transaction.atomic
def rename_filter(saved: SavedFilter, *, by: Any, name: str) -> SavedFilter:
    """Give one's filter another name. Raises NameTaken, or SavedFilter.DoesNotExist for somebody else's."""
    own = _own(by)
    if own.filter(name=name).exclude(pk=saved.pk).exists():
        raise NameTaken
    saved = own.get(pk=saved.pk)
    saved.name = name
    saved.save(update_fields=["name"])
    return saved


@transaction.atomic
def remove_filter(saved: SavedFilter, *, by: Any) -> None:
    """Forget one's filter; one that is gone already stays gone."""
    _own(by).filter(pk=saved.pk).delete()


def _own(by: Any) -> Any:
    """The person's filters, with the person locked: two windows save one after the other."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
    return SavedFilter.objects.visible_to(by)
