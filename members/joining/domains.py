"""Which university an e-mail address suggests. It is a suggestion to a person, never proof of belonging."""

from __future__ import annotations

import re
from collections.abc import Collection

from members.models import EmailDomain, University
from members.models.profile import DOMAIN


def domain_of(address: str) -> str:
    """The part after the last @ as domains are stored: lower case, ASCII, no dot at the end; "" where there is none.

    A label in other letters is read in its ASCII form (xn--…). One that would become plain letters on the way, such as
    full-width or Kelvin-sign look-alikes, is no domain here: it only looks like the one that it becomes.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local:
        return ""
    labels = [_label(part) for part in domain.removesuffix(".").split(".")]
    return ".".join(labels) if all(labels) and len(labels) > 1 else ""


def typed(text: str) -> str:
    """A domain as an office types it (ktu.lt, @KTU.lt, a whole address), as it is stored; "" where it is none."""
    found = domain_of(f"x@{text.strip().removeprefix('@')}")
    return found if re.fullmatch(DOMAIN, found) else ""


def _label(part: str) -> str:
    if part.isascii():
        return part.lower() if part.replace("-", "").isalnum() else ""
    try:
        ascii_form = part.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return ascii_form if ascii_form.startswith("xn--") and "." not in ascii_form else ""


def _endings(domain: str) -> list[str]:
    """The domain and those above it, without the last label alone: "a.b.lt", "b.lt"."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def suggested(address: str) -> University | None:
    """The university with the longest domain that ends `address`; None when no university has one."""
    return suggested_for([address])[address]


def suggested_for(addresses: Collection[str]) -> dict[str, University | None]:
    """The same for several addresses, in one query."""
    endings = {address: _endings(domain_of(address)) for address in addresses}
    wanted = {ending for found in endings.values() for ending in found}
    rows = EmailDomain.objects.filter(domain__in=wanted).select_related("university__organisation")
    known = {row.domain: row.university for row in rows} if wanted else {}
    # The longest ending comes first.
    return {
        address: next((known[e] for e in found if e in known), None) for address, found in endings.items()
    }
