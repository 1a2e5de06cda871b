"""The whole form of a call: as stored, as sent and checked, or as typed with one row more or less."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.models import FieldOfEducation
from mobility.editing import changes, offering, typed
from mobility.editing.content import FIELDS, Content, changed, read
from mobility.editing.form import CallForm
from mobility.editing.rows import SETS, Row, Supply, each_once, fit, supplied_languages
from mobility.models import Call


@dataclass(frozen=True)
class Section:
    """The rows of one kind as the page shows them."""

    kind: str
    title: Promise
    hint: Promise
    add: Promise
    one: Promise
    forms: list[Row]
    refusal: str = ""


@dataclass(frozen=True)
class Host:
    """The places of one host university in one agreement."""

    name: str
    rows: list[tuple[int, Row]]
    source: offering.Source | None


_SECTIONS: dict[str, tuple[Promise, Promise, Promise, Promise]] = {
    "languages": (
        _("Languages"), _("What applicants have to know. None: the call asks for no language."), _("Add a language"),
        _("Language"),
    ),
    "documents": (
        _("Documents"), _("The papers that applicants upload: PDF, JPEG or PNG."), _("Add a document"), _("Document"),
    ),
    "questions": (
        _("Questions"), _("Questions of your own, beside those that every application asks."), _("Add a question"),
        _("Question"),
    ),
    "criteria": (
        _("Criteria"), _("What reviewers score. The total is the weighted mean, from 0 to 100."), _("Add a criterion"),
        _("Criterion"),
    ),
}  # fmt: skip


def _named(label: str, words: str) -> str:
    """A reason that says which field it is of: a form as long as this has many of the same."""
    return words if str(label) in words else f"{label}: {words}"


class Editor:
    """`sent` is checked; `retyped` is shown again as it is, after `step`. Without either, what is stored is shown.

    Of the parts `saved` what is stored holds, whatever was typed.
    """

    def __init__(
        self, call: Call, *, by: Any = None, sent: QueryDict | None = None, retyped: QueryDict | None = None,
        step: str = "", saved: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.call = call
        self.before = read(call)
        self.saved = [name for name in saved if name in self.before]
        self.opened = call.has_opened
        self.sources = {one.origin: one for one in offering.sources(call, reader=by)}
        data = sent if sent is not None else retyped
        rows = typed.stored(self.before) if data is None else typed.typed(data, with_blank=sent is None)
        if retyped is not None:
            rows |= {kind: one for kind, one in typed.stored(self.before).items() if kind in self.saved}
            rows = typed.stepped(rows, step, self.sources)
        self.rows = rows
        self.form = self._form(sent, retyped)
        bound = typed.flat(rows) if sent is not None else None
        supply = self._supply()
        self.sets: dict[str, list[Row]] = {
            kind: [made(bound, prefix=f"{kind}-{i}", initial=row, supply=supply) for i, row in enumerate(rows[kind])]
            for kind, made in SETS.items()
        }  # fmt: skip
        self._unfold(step)
        self.refused: dict[str, str] = {}

    def _unfold(self, step: str) -> None:
        """The row that `step` has added is open."""
        way, _dash, rest = step.partition("-")
        added = self.sets.get({"add": rest, "take": "places"}.get(way, ""))
        if added:
            added[-1].fresh = True

    def _form(self, sent: QueryDict | None, retyped: QueryDict | None) -> CallForm:
        today = clock.today(self.call.university.zone)
        initial: dict[str, Any] = {
            name: self.before[name] for name in ("terms", "levels", "opens_at", "closes_at")
        }
        initial["fields_of_education"] = self._shown("fields_of_education")
        if retyped is not None:
            many = ("terms", "levels")
            initial = {name: retyped.get(name, "").replace("\x00", "") for name in CallForm.base_fields}
            initial |= {name: retyped.getlist(name) for name in many}
            initial |= {name: self._shown(name) for name in self.saved if name in initial}
        # A copy: what was typed must not be taken for what is stored.
        shown = copy.copy(self.call)  # the form writes into it
        return CallForm(sent, instance=shown, initial=initial, today=today)

    def _shown(self, name: str) -> Any:
        """A stored value as its field shows it."""
        value = self.before[name]
        return ", ".join(value) if name == "fields_of_education" else value

    def _supply(self) -> Supply:
        codes = {code for source in self.sources.values() for code in source.fields}
        codes |= {str(row.get("field_id") or "") for row in self.rows["places"]}
        everywhere = any(not source.fields for source in self.sources.values())
        detailed = Q(code__regex="^[0-9]{4}$") if everywhere else Q(pk__in=codes - {""})
        fields = FieldOfEducation.objects.filter(detailed | Q(pk__in=codes - {""})).order_by("code")
        return Supply(
            sources=self.sources,
            fields={one.pk: f"{one.name} ({one.code})" for one in fields},
            hosts={row["key"]: row["host"] for row in self.before["places"]},
            languages=supplied_languages(),
        )

    def is_valid(self) -> bool:
        """Whether all of it can be saved; every part is checked, so that all errors show at once."""
        right = all([self.form.is_valid(), *(row.is_valid() for rows in self.sets.values() for row in rows)])
        if right and changed({"places": self.before["places"]}, self.content):
            right = fit(self.sets["places"])
        return right and each_once(self.sets["languages"])

    @property
    def content(self) -> Content:
        """What was sent, in the shape of what is stored."""
        given = self.form.cleaned_data
        made: Content = {name: given[name] for name in (*FIELDS, "fields_of_education")}
        for kind, rows in self.sets.items():
            made[kind] = [dict(row.cleaned_data) for row in rows]
        for row, form in zip(made["places"], self.sets["places"], strict=True):
            source = getattr(form, "source", None)
            row["condition"] = source.condition if source else None
        return made | {name: self.before[name] for name in self.saved}

    @property
    def note(self) -> dict[str, str]:
        """What applicants have to know of the change."""
        return {code: self.form.cleaned_data.get(f"note_{code}", "") for code, _name in settings.LANGUAGES}

    def refuse(self, places: dict[str, str]) -> None:
        """Say beside the fields, or above the rows, why it can't be saved."""
        for name, words in places.items():
            if name in self.form.fields:
                self.form.add_error(name, words)
            else:
                self.refused[name] = words

    @property
    def sections(self) -> list[Section]:
        """Every kind of rows but the places."""
        return [
            Section(kind, *words, self.sets[kind], self.refused.get(kind, ""))
            for kind, words in _SECTIONS.items()
        ]

    @property
    def hosts(self) -> list[Host]:
        """The places by their host universities, each row with its number in the form."""
        found: dict[str, list[tuple[int, Row]]] = {}
        for n, row in enumerate(self.sets["places"], 1):
            found.setdefault(row.title, []).append((n, row))
        return [Host(name, rows, getattr(rows[0][1], "source", None)) for name, rows in found.items()]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Everything that is wrong, with the id of the field in which it is."""
        forms: list[Any] = [self.form, *(row for rows in self.sets.values() for row in rows)]
        found = [
            (form[name].id_for_label, _named(form[name].label, str(words)))
            if name in form.fields
            else ("", str(words))
            for form in forms
            if form.is_bound
            for name, errors in form.errors.items()
            for words in errors
        ]
        return found + [(kind, words) for kind, words in self.refused.items()]

    @property
    def fixed(self) -> list[tuple[str, str]]:
        """For a call that has opened: what may become of each part."""
        if not self.opened:
            return []
        return list({str(rule.part): str(rule.words) for rule in changes.TABLE.values()}.items())
