"""Creating and editing a project with all its rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ground import richtext
from members import actions as members
from members.doubles import Newcomer
from members.models import Organisation, OrganisationalUnit
from projects import history
from projects.actions.door import Stale, demand_editing, keep_original, locked, one_revision, record
from projects.actions.following import tell_followers
from projects.actions.sharing import demand_right_to_move, drop_sharing_with
from projects.models import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    ProjectDocument,
    Result,
    TeamMember,
    Website,
)

Fields = Mapping[str, Any]
Rows = Mapping[str, Sequence[Fields]]


class CodeTaken(Exception):
    """Another project has the number, or one so alike that its address would be the same."""


class Refused(Exception):
    """What the rows name can't be stored (any more); says why in words."""


class AlreadyCreated(Exception):
    """The same form was sent before; `project` is what it made."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.project = project


@dataclass(frozen=True)
class Part:
    """A kind of row. `match` names the field by which a row given is recognised as one that is there already."""

    model: type[models.Model]
    match: str = "id"


PARTS: Mapping[str, Part] = {
    "websites": Part(Website, "url"),
    "funding": Part(FundingLine),
    "team": Part(TeamMember),
    "departments": Part(Department, "unit_id"),
    "partners": Part(Partnership, "organisation_id"),
    "milestones": Part(Milestone),
    "results": Part(Result),
}
_NAMED: Sequence[tuple[str, str, type[models.Model]]] = (
    ("funding", "programme_id", Programme),
    ("departments", "unit_id", OrganisationalUnit),
    ("partners", "organisation_id", Organisation),
)
_LONG = ("description", "objectives", "results")


def create_project(*, by: Any, token: uuid.UUID, fields: Fields, rows: Rows, comment: str = "") -> Project:
    """A new draft with its rows. `token` is of the form: the same token makes one project, however often it is sent.

    In: the project's own fields by name, and for each of PARTS the full list of rows (what is left out stays empty).
    A partner without an `organisation_id` is a new organisation (`name`, `country`, `city`, `pic`, `sure`).
    Raises PermissionDenied, AlreadyCreated, CodeTaken or Refused.
    """
    if not by.has_perm("projects.create_project", fields["lead"]):
        raise PermissionDenied
    try:
        with one_revision(by, history.typed(comment) or gettext_noop("The project was created.")):
            project = _write(Project(uuid=token), fields, rows, by)
            record("projects.create", project, by)
    except IntegrityError as error:
        if before := Project.objects.filter(uuid=token).first():
            raise AlreadyCreated(before) from error
        raise _in_words(error, fields) from error
    return project


def edit_project(
    project: Project, *, by: Any, version: int, fields: Fields, rows: Rows, comment: str = ""
) -> Project:
    """Save the project and its rows as one revision; `rows` are complete, what is not in them goes.

    `version` is the one that was edited. The period of a project with amendments is that of the last one: another is
    refused. Raises PermissionDenied, NotPossible (archived), Stale, CodeTaken or Refused.
    """
    demand_editing(project, by)
    keep_original(project)
    try:
        with one_revision(by, history.typed(comment) or gettext_noop("Saved")):
            project = locked(project)
            demand_editing(project, by)
            if project.version != version:
                raise Stale(project)
            if fields["lead"] != project.lead:
                demand_right_to_move(project, fields["lead"], by)
            _keep_period(project, fields)
            project.version += 1
            drop_sharing_with(project, fields["lead"])
            _write(project, fields, rows, by)
            record("projects.edit", project, by)
            tell_followers(project, by, "edit")
    except IntegrityError as error:
        raise _in_words(error, fields) from error
    return project


def _keep_period(project: Project, fields: Fields) -> None:
    asked = tuple(fields.get(name, getattr(project, name)) for name in ("starts_on", "ends_on"))
    if asked != (project.starts_on, project.ends_on) and project.amendments.exists():
        raise Refused(_("The period follows from the amendments. Record another amendment to change it."))


def _write(project: Project, fields: Fields, rows: Rows, by: Any) -> Project:
    for name, value in fields.items():
        long = name.startswith(_LONG) and isinstance(value, str)
        setattr(project, name, richtext.clean(value) if long else value)
    project.save()
    rows = {**rows, "partners": [_partner(row, by) for row in rows.get("partners", ())]}
    _check_named(rows)
    _check_evidence(project, rows.get("milestones", ()))
    for name, part in PARTS.items():
        _write_rows(project, part, rows.get(name, ()))
    connection.check_constraints()  # what is checked at the end speaks here, where it can be said in words
    project.refresh_search()
    reversion.add_to_revision(project)
    return project


def _partner(row: Fields, by: Any) -> Fields:
    """The row with its organisation; one that is on no list is put on record first."""
    if row.get("organisation_id"):
        return row
    newcomer = Newcomer(**{name: str(row.get(name) or "") for name in ("name", "country", "city", "pic")})
    try:
        made = members.add_organisation(newcomer, by=by, sure=bool(row.get("sure")))
    except members.OnRecord as known:
        words = _("“%(name)s” is on record already. Choose it from the list.")
        raise Refused(words % {"name": known.organisation.name}) from known
    return {"organisation_id": made.pk, "part": row["part"]}


def _check_named(rows: Rows) -> None:
    """What the rows name is on record, and stays there until they are saved."""
    for kind, name, model in _NAMED:
        named = {row[name] for row in rows.get(kind, ()) if row.get(name)}
        there = model._default_manager.select_for_update(no_key=True).filter(pk__in=named).order_by("pk")
        if named and len(there.values_list("pk")) != len(named):
            raise Refused(_("Something that is chosen here is no longer on record. Choose again."))


def _check_evidence(project: Project, milestones: Sequence[Fields]) -> None:
    """Evidence is one of the project's own documents."""
    named = {row["evidence_id"] for row in milestones if row.get("evidence_id")}
    own = ProjectDocument.objects.filter(project=project, pk__in=named)
    if named and own.count() != len(named):
        raise Refused(_("A document chosen as evidence is not one of this project's documents."))


