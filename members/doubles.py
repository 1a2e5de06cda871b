"""Organisations that somebody is about to put on record, and those on record that may be the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery

from ground import text
from members.models import Identifier, Organisation
from members.models.organisation import Scheme

AT_MOST = 30


@dataclass(frozen=True)
class Newcomer:
    """An organisation as it was typed, not yet on record."""

    name: str
    country: str
    city: str = ""
    pic: str = ""

    @property
    def folded(self) -> str:
        """The words of the name without case, diacritics and marks."""
        return " ".join(text.words(self.name))


def likely(newcomers: Iterable[Newcomer]) -> list[Organisation]:
    """Organisations on record that one of `newcomers` may be: the same PIC, or a name that begins with the same words
    in the same country; each with its `pic`. One query, none when nobody comes.
    """
    alike = Q()
    for one in newcomers:
        if one.pic:
            coded = Identifier.objects.filter(scheme=Scheme.PIC, value=one.pic)
            alike |= Q(pk__in=coded.values("organisation"))
        if one.folded:
            named = Organisation.objects.search(one.name).filter(country=one.country)
            alike |= Q(pk__in=named.values("pk"))
    if not alike:
        return []
    code = Identifier.objects.filter(organisation=OuterRef("pk"), scheme=Scheme.PIC).values("value")[:1]
    found = Organisation.objects.filter(alike).annotate(pic=Subquery(code)).defer("search")
    return list(found.order_by(F("sort_key"), "pk")[:AT_MOST])


def same(organisation: Organisation, newcomer: Newcomer) -> str:
    """ "pic" when both have the same PIC, "name" when the folded name and the country are the same, else nothing."""
    if newcomer.pic and getattr(organisation, "pic", None) == newcomer.pic:
        return "pic"
    alike = newcomer.folded in {" ".join(text.words(name)) for name in organisation.names if name}
    return "name" if alike and str(organisation.country) == newcomer.country else ""
