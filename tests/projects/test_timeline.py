"""Periods and milestones in time: what is drawn where, what the table says, and what is offered on the list."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import translation

from projects import timeline
from projects.models import Milestone, Project
from projects.timeline import LINES, MARGIN, WIDTH, Scale, chart, with_milestones
from tests import factories
from tests.projects.conftest import NOON

pytestmark = pytest.mark.django_db
PAGE = "/en/projects/timeline/"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def now(at):
    with at(NOON):
        yield


def shown(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return response


def bars(client, **query):
    return shown(client, **query).context["chart"].bars


@pytest.fixture
def in_all_phases(ktu):
    today = NOON.date()
    periods = {
        "planned": (today + DAY, today + 400 * DAY),
        "under_way": (today, today + 91 * DAY),
        "ending": (today - 100 * DAY, today + 90 * DAY),
        "completed": (today - 100 * DAY, today - DAY),
    }
    return {
        phase: factories.ProjectFactory(code=f"P-{phase}", lead=ktu, starts_on=first, ends_on=last)
        for phase, (first, last) in periods.items()
    }


def test_every_phase_has_a_shape_of_its_own(client, in_all_phases):
    found = {bar.project.code: bar for bar in bars(client)}
    assert {code: str(bar.phase) for code, bar in found.items()} == {f"P-{p}": p for p in in_all_phases}
    assert [code for code, bar in found.items() if bar.thin] == ["P-completed"]
    assert [code for code, bar in found.items() if bar.striped] == ["P-ending"]


def test_bars_and_marks_stand_where_their_days_are(client, ktu):
    project = factories.ProjectFactory(lead=ktu, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 12, 31))
    for due, done in (
        (dt.date(2026, 3, 1), dt.date(2026, 3, 2)),
        (dt.date(2026, 7, 1), None),
        (dt.date(2026, 12, 1), None),
    ):
        factories.MilestoneFactory(project=project, due_on=due, done_on=done)
    chart = shown(client).context["chart"]
    (bar,) = chart.bars
    assert (bar.x, round(bar.x + bar.width)) == (MARGIN, WIDTH - MARGIN)
    assert [mark.state for mark in bar.marks] == ["done", "late", ""]
    assert bar.marks[0].x < bar.marks[1].x < chart.today < bar.marks[2].x
    assert bar.marks[0].words == "Progress report: 1 March 2026, done on 2 March 2026"
    assert bar.marks[1].words == "Progress report: 1 July 2026, overdue"


def test_table_says_what_the_drawing_shows(client, ktu):
    project = factories.ProjectFactory(lead=ktu, code="T-1", title_en="A <b>title</b>")
    factories.MilestoneFactory(project=project, title_en="Audit & more", due_on=dt.date(2026, 6, 30))
    page = shown(client).content.decode()
    table = page[page.index("<table") :]
    for words in ("T-1", "A &lt;b&gt;title&lt;/b&gt;", "1 January 2026", "31 December 2027", "under way",
                  "30 June 2026 Audit &amp; more · overdue", "Kaunas University of Technology"):  # fmt: skip
        assert words in table
    assert 'href="/en/projects/t-1/"' in page[: page.index("<table")]
    assert "<b>title" not in page


def test_drawing_is_named_and_holds_no_style_of_its_own(client, in_all_phases):
    page = shown(client).content.decode()
    drawing = page[page.index("<figure") : page.index("</figure>")]
    assert 'aria-labelledby="timeline-title"' in drawing
    assert 'aria-describedby="timeline-about"' in drawing
    assert "style=" not in drawing
    assert all(f'id="{name}"' in page for name in ("timeline-title", "timeline-about", "timeline-stripes"))


def test_numbers_of_the_drawing_have_points_in_lithuanian_too(client, in_all_phases):
    page = client.get("/lt/projects/timeline/").content.decode()
    drawing = page[page.index('<svg class="timeline') : page.index("</figure>")]
    assert not re.search(r'\b(?:x|x1|x2|width|dx)="\d+,\d', drawing)
    assert re.search(r'\bx="\d+\.\d', drawing)


@pytest.mark.parametrize(
    ("first", "last", "months", "words"),
    [
        (dt.date(2026, 2, 10), dt.date(2026, 2, 20), 1, ["Feb 2026"]),
        (dt.date(2026, 11, 1), dt.date(2027, 2, 1), 1, ["Nov 2026", "Dec", "Jan 2027", "Feb"]),
        (dt.date(2024, 5, 1), dt.date(2026, 1, 1), 3, ["2024", "", "", "", "2025", "", "", "", "2026", "", "", ""]),
        (dt.date(2015, 5, 1), dt.date(2026, 1, 1), 12, [str(year) for year in range(2015, 2027)]),
        (dt.date(1998, 5, 1), dt.date(2026, 1, 1), 60, ["1995", "2000", "2005", "2010", "2015", "2020", "2025"]),
    ],
)  # fmt: skip
def test_scale_has_lines_that_fit_its_span(first, last, months, words):
    scale = Scale.around(first, last)
    assert scale.months == months
    assert [tick.words for tick in scale.ticks()] == words
    assert MARGIN <= scale.x(first) <= scale.x(last) <= WIDTH - MARGIN


def test_months_are_named_in_lithuanian():
    with translation.override("lt"):
        ticks = list(Scale.around(dt.date(2026, 2, 1), dt.date(2026, 4, 1)).ticks())
    assert [tick.words for tick in ticks][1] == "kov."


@pytest.mark.parametrize(
    ("first", "last"), [(dt.date(1900, 1, 1), dt.date(2200, 12, 31)), (NOON.date(), NOON.date())]
)
def test_longest_and_shortest_periods_are_drawn(client, ktu, first, last):
    factories.ProjectFactory(lead=ktu, starts_on=first, ends_on=last, title_en="x" * 300)
    (bar,) = bars(client)
    assert bar.width >= 3
    assert len(bar.label) < 150
    assert bar.words.startswith(bar.label)  # who speaks what they see reaches the link


def test_today_is_drawn_only_where_it_lies_in_the_scale(client, ktu):
    factories.ProjectFactory(lead=ktu, starts_on=dt.date(2010, 1, 1), ends_on=dt.date(2011, 1, 1))
    assert shown(client).context["chart"].today is None


def test_same_filters_as_the_list_and_a_way_back(client, in_all_phases):
    response = shown(client, phase="completed", sort="ends-first", odd="x")
    assert [bar.project.code for bar in response.context["chart"].bars] == ["P-completed"]
    assert 'href="/en/projects/?phase=completed&amp;sort=ends-first"' in response.content.decode()


@pytest.mark.parametrize(
    "query", [{"q": "p"}, {"sort": "title"}, {"sort": "code"}, {"q": "p", "sort": "newest"}]
)
def test_same_order_as_the_list(client, in_all_phases, query):
    listed = [project.code for project in client.get("/en/projects/", query).context["page"].rows]
    assert [bar.project.code for bar in bars(client, **query)] == listed
    assert len(listed) == 4


@pytest.mark.parametrize("query", [{"q": "nothing like it"}, {}])
def test_nothing_to_draw_is_said(client, db, query):
    assert shown(client, **query).context["chart"] is None


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"before": "%00"}, {"q": "\x00"}, {"sort": "x"}, {"phase": ["x"]}]
)
def test_strange_addresses_are_borne(client, in_all_phases, query):
    assert len(bars(client, **query)) == 4


def test_fifty_are_drawn_and_the_others_follow(client, ktu):
    made = [factories.ProjectFactory(lead=ktu, code=f"N-{i}").code for i in range(53)]
    first = shown(client)
    assert b"50 projects are shown here. There are more on the other pages." in first.content
    second = shown(client, after=first.context["page"].after)
    codes = [bar.project.code for page in (first, second) for bar in page.context["chart"].bars]
    assert codes == made[::-1]
    assert [len(part.bars) for part in first.context["chart"].parts] == [LINES, LINES, 10]


@pytest.mark.parametrize("rows", [1, 3])
def test_timeline_takes_two_queries_for_a_visitor(client, rows, ktu, django_assert_num_queries):
    for _i in range(rows):
        factories.MilestoneFactory(project=factories.ProjectFactory(lead=ktu))
    shown(client)  # the names of what is offered are read once
    with django_assert_num_queries(2):  # version, rows (the moment is held)
        assert len(bars(client)) == rows


def test_drafts_are_drawn_for_those_who_keep_them_alone(client, dainius, ktu):
    draft = factories.ProjectFactory(lead=ktu, code="D-1", publication="draft")
    Milestone.objects.create(project=draft, title_en="Secret step", due_on=NOON.date())
    assert shown(client).context["chart"] is None
    client.force_login(dainius)
    assert [bar.project.code for bar in bars(client)] == ["D-1"]


def tools(client, **query):
    page = client.get("/en/projects/", query).content.decode()
    box = page[page.index('<div class="tools') :]
    return re.findall(r'<a href="([^"]+)"', box[: box.index("</div>")])


def test_list_leads_to_the_same_projects_in_other_forms(client, in_all_phases):
    query = "q=p&amp;phase=ending"
    assert tools(client, q="p", phase="ending", after="x") == [
        f"/en/projects/timeline/?{query}", f"/en/projects/export/csv/?{query}", f"/en/projects/export/xlsx/?{query}",
        f"/en/projects/export/json/?{query}", f"/en/projects/summary.pdf?{query}",
    ]  # fmt: skip


WORK = {"bulk", "imports", "dashboard"}


@pytest.mark.parametrize(
    ("persona", "offered"),
    [("nobody", set()), ("ana", {"calendar"}), ("former", {"calendar"}), ("dainius", {"calendar", *WORK}),
     ("egle", {"calendar", *WORK})],
)  # fmt: skip
def test_list_offers_what_the_person_may_do_and_nothing_that_refuses(persona, offered, cast, records):
    client = Client()
    if cast[persona]:
        client.force_login(cast[persona], backend="allauth.account.auth_backends.AuthenticationBackend")
    found = tools(client)
    assert {name for name in ("calendar", *WORK) if f"/en/projects/{name}/" in found} == offered
    for address in found:
        response = client.get(address)
        assert response.status_code == 200, address
        if response.streaming:
            list(response)


def test_drawing_opens_on_a_phone_at_today_with_the_names_of_what_runs_in_sight(ktu):
    projects = [
        factories.ProjectFactory(lead=ktu, code=code, title_en="A title of a good length", starts_on=a, ends_on=b)
        for code, a, b in (
            ("LONG", dt.date(2016, 1, 1), dt.date(2036, 1, 1)),
            ("LATER", dt.date(2027, 6, 1), dt.date(2030, 1, 1)),
            ("OVER", dt.date(2016, 2, 1), dt.date(2017, 1, 1)),
            ("LAST", dt.date(2035, 6, 1), dt.date(2035, 7, 1)),
        )
    ]  # fmt: skip
    rows = list(with_milestones(Project.objects.filter(pk__in=[p.pk for p in projects])).order_by("pk"))
    drawn = chart(rows, dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC))
    right = drawn.left + timeline.NARROW
    assert drawn.left < drawn.today < right
    long, later, over, last = drawn.bars
    for bar in (long, later):
        assert drawn.left <= bar.near_x <= right - timeline.NAME
        assert len(bar.near_label) * timeline.LETTER <= right - bar.near_x + timeline.LETTER
    assert over.near_x == over.x
    assert last.near_at_end


def test_drawing_of_what_is_over_opens_where_its_first_project_begins(ktu):
    factories.ProjectFactory(lead=ktu, starts_on=dt.date(2010, 1, 1), ends_on=dt.date(2012, 1, 1))
    [row] = with_milestones(Project.objects.all())
    drawn = chart([row], dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC))
    assert (drawn.today, drawn.left) == (None, 0)
