import base64
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ground import paging
from projects.models import Project
from tests import factories

pytestmark = pytest.mark.django_db
ORDER = ["-ends_on", "-id"]


@pytest.fixture
def seven():
    lead = factories.UniversityFactory()
    return [
        factories.ProjectFactory(lead=lead, ends_on=dt.date(2027, 1, 1) + dt.timedelta(days=n // 2))
        for n in range(7)
    ]


def walk(forward=True):
    """Every row, page by page."""
    rows, page = [], paging.page(Project.objects.all(), ORDER, size=3)
    rows.append(page.rows)
    while page.after:
        page = paging.page(Project.objects.all(), ORDER, size=3, after=page.after)
        rows.append(page.rows)
    if forward:
        return rows
    back = [page.rows]
    while page.before:
        page = paging.page(Project.objects.all(), ORDER, size=3, before=page.before)
        back.append(page.rows)
    return list(reversed(back))


def test_forward_every_row_comes_once_in_order(seven):
    pages = walk()
    assert [len(rows) for rows in pages] == [3, 3, 1]
    assert [row for rows in pages for row in rows] == list(Project.objects.order_by(*ORDER))


def test_backward_the_pages_are_the_same(seven):
    assert walk(forward=False) == walk()


def test_first_page_has_none_before_and_last_none_after(seven):
    assert paging.page(Project.objects.all(), ORDER, size=3).before == ""
    assert paging.page(Project.objects.all(), ORDER, size=7).after == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.one_of(
        st.text(min_size=1), st.binary(min_size=1).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
    )
)
def test_what_is_no_cursor_is_refused(db, made_up):
    with pytest.raises(paging.BadCursor):
        paging.page(Project.objects.all(), ORDER, size=3, after=made_up)


def test_a_cursor_of_another_order_is_refused(seven):
    cursor = paging.page(Project.objects.all(), ["starts_on", "id"], size=3).after
    with pytest.raises(paging.BadCursor):
        paging.page(Project.objects.all(), ORDER, size=3, after=cursor)


@pytest.mark.parametrize(
    "values",
    [
        ["x", 1],
        ["2027-01-01", "x"],
        [1, 1],
        [None, None],
        ["\ud800", 1],
        ["\x00", 1],
        ["2027-13-45", 1],
        [[], {}],
    ],
)
def test_a_cursor_with_other_values_is_refused(values):
    import json

    raw = base64.urlsafe_b64encode(json.dumps([ORDER, values, 1]).encode()).decode()
    with pytest.raises(paging.BadCursor):
        paging.page(Project.objects.all(), ORDER, size=3, after=raw)


@pytest.mark.parametrize("order", [["-ends_on", "code", "id"], ["ends_on", "-code", "id"]])
def test_an_order_that_rises_and_falls_comes_in_pages_too(order, seven):
    everything = list(Project.objects.order_by(*order))
    first = paging.page(Project.objects.all(), order, size=3)
    second = paging.page(Project.objects.all(), order, size=3, after=first.after)
    third = paging.page(Project.objects.all(), order, size=3, after=second.after)
    assert [*first.rows, *second.rows, *third.rows] == everything
    assert paging.page(Project.objects.all(), order, size=3, before=third.before).rows == everything[3:6]
    assert [
        row for rows in paging.batches(Project.objects.all(), order, size=2) for row in rows
    ] == everything


def test_an_order_that_rises_and_falls_begins_at_its_place_in_the_index(seven):
    """Without it all rows before the page are read to be thrown away."""
    order = ["-ends_on", "code", "id"]
    row = Project.objects.order_by(*order)[3]
    condition = paging._beyond(Project.objects.all(), order, [row.ends_on, row.code, row.pk], forward=True)
    assert ("ends_on__lte", row.ends_on) in condition.children


def test_narrow_rows_are_picked_and_wide_ones_read(seven, django_assert_num_queries):
    left_out = seven[3]
    narrow, whole = Project.objects.exclude(pk=left_out.pk), Project.objects.select_related("lead")
    after = ""
    for _page in range(3):
        plain = paging.page(narrow, ORDER, size=2, after=after)
        with django_assert_num_queries(1):
            picked = paging.page(narrow, ORDER, size=2, after=after, whole=whole)
            assert [row.lead.pk for row in picked.rows]
        assert picked == plain
        assert left_out not in picked.rows
        after = plain.after or after
    back = paging.page(narrow, ORDER, size=2, before=plain.before, whole=whole)
    assert back == paging.page(narrow, ORDER, size=2, before=plain.before)
    assert len(back.rows) == 2
