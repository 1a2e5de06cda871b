"""What leaves the list as a file: exactly what is filtered, nothing that acts, nothing that is not public."""

import csv
import datetime as dt
import io
import json
import re

import pytest
from django.test import Client
from openpyxl import load_workbook

from ground import lasting
from ground.cells import rearmed
from projects import exports
from projects.models import (
    Amendment,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    ProjectDocument,
    Result,
    TeamMember,
)
from tests import factories
from tests.projects.conftest import NOON
from tests.projects.importing import checked
from tests.world import _file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


def fetched(client, format, query=None, language="en"):
    response = client.get(f"/{language}/projects/export/{format}/", query or {})
    assert response.status_code == 200
    return response, b"".join(response.streaming_content)


def as_table(content, format):
    """The rows of a file as dictionaries of what a reader's program finds in its cells."""
    if format == "json":
        return json.loads(content)["projects"]
    if format == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(content)).active
    first, *rest = sheet.iter_rows(values_only=True)
    return [dict(zip(first, row, strict=True)) for row in rest]


def codes(client, format, query=None):
    return [row["code"] for row in as_table(fetched(client, format, query)[1], format)]


FORMATS = ["csv", "xlsx", "json"]


@pytest.mark.parametrize("format", FORMATS)
def test_every_fact_of_a_project_stands_in_its_column(client, project, format, at):
    with at(NOON):
        (row,) = as_table(fetched(client, format)[1], format)
    assert list(row) == list(exports.NAMES)
    assert row["code"] == "S-NET-24-50"
    assert (row["title_en"], row["title_lt"]) == ("Membership of a network", "Narystė tinkle")
    assert (row["lead"], row["lead_name"]) == ("ktu", "Kaunas University of Technology")
    assert (row["phase"], row["publication"], row["head"]) == ("completed", "published", "Vida Vadovė")
    assert row["url"].endswith("/en/projects/s-net-24-50/")
    days = (dt.datetime(2024, 2, 22), dt.datetime(2026, 3, 1))  # noqa: DTZ001 - openpyxl's days have no zone
    texts = ("2024-02-22", "2026-03-01")
    assert (row["starts_on"], row["ends_on"]) == (days if format == "xlsx" else texts)
    if format == "json":
        assert row["funding"][0] == {
            "programme": "alliances", "amount": "1000.00", "currency": "EUR", "share": None, "contract": "A-1",
        }  # fmt: skip
        assert row["partners"] == [
            {"name": "University of Aveiro", "country": "PT", "role": "beneficiary", "name_lt": None}
        ]
        assert row["programmes"][1] == {"slug": "budget", "name_en": "State budget", "name_lt": None}
        assert row["websites"] == ["https://one.example/", "https://two.example/"]
    else:
        assert row["funding"] == "alliances|1000.00|EUR||A-1; budget"
        assert row["partners"] == "University of Aveiro|PT|beneficiary"
        assert (row["programmes"], row["departments"]) == ("Alliances; State budget", "Invented Centre")
        assert row["milestones"] == "2026-04-30||report|Final report"
        assert not row["partners_lt"]
        assert row["websites"] == "https://one.example/; https://two.example/"


def test_lead_is_named_by_its_erasmus_code_where_it_has_one(client, project, ktu):
    ktu.organisation.identifiers.create(scheme="erasmus", value="LT KAUNAS02")
    assert as_table(fetched(client, "json")[1], "json")[0]["lead"] == "LT KAUNAS02"


