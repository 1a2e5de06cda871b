"""What is done to a university by those who keep it: its parts are edited, its units, contacts and centres kept.

Every save is one revision with who and why, and one entry in the trail; saves of one university come one after another.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from reversion.models import Version

from audit import trail
from ground.text import fold
from ground.workflow import NotPossible
from members.editing import CENTRE, Kind, Part, Values, changed, merged
from members.models import Centre, Organisation, University

ORIGINAL = gettext_noop("As it was before the first edit here.")
RESERVED = frozenset({"new", "edit"})
_WORDS = {
    "members_identifier_once": gettext_noop("Another organisation already has this code."),
    "members_emaildomain_domain_key": gettext_noop("Another university already has this e-mail domain."),
    "members_membership_no_overlap": gettext_noop("The university already has a membership in this period."),
    "members_unit_name_once": gettext_noop("The university already has a unit of this name."),
    "members_unit_no_loop": gettext_noop("A unit cannot be part of what is part of it."),
    "members_unit_same_university": gettext_noop("A unit is part of a unit of the same university."),
    "members_organisation_not_its_own_parent": gettext_noop("An organisation cannot be part of itself."),
    "members_organisation_no_loop": gettext_noop("An organisation cannot be part of what is part of it."),
}


class Refused(Exception):
    """The database refuses what was typed; says why in words."""


def edit_university(
    university: University, part: Part, *, by: Any, typed: Values, seen: Mapping[str, str], comment: str = ""
) -> list[str]:
    """Store one part of a university; what somebody else changed meanwhile, and `by` did not, stays theirs.

    `seen` are the marks of what `by` began with. Gives the names of what changed. Raises PermissionDenied,
    editing.Clashing (both changed the same) or Refused.
    """
    _demand(by, part.permission, university)
    keep_original(university)
    with one_revision(by, comment):
        university = _locked(university)
        stored = part.read(university, by)
        values = merged({name: typed[name] for name in stored}, stored, seen)
        names = changed(stored, values)
        if names:
            part.write(university, values, by)
            _keep(university)
            _record(
                "members.edit_university", "members.university", university, by, part=part.name, changed=names
            )
    return names


def save_record(
    kind: Kind, record: Any, *, by: Any, typed: Values, seen: Mapping[str, str], comment: str = ""
) -> list[str]:
    """Store a unit, contact or centre; one that is new carries the token of its form as its `uuid` and its owner.

    The same form sent twice makes one record. Gives the names of what changed. Raises PermissionDenied,
    editing.Clashing, Refused or ValidationError (a tree that would become a loop).
    """
    owner = demand_keeping(kind, record, by)
    new = record.pk is None
    if owner.pk and not new:
        keep_original(record if kind is CENTRE else owner)
    with one_revision(by, comment):
        owner = _locked(owner)
        before = kind.model._default_manager.filter(uuid=record.uuid).select_for_update(no_key=True).first()
        if new and before is not None:
            return []
        stored = kind.read(before) if before is not None else {}
        values = dict(typed) if new else merged(typed, stored, seen)
        names = changed(stored, values)
        if names:
            _store(kind, before or record, values, owner, by, new, names)
    return names


def _store(kind: Kind, record: Any, values: Values, owner: Any, by: Any, new: bool, names: list[str]) -> None:
    kind.fill(record, values)
    demand_keeping(kind, record, by)  # the host may be another one now
    record.clean()
    if isinstance(record, Centre) and not record.slug:
        record.slug = _free_slug(record)
    record.save()
    _keep(owner, record)
    verb = f"members.{'add' if new else 'change'}_{kind.name}"
    _record(verb, f"members.{kind.model._meta.model_name}", record, by, changed=names)


def remove_record(kind: Kind, record: Any, *, by: Any) -> None:
    """Remove a unit, contact or centre that nothing refers to any more. Raises PermissionDenied or NotPossible."""
    owner = demand_keeping(kind, record, by)
    keep_original(record if kind is CENTRE else owner)
    with one_revision(by, ""):
        owner = _locked(owner)
        record = kind.model._default_manager.select_for_update().filter(pk=record.pk).first()
        if record is None:
            return
        if kind.name != "contact" and (named := in_use(record)):
            raise NotPossible(_("It is still used (%(where)s).") % {"where": ", ".join(named)})
        _record(f"members.remove_{kind.name}", f"members.{kind.model._meta.model_name}", record, by)
        record.delete()
        _keep(owner)


def in_use(record: Any) -> list[str]:
    """In words, the kinds of records that refer to this one."""
    links: list[Any] = [
        one for one in record._meta.get_fields(include_hidden=True) if one.auto_created and not one.concrete
    ]
    found = {
        str(link.related_model._meta.verbose_name_plural)
        for link in links
        if not link.many_to_many
        and link.related_model._base_manager.filter(**{link.field.name: record}).exists()
    }
    return sorted(found)


def demand_keeping(kind: Kind, record: Any, by: Any) -> Any:
    """The university or host to which the record belongs. Raises PermissionDenied when it isn't kept by `by`."""
    owner = getattr(record, kind.owner)
    _demand(by, "members.edit_centre" if kind is CENTRE else "members.edit_university", owner)
    return owner


def keep_original(record: Any) -> None:
    """What was loaded or imported has no history: before its first edit here it becomes its first revision."""
    if not reversion.is_registered(type(record)) or Version.objects.get_for_object(record).exists():
        return
    with transaction.atomic(), reversion.create_revision():
        reversion.set_comment(ORIGINAL)
        stored = type(record)._default_manager.get(pk=record.pk)
        _keep(stored, stored)


@contextmanager
def one_revision(by: Any, comment: str) -> Iterator[None]:
    """All or nothing, and one revision with who and why; what the database refuses is said in words."""
    try:
        with transaction.atomic(), reversion.create_revision():
            reversion.set_user(by)
            reversion.set_comment(comment)
            yield
    except IntegrityError as error:
        words = words_of_refusal(error)
        if words is None:
            raise
        raise Refused(words) from error


def words_of_refusal(error: IntegrityError) -> str | None:
    """Why the database refuses what was to be stored, where that has words."""
    diagnosis = getattr(error.__cause__, "diag", None)
    words = _WORDS.get(getattr(diagnosis, "constraint_name", "") or "")
    return None if words is None else _(words)


def _locked(owner: Any) -> Any:
    """The university (with its organisation) or host, so that of two saves the second waits."""
    if isinstance(owner, Organisation):
        return Organisation.objects.select_for_update(no_key=True).get(pk=owner.pk)
    rows = University.objects.select_related("organisation")
    return rows.select_for_update(of=("self", "organisation"), no_key=True).get(pk=owner.pk)


def _keep(owner: Any, record: Any = None) -> None:
    """Put the whole of it into the revision: a university with its rows and its organisation."""
    if isinstance(owner, University):
        reversion.add_to_revision(owner)
        reversion.add_to_revision(owner.organisation)
    if record is not None:
        reversion.add_to_revision(record)


def _free_slug(centre: Centre) -> str:
    """An address made of the name that no other centre has."""
    base = slugify(fold(centre.name_en or centre.name_lt or ""))[:50] or f"centre-{uuid.uuid4().hex[:8]}"  # type: ignore[attr-defined]
    taken = set(Centre.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 1000))) if slug not in taken)


def _demand(by: Any, permission: str, record: Any) -> None:
    if not by.has_perm(permission, record):
        raise PermissionDenied


def _record(verb: str, kind: str, record: Any, by: Any, **details: Any) -> None:
    trail.record(verb, by=by, kind=kind, subject=record.uuid, name=str(record), details=details)
