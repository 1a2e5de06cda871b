"""What is done to organisations: they are put on record."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from audit import trail
from members import doubles
from members.doubles import Newcomer
from members.models import Identifier, Organisation
from members.models.organisation import Scheme

_ONE_AT_A_TIME = 7_190_401  # the lock under which organisations are put on record


class OnRecord(Exception):
    """The organisation is on record already; `organisation` is it."""

    def __init__(self, organisation: Organisation) -> None:
        super().__init__(organisation)
        self.organisation = organisation


def one_at_a_time() -> None:
    """Wait until nobody else puts an organisation on record or into a group, to the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [_ONE_AT_A_TIME])


@transaction.atomic
def add_organisation(newcomer: Newcomer, *, by: Any, sure: bool = False) -> Organisation:
    """Put an organisation on record; `sure` says that one of the same name and country is another one.

    Raises PermissionDenied, or OnRecord when one with the same PIC, or (unless `sure`) the same name and country, is
    there. One at a time, so that two people can't make the same one at once.
    """
    if not by.has_perm("members.add_organisation"):
        raise PermissionDenied
    one_at_a_time()
    for known in doubles.likely([newcomer]):
        reason = doubles.same(known, newcomer)
        if reason == "pic" or (reason and not sure):
            raise OnRecord(known)
    organisation = Organisation.objects.create(
        name=newcomer.name, country=newcomer.country, city=newcomer.city, kind=Organisation.Kind.OTHER
    )
    if newcomer.pic:
        Identifier.objects.create(organisation=organisation, scheme=Scheme.PIC, value=newcomer.pic)
    trail.record(
        "members.add_organisation", by=by, kind="members.organisation", subject=organisation.uuid,
        name=organisation.name, details={"country": newcomer.country, "city": newcomer.city, "pic": newcomer.pic},
    )  # fmt: skip
    return organisation