@pytest.mark.parametrize("format", FORMATS)
def test_text_that_is_missing_in_a_language_is_not_filled_with_the_other(client, ktu, format):
    factories.ProjectFactory(
        lead=ktu, title_en="Only English", title_lt=None, description_lt="Tik lietuviškai"
    )
    (row,) = as_table(fetched(client, format, language="lt")[1], format)
    assert row["title_en"] == "Only English"
    assert not row["title_lt"]
    assert not row["description_en"]
    assert row["description_lt"] == "Tik lietuviškai"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "query",
    [
        {}, {"sort": "ends-first"}, {"sort": "newest"}, {"university": "ktu"}, {"programme": "erasmus"},
        {"q": "number"}, {"q": "number", "sort": "ends-last"}, {"sort": "title"}, {"sort": "code"},
        {"year": "2021", "sort": "ends-first"}, {"phase": ["completed", "planned"]},
        {"phase": "nonsense", "sort": "nonsense", "after": "nonsense"},
    ],
)  # fmt: skip
def test_file_holds_what_the_list_shows_in_its_order(client, ktu, aveiro, programmes, format, query, at):
    for i in range(7):
        made = factories.ProjectFactory(
            lead=ktu if i % 2 else aveiro, title_en=f"number {i}", starts_on=dt.date(2020 + i % 3, 1, 1),
            ends_on=dt.date(2024 + i % 4, 1, 1),
        )  # fmt: skip
        if i % 3:
            FundingLine.objects.create(project=made, programme=programmes["alliances"])
    with at(NOON):
        shown = [project.code for project in client.get("/en/projects/", query).context["page"].rows]
        assert codes(client, format, query) == shown


def test_rows_are_the_same_whatever_the_size_of_a_batch(ktu):
    for _i in range(5):
        factories.ProjectFactory(lead=ktu)
    for order in (["-ends_on", "-id"], ["ends_on", "id"], ["-starts_on", "-id"]):
        whole = list(Project.objects.order_by(*order).values_list("code", flat=True))
        for size in (1, 2, 5, 6):
            batches = list(exports.rows(Project.objects.all(), order, size=size))
            assert [row["code"] for batch in batches for row in batch] == whole
            assert all(len(batch) == size for batch in batches[:-1])


@pytest.mark.parametrize("rows", [1, 3])
def test_a_batch_takes_one_query_however_many_rows(rows, ktu, aveiro, programmes, django_assert_num_queries):
    for _i in range(rows):
        project = factories.ProjectFactory(lead=ktu)
        FundingLine.objects.create(project=project, programme=programmes["alliances"])
        Partnership.objects.create(project=project, organisation=aveiro.organisation)
        TeamMember.objects.create(project=project, name="Kas Nors")
        Result.objects.create(project=project, title_en="A tool", category="tool")
    with django_assert_num_queries(3):  # moment, leads, rows
        assert len(next(exports.rows(Project.objects.all(), ["-ends_on", "-id"]))) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_small_file_takes_four_queries_for_a_visitor(client, rows, ktu, django_assert_num_queries):
    for _i in range(rows):
        factories.ProjectFactory(lead=ktu)
    fetched(client, "csv")  # the names of what is offered are read once
    with django_assert_num_queries(4):  # moment, version, leads, rows
        fetched(client, "csv")


@pytest.mark.parametrize("format", FORMATS)
def test_drafts_and_inner_papers_of_others_are_in_no_file(cast, records, format):
    def seen(persona):
        client = Client()
        if cast[persona]:
            client.force_login(cast[persona], backend="allauth.account.auth_backends.AuthenticationBackend")
        return {row["code"] for row in as_table(fetched(client, format)[1], format)}

    public = set(Project.objects.exclude(publication="draft").values_list("code", flat=True))
    assert {"PUB-1", "OLD-1"} <= public
    for persona in ("nobody", "ana", "bruno", "ruta", "former"):
        assert seen(persona) == public, persona
    assert seen("dainius") == {*public, "DRAFT-1", "SHARED-1"}
    assert seen("manager") == {*public, "DRAFT-2", "SHARED-1"}
    assert seen("egle") == {*public, "DRAFT-1", "DRAFT-2", "SHARED-1"}
    assert b"Internal" not in fetched(Client(), format)[1]


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "＋1", "－1", "＠1", "\u200b=1", "\ufeff=1", "\n=1",
    "\u00ad=1", "\u202a=1", "\u3164=1", "\u2066\u180e=1", "\u00a0=cmd|'/C calc'!A0", "\ttab", "a;=1+1", 'a;""=1',
    "a\t=1", "a\n=1",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_spreadsheet_would_run_stands_there_as_text(client, ktu, text):
    factories.ProjectFactory(lead=ktu, title_en=text)
    content = fetched(client, "csv")[1]
    (row,) = as_table(content, "csv")
    assert "'" in row["title_en"]
    assert rearmed(row["title_en"]) == text
    assert as_table(fetched(client, "json")[1], "json")[0]["title_en"] == text


