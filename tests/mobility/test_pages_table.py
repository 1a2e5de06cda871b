import csv
import io
import re
import zipfile
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from ground import paging
from mobility import actions, eligibility
from mobility.models import Application, Reading, SavedTable
from mobility.review import counting, query
from mobility.review import table as tables
from tests import factories
from tests.documents.samples import upload
from tests.mobility.test_pages_deciding import table

pytestmark = pytest.mark.django_db


def lines(response):
    return [line.application for line in response.context["table"].lines]


def counts(response, name):
    facet = next(one for one in response.context["table"].facets if one.name == name)
    return {one.value: one.count for one in facet.options}


def url(call, name, *more, **asked):
    return f"{reverse(f'mobility:{name}', args=[call.slug, *more])}?{urlencode(asked, doseq=True)}"


def test_table_counts_states_and_finds_by_name_and_reference(desk, call, many, ruta):
    first, second, third = many(3)
    actions.decide(third, "find_eligible", by=ruta)
    page = desk.get(table(call))
    assert "3 applications" in page.content.decode()
    assert counts(page, "status") == {"submitted": "2", "eligible": "1"}
    for typed, found in (
        ("zmogus001", [second]),
        (first.reference, [first]),
        ("ŽMOGUS", [first, second, third]),
        ("nobody", []),
    ):
        assert lines(desk.get(table(call, q=typed))) == found
    assert lines(desk.get(table(call, status="eligible"))) == [third]


def test_facets_join_within_and_narrow_between(desk, call, many, ruta):
    first, second = many(2)
    third = many(1, ects=10)[0]
    actions.decide(second, "find_eligible", by=ruta)
    assert third.findings == ["ects"]
    both = desk.get(url(call, "call_applications", status=["submitted", "eligible"]))
    assert lines(both) == [first, second, third]
    assert lines(desk.get(url(call, "call_applications", status="submitted", finding="ects"))) == [third]
    narrowed = desk.get(url(call, "call_applications", finding="ects"))
    assert counts(narrowed, "status") == {"submitted": "1"}
    assert counts(narrowed, "finding") == {"none": "2", "ects": "1"}
    assert "Too few ECTS credits" in narrowed.content.decode()


@pytest.mark.parametrize(
    "asked",
    [{}, {"status": "submitted"}, {"finding": ["ects", "level"]}, {"scored": "open"}, {"message": "new", "level": "6"},
     {"q": "žmogus"}, {"q": "žmogus", "status": "submitted", "finding": "none"}],
)  # fmt: skip
def test_every_number_is_what_the_other_facets_leave(asked, desk, call, many, ruta):
    """Applications read once and told apart give the numbers that the database counts for each value alone."""
    made = [*many(4), *many(3, ects=10)]
    actions.decide(made[0], "find_eligible", by=ruta)
    factories.ReviewFactory(application=made[1])
    done = factories.ReviewFactory(application=made[2])
    type(done).objects.filter(pk=done.pk).update(done_at=done.assigned_at, total=50)
    rows = Application.objects.filter(call=call)
    rows.filter(pk=made[3].pk).update(findings=["ects", "level"], sent_level=7)
    for one in (made[1], made[4]):
        actions.send_message(one, "When will you decide?", by=one.applicant)
    asked = query.read(QueryDict(urlencode(asked, doseq=True)))
    numbers = counting.numbers_of(call, rows, asked).of
    assert {name for name, _value in numbers} == set(query.FACETS)
    for (name, value), (_words, count) in numbers.items():
        left = query.narrowed(rows, asked.without(name), call).filter(query.of_facet(name, value))
        assert count == left.count(), (name, value)


@pytest.mark.parametrize("who", ["ruta", "bruno", "egle", "laima", "ana", "ieva", "tomas"])
def test_table_holds_what_one_may_see_of_the_call_but_for_ones_own(who, request, call, many):
    person = request.getfixturevalue(who)
    own, back, _other = many(3)
    actions.take_back_application(back, by=back.applicant)
    Application.objects.filter(pk=own.pk).update(applicant=person)
    for one in (call, factories.CallFactory()):
        seen = Application.objects.visible_to(person).filter(call=one, submitted_at__isnull=False)
        shown = Application.objects.sent_to(one, person)
        assert set(shown) == set(seen.exclude(status="draft").exclude(applicant=person))
    assert bool(Application.objects.sent_to(call, person)) is (who in {"ruta", "egle", "laima"})
    assert not Application.objects.sent_to(call, AnonymousUser()).exists()


@pytest.mark.parametrize("value", ["none", "open", "done"])
def test_reviews_are_a_facet(value, desk, call, many):
    made = dict(zip(["none", "open", "done"], many(3), strict=True))
    factories.ReviewFactory(application=made["open"])
    done = factories.ReviewFactory(application=made["done"])
    type(done).objects.filter(pk=done.pk).update(done_at=done.assigned_at, total=50)
    assert lines(desk.get(url(call, "call_applications", scored=value))) == [made[value]]


