"""A person's own filters of the list: kept, renamed, replaced, forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects import rules
from projects.actions import saved as actions
from projects.filters import ProjectFilter
from projects.forms.saved import FilterNameForm
from projects.listing import in_words
from projects.models import Project, SavedFilter
from projects.offered import Offered

LONGEST = SavedFilter._meta.get_field("query").max_length or 0


@require_http_methods(["GET", "HEAD", "POST"])
def filters(request: HttpRequest) -> HttpResponse:
    """One's filters; the one in the address can be kept under a name."""
    narrowed = _narrowed(request, request.GET)
    query = narrowed.query
    if len(query) > LONGEST:
        query = ""
        messages.error(request, _("This filter has too many choices to be saved."))
    form = FilterNameForm(_sent(request)) if query else None
    if form is None or not form.is_valid():
        return _page(request, narrowed, query, form)
    try:
        kept = actions.save_filter(
            by=request.user, name=form.cleaned_data["name"], query=query, replace="replace" in request.POST
        )
    except actions.NameTaken:
        form.add_error("name", _("You already have a filter with this name."))
        return _page(request, narrowed, query, form, taken=True)
    except actions.TooMany:
        form.add_error(None, _("You can keep up to 50 filters. Remove one first."))
        return _page(request, narrowed, query, form)
    messages.success(request, _("The filter was saved. It stands above the list of projects."))
    return redirect(f"{reverse('projects:list')}?{kept.query}")


@require_http_methods(["GET", "HEAD", "POST"])
def filter_rename(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Another name for one's filter."""
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), uuid=uuid)
    form = FilterNameForm(_sent(request), initial={"name": saved.name})
    if form.is_valid():
        try:
            actions.rename_filter(saved, by=request.user, name=form.cleaned_data["name"])
        except actions.NameTaken:
            form.add_error("name", _("You already have a filter with this name."))
        else:
            messages.success(request, _("The filter was renamed."))
            return redirect("projects:filters")
    context = {"form": form, "saved": saved}
    return render(request, "projects/filter_rename.html", context, status=422 if form.errors else 200)


@require_POST
def filter_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Forget one's filter."""
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), uuid=uuid)
    actions.remove_filter(saved, by=request.user)
    messages.success(request, _("The filter was removed."))
    return redirect("projects:filters")


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _narrowed(request: HttpRequest, data: QueryDict) -> ProjectFilter:
    projects = Project.objects.visible_to(request.user)
    return ProjectFilter(data, projects, offered=Offered.now(), staff=rules.follows_dates(request.user))


def _page(
    request: HttpRequest,
    narrowed: ProjectFilter,
    query: str,
    form: FilterNameForm | None,
    *,
    taken: bool = False,
) -> HttpResponse:
    saved: list[dict[str, Any]] = [
        {
            "record": one, "href": f"{reverse('projects:list')}?{one.query}",
            "words": in_words(_narrowed_again(narrowed, one.query)),
        }
        for one in SavedFilter.objects.visible_to(request.user).order_by("name", "pk")
    ]  # fmt: skip
    context = {
        "form": form, "query": query, "taken": taken, "saved": saved, "words": in_words(narrowed) if query else [],
    }  # fmt: skip
    wrong = form is not None and bool(form.errors)
    return render(request, "projects/filters.html", context, status=422 if wrong else 200)


def _narrowed_again(narrowed: ProjectFilter, query: str) -> ProjectFilter:
    return ProjectFilter(QueryDict(query), narrowed.queryset, offered=narrowed.offered, staff=narrowed.staff)