@pytest.mark.parametrize("text", ["S-NET", "a=b", "1-2", "'quoted", "Plain", ""])
def test_what_is_harmless_is_left_alone(text):
    assert exports.harmless(text) == text


def test_xlsx_holds_texts_and_no_formula(client, ktu):
    factories.ProjectFactory(
        lead=ktu, title_en="=HYPERLINK(1)", description_en="x" * 40_000, acronym="<&>\"']]>"
    )
    sheet = load_workbook(io.BytesIO(fetched(client, "xlsx")[1])).active
    cells = dict(zip((c.value for c in sheet[1]), sheet[2], strict=True))
    assert cells["title_en"].value == "=HYPERLINK(1)"
    assert cells["title_en"].data_type == "s"
    assert cells["acronym"].value == "<&>\"']]>"
    assert len(cells["description_en"].value) == exports.xlsx.LONGEST_CELL
    assert cells["starts_on"].is_date


def test_xlsx_leaves_out_what_xml_cannot_hold(client, ktu):
    factories.ProjectFactory(lead=ktu, title_en="a\x01b\x0bc\ufffed")
    assert as_table(fetched(client, "xlsx")[1], "xlsx")[0]["title_en"] == "abcd"


def test_csv_keeps_quotes_commas_and_lines_as_rfc_4180_wants(client, ktu):
    text = 'one, "two"\r\nthree; četri|'
    factories.ProjectFactory(lead=ktu, title_en="t", description_en=text)
    content = fetched(client, "csv")[1]
    assert content.startswith(b'\xef\xbb\xbf"code","acronym","title_en",')
    assert as_table(content, "csv")[0]["description_en"] == text
    assert content.endswith(b"\r\n")


def test_evidence_and_amendments_are_told_whole(client, project, dainius):
    open_paper, inner = (
        ProjectDocument.objects.create(
            project=project, document=_file(dainius), title_en="P", is_public=public
        )
        for public in (True, False)
    )
    for paper in (open_paper, inner):
        Milestone.objects.create(
            project=project, title_en="Paid", kind="payment", due_on=dt.date(2027, 1, 1), evidence=paper,
            done_on=dt.date(2026, 1, 2), evidence_url="https://proof.example/",
        )  # fmt: skip
    Amendment.objects.create(
        project=project, number=1, agreed_on=dt.date(2026, 2, 1), reason_en="More; time", reason_lt="Laiko",
        starts_before=project.starts_on, ends_before=dt.date(2025, 12, 31), starts_on=project.starts_on,
        ends_on=project.ends_on, document=inner,
    )  # fmt: skip
    page = json.loads(fetched(client, "json")[1])["projects"][0]["url"]

    def said():
        (row,) = as_table(fetched(client, "csv")[1], "csv")
        return row["milestones"], row["amendments"]

    evidence = f"https://proof.example/|{page}documents/{open_paper.document.uuid}/"
    change = "1|2026-02-01|2024-02-22|2026-03-01|2024-02-22|2025-12-31|More\\; time|Laiko"
    inside = f"{page}documents/{inner.document.uuid}/"
    assert evidence in said()[0]
    assert said()[1] == change
    assert inside not in "".join(said())
    client.force_login(dainius)
    assert inside in said()[0]
    assert said()[1] == f"{change}|{inside}"


