"""What the words in a cell point to: programmes, universities, organisations, departments, countries. Read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop
from django_countries import countries

from ground import text
from members.models import Identifier, Organisation, OrganisationalUnit, Scheme, University
from projects import rules
from projects.imports.cells import Wrong
from projects.models import Programme

_CODES = {"EL": "GR", "UK": "GB"}  # the Commission's own for Greece and the United Kingdom
_PROGRAMMES = {
    "horizon": "horizon europe",
    "h2020": "horizon 2020",
    "erasmus": "erasmus+",
    "rrf": "recovery and resilience facility",
    # What the results platform calls Key Action 2 of 2014–2020 and of 2021–2027.
    "cooperation for innovation and the exchange of good practices": "key action 2",
    "cooperation among organisations and institutions": "key action 2",
}
# The results platform adds a field to the name of an action: "Strategic Partnerships for adult education".
_ACTION = re.compile(
    r"((?:cooperation|strategic) partnerships|knowledge alliances|sector skills alliances) (?:in|for) .*"
)
_COUNTRY = re.compile(r"(.+?)\s*\(([^()]{2,60})\)\s*")


@lru_cache(20_000)
def _plain(words: str) -> str:
    """Words without case, diacritics and marks; `+` stays, since Erasmus+ is not Erasmus."""
    return re.sub(r"[^a-z0-9+]+", " ", text.fold(words)).strip()


@lru_cache(20_000)
def _code(words: str) -> str:
    return re.sub(r"[\s-]+", "", words).upper()


class Lookups:
    """Everything that cells may name, in memory; of organisations only keys, codes and names."""

    def __init__(self, by: Any) -> None:
        self.programmes: dict[str, int] = {}
        self.programme_names: dict[int, tuple[str, ...]] = {}
        for programme in Programme.objects.in_guide_order():
            names = [n for n in (programme.name_en, programme.name_lt) if n]
            self.programme_names[programme.pk] = tuple(names)
            for name in (programme.slug, *names):
                self.programmes.setdefault(_plain(name), programme.pk)
        self.allowed = set(rules.leads_for(by).values_list("pk", flat=True))
        self._read_organisations()
        self._read_universities()
        self._read_units()
        self.countries = _countries()

    def _read_organisations(self) -> None:
        self.names: dict[int, tuple[str, str, str, str, str]] = {}
        self.named: dict[str, list[int]] = defaultdict(list)
        rows = Organisation.objects.order_by("pk")
        for pk, *names, country in rows.values_list(
            "pk", "name", "local_name", "lithuanian_name", "short_name", "country"
        ).iterator(2000):
            self.names[pk] = (*names, str(country))  # type: ignore[assignment]
            for name in {_plain(name) for name in names if name}:
                self.named[name].append(pk)
        self.coded: dict[str, int] = {}
        schemes = (Scheme.PIC, Scheme.ERASMUS, Scheme.SCHAC, Scheme.ROR)
        codes = Identifier.objects.filter(scheme__in=schemes).values_list("value", "organisation_id")
        self.coded.update((_code(value), pk) for value, pk in codes)

    def _read_universities(self) -> None:
        self.universities: dict[int, University] = {}
        self.university_of: dict[int, int] = {}
        self.slugs: dict[str, int] = {}
        for university in University.objects.for_list():
            self.universities[university.pk] = university
            self.university_of[university.organisation_id] = university.pk
            self.slugs[university.slug] = university.pk

    def _read_units(self) -> None:
        self.units: dict[tuple[int, str], int] = {}
        self.unit_names: dict[int, tuple[str, ...]] = {}
        for unit in OrganisationalUnit.objects.only("university", "code", "name_en", "name_lt"):
            names = [n for n in (unit.name_en, unit.name_lt) if n]
            self.unit_names[unit.pk] = tuple(names)
            for name in (unit.code, *names):
                if name:
                    self.units.setdefault((unit.university_id, _plain(name)), unit.pk)

    def programme(self, cells: Iterable[str]) -> int:
        """The programme that the last of `cells` with a known name means. Raises Wrong when none is known."""
        given = [cell for cell in cells if cell]
        for cell in reversed(given):
            plain = _plain(cell[:300])
            if plain not in self.programmes:
                plain = _plain(_PROGRAMMES.get(plain, _ACTION.sub(r"\1", plain)))
            if plain in self.programmes:
                return self.programmes[plain]
        raise Wrong(gettext_noop("“%(name)s” is not a programme of the funding guide."), name=given[-1][:80])

    def lead(self, cell: str) -> int:
        """The university of the alliance that the cell means. Raises Wrong."""
        found = self.slugs.get(cell.strip().lower())
        if found is None:
            keys = {key for key in self._matching(cell) if key in self.university_of}
            if len(keys) == 1:
                found = self.university_of[keys.pop()]
        if found is None:
            raise Wrong(gettext_noop("“%(name)s” is not a university of the alliance."), name=cell[:80])
        return found

    def unit(self, item: str, university: int | None, known: Iterable[int] = ()) -> int:
        """The department of the lead university, or one of those `known` already, that the words mean. Raises Wrong."""
        plain = _plain(item)
        found = self.units.get((university or 0, plain))
        for key in known if found is None else ():
            if plain in map(_plain, self.unit_names.get(key, ())):
                found = key
        if found is None:
            raise Wrong(
                gettext_noop("“%(name)s” is not a department of the lead university."), name=item[:80]
            )
        return found

    def organisation(self, item: str, country: str = "") -> tuple[int | None, str, str]:
        """The organisation that the words mean, or None with its name and country when it is not on record.

        Raises Wrong when several fit.
        """
        name, country = item, self.country(country)
        keys = self._matching(item)
        if not keys and (match := _COUNTRY.fullmatch(item)) and (said := self.country(match[2])):
            name, country = match[1], said
            keys = self._matching(name)
        if len(keys) > 1 and country:
            keys = [key for key in keys if self.names[key][4] == country] or keys
        if len(keys) > 1:
            raise Wrong(
                gettext_noop("“%(name)s” fits %(count)s organisations. Give the PIC or the Erasmus code."),
                name=item[:80], count=len(keys),
            )  # fmt: skip
        return (keys[0] if keys else None), name, country

    def _matching(self, words: str) -> list[int]:
        by_code = self.coded.get(_code(words[:100]))
        return [by_code] if by_code is not None else self.named.get(_plain(words[:400]), [])

    def country(self, words: str) -> str:
        """The ISO code of a country given by code or name in either language; "" when it is none."""
        if not words:
            return ""
        code = words.strip().upper()
        code = _CODES.get(code, code)
        return code if code in countries.countries else self.countries.get(_plain(words), "")

    def words_of(self, organisation: int) -> tuple[str, ...]:
        """The names of an organisation that is on record."""
        return self.names.get(organisation, ("", "", "", "", ""))[:4]


def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_plain(str(name)): code for code, name in countries}
    return found
