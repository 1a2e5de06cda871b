"""The room of projects: programmes, and projects with everything that belongs to one."""

from __future__ import annotations

import datetime as dt
import random
from bisect import bisect
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from alliance_portal.scale import members, words
from alliance_portal.scale.copying import Tables
from alliance_portal.scale.marks import code, mark
from alliance_portal.scale.phrases import Phrase, phrase, together, vector
from projects.models import Programme, address_key
from projects.models.project import title_keys

_TEXTS = ("title", "description", "objectives", "results")
_TRANSLATED = tuple(f"{name}{ending}" for name in _TEXTS for ending in ("", "_en", "_lt"))
TITLE_KEYS = ("title_key_en", "title_key_lt")
COLUMNS = {
    "projects_project": (
        "id", "uuid", "code", "key", "lead_id", "acronym", *_TRANSLATED, "starts_on", "ends_on",
        "publication", "version", "is_demo", "created_at", "updated_at", "search", *TITLE_KEYS,
    ),
    "projects_fundingline": (
        "uuid", "project_id", "programme_id", "amount", "share", "currency", "contract_number", "position",
    ),
    "projects_teammember": ("uuid", "project_id", "part", "name", "position"),
    "projects_department": ("project_id", "unit_id", "position"),
    "projects_partnership": ("uuid", "project_id", "organisation_id", "part"),
    "projects_milestone": (
        "uuid", "project_id", "kind", "title", "title_en", "title_lt", "due_on", "done_on", "evidence_url",
    ),
    "projects_website": ("project_id", "url", "position"),
    "projects_result": (
        "uuid", "project_id", "category", "title", "title_en", "title_lt", "url", "reached_on", "position",
    ),
}  # fmt: skip
PROGRAMME_COLUMNS = {
    "projects_programme": (
        "id", "uuid", "parent_id", "slug", "name", "name_en", "name_lt", "position", "path",
        "purpose", "participants", "activities", "links",
    )
}  # fmt: skip
PROGRAMMES = 40
FIRST_DAY = dt.date(2014, 1, 1)
LAST_START, LAST_DAY = dt.date(2029, 6, 30), dt.date(2030, 12, 31)
_MADE = dt.datetime(2026, 1, 1, 8, tzinfo=dt.UTC)


def write_programmes(seed: int, reserved: Sequence[int]) -> int:
    """Fill the tree up to 40 programmes: every fourth new one is a root, the others are its actions. Out: how many."""
    missing = min(PROGRAMMES - Programme.objects.count(), len(reserved))
    roots = Programme.objects.filter(parent=None).order_by("-position").values_list("position", flat=True)
    place = roots.first() or 0
    tables = Tables(PROGRAMME_COLUMNS)
    for number in range(max(missing, 0)):
        english, lithuanian = words.PROGRAMMES[number]
        step = number % 4
        place += not step
        parent = reserved[number - step] if step else None
        path = f"{place:04d}.{step:04d}" if step else f"{place:04d}"
        tables.add(
            "projects_programme", reserved[number], mark("programme", seed, number), parent,
            f"generated-{seed}-{number}", english, english, lithuanian, step or place, path, "", "", "", "",
        )  # fmt: skip
    tables.write()
    return tables.written["projects_programme"]