@pytest.mark.parametrize("format", ["csv", "json"])
def test_names_stand_in_both_languages_in_the_same_order(client, project, aveiro, ktu, format):
    ktu.organisation.local_name, ktu.organisation.local_language = "Kauno technologijos universitetas", "lt"
    ktu.organisation.save()
    aveiro.organisation.local_name, aveiro.organisation.local_language = "Universidade de Aveiro", "pt"
    aveiro.organisation.save()
    Partnership.objects.create(project=project, organisation=ktu.organisation)
    Programme.objects.filter(slug="budget").update(name_lt="Valstybės biudžetas")
    (row,) = as_table(fetched(client, format)[1], format)
    assert row["lead_name_lt"] == "Kauno technologijos universitetas"
    names = (row["partners_lt"], row["programmes_lt"])
    if format == "json":
        assert names == (["Kauno technologijos universitetas", None], [None, "Valstybės biudžetas"])
    else:
        assert names == ("Kauno technologijos universitetas; ", "; Valstybės biudžetas")


def test_separators_within_a_part_are_told_from_those_between():
    assert exports.joined([["a|b", "c;d", "e\\f"], ["g", None]]) == "a\\|b|c\\;d|e\\\\f; g"


def test_json_says_when_and_what_it_holds(client, project, at):
    with at(NOON):
        whole = json.loads(
            fetched(client, "json", {"university": "ktu", "q": "", "after": "x", "odd": "y"})[1]
        )
    assert whole["generated_at"] == NOON.isoformat()
    assert whole["filter"] == {"university": ["ktu"], "sort": "ends-last"}
    assert whole["count"] == len(whole["projects"]) == 1


@pytest.mark.parametrize("format", FORMATS)
def test_file_of_nothing_is_a_whole_file(client, db, format):
    content = fetched(client, format)[1]
    assert as_table(content, format) == []
    if format == "json":
        assert json.loads(content)["count"] == 0


@pytest.mark.parametrize(("language", "name"), [("en", "projects"), ("lt", "projektai")])
def test_name_of_the_file_says_what_and_when(client, db, language, name, at):
    with at(NOON):
        response, _content = fetched(client, "csv", language=language)
    assert re.fullmatch(r'attachment; filename="\w+-2026-11-22\.csv"', response["Content-Disposition"])
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("format", FORMATS)
def test_head_tells_what_would_come_without_reading_it(client, project, format, django_assert_num_queries):
    client.get("/en/projects/timeline/")
    with django_assert_num_queries(2):
        response = client.head(f"/en/projects/export/{format}/")
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert response.content == b""


@pytest.mark.parametrize("format", ["exe", "CSV", "csv2", "xls"])
def test_other_formats_are_not_there(client, db, format):
    assert client.get(f"/en/projects/export/{format}/").status_code == 404


def test_files_are_only_read(client, db):
    assert client.post("/en/projects/export/csv/").status_code == 405


@pytest.fixture
def small_batches(monkeypatch, ktu):
    """Files of more than one batch: those that last."""
    monkeypatch.setattr(exports, "BATCH", 2)
    return [factories.ProjectFactory(lead=ktu) for _i in range(5)]


@pytest.mark.parametrize("format", FORMATS)
def test_large_file_is_whole(client, small_batches, format):
    assert len(codes(client, format)) == 5


def test_one_large_file_is_made_at_a_time_and_the_turn_comes_back(client, small_batches):
    going = client.get("/en/projects/export/csv/")
    parts = iter(going.streaming_content)
    next(parts)
    refused = client.get("/en/projects/export/csv/")
    assert refused.status_code == 503
    assert refused["Retry-After"] == "60"
    assert codes(client, "csv", {"q": "none like it"}) == []  # a small one needs no turn
    list(parts)
    assert len(codes(client, "csv")) == 5


def test_reader_who_goes_away_gives_the_turn_back_and_ends_the_reading(
    client, small_batches, django_assert_num_queries
):
    pieces = lasting.Lasting(iter([b"a", b"b"]), name="export")
    next(pieces)
    with pytest.raises(lasting.Busy):
        lasting.Lasting(iter([b"c"]), name="export")
    pieces.close()
    assert list(lasting.Lasting(iter([b"c"]), name="export")) == [b"c"]
    batches = exports.rows(Project.objects.all(), ["-ends_on", "-id"], size=2)
    with django_assert_num_queries(3):
        next(batches)
        batches.close()


