"""A project's form with all its rows: empty, filled, sent, or typed and waiting for one more row."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Case, IntegerField, Model, Q, QuerySet, When
from django.http import QueryDict
from django.utils.translation import gettext as _

from ground import richtext, text
from members.models import Identifier, Organisation, OrganisationalUnit, University
from projects.forms.project import EditedProjectForm, NewProjectForm, ProjectForm
from projects.forms.rows import ROW_SETS, RowSet, Supply, ids_in
from projects.models import Programme, Project

Row = dict[str, Any]
# Where the rows of each kind stand in the model, and which of their fields the form holds.
ROW_FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "websites": ("websites", ("url",)),
    "funding": ("funding_lines", ("programme_id", "amount", "currency", "share", "contract_number")),
    "team": ("team", ("name", "part")),
    "departments": ("departments", ("unit_id",)),
    "partners": ("partnerships", ("organisation_id", "part")),
    "milestones": ("milestones", ("title_en", "title_lt", "kind", "due_on", "done_on")),
}
_BLANK: Mapping[str, list[Row]] = {
    "websites": [{}],
    "funding": [{}],
    "team": [{"part": "head"}],
    "departments": [{}],
}
FOUND_AT_MOST = 12


class Editor:
    """The whole form of one project.

    `sent` is checked; `typed` is shown again as it is, with what `step` asks for: "add-<kind of row>" one more row,
    "find" the organisations that match, "add-partners" the one chosen of them.
    """

    def __init__(
        self, *, leads: QuerySet[University], project: Project | None = None,
        sent: QueryDict | None = None, typed: QueryDict | None = None,
    ) -> None:  # fmt: skip
        self.leads = leads
        self.project = project
        self.typed = typed
        self.sent = sent
        self.matches: list[Organisation] = []
        self.sought = ""
        self.notice = ""
        self.initial_rows = self._initial_rows()
        if typed is not None:
            self._take_step(typed)
        supply = self._supply()
        self.form = self._form()
        self.sets: dict[str, RowSet] = {
            name: made(sent, prefix=name, initial=self.initial_rows[name], form_kwargs={"supply": supply})
            for name, made in ROW_SETS.items()
        }

    def is_valid(self) -> bool:
        """Whether all of it can be saved; every part is checked, so that all errors show at once."""
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.sets.values())])

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

    def _form(self) -> ProjectForm:
        made = EditedProjectForm if self.project else NewProjectForm
        initial: Row = {"version": self.project.version} if self.project else {"token": uuid.uuid4()}
        if not self.project and len(self.leads) == 1:
            initial["lead"] = self.leads[0].pk
        if self.typed is not None:
            initial |= {name: self.typed.get(name, "") for name in made.base_fields}
        return made(self.sent, initial=initial, instance=self.project, leads=self.leads)

    def _initial_rows(self) -> dict[str, list[Row]]:
        if self.sent is not None:
            return {name: [] for name in ROW_SETS}
        if self.typed is not None:
            return typed_rows(self.typed)
        if self.project is None:
            return {name: list(_BLANK.get(name, [])) for name in ROW_SETS}
        return stored_rows(self.project)

    def _take_step(self, typed: QueryDict) -> None:
        step = typed.get("step", "")
        rows = self.initial_rows.get(step.removeprefix("add-"))
        if step == "find":
            self._find(typed.get("sought", ""))
        elif step == "add-partners":
            self._add_partner(typed)
        elif step.startswith("add-") and rows is not None:
            rows.append({})

    def _find(self, sought: str) -> None:
        self.sought = sought.replace("\x00", "").strip()[:200]
        if not self.sought:
            self.notice = _("Type a name, a city, an Erasmus code or a PIC first.")
            return
        found = list(find_organisations(self.sought)[: FOUND_AT_MOST + 1])
        self.matches = found[:FOUND_AT_MOST]
        if len(found) > FOUND_AT_MOST:
            self.notice = _("There are more that match. Type more of the name if yours is not here.")
        if not found:
            self.notice = _("No organisation matches. Check the spelling, or try a part of the name.")

    def _add_partner(self, typed: QueryDict) -> None:
        chosen = next(iter(ids_in([typed.get("found", "")])), None)
        if chosen is None:
            self._find(typed.get("sought", ""))
            self.notice = _("Choose one of the organisations found.")
        elif str(chosen) in {str(row.get("organisation_id")) for row in self.initial_rows["partners"]}:
            self.notice = _("This organisation is in the list already.")
        else:
            self.initial_rows["partners"].append({"organisation_id": chosen})

    def _supply(self) -> Supply:
        """One query for each kind of thing that rows choose from."""
        rows = typed_rows(self.sent) if self.sent is not None else self.initial_rows
        units = ids_in(row.get("unit_id") or "" for row in rows["departments"])
        organisations = ids_in(row.get("organisation_id") or "" for row in rows["partners"])
        programmes = Programme.objects.in_guide_order().only("name_en", "name_lt", "path")
        departments = OrganisationalUnit.objects.filter(Q(university__in=self._lead()) | Q(pk__in=units))
        return Supply(
            programmes=[(str(p.pk), f"{'– ' * p.depth}{p}") for p in programmes],
            units=[(str(unit.pk), str(unit)) for unit in departments],
            organisations=Organisation.objects.defer("search").in_bulk(organisations),
        )

    def _lead(self) -> set[int]:
        """The university whose departments can be chosen."""
        data = self.sent if self.sent is not None else self.typed
        if data is not None:
            return ids_in([data.get("lead", "")])
        if self.project:
            return {self.project.lead_id}
        return {self.leads[0].pk} if len(self.leads) == 1 else set()


def typed_rows(data: QueryDict) -> dict[str, list[Row]]:
    """The rows as they were typed, unchecked; numbers that make no sense count as none."""
    rows: dict[str, list[Row]] = {}
    for name, made in ROW_SETS.items():
        total = data.get(f"{name}-TOTAL_FORMS", "")
        number = min(int(total), made.absolute_max) if re.fullmatch(r"[0-9]{1,4}", total) else 0  # type: ignore[attr-defined]
        fields = ("id", *ROW_FIELDS[name][1], "DELETE")
        rows[name] = [
            {f: data.get(f"{name}-{i}-{f}", "").replace("\x00", "") for f in fields} for i in range(number)
        ]
    return rows


def stored_rows(project: Project) -> dict[str, list[Row]]:
    """The rows as they are stored."""
    return {
        name: list(getattr(project, related).values("id", *fields))
        for name, (related, fields) in ROW_FIELDS.items()
    }


def find_organisations(typed: str) -> QuerySet[Organisation]:
    """Organisations whose name or city has the words typed, or whose Erasmus code, PIC or another code this is.

    What fits best stands first: the code, then the beginning of the name, then the city.
    """
    code = re.sub(r"\s+", "", typed).upper()
    # An Erasmus code begins with its country in three places: "LT KAUNAS02", "D  BERLIN01", "IRLDUBLIN01".
    codes = {typed.strip(), code, *(f"{code[:n]:<3}{code[n:]}" for n in (1, 2))}
    coded = Q(pk__in=Identifier.objects.filter(value__in=codes).values("organisation"))
    begun = Q(sort_key__startswith=text.sort_key(typed)) | Q(short_name__iexact=typed)
    ranks = When(coded, then=0), When(begun, then=1), When(city__iexact=typed, then=2)
    fit = Case(*ranks, default=3, output_field=IntegerField())
    found = Organisation.objects.filter(Q(pk__in=Organisation.objects.search(typed).values("pk")) | coded)
    return found.order_by(fit, "sort_key", "pk").defer("search").prefetch_related("identifiers")


def plain(value: Any) -> str:
    """A value as it would be typed, so that what was typed and what is stored can be compared."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value.pk) if isinstance(value, Model) else richtext.clean(str(value))
