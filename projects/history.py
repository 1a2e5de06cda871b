"""What changed in a project, from revision to revision, in words."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reversion.errors import RevertError
from reversion.models import Revision, Version

from ground.paging import Page, page
from members.models import Organisation, OrganisationalUnit, University
from projects.models import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    ProjectDocument,
    TeamMember,
    Website,
)

_ROWS: tuple[type[Model], ...] = (
    Website, FundingLine, TeamMember, Department, Partnership, Milestone, ProjectDocument,
)  # fmt: skip
_FOLLOWED = ("websites", "funding_lines", "team", "departments", "partnerships", "milestones", "documents")

FIELDS: Mapping[str, Promise | str] = {
    "code": gettext_lazy("Project number"),
    "lead": gettext_lazy("Lead university"),
    "title_en": gettext_lazy("Title in English"),
    "title_lt": gettext_lazy("Title in Lithuanian"),
    "acronym": gettext_lazy("Acronym"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "description_en": gettext_lazy("Description in English"),
    "description_lt": gettext_lazy("Description in Lithuanian"),
    "objectives_en": gettext_lazy("Objectives in English"),
    "objectives_lt": gettext_lazy("Objectives in Lithuanian"),
    "results_en": gettext_lazy("Results in English"),
    "results_lt": gettext_lazy("Results in Lithuanian"),
    "publication": gettext_lazy("Publication"),
}
ROW_LABELS: Mapping[type[Model], Promise | str] = {
    Website: gettext_lazy("Websites"),
    FundingLine: gettext_lazy("Funding"),
    TeamMember: gettext_lazy("People"),
    Department: gettext_lazy("Departments"),
    Partnership: gettext_lazy("Partners"),
    Milestone: gettext_lazy("Milestones"),
    ProjectDocument: gettext_lazy("Documents"),
}
_NAMED: Mapping[str, type[Model]] = {
    "lead": University, "programme": Programme, "unit": OrganisationalUnit, "organisation": Organisation,
}  # fmt: skip
PAGE_SIZE = 20
_CONTEXT_WORDS = 12
_MOST_WORDS = 6000


@dataclass(frozen=True)
class Piece:
    """Some words that stayed, went or came."""

    words: str
    went: bool = False
    came: bool = False


@dataclass(frozen=True)
class Difference:
    label: Promise | str
    pieces: list[Piece]


@dataclass(frozen=True)
class Change:
    """One revision: when, who, why, and what is different from the one before (None: the first on record)."""

    at: dt.datetime
    who: str
    comment: str
    differences: list[Difference] | None


def register() -> None:
    """Tell reversion which records are kept, and that a project's rows belong to its revisions; once is enough."""
    if reversion.is_registered(Project):
        return
    for model in _ROWS:
        reversion.register(model)
    reversion.register(Project, follow=_FOLLOWED, exclude=("search",))


def revisions_of(project: Project) -> QuerySet[Revision]:
    """The revisions in which the project is, in no order."""
    kind = ContentType.objects.get_for_model(Project, for_concrete_model=True)
    versions = Version.objects.filter(content_type=kind, object_id=str(project.pk))
    return Revision.objects.filter(pk__in=versions.values("revision")).select_related("user")


def changes(project: Project, *, after: str = "", before: str = "") -> tuple[list[Change], Page[Revision]]:
    """A page of the project's changes, the latest first. Raises ground.paging.BadCursor."""
    shown = page(revisions_of(project), ["-id"], size=PAGE_SIZE, after=after, before=before)
    if not shown.rows:
        return [], shown
    older = revisions_of(project).filter(pk__lt=shown.rows[-1].pk).order_by("-pk").first()
    revisions = [*shown.rows, *([older] if older else [])]
    states = _states(revisions)
    return [
        Change(
            at=revision.date_created,
            who=str(revision.user) if revision.user else "",
            comment=_(revision.comment) if revision.comment else "",
            differences=_differences(states[i + 1], states[i]) if i + 1 < len(states) else None,
        )
        for i, revision in enumerate(shown.rows)
    ], shown


def record_at(
    project: Project, version: int
) -> tuple[dict[str, Any], dict[type[Model], list[dict[str, Any]]]] | None:
    """The fields of the project and of its rows as they were at `version`; None when no revision holds it."""
    kind = ContentType.objects.get_for_model(Project, for_concrete_model=True)
    for kept in Version.objects.filter(content_type=kind, object_id=str(project.pk)).order_by("-pk")[:50]:
        own = _fields(kept)
        if own.get("version") == version:
            return own, _rows_with(kept)
    return None


def _rows_with(project: Version) -> dict[type[Model], list[dict[str, Any]]]:
    """The rows that the revision of this version holds, each kind in its order."""
    kinds = {ContentType.objects.get_for_model(m).pk: m for m in _ROWS}
    found: dict[type[Model], list[dict[str, Any]]] = {model: [] for model in _ROWS}
    kept = Version.objects.filter(revision=project.revision_id, content_type__in=kinds)
    for version in kept.select_related("content_type"):
        found[kinds[version.content_type_id]].append(_fields(version))
    return {model: sorted(rows, key=_place) for model, rows in found.items()}


