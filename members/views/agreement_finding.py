"""What every page of agreements begins and ends with: found for this person, and told when a step is not open."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ground.workflow import NotPossible
from members.actions.agreements import NotCurrent
from members.agreements.stored import with_content
from members.appointments import held_by
from members.models import Agreement, AgreementSide, AgreementVersion, Role, University
from members.register.known import Known, Version, known

View = Callable[..., HttpResponse]
NO_MOMENT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def for_keepers(view: View) -> View:
    """Pages for who keeps agreements somewhere; there is nothing here for others (404)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("members.keep_agreements"):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def found(request: HttpRequest, uuid: uuid.UUID) -> Agreement:
    """The agreement, as far as the person may know of it. Raises Http404."""
    rows = Agreement.objects.visible_to(request.user).select_related("current")
    sides = Prefetch("sides", AgreementSide.objects.for_pages())
    agreement = get_object_or_404(rows.prefetch_related(sides), uuid=uuid)
    agreement.found_for = request.user.pk
    return agreement


def found_whole(request: HttpRequest, uuid: uuid.UUID) -> Known:
    """The agreement with all its versions, as far as the person may know of them. Raises Http404."""
    try:
        return known(uuid, request.user)
    except Agreement.DoesNotExist as nothing:
        raise Http404 from nothing


def version_of(known: Known, number: int) -> Version:
    """The version of that number. Raises Http404 where the person may not see it."""
    version = known.version(number)
    if version is None:
        raise Http404
    return version


def found_version(request: HttpRequest, uuid: uuid.UUID, number: int) -> AgreementVersion:
    """One version with its content, agreement and sides, as far as the person may know of it; two queries.
    Raises Http404."""
    rows = AgreementVersion.objects.visible_to(request.user).filter(agreement__uuid=uuid)
    whole = Prefetch("agreement__sides", AgreementSide.objects.for_pages())
    found = with_content(rows.select_related("agreement__current")).prefetch_related(whole)
    version: AgreementVersion = get_object_or_404(found, number=number)
    version.agreement.found_for = request.user.pk
    version.author_side = next(one for one in sides(version.agreement) if one.pk == version.author_side_id)
    return version


def coordinated(user: Any) -> set[int]:
    """The universities at which the person coordinates mobility."""
    return held_by(user).universities(Role.MOBILITY_COORDINATOR)


def acting(user: Any, universities: Iterable[University]) -> list[University]:
    """In whose name the person may act: those of `universities` that they coordinate, else, for the office, all."""
    rows = list(universities)
    mine = [row for row in rows if row.pk in coordinated(user)]
    return mine or rows


def sides(agreement: Agreement) -> list[University]:
    return [side.university for side in agreement.sides.all()]


def moment(said: str) -> dt.datetime:
    """The moment that a form carries; one that was tampered with is long past, so nothing fits it.

    Years at the ends of the calendar are none either: there are zones in which they can't be said.
    """
    try:
        made = dt.datetime.fromisoformat(said)
    except ValueError:
        return NO_MOMENT
    if not NO_MOMENT.year < made.year < dt.MAXYEAR:
        return NO_MOMENT
    return made if made.tzinfo else made.replace(tzinfo=dt.UTC)


def refused(form: forms.Form, places: dict[str, list[str]]) -> None:
    """Say beside the fields of `form` why a verb refused."""
    for place, words in places.items():
        for one in words:
            form.add_error(place if place in form.fields else None, one)


def not_possible(
    request: HttpRequest, agreement: Agreement, reason: NotPossible, *, asked: int | None = None
) -> HttpResponse:
    """409: the step is not open now. It says which version was `asked` for and which is current, with the way to it."""
    rows = list(agreement.versions.visible_to(request.user).order_by("-number"))
    agreement.refresh_from_db(fields=["current"])
    context = {
        "agreement": agreement, "reason": reason, "is_old": isinstance(reason, NotCurrent),
        "asked": next((row for row in rows if row.number == asked), None), "newest": rows[0] if rows else None,
        "in_force": next((row for row in rows if row.pk == agreement.current_id), None),
    }  # fmt: skip
    return render(request, "members/agreement_not_possible.html", context, status=409)
