"""One change to many projects: choose, look at what will happen, do it, undo it."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground.templatetags.ground_tags import number
from ground.workflow import NotPossible
from members.models import OrganisationalUnit
from projects import actions, rules
from projects.actions.bulk import progress
from projects.facets import Offered
from projects.filters import ProjectFilter
from projects.forms.bulk import BulkForm, Outcome, identifiers, outcomes
from projects.in_order import InOrder
from projects.models import BulkChange, Project
from projects.workflow import Publication

AT_MOST = 1000


@require_http_methods(["GET", "HEAD", "POST"])
def project_bulk(request: HttpRequest) -> HttpResponse:
    """The projects of the list's query, and the change that is wanted; then what it would do, before it does."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    chosen, step = identifiers(request.POST.getlist("project"), AT_MOST), request.POST.get("step")
    sent = request.POST if request.method == "POST" and step != "back" else None
    form = BulkForm(sent, units=_units(request), chosen=len(chosen))
    if sent is None:
        return _choose(request, form, chosen)
    if not form.is_valid():
        return _choose(request, form, chosen, status=422)
    if step != "apply":
        return _preview(request, form, chosen)
    change = actions.change_many(
        by=request.user, token=form.cleaned_data["token"], projects=chosen, change=form.change
    )
    return redirect("projects:bulk_change", change.uuid)


@require_safe
def bulk_change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What a change did to each project, and the way back."""
    change = _own(request, uuid)
    if change.is_at_work:
        return render(request, "projects/bulk_work.html", {"change": change, "state": _state(change)})
    found = outcomes(change.items, _kept(request, change))
    done = [one for one in found if not one.why]
    context = {
        "change": change, "done": done, "refused": [one for one in found if one.why],
        "left": [one for one in done if one.left],
        "back": [one for one in done if change.undone_at and not one.left],
    }  # fmt: skip
    return render(request, "projects/bulk_change.html", context)


@require_safe
def bulk_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far a change is, for the script that keeps its page fresh."""
    return JsonResponse(_state(_own(request, uuid)))


def _own(request: HttpRequest, uuid: UUID) -> BulkChange:
    """The person's own change, as long as they keep projects anywhere; else there is none."""
    if not rules.creates_somewhere(request.user):
        raise Http404
    change: BulkChange = get_object_or_404(BulkChange.objects.visible_to(request.user), uuid=uuid)
    return change


def _kept(request: HttpRequest, change: BulkChange) -> Any:
    """Those of the changed projects that the person keeps today."""
    named = Project.objects.managed_by(request.user).filter(uuid__in=[item["uuid"] for item in change.items])
    return named.only("uuid", "key", "title_en", "title_lt")


def _state(change: BulkChange) -> dict[str, Any]:
    done, total = progress(change)
    words = _("%(done)s of %(total)s projects") % {"done": number(done), "total": number(total)}
    return {
        "status": "at work" if change.is_at_work else "done",
        "done": done,
        "total": total,
        "words": words,
    }


@require_POST
def bulk_undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the change back wherever nobody changed the project since."""
    change = _own(request, uuid)
    with suppress(NotPossible):  # sent twice: it is undone
        actions.undo_change(change, by=request.user)
    change.refresh_from_db()
    if not change.is_at_work:
        messages.success(request, _("The change was undone."))
    return redirect("projects:bulk_change", change.uuid)


def _units(request: HttpRequest) -> Any:
    """Departments of the universities that lead or share what the person keeps."""
    if rules.is_office(request.user):
        return OrganisationalUnit.objects.all()
    kept = Project.objects.managed_by(request.user)
    return OrganisationalUnit.objects.filter(university__in=kept.values("lead"))


def _choose(request: HttpRequest, form: BulkForm, chosen: list[UUID], status: int = 200) -> HttpResponse:
    projects, made = Project.objects.managed_by(request.user), _moment(request)
    if made:
        projects = projects.filter(created_at=made, publication=Publication.DRAFT)
    listed = InOrder(ProjectFilter(request.GET, projects, offered=Offered.now(), staff=True))
    found = listed.first(AT_MOST + 1)
    all_of_them = {one.uuid for one in found[:AT_MOST]}
    context = {
        "form": form, "projects": found[:AT_MOST], "more": len(found) > AT_MOST, "at_most": AT_MOST,
        "chosen": all_of_them if made and request.method == "GET" else set(chosen), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "projects/bulk.html", context, status=status)


def _moment(request: HttpRequest) -> dt.datetime | None:
    """At which moment an import made the drafts that are asked for: My work names them all by it."""
    with suppress(ValueError):
        found = dt.datetime.fromisoformat(request.GET.get("made", "")[:40])
        return found if found.tzinfo else None
    return None


def _preview(request: HttpRequest, form: BulkForm, chosen: list[UUID]) -> HttpResponse:
    items = actions.foreseen(chosen, form.change, by=request.user, lock=False)
    found: list[Outcome] = outcomes((item for _project, item in items), [project for project, _item in items])
    context = {
        "form": form, "will": [one for one in found if not one.why], "will_not": [one for one in found if one.why],
        "chosen": chosen, "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "projects/bulk_preview.html", context)