def _read_slowly(monkeypatch, seconds):
    """A file of three pieces of which one was read; reading it took so many seconds."""
    now = [0.0]
    monkeypatch.setattr(lasting.time, "monotonic", lambda: now[0])
    pieces = lasting.Lasting(iter([b"a", b"b", b"c"]), name="export")
    next(pieces)
    now[0] = seconds
    return pieces


def test_slow_reader_loses_the_turn_when_another_asks_and_the_file_is_broken_off(monkeypatch):
    pieces = _read_slowly(monkeypatch, lasting.PATIENCE + 1)
    with pytest.raises(lasting.Busy):
        lasting.Lasting(iter([b"x"]), name="export")
    with pytest.raises(ConnectionResetError):
        next(pieces)
    assert list(lasting.Lasting(iter([b"x"]), name="export")) == [b"x"]


def test_slow_reader_goes_on_while_nobody_asks(monkeypatch):
    earlier = lasting.Lasting(iter([b"x"]), name="export")
    with pytest.raises(lasting.Busy):  # who asked in an earlier turn does not count
        lasting.Lasting(iter([b"x"]), name="export")
    earlier.close()
    assert list(_read_slowly(monkeypatch, lasting.PATIENCE + 1)) == [b"b", b"c"]


def test_quick_reader_keeps_the_turn_whoever_asks(monkeypatch):
    pieces = _read_slowly(monkeypatch, lasting.PATIENCE - 1)
    with pytest.raises(lasting.Busy):
        lasting.Lasting(iter([b"x"]), name="export")
    assert list(pieces) == [b"b", b"c"]


def test_web_server_hears_that_a_long_answer_goes_on(settings, tmp_path):
    heard = []
    lasting.on_heartbeat(lambda: heard.append(1))
    try:
        assert list(lasting.Lasting(iter([b"a", b"b"]), name="export")) == [b"a", b"b"]
    finally:
        lasting._heartbeat.clear()
    assert len(heard) == 3


def test_web_server_stops_hearing_of_a_reader_who_takes_too_long(monkeypatch):
    heard = []
    monkeypatch.setattr(lasting, "LONGEST", -1)
    lasting.on_heartbeat(lambda: heard.append(1))
    try:
        list(lasting.Lasting(iter([b"a", b"b"]), name="export"))
    finally:
        lasting._heartbeat.clear()
    assert heard == []


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_file_comes_back_through_the_import_as_it_went(client, dainius, project, aveiro, format):
    aveiro.organisation.name = "Firm; of | many \\ marks"
    aveiro.organisation.save()
    Project.objects.update(title_en="=SUM(A1)", title_lt="-1 laipsnis", acronym="@home")
    client.force_login(dainius)
    content = fetched(client, format)[1]
    assert b"=SUM" not in content.replace(b"'=SUM", b"")
    batch = checked(client, content, name=f"export.{format}")
    assert [one["words"] for row in batch.rows.all() for one in row.problems] == []
    assert batch.outcome["counts"]["same"] == 1, batch.rows.get().values


@pytest.mark.parametrize(
    ("language", "first", "second"), [("en", "Projects", "Columns"), ("lt", "Projektai", "Stulpeliai")]
)
def test_workbook_says_on_its_second_sheet_what_each_column_holds(client, project, language, first, second):
    book = load_workbook(io.BytesIO(fetched(client, "xlsx", language=language)[1]))
    assert book.sheetnames == [first, second]
    head, *rows = book[second].iter_rows(values_only=True)
    assert len(head) == 3
    said = {row[0]: row[1:] for row in rows}
    assert set(said) == {*exports.NAMES, None}
    assert all(english and lithuanian for english, lithuanian in said.values())
    assert said["milestones"][0].endswith("due_on|done_on|kind|title_en|title_lt|evidence_url|evidence")
    assert "|" in said[None][0]
