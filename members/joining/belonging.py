"""What those who answer see of a person: the confirmed address, and whether its domain is one of the university's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.addresses import confirmed_addresses
from members.joining.domains import suggested_for
from members.models import AppointmentRequest, University


@dataclass(frozen=True)
class Belonging:
    """A confirmed address ("" without one), and the university that its domain stands for (None: of no university)."""

    address: str
    matches: bool
    elsewhere: University | None


def with_belonging(requests: Sequence[AppointmentRequest]) -> list[tuple[AppointmentRequest, Belonging]]:
    """Each request with what is known of the person now; two queries for all."""
    addresses = confirmed_addresses({one.user_id for one in requests})
    known = suggested_for(set(addresses.values()))
    rows = []
    for one in requests:
        address = addresses.get(one.user_id, "")
        university = known.get(address)
        matches = university is not None and university.pk == one.university_id
        rows.append((one, Belonging(address, matches, None if matches else university)))
    return rows
