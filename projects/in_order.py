"""The projects of the list under a query in the order in which the list shows them, for what shows them otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property

from ground.paging import BadCursor, Page, page, page_of
from projects import rules
from projects.filters import ORDERS, ProjectFilter
from projects.listing import MOST_RANKED
from projects.models import Project
from projects.models.project import ProjectQuerySet
from projects.offered import Offered


@dataclass(frozen=True)
class InOrder:
    """What the list shows under the query of a request: which projects, and in which order."""

    filter: ProjectFilter

    @classmethod
    def asked_by(cls, request: HttpRequest) -> InOrder:
        """As the list answers the same query for the same person."""
        projects = Project.objects.visible_to(request.user)
        staff = rules.follows_dates(request.user)
        return cls(ProjectFilter(request.GET, projects, offered=Offered.now(), staff=staff))

    @property
    def projects(self) -> ProjectQuerySet:
        found: Any = self.filter.without("")
        return found

    @property
    def order(self) -> list[str]:
        """The columns of the order, as ground.paging wants them."""
        return ORDERS[self.filter.order][1]

    @cached_property
    def best(self) -> list[int] | None:
        """The keys of what the words find, the best matches first, where the list shows them so; else None."""
        typed = self.filter.chosen["q"]
        if not typed or self.filter.order_chosen:
            return None
        keys = list(self.projects.order_by().values_list("pk", flat=True)[: MOST_RANKED + 1])
        if len(keys) > MOST_RANKED:
            return None
        ranked: Any = Project.objects.filter(pk__in=keys).ranked(typed)
        return list(ranked.order_by("-rank", "-ends_on", "-pk").values_list("pk", flat=True))

    def first(self, number: int) -> list[Any]:
        """The first of the projects as lines of a list, at most `number`, in their order."""
        if self.best is None:
            return list(self.projects.for_list().order_by(*self.order)[:number])
        found = {one.pk: one for one in self.projects.for_list().filter(pk__in=self.best[:number])}
        return [found[key] for key in self.best if key in found]

    @property
    def sort(self) -> str:
        """The name of the order: "best" where the best matches come first."""
        return self.filter.order if self.best is None else "best"

    def page(self, rows: ProjectQuerySet, *, size: int, after: str, before: str) -> tuple[Page[Any], bool]:
        """One page of `rows` (these projects, with what is to be shown), and whether its cursor was none of ours."""
        try:
            return self._page(rows, size=size, after=after, before=before), False
        except BadCursor:
            return self._page(rows, size=size), True

    def _page(self, rows: Any, **cursors: Any) -> Page[Any]:
        return page(rows, self.order, **cursors) if self.best is None else page_of(rows, self.best, **cursors)
