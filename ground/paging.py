"""Pages by opaque cursors: the same cost at any depth, no page numbers."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value

Row = TypeVar("Row", bound=Model)
_FARTHEST = 10**9


class BadCursor(ValueError):
    """The cursor was not made here, or for another order."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursors of the pages before and after them ("" where there is none).

    `first` is the place of the first row among all, as it was when the pages were turned; 0 where it is not known.
    """

    rows: list[Row]
    before: str
    after: str
    first: int = 0

    @property
    def last(self) -> int:
        """The place of the last row; 0 where it is not known."""
        return self.first + len(self.rows) - 1 if self.first else 0


def _encode(row: Model, order: Sequence[str], place: int) -> str:
    values: list[Any] = []
    for name in order:
        value = getattr(row, name.lstrip("-"))
        values.append(value.isoformat() if isinstance(value, dt.date | dt.datetime) else value)
    return _opaque(order, values, place)


def _opaque(order: Sequence[str], values: Sequence[Any], place: int) -> str:
    raw = json.dumps([list(order), list(values), place], separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _decode(cursor: str, order: Sequence[str]) -> tuple[list[Any], int]:
    """The values of the row at which the cursor stands, and the row's place among all (0: not known)."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        stored_order, values, place = json.loads(raw)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise BadCursor from error
    if stored_order != list(order) or not isinstance(values, list) or len(values) != len(order):
        raise BadCursor
    if not all(isinstance(value, int) or _storable(value) for value in values):
        raise BadCursor
    if type(place) is not int or not 0 <= place < _FARTHEST:
        raise BadCursor
    return values, place


def _storable(value: Any) -> bool:
    """Whether `value` is text that a database can compare: no NUL, no half surrogates."""
    return (
        isinstance(value, str) and "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    )


class _Tuple(Func):
    template = "(%(expressions)s)"
    arg_joiner = ", "


class _Compared(Func):
    """`(a, b) > (x, y)`: one range of the order's index, where the same in words would walk all rows before it."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


def _beyond(queryset: QuerySet[Any], order: Sequence[str], values: Sequence[Any], *, forward: bool) -> Any:
    """The condition for rows after (or before) `values` in `order`; raises when a value is not of its column's kind."""
    rising = {forward != name.startswith("-") for name in order}
    names = [name.lstrip("-") for name in order]
    if len(rising) > 1 or not queryset.query.annotations.keys().isdisjoint(names):
        return _step_by_step(order, values, forward=forward)
    fields = [queryset.model._meta.get_field(name) for name in names]
    given = [
        Value(field.get_prep_value(value), output_field=field)
        for field, value in zip(fields, values, strict=True)
    ]
    columns = _Tuple(*map(F, names), output_field=BooleanField())
    return _Compared(
        columns, _Tuple(*given, output_field=BooleanField()), arg_joiner=" > " if rising == {True} else " < "
    )


def _step_by_step(order: Sequence[str], values: Sequence[Any], *, forward: bool) -> Q:
    """The same for orders that rise and fall: a >= x and ((a > x) or (a = x and b < y) or …).

    The first part says nothing new; by it the database finds the place in the order's index.
    """
    condition = Q()
    equal = Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        rising = forward != name.startswith("-")
        step = equal & Q(**{f"{field}__{'gt' if rising else 'lt'}": value})
        condition = condition | step if condition else step
        equal &= Q(**{field: value})
    first = order[0].lstrip("-")
    rises = forward != order[0].startswith("-")
    return Q(**{f"{first}__{'gte' if rises else 'lte'}": values[0]}) & condition


def _turned(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def page(
    queryset: QuerySet[Row], order: Sequence[str], *, size: int, after: str = "", before: str = "",
    whole: QuerySet[Row] | None = None,
) -> Page[Row]:  # fmt: skip
    """One page of `queryset` in `order` (fields or annotations, "-" for falling; none may be null; the last is unique).

    Where `queryset` has to be sorted, and its rows are wide, give them narrow: `whole` has the same rows with all that
    is shown, and only those of the page are read from it.

    Raises BadCursor when `after` or `before` is not a cursor of this order.
    """
    if before:
        values, place = _decode(before, order)
        found = _narrowed(queryset, order, values, forward=False).order_by(*_turned(order))
        rows = _fetch(found, size, whole)
        more_before, more_after = len(rows) > size, True
        rows = list(reversed(rows[:size]))
        first = max(place - len(rows), 0) if more_before else 1
    else:
        values, place = _decode(after, order) if after else ([], 0)
        found = _narrowed(queryset, order, values, forward=True) if after else queryset
        rows = _fetch(found.order_by(*order), size, whole)
        more_before, more_after = bool(after), len(rows) > size
        rows = rows[:size]
        first = place + 1 if place or not after else 0
    last = first + len(rows) - 1 if first else 0
    return Page(
        rows,
        before=_encode(rows[0], order, first) if rows and more_before else "",
        after=_encode(rows[-1], order, last) if rows and more_after else "",
        first=first if rows else 0,
    )


def page_of(
    queryset: QuerySet[Row], keys: Sequence[int], *, size: int, after: str = "", before: str = ""
) -> Page[Row]:
    """One page of the rows with `keys`, in the order of the keys: for lists that are short and in a made order.

    Raises BadCursor when `after` or `before` is not a cursor of this list.
    """
    first = 0
    if cursor := before or after:
        (key,), _place = _decode(cursor, ["best"])
        if key not in keys:
            raise BadCursor
        place = keys.index(key)
        first = max(0, place - size) if before else place + 1
    there = list(keys[first : first + size])
    found = {row.pk: row for row in queryset.filter(pk__in=there)}
    rows = [found[key] for key in there if key in found]
    ends = ["", ""]
    for place, wanted in ((0, first > 0), (-1, first + size < len(keys))):
        if rows and wanted:
            ends[place] = _opaque(["best"], [there[place]], 0)
    return Page(rows, before=ends[0], after=ends[-1], first=first + 1 if rows else 0)


def _narrowed(
    queryset: QuerySet[Row], order: Sequence[str], values: list[Any], *, forward: bool
) -> QuerySet[Row]:
    """The rows beyond `values`; raises BadCursor when they are not of the columns' kinds."""
    try:
        return queryset.filter(_beyond(queryset, order, values, forward=forward))
    except (ValueError, TypeError, ValidationError) as error:
        raise BadCursor from error


def _fetch(queryset: QuerySet[Row], size: int, whole: QuerySet[Row] | None) -> list[Row]:
    picked = queryset[: size + 1]
    if whole is None:
        return list(picked)
    return list(whole.filter(pk__in=picked.values("pk")).order_by(*queryset.query.order_by))


def batches(queryset: QuerySet[Row], order: Sequence[str], *, size: int) -> Iterator[list[Row]]:
    """All rows of `queryset` in `order` (as for `page`), `size` at a time: one query each, the same cost at any depth.

    There is always a first batch; it is empty when there is nothing.
    """
    rows = list(queryset.order_by(*order)[:size])
    yield rows
    while len(rows) == size:
        values = [getattr(rows[-1], name.lstrip("-")) for name in order]
        rest = queryset.filter(_beyond(queryset, order, values, forward=True))
        rows = list(rest.order_by(*order)[:size])
        if rows:
            yield rows
