"""Who scores: shared out evenly over a call, or given by hand for one application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ground.gathering import together
from ground.workflow import NotPossible
from members.models import OrganisationalUnit
from mobility import units as units_of
from mobility.actions import reviewing
from mobility.models import Application, Call, ConflictOfInterest, Review, ReviewerUnit
from mobility.review import query
from mobility.rules import may
from mobility.views.answering import not_possible
from mobility.views.table import call_of, of_call
from mobility.workflow import TO_SCORE

_ASSIGNS = "mobility.assign_reviews"


@require_http_methods(["GET", "HEAD", "POST"])
def call_reviewers(request: HttpRequest, slug: str) -> HttpResponse:
    """The reviewers of a call with what each has to do; sharing out evenly what is not assigned yet."""
    call = call_of(request, slug, _ASSIGNS)
    if request.method != "POST":
        return _page(request, call)
    if "units" in request.POST:
        return _units(request, call)
    asked = query.read(request.POST)
    rows = query.narrowed(of_call(request, call).filter(status__in=TO_SCORE), asked, call)
    try:
        count = reviewing.assign_evenly(call, list(rows.only("pk")[: reviewing.MOST]), by=request.user)
    except NotPossible as error:
        return not_possible(request, error, back=request.path)
    words = ngettext("%(count)d review was assigned.", "%(count)d reviews were assigned.", count)
    messages.success(request, words % {"count": count})
    return redirect("mobility:call_reviewers", slug=slug)


def _units(request: HttpRequest, call: Call) -> HttpResponse:
    """Of which units a reviewer is."""
    people = {str(one.uuid): one for one in reviewing.reviewers_of(call)}
    person = people.get(request.POST.get("reviewer", ""))
    chosen = {
        key for key in request.POST.getlist("unit") if key.isascii() and key.isdigit() and len(key) < 18
    }
    if person is not None:
        units = OrganisationalUnit.objects.filter(university=call.university_id, pk__in=chosen)
        reviewing.set_units(person, call, units, by=request.user)
        messages.success(request, _("Saved."))
    return redirect("mobility:call_reviewers", slug=call.slug)


def _page(request: HttpRequest, call: Call) -> HttpResponse:
    seen = of_call(request, call).filter(status__in=TO_SCORE)
    people, counted, units, of_units, tree, conflicts, placed, short = together(*_lookups(call, seen))
    counts, barred = {row["reviewer"]: row for row in counted}, reviewing.Barred([], of_units, tree)
    kept: dict[int, set[int]] = {}
    for one in of_units:
        kept.setdefault(one.reviewer_id, set()).add(one.unit_id)
    rows = [
        (one, counts.get(one.pk, {}), kept.get(one.pk, set()), _left_out(one, conflicts, placed, barred))
        for one in people
    ]  # fmt: skip
    context = {
        "call": call, "rows": rows, "units": units_of.chosen_from(units), "conflicts": conflicts,
        "to_score": seen.count(), "short": len(short),
    }  # fmt: skip
    return render(request, "mobility/review/reviewers.html", context)


def _lookups(call: Call, seen: Any) -> list[Any]:
    """What the page is made of; `seen` are the applications to score."""
    of = Review.objects.filter(application__call=call).values("reviewer")
    barring = ConflictOfInterest.objects.filter(application__in=seen).select_related(
        "reviewer", "application"
    )
    return [
        reviewing.reviewers(call),
        of.annotate(n=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False))),
        OrganisationalUnit.objects.filter(university=call.university_id)[:500],
        ReviewerUnit.objects.filter(unit__university=call.university_id),
        reviewing.parents(call),
        barring.defer("application__snapshot"),
        seen.exclude(unit=None).only("unit", "applicant") if call.avoids_own_unit else seen.none(),
        reviewing.short_of_reviewers(call).order_by().values_list("pk", flat=True),
    ]


def _left_out(
    person: Any, conflicts: list[Any], placed: list[Any], barred: reviewing.Barred
) -> tuple[int, int]:
    """Of how many applications to score the person is kept away by a conflict, and by the own unit."""
    own = sum(bool(barred.why(one, person)) for one in placed if one.applicant_id != person.pk)
    return sum(one.reviewer_id == person.pk for one in conflicts), own


@require_POST
def application_reviewers(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Give one application to a reviewer, or take it away again."""
    seen = Application.objects.visible_to(request.user).filter(submitted_at__isnull=False)
    found = get_object_or_404(seen.exclude(applicant=request.user).for_owner(), uuid=uuid)
    back = reverse("mobility:application_review", args=[uuid])
    try:
        _change(request, found)
    except NotPossible as error:
        return not_possible(request, error, back=back)
    return redirect(back)


def _change(request: HttpRequest, found: Application) -> None:
    """Takes the permission with the verb, so that the office is refused whatever it sends."""
    if not may(_ASSIGNS, request.user, found.call):
        raise PermissionDenied
    if sent := request.POST.get("remove"):
        review = next(
            (one for one in found.reviews.select_related("application") if str(one.uuid) == sent), None
        )
        if review is not None:
            reviewing.unassign_reviewer(review, by=request.user)
            messages.success(request, _("The reviewer is taken off."))
        return
    people = {str(one.uuid): one for one in reviewing.reviewers_of(found.call)}
    person = people.get(request.POST.get("reviewer", ""))
    if person is None:
        raise NotPossible(_("Choose a reviewer."))
    reviewing.assign_reviewer(found, person, by=request.user)
    messages.success(request, _("The reviewer is assigned."))
