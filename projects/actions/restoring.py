"""Restoring an earlier version: a new revision in which the project is as it was."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import reversion
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reversion.models import Revision

from ground.templatetags.ground_tags import filled
from ground.workflow import NotPossible
from members.models import Organisation, OrganisationalUnit, University
from projects import history
from projects.actions.door import Stale, demand_editing, keep_original, locked, one_revision, record
from projects.actions.following import tell_followers
from projects.actions.sharing import drop_sharing_with
from projects.history import Kept
from projects.history.record import Fields
from projects.history.words import KEYS
from projects.models import (
    Amendment,
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    ProjectDocument,
    Result,
    Sharing,
    TeamMember,
    Website,
)

# Documents are not in it, since their files may be gone; publication and sharing have steps of their own.
_FIELDS = ("code", "lead_id", "acronym", "starts_on", "ends_on", *(
    f"{name}_{code}" for name in ("title", "description", "objectives", "results")
    for code, _words in settings.LANGUAGES
))  # fmt: skip
_ROWS: tuple[type[Model], ...] = (
    Website, FundingLine, TeamMember, Department, Partnership, Milestone, Result, Amendment,
)  # fmt: skip
_NOT_RESTORED = ("id", "project_id")
# What rows point to: without it the row is left out, or (nullable) the link alone.
_NEEDED: dict[str, type[Model]] = {
    "programme_id": Programme, "unit_id": OrganisationalUnit, "organisation_id": Organisation,
}  # fmt: skip
_LINKED: dict[str, type[Model]] = {
    "user_id": get_user_model(), "evidence_id": ProjectDocument, "document_id": ProjectDocument,
}  # fmt: skip


class NumberTaken(NotPossible):
    """Another project has the number that this one had then."""


@dataclass
class Plan:
    """What a version would make of the project: `then`, and in words what of the version cannot come back."""

    then: Kept
    left_out: list[str] = field(default_factory=list)


def plan_restoring(project: Project, revision: Revision, *, by: Any) -> Plan:
    """What restoring would do for this person now; writes nothing. Raises NotPossible when it cannot be read."""
    kept = history.kept_in([revision], project)[0]
    if not kept.own:
        raise NotPossible(_("This version was kept by an older portal and can no longer be read."))
    now = history.present(project)
    plan = Plan(Kept(own={**now.own, **{n: kept.own[n] for n in _FIELDS if n in kept.own}}))
    plan.then.rows |= {Sharing: now.rows[Sharing], ProjectDocument: now.rows[ProjectDocument]}
    _choose_lead(plan, project, by)
    for model in _ROWS:
        plan.then.rows[model] = [dict(row) for row in kept.rows[model]]
    _leave_out_what_is_gone(plan, project)
    if kept.unread:
        plan.left_out.append(_("Some rows of this version can no longer be read."))
    return plan


def restore_revision(
    project: Project, *, by: Any, revision: Revision, version: int
) -> tuple[Project, list[str]]:
    """Make the project's fields and rows what they were, as a new revision; says in words what was left out.

    `version` is the one that the person saw. Raises PermissionDenied, NotPossible (archived, not readable, or against
    a rule of today), NumberTaken or Stale.
    """
    demand_editing(project, by)
    keep_original(project)
    try:
        with one_revision(by, history.RESTORED.format(revision.date_created)):
            project = locked(project)
            demand_editing(project, by)
            if project.version != version:
                raise Stale(project)
            plan = plan_restoring(project, revision, by=by)
            _write(project, plan.then)
            tell_followers(project, by, "edit")
            record("projects.restore", project, by, revision=revision.pk, left_out=len(plan.left_out))
    except IntegrityError as error:
        raise _in_words(error) from error
    return project, plan.left_out


def _choose_lead(plan: Plan, project: Project, by: Any) -> None:
    """Another lead comes back only where it still is, and by somebody who may move the project."""
    wanted = plan.then.own["lead_id"]
    if wanted == project.lead_id:
        return
    lead = University.objects.select_related("organisation").filter(pk=wanted).first()
    may_move = by.has_perm("projects.share_project", project) and by.has_perm("projects.create_project", lead)
    if lead is None or not may_move:
        plan.then.own["lead_id"] = project.lead_id
        plan.left_out.append(
            _("The lead university stays as it is: the earlier one cannot be put back by you.")
        )


def _leave_out_what_is_gone(plan: Plan, project: Project) -> None:
    missing = _missing(plan.then, project)
    for model, rows in plan.then.rows.items():
        if model not in _ROWS:
            continue
        whole = [row for row in rows if not any((name, row.get(name)) in missing for name in _NEEDED)]
        if len(whole) < len(rows):
            plan.left_out.append(_lost(model, len(rows) - len(whole)))
        for row in whole:
            for name in [name for name in _LINKED if (name, row.get(name)) in missing]:
                plan.left_out.append(_unlinked(name, row))
                row[name] = None
        plan.then.rows[model] = whole


def _missing(kept: Kept, project: Project) -> set[tuple[str, Any]]:
    """What the rows point to and is no longer there; one query for each kind."""
    gone: set[tuple[str, Any]] = set()
    for name, model in {**_NEEDED, **_LINKED}.items():
        wanted = {row.get(name) for kind in _ROWS for row in kept.rows[kind]} - {None}
        if not wanted:
            continue
        there = model._default_manager.filter(pk__in=wanted)
        if model is ProjectDocument:
            there = there.filter(project=project)
        gone |= {(name, key) for key in wanted - set(there.values_list("pk", flat=True))}
    return gone


def _lost(model: type[Model], number: int) -> str:
    words: dict[type[Model], str] = {
        FundingLine: ngettext(
            "%(number)d line of funding is left out: its programme is no longer on record.",
            "%(number)d lines of funding are left out: their programmes are no longer on record.", number,
        ),
        Department: ngettext(
            "%(number)d department is left out: it is no longer on record.",
            "%(number)d departments are left out: they are no longer on record.", number,
        ),
        Partnership: ngettext(
            "%(number)d partner is left out: it is no longer on record.",
            "%(number)d partners are left out: they are no longer on record.", number,
        ),
    }  # fmt: skip
    return filled(words[model], number=number)


def _unlinked(name: str, row: Fields) -> str:
    title = row.get("name") or row.get("title_en") or row.get("title_lt") or row.get("number") or ""
    words = {
        "user_id": _("The account of a person is no longer on record: %(title)s"),
        "evidence_id": _("The evidence of a milestone is no longer on record: %(title)s"),
        "document_id": _("The document of an amendment is no longer on record: %(title)s"),
    }
    return words[name] % {"title": title}


def _write(project: Project, then: Kept) -> None:
    for name in _FIELDS:
        setattr(project, name, then.own[name])
    project.version += 1
    project.lead = University.objects.select_related("organisation").get(pk=project.lead_id)
    drop_sharing_with(project, project.lead)
    project.save()
    for model in _ROWS:
        _write_rows(project, model, then.rows[model])
    project.refresh_search()
    reversion.add_to_revision(project)


def _write_rows(project: Project, model: type[Model], rows: Iterable[Fields]) -> None:
    """What is not in the version goes first; of two heads the one who steps down is saved first."""
    key = _key_of(model)
    there = {key(vars(row)): row for row in model._default_manager.filter(project=project)}
    records = []
    for fields in rows:
        row = there.pop(key(fields), None) or model(project=project)  # type: ignore[misc]
        for name in fields.keys() - set(_NOT_RESTORED):
            setattr(row, name, fields[name])
        records.append(row)
    model._default_manager.filter(pk__in=[row.pk for row in there.values()]).delete()
    _give_free_identifiers(model, [row for row in records if row.pk is None])
    for row in sorted(records, key=lambda row: getattr(row, "part", "") == TeamMember.Part.HEAD):
        row.save()


def _key_of(model: type[Model]) -> Callable[[Any], Any]:
    name = KEYS.get(model, "uuid")
    return lambda fields: fields.get(name)


def _give_free_identifiers(model: type[Model], new: list[Any]) -> None:
    """A row comes back under its old identifier, unless that has been given to another since."""
    if not new or not hasattr(new[0], "uuid"):
        return
    taken = model._default_manager.filter(uuid__in=[row.uuid for row in new])  # type: ignore[misc]
    used = set(taken.values_list("uuid", flat=True))
    for row in new:
        if row.uuid in used:
            row.uuid = uuid.uuid4()


def _in_words(error: IntegrityError) -> NotPossible:
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if "_code_" in constraint or "_key_" in constraint:
        return NumberTaken(
            _("Another project has the number that this one had then. Change that number first.")
        )
    return NotPossible(
        _("This version contradicts a rule that holds today, so it cannot be restored as it was.")
    )
