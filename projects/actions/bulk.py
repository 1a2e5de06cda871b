"""One change to many projects, through the verbs and rights of each, all or nothing; and taking it back."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from members.models import OrganisationalUnit
from notifications.doorbell import Bell
from projects.actions.departments import CHANGED, PUT_BACK, change_departments
from projects.actions.publication import change_publication
from projects.models import BulkChange, Department, Project, Sharing
from projects.workflow import PUBLICATION, Publication

ADD, REMOVE, REPLACE = "add_department", "remove_department", "replace_department"
DEPARTMENT_KINDS = (ADD, REMOVE, REPLACE)
Item = dict[str, Any]
Row = TypeVar("Row")
# More than these would keep a page waiting (60 to 90 ms each were measured on a busy machine): a job does them.
AT_ONCE = 10
TASK = "projects.work_on_changes"
_bell = Bell(TASK)
_SEEN = "projects.bulk.{}"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """What is wanted of each project: a step of the table of publication, or a department added, removed or replaced.

    `unit` is the department that comes (or goes, when one is removed), `instead_of` the one that is replaced.
    """

    kind: str
    unit: OrganisationalUnit | None = None
    instead_of: OrganisationalUnit | None = None


def change_many(*, by: Any, token: uuid.UUID, projects: Collection[uuid.UUID], change: Change) -> BulkChange:
    """Change those of `projects` that `by` keeps and that can be changed; the others are on record with the reason.

    A few at once, more by a job (`work_on_changes`): then `done_at` is empty until all of it is done. `token` is of
    the form: the same token changes once. Raises PermissionDenied for another person's token.
    """
    wanted = {
        "projects": [str(project) for project in projects],
        "unit": change.unit.pk if change.unit else None,
        "instead_of": change.instead_of.pk if change.instead_of else None,
    }
    try:
        with transaction.atomic():
            bulk = BulkChange.objects.create(
                uuid=token, by=by, kind=change.kind, made_at=clock.now(), wanted=wanted
            )
            _now_or_by_a_job(bulk, len(projects), _make)
    except IntegrityError as error:
        made = BulkChange.objects.filter(uuid=token).first()
        if made is None:
            raise
        if made.by_id != by.pk:
            raise PermissionDenied from error
        return made
    return bulk


def undo_change(bulk: BulkChange, *, by: Any) -> BulkChange:
    """Take a change back for every project that is still as the change left it; the others stay and are told.

    A few at once, more by a job. Raises PermissionDenied (somebody else's) or NotPossible (not made yet, or undone
    already).
    """
    with transaction.atomic():
        bulk = BulkChange.objects.select_for_update().get(pk=bulk.pk)
        if bulk.by_id != by.pk:
            raise PermissionDenied
        if bulk.done_at is None or bulk.undo_asked_at is not None:
            raise NotPossible(_("This change was undone before."))
        bulk.undo_asked_at = clock.now()
        bulk.save(update_fields=["undo_asked_at"])
        _now_or_by_a_job(bulk, sum(not item["why"] for item in bulk.items), _undo)
    return bulk


def work_on_changes() -> int:
    """Make and undo what waits, each in one transaction; how many. Any number of these may run at once."""
    done = 0
    for number in list(BulkChange.objects.waiting().values_list("pk", flat=True)):
        with transaction.atomic(), clock.one_moment():
            waiting = BulkChange.objects.waiting().filter(pk=number)
            bulk = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("by").first()
            if bulk is not None:
                _attempt(bulk)
                done += 1
    return done


def progress(bulk: BulkChange) -> tuple[int, int]:
    """How many projects the job has been through, and how many there are."""
    wanted = bulk.wanted["projects"] if bulk.done_at is None and bulk.wanted else bulk.items
    return int(cache.get(_SEEN.format(bulk.uuid), 0)), len(wanted)


def _now_or_by_a_job(bulk: BulkChange, number: int, work: Callable[[BulkChange], None]) -> None:
    if number <= AT_ONCE:
        work(bulk)
    else:
        transaction.on_commit(_bell, robust=True)


def _attempt(bulk: BulkChange) -> None:
    """Make or undo it; what fails for another reason than the database's own troubles is not tried again."""
    work = _make if bulk.done_at is None else _undo
    try:
        with transaction.atomic():
            work(bulk)
    except OperationalError:
        raise
    except Exception as error:
        log.error("A change of many projects failed: %s", type(error).__name__)
        _give_up(bulk)


def _give_up(bulk: BulkChange) -> None:
    """Nothing was changed, and that is on record for each project."""
    if bulk.done_at is None:
        rows = Project.objects.filter(uuid__in=(bulk.wanted or {})["projects"]).order_by("pk")
        bulk.items = [
            {"uuid": str(key), "code": code, "version": version, "why": "failed", "before": {}, "after": {}}
            for key, code, version in rows.values_list("uuid", "code", "version")
        ]
        bulk.wanted, bulk.done_at = None, clock.now()
    else:
        bulk.refresh_from_db(fields=["items"])
        bulk.items = [{**item, "left": "failed"} for item in bulk.items]
        bulk.undone_at = clock.now()
    bulk.save(update_fields=["items", "wanted", "done_at", "undone_at"])


def _make(bulk: BulkChange) -> None:
    wanted = bulk.wanted or {}
    units = OrganisationalUnit.objects.in_bulk([n for n in (wanted["unit"], wanted["instead_of"]) if n])
    change = Change(bulk.kind, units.get(wanted["unit"]), units.get(wanted["instead_of"]))
    items = foreseen(wanted["projects"], change, by=bulk.by)
    bulk.items = [_changed(item, project, change, bulk.by) for project, item in _told(bulk, items)]
    bulk.wanted, bulk.done_at = None, clock.now()
    bulk.save(update_fields=["items", "wanted", "done_at"])


