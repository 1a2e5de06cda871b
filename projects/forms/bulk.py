"""The forms of one change to many projects: which projects, and what is wanted of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import PortalForm
from members.models import OrganisationalUnit
from projects.actions import Change
from projects.actions.bulk import ADD, DEPARTMENT_KINDS, REMOVE, REPLACE
from projects.models import Project
from projects.workflow import PUBLICATION, Publication

KINDS: Mapping[str, Any] = {
    **{step.name: step.label for step in PUBLICATION.transitions.values()},
    ADD: gettext_lazy("Add a department"),
    REMOVE: gettext_lazy("Remove a department"),
    REPLACE: gettext_lazy("Replace a department"),
}
WHY: Mapping[str, Promise] = {
    "right": gettext_lazy("You may not do this with this project."),
    "state": gettext_lazy("Not possible in its present state."),
    "draft": gettext_lazy("It is a draft."),
    "published": gettext_lazy("It is published."),
    "already_draft": gettext_lazy("Is a draft already."),
    "already_published": gettext_lazy("Is published already."),
    "already_archived": gettext_lazy("Is archived already."),
    "archived": gettext_lazy("An archived project is read-only."),
    "elsewhere": gettext_lazy("The department is not of a university that keeps this project."),
    "there": gettext_lazy("It has this department already."),
    "absent": gettext_lazy("It does not have this department."),
    "gone": gettext_lazy("No longer there."),
    "failed": gettext_lazy("Something went wrong, so it stays as it is."),
    "changed": gettext_lazy("Changed by somebody meanwhile, so it stays as it is."),
}


def label_of(unit: OrganisationalUnit) -> str:
    """A department with the university that has it."""
    return f"{unit.university.organisation.short_name or unit.university.name} · {unit}"


class BulkForm(PortalForm):
    """What is wanted. Which departments there are to choose from is given by whoever asks."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Change"), choices=[("", gettext_lazy("Choose")), *KINDS.items()]
    )
    instead_of = forms.ModelChoiceField(
        label=gettext_lazy("Department to replace"), required=False, queryset=OrganisationalUnit.objects.none(),
        empty_label=gettext_lazy("None"),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Department"), required=False, queryset=OrganisationalUnit.objects.none(),
        empty_label=gettext_lazy("None"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, units: QuerySet[OrganisationalUnit], chosen: int = 0) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})
        self.chosen = chosen
        rows = units.select_related("university__organisation")
        rows = rows.order_by("university__organisation__sort_key", "pk")
        options = [("", _("None")), *((unit.pk, label_of(unit)) for unit in rows)]  # read once for both
        for name in ("unit", "instead_of"):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            self.fields[name].widget.choices = options  # type: ignore[attr-defined]
        self.fields["unit"].help_text = _("To add, to remove, or to put in the place of the other one.")
        self.fields["instead_of"].help_text = _("Only when one department is replaced by another.")

    def clean(self) -> None:
        given = self.cleaned_data
        if not self.chosen:
            self.add_error(None, _("Choose at least one project."))
        kind = given.get("kind")
        if kind in DEPARTMENT_KINDS and not given.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("Choose the department."))
        if kind == REPLACE and not given.get("instead_of") and "instead_of" not in self.errors:
            self.add_error("instead_of", _("Choose the department that is replaced."))
        elif kind == REPLACE and given.get("unit") == given.get("instead_of"):
            self.add_error("instead_of", _("These are the same department. Choose another one."))

    @property
    def change(self) -> Change:
        """What `actions.change_many` takes."""
        kind = self.cleaned_data["kind"]
        unit = self.cleaned_data["unit"] if kind in DEPARTMENT_KINDS else None
        return Change(kind, unit, self.cleaned_data["instead_of"] if kind == REPLACE else None)


def identifiers(values: list[str], at_most: int) -> list[uuid.UUID]:
    """Those of the sent `values` that can be identifiers of projects, each once."""
    found: dict[uuid.UUID, None] = {}
    for value in values[: at_most + 1]:
        try:
            found[uuid.UUID(value)] = None
        except ValueError:
            continue
    return list(found)


@dataclass(frozen=True)
class Outcome:
    """What a change does (or did) to one project, in words; `why` and `left` say why not."""

    code: str
    before: str
    after: str
    why: Any = ""
    left: Any = ""
    project: Project | None = None


def outcomes(items: Iterable[Mapping[str, Any]], projects: Iterable[Project]) -> list[Outcome]:
    """The items of a change in words, each with its project if that is one of `projects`."""
    known = {str(project.uuid): project for project in projects}
    items = list(items)
    units = {unit for item in items for side in ("before", "after") for unit in item[side].get("units", ())}
    names = {unit.pk: str(unit) for unit in OrganisationalUnit.objects.filter(pk__in=units)} if units else {}
    return [
        Outcome(
            code=item["code"],
            before=_in_words(item["before"], names),
            after=_in_words(item["after"], names),
            why=_why(item),
            left=WHY.get(item.get("left", ""), ""),
            project=known.get(item["uuid"]),
        )
        for item in items
    ]


def _why(item: Mapping[str, Any]) -> Any:
    """Why nothing happens; what has the wrong state says which."""
    why, state = item["why"], item["before"].get("publication", "")
    exact = {"already": f"already_{state}", "state": state}.get(why, why)
    return WHY.get(exact) or WHY.get(why, "")


def _in_words(side: Mapping[str, Any], names: Mapping[int, str]) -> str:
    if "units" in side:
        return ", ".join(names.get(unit, _("no longer on record")) for unit in side["units"]) or _("none")
    return str(Publication(side["publication"]).label) if side else ""
