"""The list of charter holders against what is stored: what taking it over would do, and doing it.

An organisation is found again by its PIC, then by its Erasmus code, so no list ever makes a second one. Rows that a
later list no longer has are marked, never deleted: projects and agreements name them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from ground import text
from ground.search import search_value
from members.imports.reading import Charter, ListError
from members.models import Identifier, Organisation, Scheme, University

_LIST_SCHEMES = (Scheme.PIC, Scheme.ERASMUS, Scheme.OID)
_LOCK = 7_110_204  # any constant: two imports at once would each see the other's rows too late
_BATCH = 500
_NAME_FIELDS = ("name", "street", "post_code", "city", "country", "website")
_FILLED = ("street", "post_code")  # where people left these empty, the list says them
_CHARTER_FIELDS = ("charter_from", "charter_until", "charter_proposal")


@dataclass
class Counts:
    """What an import did, or would do; `kept` are those of which the list says other than the office wrote."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    kept: int = 0

    def __str__(self) -> str:
        kept = f", {self.kept} kept as the office wrote them" if self.kept else ""
        return f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged{kept}, {self.gone} gone"


@dataclass(frozen=True)
class Change:
    """One organisation that the list adds (`new`), alters (`changed`), no longer has (`gone`), or calls otherwise than
    the office, which stays (`kept`).

    `fields` are (name of the field or of the kind of code, before, after) as text; empty for new and gone ones. `kept`
    are (name of the field, what the office wrote, what the list says). `member` tells a university of the alliance, or
    a school of one.
    """

    kind: str
    name: str
    country: str
    code: str
    fields: tuple[tuple[str, str, str], ...] = ()
    kept: tuple[tuple[str, str, str], ...] = ()
    member: bool = False


class _Known:
    """The organisations and codes that are stored, for finding the one that a row means."""

    def __init__(self, pics: set[str]) -> None:
        self.pics = pics  # of the list: who carries one of them is meant by that row alone
        self.organisations = Organisation.objects.defer("search").in_bulk()
        rows = Identifier.objects.filter(scheme__in=_LIST_SCHEMES)
        self.codes = {(i.organisation_id, i.scheme): i for i in rows}
        self.owner = {(i.scheme, i.value): i.organisation_id for i in rows if i.scheme != Scheme.OID}
        # The office looks after members and their schools: their names and addresses stay as it wrote them.
        members = set(University.objects.values_list("organisation", flat=True))
        self.kept = members | {pk for pk, row in self.organisations.items() if row.parent_id}
        self.alliance = members | {pk for pk, row in self.organisations.items() if row.parent_id in members}

    def keeps(self, organisation: Organisation) -> tuple[str, ...]:
        """The fields of a stored organisation that no list changes. Of members, an empty street or post code is filled.

        The list has one name, in whatever language and often without its diacritics. Who has a name in its own
        language beside that got both from people, with the city.
        """
        if organisation.pk in self.kept:
            return tuple(name for name in _NAME_FIELDS if name not in _FILLED or getattr(organisation, name))
        return ("name", "city") if organisation.local_name else ()

    def find(self, charter: Charter) -> Organisation | None:
        """The organisation with the row's PIC, else with its Erasmus code."""
        pk = self.owner.get((Scheme.PIC, charter.pic))
        if pk is None:
            pk = self.owner.get((Scheme.ERASMUS, charter.erasmus))
            held = self.codes.get((pk, Scheme.PIC)) if pk else None
            if held is not None and held.value in self.pics:
                return None
        return None if pk is None else self.organisations[pk]


