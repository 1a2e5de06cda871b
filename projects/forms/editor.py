"""A project's form with all its rows: empty, filled, sent, or typed and waiting for one more row."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from ground import richtext
from members import doubles
from members.models import Organisation, OrganisationalUnit, University
from projects.forms.partner_rows import newcomer_in
from projects.forms.partners import PartnerSearch
from projects.forms.project import EditedProjectForm, NewProjectForm, ProjectForm
from projects.forms.row import Options, RowSet, Supply, arrived, ids_in
from projects.forms.rows import ROW_SETS
from projects.forms.stored import ROW_FIELDS, TYPED_ONLY, Row, Stored, read_stored
from projects.models import Programme, Project

_BLANK: Mapping[str, list[Row]] = {
    "websites": [{}],
    "funding": [{}],
    "team": [{"part": "head"}],
    "departments": [{}],
}


class Editor:
    """The whole form of one project.

    `sent` is checked; `typed` is shown again as it is, with what `step` asks for: "add-<kind of row>" one more row,
    "remove-<kind of row>-<number>" one less, or a step of the search for partners.
    """

    def __init__(
        self, *, leads: QuerySet[University], project: Project | None = None,
        sent: QueryDict | None = None, typed: QueryDict | None = None,
    ) -> None:  # fmt: skip
        self.leads = leads
        self.project = project
        self.typed = typed
        self.sent = sent
        self.project_key = (
            project.key if project else ""
        )  # a form that was sent fills the project with what was typed
        self.stored: Stored = read_stored(project)
        self.initial_rows = self._initial_rows()
        self.search = PartnerSearch(self.initial_rows["partners"])
        if typed is not None:
            self._take_step(typed.get("step", ""), typed)
        supply = self._supply()
        self.form = self._form()
        self.sets: dict[str, RowSet] = {
            name: made(sent, prefix=name, initial=self.initial_rows[name], form_kwargs={"supply": supply})
            for name, made in ROW_SETS.items()
        }

    def is_valid(self) -> bool:
        """Whether all of it can be saved; every part is checked, so that all errors show at once."""
        valid = [self.form.is_valid(), *(rows.is_valid() for rows in self.sets.values())]
        return not self._refuse_lead_as_partner() and all(valid)

    @property
    def cleaned(self) -> dict[str, Any]:
        """What `actions.edit_project` and `create_project` take."""
        fields = {n: v for n, v in self.form.cleaned_data.items() if n not in ("version", "token", "comment")}
        rows = {name: rows.rows for name, rows in self.sets.items()}
        return {"fields": fields, "rows": rows, "comment": self.form.cleaned_data.get("comment", "")}

    @property
    def token(self) -> uuid.UUID:
        """What makes two sendings of one form the same."""
        token: uuid.UUID = self.form.cleaned_data["token"]
        return token

    @property
    def amended(self) -> bool:
        """Whether the period follows from amendments, so that it is not edited here."""
        return self.stored.amended

    def made_before(self) -> Project | None:
        """The project that this form made when it was sent before, if it was."""
        try:
            token = uuid.UUID(self.sent.get("token", "") if self.sent is not None else "")
        except ValueError:
            return None
        return Project.objects.filter(uuid=token, lead__in=self.leads).first()

    def refuse_code(self) -> None:
        """Say beside the number that another project has it."""
        self.form.add_error("code", _("There is already a project with this number."))

    def refuse(self, words: str) -> None:
        """Say above the form why it can't be saved."""
        self.form.add_error(None, words)

    def _refuse_lead_as_partner(self) -> bool:
        """The lead is no partner of its own project; a row that is stored so already stays as it is."""
        lead = self.form.cleaned_data.get("lead")
        stored = {row["organisation_id"] for row in self.stored.rows["partners"]}
        if lead is None or (self.form.initial.get("lead") == lead.pk and lead.organisation_id in stored):
            return False
        rows: list[Any] = self.sets["partners"].forms
        wrong = [
            row
            for row in rows
            if row.has_changed() and getattr(row.organisation, "pk", None) == lead.organisation_id
        ]
        for row in wrong:
            row.add_error(None, _("This university leads the project. Remove it from the partners."))
        return bool(wrong)

    def _form(self) -> ProjectForm:
        made = EditedProjectForm if self.project else NewProjectForm
        initial: Row = {"version": self.project.version} if self.project else {"token": uuid.uuid4()}
        if not self.project and len(self.leads) == 1:
            initial["lead"] = self.leads[0].pk
        if self.typed is not None:
            initial |= {name: self.typed.get(name, "").replace("\x00", "") for name in made.base_fields}
        return made(
            self.sent, initial=initial, instance=self.project, leads=self.leads, amended=self.stored.amended
        )

    def _initial_rows(self) -> dict[str, list[Row]]:
        if self.sent is not None:
            return {name: [] for name in ROW_SETS}
        if self.typed is not None:
            typed = typed_rows(self.typed)
            return {name: [row for row in rows if not _gone(row)] for name, rows in typed.items()}
        if self.project is None:
            return {name: list(_BLANK.get(name, [])) for name in ROW_SETS}
        return self.stored.rows

    def _take_step(self, step: str, typed: QueryDict) -> None:
        way, _dash, name = step.partition("-")
        self.search.take(step, typed)
        if way == "add" and name in self.initial_rows and name != "partners":
            self.initial_rows[name].append({})
        elif way == "remove":
            self._remove(name, typed)

    def _remove(self, prefix: str, typed: QueryDict) -> None:
        """Take a row away; those that were marked as gone don't count any more, so the number is looked up."""
        name, _dash, number = prefix.partition("-")
        rows = typed_rows(typed).get(name, [])
        at = next(iter(ids_in([number])), len(rows))
        if at < len(rows) and not _gone(rows[at]):
            del self.initial_rows[name][sum(not _gone(row) for row in rows[:at])]

    def _supply(self) -> Supply:
        """One query for each kind of thing that rows choose from."""
        rows = typed_rows(self.sent) if self.sent is not None else self.initial_rows
        organisations = ids_in(row.get("organisation_id") or "" for row in rows["partners"])
        newcomers = [newcomer for row in rows["partners"] if (newcomer := newcomer_in(row))]
        programmes = Programme.objects.in_guide_order().only("name_en", "name_lt", "path")
        return Supply(
            programmes=[(str(p.pk), f"{'– ' * p.depth}{p}") for p in programmes],
            units=self._units(ids_in(row.get("unit_id") or "" for row in rows["departments"]), organisations),
            organisations=Organisation.objects.defer("search").in_bulk(organisations),
            papers=[(str(key), title) for key, title in self.stored.papers],
            alike=doubles.likely(newcomers) if self.sent is not None else [],
        )

    def _units(self, chosen: set[int], partners: set[int]) -> Options:
        """Departments of the lead university, of those that share the project and of partners, by university."""
        near = Q(university__in=self._lead() | self.stored.sharing) | Q(university__organisation__in=partners)
        units = OrganisationalUnit.objects.filter(near | Q(pk__in=chosen)).only(
            "name_en", "name_lt", "university__organisation__name", "university__organisation__local_name",
            "university__organisation__local_language", "university__organisation__lithuanian_name",
        )  # fmt: skip
        groups: dict[str, list[tuple[str, str]]] = {}
        ordered = units.order_by("university__organisation__sort_key", "university", "sort_key", "pk")
        for unit in ordered.select_related("university__organisation"):
            groups.setdefault(unit.university.name_shown, []).append((str(unit.pk), str(unit)))
        return next(iter(groups.values())) if len(groups) == 1 else list(groups.items())

    def _lead(self) -> set[int]:
        """The university whose departments can be chosen."""
        data = self.sent if self.sent is not None else self.typed
        if data is not None:
            return ids_in([data.get("lead", "")])
        if self.project:
            return {self.project.lead_id}
        return {self.leads[0].pk} if len(self.leads) == 1 else set()


def _gone(row: Row) -> bool:
    return row.get("DELETE", "") not in ("", "False", "false")


def typed_rows(data: QueryDict) -> dict[str, list[Row]]:
    """The rows as they were typed, unchecked; numbers that make no sense count as none."""
    rows: dict[str, list[Row]] = {}
    for name, made in ROW_SETS.items():
        total = data.get(f"{name}-TOTAL_FORMS", "")
        number = min(int(total), made.absolute_max) if re.fullmatch(r"[0-9]{1,4}", total) else 0  # type: ignore[attr-defined]
        number = min(number, arrived(data, name))
        fields = ("id", *ROW_FIELDS[name], *TYPED_ONLY.get(name, ()), "DELETE")
        rows[name] = [
            {f: data.get(f"{name}-{i}-{f}", "").replace("\x00", "") for f in fields} for i in range(number)
        ]
    return rows


def plain(value: Any) -> str:
    """A value as it would be typed, so that what was typed and what is stored can be compared."""
    if value is None or value is False:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value.pk) if isinstance(value, Model) else richtext.clean(str(value))
