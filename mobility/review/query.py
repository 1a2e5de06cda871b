"""What a call's table of applications is narrowed and ordered by: read from an address, and written back into one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mobility.models import Appeal, Application, ApplicationMessage, Call, Eqf, Review, in_call
from mobility.workflow import AppealStatus, Status

SORTS: Mapping[str, tuple[Any, list[str]]] = {
    "submitted": (_("First submitted"), ["submitted_at", "id"]),
    "-submitted": (_("Last submitted"), ["-submitted_at", "-id"]),
    "name": (_("Name"), ["sort_name", "id"]),
    "reference": (_("Reference"), ["reference", "id"]),
    "score": (_("Ranking: best score first"), ["-score", "submitted_at", "id"]),
}
COLUMNS = {
    "reference": _("Reference"),
    "studies": _("Studies or work"),
    "field": _("Field of education"),
    "ects": _("ECTS credits"),
    "wish": _("First wish"),
    "rules": _("Rules of the call"),
    "score": _("Score"),
    "spread": _("Spread"),
    "submitted": _("Submitted"),
    "state": _("State"),
}
STANDARD = ("wish", "rules", "score", "submitted", "state")
FINDINGS = {
    "none": _("All rules are met"),
    "ects": _("Too few ECTS credits"),
    "level": _("Another level of studies"),
    "field": _("Another field of education"),
    "earlier": _("Too many months of mobility"),
    "language": _("Language not known well enough"),
}
SCORED = {"done": _("All reviews are done"), "open": _("Reviews are missing"), "none": _("No reviewer yet")}
TO_ANSWER = {"new": _("New message"), "appeal": _("Appeal")}
FACETS: Mapping[str, Any] = {
    "status": _("State"),
    "finding": _("Rules of the call"),
    "scored": _("Reviews"),
    "message": _("Waits for an answer"),
    "field": _("Field of education"),
    "host": _("First wish"),
    "level": _("Level of studies"),
}
_MOST = 40  # values of one facet that are read from an address


@dataclass(frozen=True)
class Asked:
    """One query of the table. Values that are not known are not in it."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    typed: str = ""
    sort: str = "submitted"
    columns: tuple[str, ...] = STANDARD

    @property
    def order(self) -> list[str]:
        return SORTS[self.sort][1]

    @property
    def query(self) -> str:
        """The same, as an address says it; what is standard is left out."""
        pairs = [(name, value) for name in FACETS for value in self.chosen.get(name, ())]
        pairs += [("q", self.typed)] if self.typed else []
        pairs += [("sort", self.sort)] if self.sort != "submitted" else []
        if self.columns != STANDARD:
            pairs += [("column", name) for name in self.columns]
        return urlencode(pairs)

    def toggled(self, name: str, value: str) -> Asked:
        """The query with the value put in, or taken out where it was in."""
        there = self.chosen.get(name, ())
        now = tuple(one for one in there if one != value) if value in there else (*there, value)
        return replace(self, chosen=dict(self.chosen) | {name: now})

    def without(self, name: str) -> Asked:
        """The query without a facet."""
        return replace(self, chosen={key: values for key, values in self.chosen.items() if key != name})


def read(sent: Any) -> Asked:
    """The query that `sent` (of an address or a form) asks for; what is not known is left aside."""
    chosen = {name: _known(name, sent.getlist(name)) for name in FACETS}
    sort, columns = str(sent.get("sort", "")), sent.getlist("column")
    picked = tuple(name for name in COLUMNS if name in columns)
    return Asked(
        chosen={name: values for name, values in chosen.items() if values},
        typed=str(sent.get("q", ""))[:100].replace("\x00", "").strip(),
        sort=sort if sort in SORTS else "submitted",
        columns=picked or STANDARD,
    )


def _known(name: str, values: list[str]) -> tuple[str, ...]:
    patterns = {"field": r"[0-9A-Z]{1,5}", "host": r"[a-z0-9-]{1,100}"}
    listed: dict[str, Any] = {
        "status": Status.values, "finding": FINDINGS, "scored": SCORED, "message": TO_ANSWER,
        "level": [str(v) for v in Eqf.values],
    }  # fmt: skip
    if name in patterns:
        found = [value for value in values[:_MOST] if re.fullmatch(patterns[name], value)]
    else:
        found = [value for value in values[:_MOST] if value in listed[name]]
    return tuple(dict.fromkeys(found))


def narrowed(rows: QuerySet[Application], asked: Asked, call: Call) -> QuerySet[Application]:
    """Those of `rows`, all of `call`, that the query asks for: any value of a facet, all facets, every word typed."""
    for name, values in asked.chosen.items():
        condition = Q()
        for value in values:
            condition |= of_facet(name, value)
        rows = rows.filter(condition)
    if asked.sort == "score":
        rows = rows.filter(score__isnull=False)
    return in_call.matching(rows, call, asked.typed)


def new_messages() -> QuerySet[ApplicationMessage]:
    """What the applicant of an outer application wrote and no coordinator has read."""
    return ApplicationMessage.objects.new_for_university().filter(application=OuterRef("pk"))


def _with(code: str) -> list[list[str]]:
    """Every list of findings in which there is `code`: an index finds whole lists, which are few and sorted."""
    others = sorted(FINDINGS.keys() - {"none", code})
    return [sorted([code, *more]) for count in range(len(others) + 1) for more in combinations(others, count)]


def of_facet(name: str, value: str) -> Q:
    """What an application with this value of a facet has."""
    if name == "finding":
        return Q(findings=[]) if value == "none" else Q(findings__in=_with(value))
    if name == "scored":
        assigned = Review.objects.filter(application=OuterRef("pk"))
        missing = assigned.filter(done_at__isnull=True)
        return {
            "none": Q(~Exists(assigned)),
            "open": Q(Exists(missing)),
            "done": Q(Exists(assigned)) & Q(~Exists(missing)),
        }[value]
    if name == "message":
        appeals = Appeal.objects.filter(application=OuterRef("pk"), status=AppealStatus.WAITING)
        return Q(Exists(new_messages() if value == "new" else appeals))
    column = {"status": "status", "field": "sent_field", "host": "sent_host__slug", "level": "sent_level"}[
        name
    ]
    return Q(**{column: value})