@dataclass
class Plan:
    """What taking the list over would do. `changes` tells it to people; the rest is for doing it."""

    rows: int = 0
    new: list[tuple[Organisation, Charter]] = field(default_factory=list)
    changed: dict[int, Organisation] = field(default_factory=dict)
    gone: list[Organisation] = field(default_factory=list)
    old_codes: set[int] = field(default_factory=set)
    codes: list[tuple[Organisation, str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def counts(self) -> Counts:
        """New, changed, unchanged, gone and kept organisations."""
        changed, kept = (sum(one.kind == kind for one in self.changes) for kind in ("changed", "kept"))
        unchanged = self.rows - len(self.new) - changed - kept
        return Counts(len(self.new), changed, unchanged, len(self.gone), kept)


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _altered(
    organisation: Organisation, charter: Charter, ours: Sequence[str] = ()
) -> list[tuple[str, str, str]]:
    """Set the fields that the list knows, but for `ours`; out: those that differed, with before and after."""
    found = []
    for name in (name for name in (*_NAME_FIELDS, *_CHARTER_FIELDS) if name not in ours):
        before, after = getattr(organisation, name), getattr(charter, name)
        if before != after:
            found.append((name, _said(before), _said(after)))
            setattr(organisation, name, after)
    if organisation.charter_gone_on is not None:
        found.append(("charter_gone_on", _said(organisation.charter_gone_on), ""))
        organisation.charter_gone_on = None
    return found


def _kept(organisation: Organisation, charter: Charter, ours: Sequence[str]) -> list[tuple[str, str, str]]:
    """Where the list says other than the office, whose words stay: the field, ours, the list's."""
    pairs = [(name, _said(getattr(organisation, name)), _said(getattr(charter, name))) for name in ours]
    return [(name, ours, theirs) for name, ours, theirs in pairs if ours != theirs]


class _Planner:
    """Goes through the rows once and writes down what each of them does."""

    def __init__(self, known: _Known) -> None:
        self.known, self.plan = known, Plan()
        self.by_value = {(i.scheme, i.value): i.pk for i in known.codes.values() if i.scheme != Scheme.OID}
        self.matched: set[int] = set()

    def take(self, charter: Charter) -> None:
        organisation = self.known.find(charter)
        self.plan.rows += 1
        if organisation is None:
            organisation = Organisation(kind=Organisation.Kind.HIGHER_EDUCATION)
            _altered(organisation, charter)
            self._codes(organisation, charter)
            self.plan.new.append((organisation, charter))
            self._tell("new", organisation, charter.erasmus)
            return
        self.matched.add(organisation.pk)
        ours = self.known.keeps(organisation)
        kept = _kept(organisation, charter, ours)
        fields = _altered(organisation, charter, ours)
        if fields:
            self.plan.changed[organisation.pk] = organisation
        if fields := [*fields, *self._codes(organisation, charter)]:
            self._tell("changed", organisation, charter.erasmus, fields, kept)
        elif kept:
            self._tell("kept", organisation, charter.erasmus, kept=kept)

    def finish(self) -> Plan:
        """Note who is no longer in the list."""
        for pk, row in self.known.organisations.items():
            if row.charter_until and not row.charter_gone_on and pk not in self.matched:
                self.plan.gone.append(row)
                held = self.known.codes.get((pk, Scheme.ERASMUS))
                self._tell("gone", row, held.value if held else "")
        return self.plan

    def _codes(self, organisation: Organisation, charter: Charter) -> list[tuple[str, str, str]]:
        """Bring the codes in line with the list: one that another organisation had moves, a replaced one goes."""
        found = []
        for scheme, value in charter.codes:
            held = self.known.codes.get((organisation.pk, scheme))
            if held is not None and held.value == value:
                continue
            taken = self.by_value.get((scheme, value))
            self.plan.old_codes.update(pk for pk in (held.pk if held else None, taken) if pk)
            self.plan.codes.append((organisation, scheme, value))
            found.append((scheme, held.value if held else "", value))
        return found

    def _tell(
        self, kind: str, row: Organisation, code: str, fields: Iterable[tuple[str, str, str]] = (),
        kept: Iterable[tuple[str, str, str]] = (),
    ) -> None:  # fmt: skip
        member = row.pk in self.known.alliance
        change = Change(kind, row.name, str(row.country), code, tuple(fields), tuple(kept), member)
        self.plan.changes.append(change)


def plan(charters: Iterable[Charter]) -> Plan:
    """What taking over the list would do now; nothing is written.

    Raises ListError when the list is empty, or what `charters` raises.
    """
    rows = list(charters)
    if not rows:
        raise ListError(gettext_noop("The list is empty."))
    planner = _Planner(_Known({charter.pic for charter in rows}))
    for charter in rows:
        planner.take(charter)
    return planner.finish()


def _keys(organisation: Organisation) -> None:
    """The stored keys for order and search (bulk writes pass by `save`)."""
    o = organisation
    o.sort_key = text.sort_key(o.name)
    o.search = search_value(o.found_by)


def _store(rows: list[Organisation], **known: Any) -> None:
    """Store organisations, some at a time: their words for search are large before they are stored."""
    for start in range(0, len(rows), _BATCH):
        some = rows[start : start + _BATCH]
        for organisation in some:
            _keys(organisation)
        Organisation.objects.bulk_create(some, **known)
        for organisation in some:
            organisation.search = None


def _carry_out(found: Plan, day: dt.date) -> None:
    _store([row for row, _charter in found.new])
    # Rows that are there already are written over by their number: several times faster than `bulk_update`.
    fields = [*_NAME_FIELDS, *_CHARTER_FIELDS, "charter_gone_on", "sort_key", "search"]
    _store(list(found.changed.values()), update_conflicts=True, unique_fields=["pk"], update_fields=fields)
    Identifier.objects.filter(pk__in=found.old_codes).delete()
    for start in range(0, len(found.codes), _BATCH):
        some = found.codes[start : start + _BATCH]
        Identifier.objects.bulk_create(Identifier(organisation=row, scheme=s, value=v) for row, s, v in some)
    gone = [row.pk for row in found.gone]
    for start in range(0, len(gone), _BATCH):
        Organisation.objects.filter(pk__in=gone[start : start + _BATCH]).update(charter_gone_on=day)


def alone() -> None:
    """Wait until no other import runs; it then holds to the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [_LOCK])


@transaction.atomic
def import_charters(charters: Iterable[Charter], *, day: dt.date) -> Counts:
    """Take over the list of charter holders; organisations that it no longer has are marked as gone on `day`.

    Out: what changed. Raises ListError when the list is empty, or what `charters` raises; nothing is stored then.
    """
    alone()
    found = plan(charters)
    _carry_out(found, day)
    return found.counts


@transaction.atomic
def import_as_planned(charters: Iterable[Charter], *, day: dt.date, expected: list[Change]) -> Counts | None:
    """The same, if it still does what was shown (`expected`); else None, and nothing is stored."""
    alone()
    found = plan(charters)
    if found.changes != expected:
        return None
    _carry_out(found, day)
    return found.counts
