"""Organisations that rows name and nobody knows: each is made once, with its PIC where the file gives one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection

from ground import text
from ground.search import search_value
from members.models import Identifier, Organisation
from members.models.organisation import Scheme
from projects.imports import sql
from projects.models import Import

MOST_SHOWN = 50


class Named(NamedTuple):
    """An organisation as a row names it; `pic` is empty where none is given."""

    name: str
    country: str
    pic: str = ""


def named(batch: Import) -> list[Named]:
    """Every way in which rows that will be written name an organisation that nobody knows."""
    with connection.cursor() as cursor:
        cursor.execute(sql.NEW_NAMES, [batch.pk])
        return [Named(*row) for row in cursor.fetchall()]


def grouped(every: Iterable[Named]) -> dict[Named, Named]:
    """Each way of naming an organisation, with the one under which it is made.

    The same PIC is the same organisation; so is the same name in the same country, whatever the case of its letters,
    where one of both has no PIC.
    """
    first: dict[Any, Named] = {}
    found = {}
    for one in sorted(every, key=lambda one: not one.pic):
        called = (text.fold(one.name), one.country)
        found[one] = first.setdefault(one.pic or called, one)
        first.setdefault(called, found[one])
    return found


def make(batch: Import) -> None:
    """Put on record what is not there by now, and remember for the sets which organisation each name means."""
    ways = grouped(named(batch))
    made = {one: _on_record(one) or _new(one) for one in dict.fromkeys(ways.values())}
    fresh = {one: organisation for one, organisation in made.items() if organisation.pk is None}
    Organisation.objects.bulk_create(fresh.values(), batch_size=500)
    codes = [
        Identifier(organisation=organisation, scheme=Scheme.PIC, value=one.pic)
        for one, organisation in fresh.items()
        if one.pic
    ]
    Identifier.objects.bulk_create(codes, batch_size=500)
    with connection.cursor() as cursor:
        for way, one in ways.items():
            cursor.execute(sql.REMEMBER_NEW, [*way, made[one].pk])


def told(batch: Import) -> dict[str, Any]:
    """How many organisations would be made, and the first of them; {} when there is none."""
    made = sorted(set(grouped(named(batch)).values()), key=lambda one: (text.sort_key(one.name), one))
    return {"count": len(made), "some": made[:MOST_SHOWN]} if made else {}


def _on_record(one: Named) -> Organisation | None:
    """The organisation where somebody put it on record after the check."""
    coded = Identifier.objects.filter(scheme=Scheme.PIC, value=one.pic).select_related("organisation")
    if one.pic and (code := coded.first()):
        return code.organisation
    return Organisation.objects.filter(name=one.name, country=one.country).first()


def _new(one: Named) -> Organisation:
    return Organisation(
        name=one.name, country=one.country, kind=Organisation.Kind.OTHER,
        sort_key=text.sort_key(one.name), search=search_value([one.name]),
    )  # fmt: skip