def _write_rows(project: Project, part: Part, rows: Sequence[Fields]) -> None:
    """Make the rows of one kind what `rows` says: the rest goes first, so that nothing collides."""
    there = {getattr(row, part.match): row for row in part.model._default_manager.filter(project=project)}
    records = []
    for position, fields in enumerate(rows, start=1):
        record = there.pop(fields.get(part.match), None) or part.model(project=project)
        changed = _fill(record, {**fields, "position": position})
        if changed or record.pk is None:
            records.append(record)
    part.model._default_manager.filter(pk__in=[row.pk for row in there.values()]).delete()
    # Of two people who change places as head, the one who steps down is saved first.
    for record in sorted(records, key=lambda row: getattr(row, "part", "") == TeamMember.Part.HEAD):
        record.save()


def _fill(record: models.Model, fields: Fields) -> bool:
    """Set what differs; says whether anything did."""
    changed = False
    for name, value in fields.items():
        if name == "id" or not hasattr(record, name) or getattr(record, name) == value:
            continue
        if isinstance(record, TeamMember) and name == "name":
            record.user = None  # another person: the account behind the name was somebody else's
        setattr(record, name, value)
        changed = True
    return changed


def _in_words(error: IntegrityError, fields: Fields) -> Exception:
    """What collided, as one of the refusals above; the error itself when nobody foresaw it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", "") or ""
    if "_code_" in constraint or "_key_" in constraint:
        return CodeTaken(fields.get("code"))
    if constraint == "projects_funding_shares_add_up":
        return Refused(_("The shares of the funding add up to more than 100 percent."))
    if constraint == "projects_milestone_evidence_when_done":
        return Refused(_("Evidence belongs to what is done: give the day on which it was done."))
    return error
