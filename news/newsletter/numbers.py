"""How many subscribe, for editors: counts alone, and none so small that it points at a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from members.models import University
from news.models import Subscription, Topic

FEWEST = 5


@dataclass(frozen=True)
class Table:
    """One way to count: its name, and each value with its number in words."""

    title: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class Readers:
    """All who get letters, and what they chose."""

    total: int
    tables: list[Table]


def readers() -> Readers:
    """By language, rhythm, university and topic (three queries)."""
    rows = Subscription.objects.live()
    found = list(rows.order_by().values_list("language", "rhythm").annotate(Count("pk")))
    tables = [
        _parts(
            _("By language"), dict(settings.LANGUAGES), [(language, number) for language, _r, number in found]
        ),
        _parts(
            _("By rhythm"),
            dict(Subscription.Rhythm.choices),
            [(rhythm, number) for _l, rhythm, number in found],
        ),
        Table(_("By university"), _chosen(rows, "university", University.objects.for_list(), "name_shown")),
        Table(_("By topic"), _chosen(rows, "topic", Topic.objects.all(), "name")),
    ]
    return Readers(sum(number for _l, _r, number in found), tables)


def _parts(title: str, names: dict[str, Any], counted: list[tuple[str, int]]) -> Table:
    """Parts of a whole: where one is too small all are hidden, since it would follow from the others."""
    found = {value: sum(number for of, number in counted if of == value) for value in names}
    hidden = any(0 < number < FEWEST for number in found.values())
    return Table(
        title, [(str(name), _("hidden") if hidden else str(found[value])) for value, name in names.items()]
    )


def _chosen(rows: Any, of: str, records: Any, name: str) -> list[tuple[str, str]]:
    """How many chose each; a person may have chosen several, or none."""
    through: Any = (Subscription.universities if of == "university" else Subscription.topics).through
    each = through.objects.filter(**{of: OuterRef("pk")}, subscription__in=rows).order_by().values(of)
    counted = records.annotate(found=Subquery(each.annotate(number=Count("pk")).values("number")))
    return [(str(getattr(one, name)), _few(one.found)) for one in counted if one.found]


def _few(number: int) -> str:
    return str(number) if number >= FEWEST else _("fewer than %(number)s") % {"number": FEWEST}
