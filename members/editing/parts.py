"""The parts of a university that are edited as one page each: who may, what is read, how it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import richtext
from members.editing.values import Values
from members.models import (
    EmailDomain,
    Figure,
    Identifier,
    Membership,
    OwnProfile,
    Scheme,
    TeachingLanguage,
    University,
)

LANGUAGES = ("en", "lt")
TEXTS = ("summary", "priorities", "strategy", "history")
PROFILE = tuple(f"{name}_{language}" for name in TEXTS for language in LANGUAGES)
OWN = tuple(f"own_{name}" for name in ("language", *TEXTS))
ADDRESS = (
    "local_name",
    "local_language",
    "lithuanian_name",
    "short_name",
    "street",
    "post_code",
    "city",
    "website",
)
PLACE = ("latitude", "longitude")
# What an organisation is in law; the office keeps it.
IDENTITY = ("name", "kind")
# Codes by which others find the university in agreements and grants: the office keeps them, with the legal name.
KEPT_BY_OFFICE = frozenset({Scheme.ERASMUS.value, Scheme.PIC.value})


@dataclass(frozen=True)
class Part:
    """One page of editing. `read` gives the values that this person may change; `write` stores them all."""

    name: str
    title: Promise
    hint: Promise
    permission: str
    read: Callable[[University, Any], dict[str, Any]]
    write: Callable[[University, Values, Any], None]


def keeps_identity(by: Any, university: University) -> bool:
    """Whether `by` may change the legal name and the codes that the office keeps."""
    return bool(by.has_perm("members.edit_identity", university))


def table(rows: Iterable[Any], *names: str) -> list[dict[str, Any]]:
    """Records as rows of values."""
    return [{name: getattr(row, name) for name in names} for row in rows]


def write_table(rows: QuerySet[Any], wanted: Iterable[Mapping[str, Any]], **owner: Any) -> None:
    """Make the records of `rows` say what `wanted` says. What says the same stays; the rest goes before the new comes,
    so that nothing collides on the way."""
    model: type[Model] = rows.model
    missing = [dict(row) for row in wanted]
    for record in list(rows):
        same = next((row for row in missing if all(getattr(record, n) == v for n, v in row.items())), None)
        if same is None:
            record.delete()
        else:
            missing.remove(same)
    for row in missing:
        model(**owner, **row).save()


def own_profile(university: University) -> OwnProfile | None:
    return OwnProfile.objects.filter(university=university).first()


def _read_profile(university: University, by: Any) -> dict[str, Any]:
    own = own_profile(university)
    return {name: getattr(university, name) or "" for name in PROFILE} | {
        name: getattr(own, name.removeprefix("own_"), "") for name in OWN
    }


def _write_profile(university: University, values: Values, by: Any) -> None:
    for name in PROFILE:
        setattr(university, name, richtext.clean(str(values[name])))
    university.save()
    own = own_profile(university)
    if not values["own_language"]:
        if own is not None:
            own.delete()
        return
    own = own or OwnProfile(university=university)
    for name in OWN:
        setattr(own, name.removeprefix("own_"), richtext.clean(str(values[name])))
    own.save()


def _codes(university: University, by: Any) -> QuerySet[Identifier]:
    rows = Identifier.objects.filter(organisation=university.organisation_id)
    return rows if keeps_identity(by, university) else rows.exclude(scheme__in=KEPT_BY_OFFICE)


def _read_facts(university: University, by: Any) -> dict[str, Any]:
    identity = IDENTITY if keeps_identity(by, university) else ()
    organisation = university.organisation
    return {
        **{field: getattr(organisation, field) for field in (*identity, *ADDRESS)},
        **{field: getattr(university, field) for field in PLACE},
        "identifiers": table(_codes(university, by), "scheme", "value"),
    }


def _write_facts(university: University, values: Values, by: Any) -> None:
    identity = keeps_identity(by, university)
    if not identity and (
        set(IDENTITY) & set(values) or KEPT_BY_OFFICE & {row["scheme"] for row in values["identifiers"]}
    ):
        raise PermissionDenied
    for field in (*ADDRESS, *(IDENTITY if identity else ())):
        setattr(university.organisation, field, values[field])
    university.organisation.save()
    for field in PLACE:
        setattr(university, field, values[field])
    university.save()
    write_table(_codes(university, by), values["identifiers"], organisation=university.organisation)


FIGURE = ("kind", "qualifier", "value", "year")


def _read_figures(university: University, by: Any) -> dict[str, Any]:
    return {"figures": table(university.figures.order_by("-year", "kind"), *FIGURE)}


def _write_figures(university: University, values: Values, by: Any) -> None:
    write_table(Figure.objects.filter(university=university), values["figures"], university=university)


def _read_studies(university: University, by: Any) -> dict[str, Any]:
    return {
        "fields": sorted(university.fields.values_list("code", flat=True)),
        "teaching": table(university.teaching_languages.all(), "language", "level"),
    }


def _write_studies(university: University, values: Values, by: Any) -> None:
    university.fields.set(values["fields"])
    languages = TeachingLanguage.objects.filter(university=university)
    write_table(languages, values["teaching"], university=university)


MEMBERSHIP = ("kind", "valid_from", "valid_until")


def _read_memberships(university: University, by: Any) -> dict[str, Any]:
    return {"memberships": table(university.memberships.order_by("valid_from"), *MEMBERSHIP)}


def _write_memberships(university: University, values: Values, by: Any) -> None:
    write_table(
        Membership.objects.filter(university=university), values["memberships"], university=university
    )


def _read_portal(university: University, by: Any) -> dict[str, Any]:
    return {"zone": university.zone, "domains": table(university.email_domains.order_by("domain"), "domain")}


def _write_portal(university: University, values: Values, by: Any) -> None:
    university.zone = values["zone"]
    university.save()
    write_table(EmailDomain.objects.filter(university=university), values["domains"], university=university)


_EDIT = "members.edit_university"
PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        Part(
            "profile", _("Profile"), _("What the university says of itself, in both languages and in its own."), _EDIT,
            _read_profile, _write_profile,
        ),
        Part(
            "facts", _("Facts and codes"), _("Names, address, website, place on the map, and codes."), _EDIT,
            _read_facts, _write_facts,
        ),
        Part(
            "figures", _("Figures"), _("Numbers with their precision and the year they hold for."), _EDIT,
            _read_figures, _write_figures,
        ),
        Part(
            "studies", _("Fields and languages"), _("Fields of education, and languages of teaching."), _EDIT,
            _read_studies, _write_studies,
        ),
        Part(
            "memberships", _("Membership"), _("Periods in which the university belongs to the alliance."),
            "members.edit_membership", _read_memberships, _write_memberships,
        ),
        Part(
            "portal", _("Time zone and domains"),
            _("In which time its deadlines are, and whose e-mail addresses suggest the university to newcomers."),
            "members.edit_identity", _read_portal, _write_portal,
        ),
    )
}  # fmt: skip


def part_for(name: str, by: Any, university: University) -> Part | None:
    """The part of this name, if `by` may edit it."""
    part = PARTS.get(name)
    return part if part is not None and by.has_perm(part.permission, university) else None