@pytest.mark.parametrize("sort", ["submitted", "-submitted", "name", "reference", "x", "applicant__password"])
def test_table_is_ordered_by_what_is_listed_only(sort, desk, call, many):
    made = many(2)
    assert lines(desk.get(table(call, sort=sort))) == (made[::-1] if sort == "-submitted" else made)


def test_ranking_lists_the_scored_by_score_and_equal_ones_by_their_moment(desk, call, many):
    made = many(4)
    for one, score in zip(made, [50, 90, 50, None], strict=True):
        if score is not None:
            type(one).objects.filter(pk=one.pk).update(score=score, spread=0, reviews_done=1)
    page = desk.get(table(call, sort="score"))
    assert lines(page) == [made[1], made[0], made[2]]
    assert [line.rank for line in page.context["table"].lines] == [1, 2, 3]


@pytest.mark.parametrize("asked", [{"after": "x"}, {"after": "-1"}, {"before": "W10"}, {"after": "\x00"}])
def test_cursor_that_was_not_made_here_is_refused(asked, desk, call):
    assert desk.get(table(call, **asked)).status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "x"}, {"q": "\x00"}, {"q": "' OR 1=1 --"}, {"q": "{{ 7*7 }}" * 40}, {"field": "\x00"},
        {"host": "a' --"}, {"level": "99"}, {"finding": "__class__"}, {"column": "password"}, {"scored": "maybe"},
    ],
)  # fmt: skip
def test_strange_filters_do_no_harm(asked, desk, call, many):
    many(1)
    assert desk.get(table(call, **asked)).status_code == 200


def test_table_comes_in_pages(desk, call, many, monkeypatch):
    monkeypatch.setattr(tables, "PER_PAGE", 2)
    made = many(3)
    first = desk.get(table(call)).context["page"]
    second = desk.get(table(call, after=first.after)).context["page"]
    assert [*first.rows, *second.rows] == made
    assert desk.get(table(call, before=second.before)).context["page"].rows == made[:2]


def test_numbers_are_counted_so_far_and_no_farther(desk, call, many, monkeypatch):
    monkeypatch.setattr(counting, "COUNTED", 1)
    many(3, ects=10)
    page = desk.get(table(call))
    assert page.context["table"].total == "1+"
    assert counts(page, "status") == {"submitted": "1+"}
    assert set(counts(page, "finding").values()) == {""}
    searched = desk.get(table(call, q="žmogus"))
    assert searched.context["table"].total == "1+"
    assert set(counts(searched, "status").values()) == {""}
    assert counts(desk.get(table(call, q="žmogus", status="eligible")), "status")["eligible"] == ""


@pytest.mark.parametrize("rows", [1, 3])
def test_table_costs_the_same_for_one_row_and_three(rows, desk, call, many, django_assert_num_queries):
    many(rows)
    with django_assert_num_queries(8):
        desk.get(table(call))


def test_a_query_is_kept_under_a_name_and_forgotten(desk, call, ruta, many):
    many(1)
    sent = {"name": "To check", "status": "submitted", "finding": "none", "column": ["reference", "state"]}
    response = desk.post(reverse("mobility:table_save", args=[call.slug]), sent)
    assert response.status_code == 302
    kept = SavedTable.objects.get()
    assert (kept.user, kept.query) == (ruta, "status=submitted&finding=none&column=reference&column=state")
    assert "To check" in desk.get(response.url).content.decode()
    desk.post(reverse("mobility:table_save", args=[call.slug]), {"name": "To check", "status": "eligible"})
    assert SavedTable.objects.get().query == "status=eligible"
    desk.post(reverse("mobility:table_remove", args=[call.slug, kept.uuid]))
    assert not SavedTable.objects.exists()


def test_a_filter_without_a_name_is_shown_again_with_its_query(desk, call):
    response = desk.post(
        reverse("mobility:table_save", args=[call.slug]), {"name": " ", "status": "submitted"}
    )
    assert response.status_code == 422
    assert 'value="submitted"' in response.content.decode()


def test_nobody_removes_the_filter_of_another(desk, call, ana):
    from ground import clock

    kept = SavedTable.objects.create(user=ana, name="Mine", query="", saved_at=clock.now())
    desk.post(reverse("mobility:table_remove", args=[call.slug, kept.uuid]))
    assert SavedTable.objects.exists()


def test_query_says_again_what_was_read():
    from django.http import QueryDict

    sent = "status=submitted&status=eligible&finding=ects&q=Ana&sort=score&column=reference"
    assert query.read(QueryDict(sent)).query == sent
    assert query.read(QueryDict("page=7&x=y")).query == ""


