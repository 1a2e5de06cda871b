"""What is done to the schools of a group: put on record, edited, made part of it, taken out of it.

There is one table of organisations: a school that is on record already is made part of the group, never added again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from audit import trail
from ground.workflow import NotPossible
from members import doubles
from members.actions.organisations import OnRecord, one_at_a_time
from members.actions.universities import Refused, keep_original, one_revision
from members.doubles import Newcomer
from members.editing import Values, changed, merged, schools
from members.models import Organisation, Scheme, University
from members.models.organisation import lies_below

_PERMISSION = "members.edit_university"


def add_school(
    university: University,
    school: Organisation,
    *,
    by: Any,
    typed: Values,
    comment: str = "",
    sure: bool = False,
) -> Organisation:
    """Put a school on record as part of the group; it carries the token of its form as its `uuid`.

    The same form sent twice makes one school; `sure` says that one of the same name and country is another one. Raises
    PermissionDenied, OnRecord when it is there already, or Refused.
    """
    _demand(by, university)
    with one_revision(by, comment):
        one_at_a_time()
        if there := Organisation.objects.filter(uuid=school.uuid).first():
            return there
        known, by_name = on_record(typed)
        if known is not None and not (by_name and sure):
            raise OnRecord(known)
        school.parent = university.organisation
        schools.write(school, typed, identity=True)
        _kept("members.add_school", school, by, university)
    return school


def on_record(typed: Values) -> tuple[Organisation | None, bool]:
    """The organisation that this school is already, and whether that is guessed by name and country alone."""
    pairs = [(row["scheme"], row["value"]) for row in typed["identifiers"] if row["scheme"] != Scheme.OID]
    alike = Q()
    for scheme, value in pairs:
        alike |= Q(identifiers__scheme=scheme, identifiers__value=value)
    if pairs and (found := Organisation.objects.filter(alike).order_by("pk").first()):
        return found, False
    newcomer = Newcomer(typed["name"], str(typed["country"]), typed["city"])
    named = [one for one in doubles.likely([newcomer]) if doubles.same(one, newcomer)]
    return (named[0], True) if named else (None, False)


def edit_school(
    university: University, school: Organisation, *, by: Any, typed: Values, seen: Mapping[str, str],
    comment: str = "",
) -> list[str]:  # fmt: skip
    """Store a school of the group; what somebody else changed meanwhile, and `by` did not, stays theirs.

    Gives the names of what changed. Raises PermissionDenied, editing.Clashing, Refused, or NotPossible when it is no
    school of the group any more.
    """
    _demand(by, university)
    identity = schools.names_it(school, by, university)
    keep_original(school)
    with one_revision(by, comment):
        school = _locked(school)
        if school.parent_id != university.organisation_id:
            raise NotPossible(_("It was taken out of the group meanwhile. Nothing was saved."))
        stored = schools.read(school, identity)
        values = merged({name: typed[name] for name in stored}, stored, seen)
        names = changed(stored, values)
        if names:
            schools.write(school, values, identity)
            _kept("members.change_school", school, by, university, changed=names)
    return names


def attach_school(university: University, school: Organisation, *, by: Any, comment: str = "") -> None:
    """Make an organisation on record part of the group. Raises PermissionDenied, or Refused with the reason."""
    _demand(by, university)
    keep_original(school)
    with one_revision(by, comment):
        one_at_a_time()
        school = _locked(school)
        if school.parent_id == university.organisation_id:
            return
        if words := why_not(university, school):
            raise Refused(words)
        school.parent = university.organisation
        school.save()
        _kept("members.attach_school", school, by, university)


def why_not(university: University, organisation: Organisation) -> str:
    """In words, why an organisation can't become part of the group; empty when it can."""
    group = university.organisation
    if organisation.pk == group.pk:
        return _("An organisation cannot be part of itself.")
    if lies_below(group, organisation):
        return _("An organisation cannot be part of what is part of it.")
    if organisation.parent_id not in (None, group.pk):
        return _("It is part of another group. It has to be taken out of that one first.")
    if University.objects.filter(organisation=organisation.pk).exists():
        return _(
            "It has a page of its own here as a university of the alliance, so it is no school of a group."
        )
    return ""


def detach_school(university: University, school: Organisation, *, by: Any, comment: str = "") -> None:
    """Take a school out of the group; the organisation stays on record with all that names it.

    One that is out already stays so. Raises PermissionDenied.
    """
    _demand(by, university)
    keep_original(school)
    with one_revision(by, comment):
        school = _locked(school)
        if school.parent_id != university.organisation_id:
            return
        school.parent = None
        school.save()
        _kept("members.detach_school", school, by, university)


def _demand(by: Any, university: University) -> None:
    if not by.has_perm(_PERMISSION, university):
        raise PermissionDenied


def _locked(school: Organisation) -> Organisation:
    """The school, so that of two saves the second waits."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)


def _kept(verb: str, school: Organisation, by: Any, university: University, **details: Any) -> None:
    reversion.add_to_revision(school)
    trail.record(
        verb, by=by, kind="members.organisation", subject=school.uuid, name=school.name,
        details={"group": str(university), **details},
    )  # fmt: skip