def _undo(bulk: BulkChange) -> None:
    done = {item["uuid"]: item for item in bulk.items if not item["why"]}
    projects = Project.objects.filter(uuid__in=done).select_related("lead__organisation").order_by("pk")
    found = list(projects.defer("search").select_for_update(of=("self",)))
    units = _prepare(found)
    for project in _told(bulk, found):
        item = done.pop(str(project.uuid))
        item["left"] = _undone(project, item, bulk.by, units.get(project.pk, []))
    for item in done.values():
        item["left"] = "gone"
    bulk.undone_at = clock.now()
    bulk.save(update_fields=["items", "undone_at"])


def _told(bulk: BulkChange, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows one by one; how far it is can be seen meanwhile, though nothing of it is committed."""
    for number, row in enumerate(rows):
        if number % 10 == 0:
            cache.set(_SEEN.format(bulk.uuid), number, 3600)
        yield row


def foreseen(
    projects: Collection[uuid.UUID | str], change: Change, *, by: Any, lock: bool = True
) -> list[tuple[Project, Item]]:
    """For each of the projects, in the order of their keys: before and after, or `why` nothing would happen.

    Writes nothing; locks the projects within the transaction of a change.
    """
    rows = Project.objects.managed_by(by).filter(uuid__in=projects).select_related("lead__organisation")
    rows = rows.defer("search").order_by("pk")
    found = list(rows.select_for_update(of=("self",)) if lock else rows)
    units = _prepare(found)
    return [(project, _item(project, change, by, units.get(project.pk, []))) for project in found]


def _prepare(projects: Sequence[Project]) -> Mapping[int, list[int]]:
    """The departments of each project; with whom each is shared is read for all at once too."""
    shared: dict[int, set[int]] = {project.pk: set() for project in projects}
    for project, university in Sharing.objects.filter(project__in=shared).values_list(
        "project", "university"
    ):
        shared[project].add(university)
    for one in projects:
        one._sharing = frozenset(shared[one.pk])
    units: dict[int, list[int]] = {}
    rows = Department.objects.filter(project__in=shared).order_by("position", "pk")
    for project, unit in rows.values_list("project", "unit"):
        units.setdefault(project, []).append(unit)
    return units


def _item(project: Project, change: Change, by: Any, units: list[int]) -> Item:
    if change.kind in DEPARTMENT_KINDS:
        before: dict[str, Any] = {"units": units}
        after: dict[str, Any] = {"units": _with_change(units, change)}
        why = _why_not_departments(project, change, by, units)
    else:
        step = PUBLICATION.transitions[change.kind]
        before, after = {"publication": project.publication}, {"publication": str(step.target)}
        why = "already" if project.publication == step.target else "state"
        why = "" if project.publication in step.sources else why
        why = why if by.has_perm(step.permission, project) else "right"
    item = {"uuid": str(project.uuid), "code": project.code, "version": project.version, "why": why}
    return {**item, "before": before, "after": before if why else after}


def _with_change(units: list[int], change: Change) -> list[int]:
    new = change.unit.pk if change.unit else 0
    if change.kind == ADD:
        return [*units, new]
    if change.kind == REMOVE:
        return [unit for unit in units if unit != new]
    old = change.instead_of.pk if change.instead_of else 0
    return list(dict.fromkeys(new if unit == old else unit for unit in units))


def _why_not_departments(project: Project, change: Change, by: Any, units: list[int]) -> str:
    """The reason in one word, or "" when it can be done."""
    unit, old = change.unit, change.instead_of
    if unit is None or (change.kind == REPLACE and old is None):
        return "gone"
    if project.publication == Publication.ARCHIVED:
        return "archived"
    if not by.has_perm("projects.edit_project", project):
        return "right"
    if change.kind != REMOVE and unit.university_id not in {project.lead_id, *project.sharing_universities()}:
        return "elsewhere"
    if change.kind == ADD:
        return "there" if unit.pk in units else ""
    return "" if (old if change.kind == REPLACE and old else unit).pk in units else "absent"


def _changed(item: Item, project: Project, change: Change, by: Any) -> Item:
    if not item["why"]:
        project = _apply(project, item["after"], change.kind, by)
        item["version"] = project.version
    return item


def _apply(
    project: Project, wanted: Mapping[str, Any], step: str, by: Any, comment: str = CHANGED
) -> Project:
    if "units" in wanted:
        return change_departments(project, units=wanted["units"], by=by, comment=comment)
    return change_publication(project, step=step, by=by)


def _undone(project: Project, item: Item, by: Any, units: list[int]) -> str:
    """Put one project back; the reason in one word when it has to stay as it is."""
    now = {"units": units} if "units" in item["after"] else {"publication": project.publication}
    if project.version != item["version"] or now != item["after"]:
        return "changed"
    wanted = dict(item["before"])
    if "units" in wanted:
        there = set(OrganisationalUnit.objects.filter(pk__in=wanted["units"]).values_list("pk", flat=True))
        wanted["units"] = [unit for unit in wanted["units"] if unit in there]
    step = next((t.name for t in _ways(now, wanted)), "")
    try:
        _apply(project, wanted, step, by, comment=PUT_BACK)
    except (PermissionDenied, NotPossible):
        return "right"
    return ""


def _ways(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterable[Any]:
    """The steps of the table that lead from one publication to the other."""
    steps = PUBLICATION.open_from(now.get("publication", ""))
    return (step for step in steps if step.target == wanted.get("publication"))
