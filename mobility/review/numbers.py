"""The numbers of calls: how many began, submitted, went on; shares of people only where nobody can be made out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground import clock
from mobility.models import Application, Call, Gender
from mobility.workflow import Status

FEWEST = 5  # fewer people than this are never told apart
_OFFERED = [Status.OFFERED, Status.ACCEPTED, Status.DECLINED, Status.EXPIRED]
_ELIGIBLE = [Status.ELIGIBLE, Status.WAITLISTED, Status.NOT_SELECTED, *_OFFERED]
_STEPS: Mapping[str, tuple[Any, Q]] = {
    "started": (gettext_lazy("Started"), Q()),
    "submitted": (gettext_lazy("Submitted"), Q(submitted_at__isnull=False) & ~Q(status=Status.DRAFT)),
    "eligible": (gettext_lazy("Found eligible"), Q(status__in=_ELIGIBLE)),
    "offered": (gettext_lazy("Got an offer"), Q(status__in=_OFFERED)),
    "accepted": (gettext_lazy("Accepted"), Q(status=Status.ACCEPTED)),
}
_WORDS = {key: words for key, (words, _condition) in _STEPS.items()}
_COUNTS = {key: Count("pk", filter=condition) for key, (_words, condition) in _STEPS.items()}


@dataclass(frozen=True)
class Bar:
    """One line of a figure: words, a number or a share in percent, and how long it is of 100."""

    words: str
    value: int
    length: int


def funnel(call: Call) -> list[Bar]:
    """From started to accepted, over everything that was begun for the call, the drafts counted and never shown."""
    counts = Application.objects.filter(call=call).aggregate(**_COUNTS)
    most = max(counts.values(), default=0) or 1
    return [Bar(str(words), counts[key], round(100 * counts[key] / most)) for key, words in _WORDS.items()]


def by_field(submitted: QuerySet[Application]) -> list[Bar]:
    """How many submitted in each field of education, the largest first."""
    rows = (
        submitted.exclude(sent_field=None)
        .values("sent_field__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "sent_field__name")
    )
    found = [(str(row["sent_field__name"]), row["n"]) for row in rows[:50]]
    most = found[0][1] if found else 1
    return [Bar(words, count, round(100 * count / most)) for words, count in found]


def genders(submitted: QuerySet[Application]) -> list[Bar]:
    """Shares in percent; small groups go together with others, so that no difference tells of fewer than FEWEST."""
    rows = dict(submitted.order_by().values_list("gender").annotate(n=Count("pk")))
    groups = {
        str(Gender(key).label): count for key, count in rows.items() if key in (Gender.FEMALE, Gender.MALE)
    }
    rest = sum(rows.values()) - sum(groups.values())
    return shares(groups, rest, _("Other or not said"))


def shares(groups: Mapping[str, int], rest: int, rest_words: str) -> list[Bar]:
    """Each group in percent of all. Groups below FEWEST join the rest; a rest below FEWEST takes the next smallest in.

    Nothing is told where fewer than two groups are left: the one left would be everybody.
    """
    left = {words: count for words, count in groups.items() if count >= FEWEST}
    rest += sum(count for count in groups.values() if count < FEWEST)
    while 0 < rest < FEWEST and left:
        smallest = min(left, key=lambda words: left[words])
        rest += left.pop(smallest)
    told = left | ({rest_words: rest} if rest else {})
    total = sum(told.values())
    if len(told) < 2 or min(told.values()) < FEWEST:
        return []
    return [Bar(words, round(100 * n / total), round(100 * n / total)) for words, n in told.items()]


def fewer_opportunities(submitted: QuerySet[Application]) -> int | None:
    """The share in percent of those who said so; None where it, or the rest, is of fewer than FEWEST people."""
    counts = submitted.aggregate(yes=Count("pk", filter=Q(fewer_opportunities=True)), n=Count("pk"))
    yes, no = counts["yes"], counts["n"] - counts["yes"]
    return round(100 * yes / counts["n"]) if min(yes, no) >= FEWEST else None


def of_calls(calls: Iterable[Call]) -> list[tuple[Call, dict[str, int], int]]:
    """For each call its funnel and the days to the deadline (below 0: closed); one query."""
    calls = list(calls)
    rows = Application.objects.filter(call__in=calls).order_by().values("call").annotate(**_COUNTS)
    counts = {row["call"]: row for row in rows}
    nothing = dict.fromkeys(_WORDS, 0)
    return [(call, counts.get(call.pk, nothing), call.days_left(clock.now())) for call in calls]