# Taken away


def read_csv(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_export_holds_what_is_listed_with_formulas_disarmed_and_is_written_down(desk, call, many, ruta):
    bad, other = many(1, study_programme='=HYPERLINK("http://x")')[0], many(1)[0]
    actions.decide(other, "find_eligible", by=ruta)
    rows = read_csv(desk.get(url(call, "applications_export", "csv", status="submitted")))
    assert [row["Reference"] for row in rows] == [bad.reference]
    assert rows[0]["Studies or work"] == '\'=HYPERLINK("http://x")'
    assert rows[0]["E-mail address"] == bad.applicant.email
    assert list(Reading.objects.values_list("application", "what")) == [(bad.pk, "sheet")]


def test_workbook_opens_and_holds_texts(desk, call, many):
    from openpyxl import load_workbook

    made = many(2, study_programme="=1+1")
    response = desk.get(url(call, "applications_export", "xlsx"))
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Reference", *(one.reference for one in made)]
    assert "=1+1" in rows[1]
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n", "inlineStr"}


def test_office_takes_no_contact_data_away(client, call, many, egle):
    made = many(1)[0]
    client.force_login(egle)
    text = client.get(url(call, "applications_export", "csv")).getvalue().decode()
    assert made.reference in text
    assert made.applicant.email not in text
    assert not Reading.objects.exists()
    assert client.get(url(call, "applications_archive")).status_code == 404


def test_archive_holds_the_submitted_papers_and_each_owner_sees_that_it_was_taken(
    desk, draft, call, ana, many
):
    asked = factories.RequiredDocumentFactory(call=call, name_en="Transcript / of ../records")
    actions.attach_document(draft, asked, upload(), by=ana)
    application = actions.submit_application(draft, by=ana)
    response = desk.get(url(call, "applications_archive"))
    made = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    assert made.namelist() == [f"{application.reference}/1-transcript-of-records.pdf"]
    assert made.read(made.namelist()[0]).startswith(b"%PDF")
    assert list(Reading.objects.values_list("application", "what")) == [(application.pk, "archive")]


def test_second_large_download_is_asked_to_wait(desk, call, many, settings, tmp_path):
    from ground.lasting import Lasting

    settings.DATA_DIR = tmp_path
    other = Lasting(iter([b""]), name="applications")
    assert desk.get(url(call, "applications_export", "csv")).status_code == 503
    other.close()
    assert desk.get(url(call, "applications_export", "csv")).getvalue()


def plan(rows):
    """How the database would look for a page of `rows`, were the table large."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    return rows[:26].explain()


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("submitted", "mobility_application_by_moment"), ("-submitted", "mobility_application_by_moment"),
        ("name", "mobility_application_by_name"), ("reference", "mobility_application_by_ref"),
        ("score", "mobility_application_by_rank"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("back", [False, True])
def test_each_order_is_that_of_an_index(sort, index, back, call):
    asked = query.Asked(sort=sort)
    rows = query.narrowed(Application.objects.filter(call=call, submitted_at__isnull=False), asked, call)
    order = paging._turned(asked.order) if back else asked.order
    told = plan(rows.order_by(*order))
    assert index in told
    assert "Sort" not in told


def test_each_facet_has_an_index_within_the_call():
    """By it one that few have is found, and one that nobody has is known to be absent."""
    first = {tuple(index.fields[:2]) for index in Application._meta.indexes}
    columns = {"status", "sent_field", "sent_host", "sent_level", "findings"}
    assert {("call", column) for column in columns} <= first


def test_a_rule_is_found_beside_others(call, many):
    first, second, third = many(3)
    Application.objects.filter(pk=first.pk).update(findings=["ects", "language"])
    Application.objects.filter(pk=second.pk).update(findings=sorted(query.FINDINGS.keys() - {"none"}))
    for value, found in (("language", [first, second]), ("level", [second]), ("none", [third])):
        asked = query.Asked(chosen={"finding": (value,)})
        assert list(query.narrowed(Application.objects.all(), asked, call).order_by("pk")) == found


def test_every_code_of_the_rules_can_be_asked_for():
    """Lists of findings are found whole: a code that the table does not know would hide others."""
    source = Path(eligibility.__file__).read_text()
    assert set(re.findall(r'Finding\("(\w+)"', source)) == query.FINDINGS.keys() - {"none"}


def test_statements_of_the_table_are_planned_for_their_values(desk, call, many, monkeypatch):
    """A plan for any values reads all rows of a call where few have what is asked for."""
    many(1)
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", 5)
    planned = []

    def note(execute, sql, *rest):
        if "mobility_application" in sql:
            planned.append(connection.connection.prepare_threshold)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        desk.get(table(call))
    assert None in planned
    assert connection.connection.prepare_threshold == 5