class Projects:
    """Makes the rows of one project after another. The same seed, number, day and reference data: the same rows."""

    def __init__(self, seed: int, today: dt.date, tables: Tables) -> None:
        self.seed, self.today, self.tables = seed, today, tables
        self.leads = members.leads()
        self.partners = members.partners()
        self.programmes = _programmes()
        self.sentences = {
            (topic, index): (phrase(pair[0].format(english)), phrase(_sentence(pair[1], lithuanian)))
            for topic, (english, lithuanian) in enumerate(words.TOPICS)
            for index, pair in enumerate(words.SENTENCES)
        }
        # Few universities lead many projects, few programmes pay for many of them.
        self.lead_weights = list(accumulate(1 / (n + 2) for n in range(len(self.leads))))
        self.programme_weights = list(accumulate(1 / (n + 3) for n in range(len(self.programmes))))

    def add(self, key: int, number: int) -> None:
        """The project `number` with the key `key`, and its rows."""
        self.random = random.Random(f"{self.seed}:{number}")  # noqa: S311 - repeatable is what is wanted
        self.key, self.number, self.row = key, number, number * 32
        lead = _weighted(self.random, self.leads, self.lead_weights)
        starts_on, ends_on = self._period()
        topic, other = self.random.randrange(len(words.TOPICS)), self.random.randrange(len(words.TOPICS))
        texts = self._texts(topic, other)
        self.starts_on, self.ends_on, self.topic = starts_on, ends_on, topic
        found_by = [*self._team(), *self._departments(lead), *self._partners(lead), *self._funding()]
        self._milestones()
        self._website()
        self._results()
        self._project(lead, texts, found_by)

    def _project(self, lead: members.Lead, texts: dict[str, Phrase], found_by: list[Phrase]) -> None:
        number = code(self.seed, self.number)
        acronym = f"GEN{self.number}"
        names = [phrase(number), phrase(acronym), texts["title_en"], texts["title_lt"]]
        order = ("description", "results", "objectives")
        said = [texts[f"{name}_{language}"] for name in order for language in ("en", "lt")]
        search = vector(names, [*lead.names, *said, *found_by])
        chance = self.random.random()
        publication = "published" if chance < 0.94 else "archived" if chance < 0.98 else "draft"
        columns = [
            texts[f"{name}{ending}"].said for name in _TEXTS for ending in ("_en", "_en", "_lt")
        ]  # the column without a language holds what the first one says, as the models write it
        moment = _MADE.isoformat()
        self.tables.add(
            "projects_project", self.key, mark("project", self.seed, self.number), number, address_key(number),
            lead.pk, acronym, *columns, self.starts_on, self.ends_on, publication, 1, False, moment, moment, search,
            *_keys(texts["title_en"].said, texts["title_lt"].said),
        )  # fmt: skip

    def _mark(self, kind: str) -> str:
        self.row += 1
        return mark(kind, self.seed, self.row)

    def _period(self) -> tuple[dt.date, dt.date]:
        first = FIRST_DAY + dt.timedelta(self.random.randrange((LAST_START - FIRST_DAY).days))
        return first, min(first + dt.timedelta(30 * self.random.randrange(6, 49) - 1), LAST_DAY)

    def _texts(self, topic: int, other: int) -> dict[str, Phrase]:
        """Title, description, objectives and results in both languages: about 1.5 kB in each."""
        chosen = self.random.sample(range(len(words.SENTENCES)), len(words.SENTENCES))
        parts = {"description": chosen[:9], "objectives": chosen[9:13], "results": chosen[13:]}
        title = self.random.choice(words.TITLES)
        english, lithuanian = words.TOPICS[topic]
        texts = {
            "title_en": phrase(title[0].format(english)),
            "title_lt": phrase(_sentence(title[1], lithuanian)),
        }
        for name, indexes in parts.items():
            topics = [topic if place % 3 else other for place in range(len(indexes))]
            pairs = [self.sentences[one] for one in zip(topics, indexes, strict=True)]
            texts[f"{name}_en"] = together([pair[0] for pair in pairs])
            texts[f"{name}_lt"] = together([pair[1] for pair in pairs])
        return texts

    def _team(self) -> list[Phrase]:
        size = self.random.choice((1, 2, 2, 3, 4))
        parts = ["head", *(self.random.choice(("coordinator", "member", "finance")) for _ in range(size - 1))]
        stems, endings = words.FAMILY
        names = []
        for position, part in enumerate(parts, 1):
            family = self.random.choice(stems) + self.random.choice(endings)
            name = phrase(f"{self.random.choice(words.GIVEN)} {family}")
            names.append(name)
            self.tables.add("projects_teammember", self._mark("person"), self.key, part, name.said, position)
        return names

    def _departments(self, lead: members.Lead) -> list[Phrase]:
        chosen = self.random.sample(lead.units, min(len(lead.units), self.random.choice((1, 1, 1, 2))))
        for position, (unit, _english, _lithuanian) in enumerate(chosen, 1):
            self.tables.add("projects_department", self.key, unit, position)
        return [name for _unit, *both in chosen for name in both]

    def _partners(self, lead: members.Lead) -> list[Phrase]:
        """About five, never the lead itself; the order is the one in which they are read."""
        count = min(self.random.choice((2, 3, 4, 5, 5, 5, 6, 7, 8)), len(self.partners))
        places = sorted(self.random.sample(range(len(self.partners)), count))
        chosen = [self.partners[place] for place in places]
        parts = ("beneficiary", "beneficiary", "beneficiary", "associated", "affiliated")
        found = []
        for organisation, name, local in chosen:
            if organisation != lead.organisation:
                part = self.random.choice(parts)
                self.tables.add("projects_partnership", self._mark("partner"), self.key, organisation, part)
                found += [name, local]
        return found

    def _funding(self) -> list[Phrase]:
        """One to three lines: mostly amounts, sometimes shares that add up to 100 percent."""
        count = self.random.choice((1, 1, 1, 2, 2, 3))
        shares = self.random.random() < 0.1
        found = []
        for position in range(1, count + 1):
            programme, english, lithuanian = _weighted(self.random, self.programmes, self.programme_weights)
            share = 100 // count if shares else None
            amount = None if shares else self.random.randrange(20, 1500) * 1000
            contract = f"C-{self.starts_on.year}-{self.number:06d}-{position}" if position == 1 else ""
            self.tables.add(
                "projects_fundingline", self._mark("funding"), self.key, programme, amount, share, "EUR",
                contract, position,
            )  # fmt: skip
            found += [english, lithuanian]
        return found

    def _milestones(self) -> None:
        """Two to four dates within the period. What is past is done, but for one in twenty-five."""
        length = (self.ends_on - self.starts_on).days
        for _ in range(self.random.choice((2, 3, 3, 4))):
            kind, english, lithuanian = self.random.choice(words.MILESTONES)
            due = self.starts_on + dt.timedelta(self.random.randrange(length))
            late = self.random.random() < 0.04
            done = None if late or due >= self.today else due - dt.timedelta(self.random.randrange(8))
            self.tables.add(
                "projects_milestone", self._mark("milestone"), self.key, kind, english, english, lithuanian,
                due, done, "",
            )  # fmt: skip

    def _website(self) -> None:
        if self.random.random() < 0.5:
            url = f"https://project-{self.seed}-{self.number}.example/"
            self.tables.add("projects_website", self.key, url, 1)

    def _results(self) -> None:
        if self.ends_on >= self.today:
            return
        english, lithuanian = words.TOPICS[self.topic]
        for position in range(1, self.random.choice((1, 2, 3))):
            category, title, vertinys = self.random.choice(words.RESULTS)
            said, pasakyta = title.format(english), _sentence(vertinys, lithuanian)
            self.tables.add(
                "projects_result", self._mark("result"), self.key, category, said, said, pasakyta, "",
                self.ends_on, position,
            )  # fmt: skip


def _sentence(pattern: str, topic: str) -> str:
    """The Lithuanian sentence; one that begins with its topic begins with a capital."""
    said = pattern.format(topic)
    return said[:1].upper() + said[1:]


@lru_cache(maxsize=10_000)
def _keys(english: str, lithuanian: str) -> tuple[str, ...]:
    keys = title_keys(english, lithuanian)
    return tuple(keys[name] for name in TITLE_KEYS)


def _programmes() -> list[tuple[int, Phrase, Phrase]]:
    rows = Programme.objects.order_by("path").only("name_en", "name_lt")
    return [(row.pk, phrase(row.name_en or ""), phrase(row.name_lt or "")) for row in rows]  # type: ignore[attr-defined]


def _weighted(chance: random.Random, choices: Sequence[Any], weights: Sequence[float]) -> Any:
    return choices[bisect(weights, chance.random() * weights[-1], hi=len(choices) - 1)]