def _place(fields: dict[str, Any]) -> tuple[int, int]:
    return fields.get("position") or 0, fields.get("id") or 0


def _fields(version: Version) -> dict[str, Any]:
    try:
        return dict(version.field_dict)
    except RevertError:  # stored by a model that has changed since
        return {}


State = tuple[dict[str, str], dict[type[Model], list[str]]]


def _states(revisions: list[Revision]) -> list[State]:
    versions: dict[int, list[tuple[type[Model], dict[str, Any]]]] = {
        revision.pk: [] for revision in revisions
    }
    models: tuple[type[Model], ...] = (Project, *_ROWS)
    kinds = {ContentType.objects.get_for_model(model).pk: model for model in models}
    kept = Version.objects.filter(revision__in=revisions, content_type__in=kinds).order_by("pk")
    for version in kept.select_related("content_type"):
        versions[version.revision_id].append((kinds[version.content_type_id], _fields(version)))
    names = _names([fields for rows in versions.values() for _model, fields in rows])
    return [_state(versions[revision.pk], names) for revision in revisions]


def _names(all_fields: Iterable[dict[str, Any]]) -> dict[tuple[str, Any], str]:
    """The names of what the rows point to; one query for each kind."""
    wanted: dict[str, set[Any]] = {name: set() for name in _NAMED}
    for fields in all_fields:
        for name in _NAMED:
            wanted[name].add(fields.get(f"{name}_id"))
    names: dict[tuple[str, Any], str] = {}
    for name, model in _NAMED.items():
        rows = model._default_manager.filter(pk__in=wanted[name] - {None})
        for row in rows.select_related("organisation") if model is University else rows:
            names[name, row.pk] = str(row)
    return names


def _state(rows: list[tuple[type[Model], dict[str, Any]]], names: Mapping[tuple[str, Any], str]) -> State:
    own: dict[str, str] = {}
    parts: dict[type[Model], list[str]] = {model: [] for model in _ROWS}
    for model, fields in sorted(rows, key=lambda row: _place(row[1])):
        if model is Project:
            own = {name: _word(Project, name, fields, names) for name in FIELDS}
        elif fields:
            parts[model].append(_line(model, fields, names))
    return own, parts


def _line(model: type[Model], fields: dict[str, Any], names: Mapping[tuple[str, Any], str]) -> str:
    """A row as one line of text."""
    shown = {
        Website: ("url",),
        FundingLine: ("programme", "amount", "currency", "share", "contract_number"),
        TeamMember: ("part", "name"),
        Department: ("unit",),
        Partnership: ("organisation", "part"),
        Milestone: ("kind", "title_en", "title_lt", "due_on", "done_on"),
        ProjectDocument: ("title_en", "title_lt"),
    }[model]
    words = [_word(model, name, fields, names) for name in shown]
    if model is FundingLine and not words[1]:
        words[2] = ""  # a currency without an amount says nothing
    return " · ".join(word for word in words if word)


def _word(model: type[Model], name: str, fields: dict[str, Any], names: Mapping[tuple[str, Any], str]) -> str:
    if name in _NAMED:
        key = fields.get(f"{name}_id")
        return names.get((name, key), _("no longer on record")) if key else ""
    value = fields.get(name)
    if value in (None, ""):
        return ""
    choices = dict(model._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    if name == "share":
        return f"{value} %"
    return str(choices.get(value, value))


def _differences(old: State, new: State) -> list[Difference]:
    found = []
    for name, label in FIELDS.items():
        if old[0].get(name, "") != new[0].get(name, ""):
            found.append(Difference(label, list(pieces(old[0].get(name, ""), new[0].get(name, "")))))
    for model, label in ROW_LABELS.items():
        if old[1][model] != new[1][model]:
            found.extend(_row_differences(label, old[1][model], new[1][model]))
    return found


def _row_differences(label: Promise | str, old: list[str], new: list[str]) -> Iterator[Difference]:
    went = [line for line in old if line not in new]
    came = [line for line in new if line not in old]
    if went or came:
        lines = [Piece(line, went=True) for line in went] + [Piece(line, came=True) for line in came]
        yield from (Difference(label, [line]) for line in lines)
    else:
        yield Difference(label, [Piece(_("in another order"))])


def pieces(old: str, new: str) -> Iterator[Piece]:
    """What stayed, went and came between two texts, word by word; long passages that stayed are cut short."""
    before, after = (re.findall(r"\S+\s*", text) for text in (old, new))
    if len(before) + len(after) > _MOST_WORDS:
        yield from (Piece(words, **{way: True}) for words, way in ((old, "went"), (new, "came")) if words)
        return
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(_shortened(before[i:j]))
            continue
        if i < j:
            yield Piece("".join(before[i:j]).strip(), went=True)
        if k < m:
            yield Piece("".join(after[k:m]).strip(), came=True)


def _shortened(words: list[str]) -> str:
    if len(words) <= 2 * _CONTEXT_WORDS + 1:
        return "".join(words)
    return "".join(words[:_CONTEXT_WORDS]).rstrip() + " … " + "".join(words[-_CONTEXT_WORDS:])
