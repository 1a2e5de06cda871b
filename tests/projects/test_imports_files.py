"""Files that an import meets: encodings, marks, workbooks, and what is no table at all."""

import datetime as dt
import io
import secrets
import stat
import zipfile

import pytest
from django.conf import settings as configured
from openpyxl import Workbook

from projects.imports import batches, storing, work
from projects.models import Import, Project
from tests.projects import planted
from tests.projects.importing import HEADINGS, IMPORTS, begun, checked, row, said, taken_over, upload, url

pytestmark = pytest.mark.django_db
LITHUANIAN = "Ąžuolų šalis ėjo įžūliai"


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def workbook(*rows, change=None):
    book = Workbook()
    for one in rows:
        book.active.append(one)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def bomb():
    good = zipfile.ZipFile(io.BytesIO(workbook(HEADINGS, row())))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in good.namelist():
            if name != "xl/worksheets/sheet1.xml":
                file.writestr(name, good.read(name))
        with file.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _portion in range(60):
                sheet.write(b" " * 2**20)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1257"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_mark_are_found(encoding, delimiter, manager, ktu):
    content = planted.as_csv([HEADINGS, row(title=LITHUANIAN)], delimiter=delimiter, encoding=encoding)
    batch = checked(manager, content)
    assert batch.rows.get().cells[1] == LITHUANIAN
    assert batch.settings["delimiter"] == delimiter
    assert batch.settings["guessed"] is (encoding == "windows-1257")


def test_western_letters_are_guessed_and_a_guess_can_be_changed(manager, ktu):
    content = planted.as_csv([HEADINGS, row(title="Educação é informação")], encoding="windows-1252")
    batch = begun(manager, content)
    assert (batch.settings["encoding"], batch.settings["guessed"]) == ("windows-1252", True)
    assert "is a guess" in manager.get(url(batch)).content.decode()
    response = manager.post(url(batch, "reading/"), {"encoding": "windows-1257", "delimiter": ","})
    assert response.status_code == 302
    work.work_on_all()
    batch.refresh_from_db()
    assert batch.rows.get().cells[1] == "Educaēćo é informaēćo"
    assert "is a guess" not in manager.get(url(batch)).content.decode()


def test_wrong_encoding_is_an_error_in_the_cell(manager, ktu):
    batch = begun(manager, planted.as_csv([HEADINGS, row(title=LITHUANIAN)], encoding="windows-1257"))
    manager.post(url(batch, "reading/"), {"encoding": "utf-8", "delimiter": ","})
    work.work_on_all()
    from tests.projects.importing import chosen

    assert chosen(manager, batch).status_code == 302
    work.work_on_all()
    batch.refresh_from_db()
    assert [(c, "can't be read" in words) for _n, c, words, _w in said(batch)] == [("title_en", True)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"\xef\xbb\xbf\r\n", "empty"), (b"\x00" * 5000, "empty"),
        (b"%PDF-1.4 something", "not a table"), (b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 90, "not a table"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04" + b"abc\x00" * 50, "not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 900, "old Excel file"),
        (b"PK\x03\x04broken", "can&#x27;t be read"), (archive(word__document_dot_xml="<a/>"), "not a table"),
        (archive(xl__workbook_dot_xml="<a/>", **{"[Content_Types]_dot_xml": "<b"}), "can&#x27;t be read"),
        (bomb(), "too large"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words_and_not_kept(content, words, manager):
    response = upload(manager, content, "table.xlsx")
    assert response.status_code == 422
    assert words in response.content.decode()
    assert storing.stored() == []
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"code,title_en", "no rows below"), (b"," * 600 + b"x\n1,2\n", "more than 500 columns"),
        (b"code,title_en\n" + b"x" * 2_100_000, "two million characters"),
        (b'code,title_en\n"' + b"x\n" * 90_000, "quotation marks"),
        (b"," * 1_000_000 + b"\n" + b"a" * 50, "no rows below"),
    ],
)  # fmt: skip
def test_table_that_can_not_be_read_says_why(content, words, manager):
    batch = begun(manager, content)
    empty = words == "no rows below"  # nothing can be done about that, so the import is over
    assert batch.status == (Import.Status.DONE if empty else Import.Status.MAPPING)
    assert words in manager.get(url(batch)).content.decode()
    assert not batch.rows.exists()


def test_file_over_the_limit_stops_coming_and_leaves_nothing(manager, settings):
    settings.IMPORT_MAX_BYTES = 300_000
    response = upload(manager, b"a,b\n" * 100_000)
    assert response.status_code == 413
    assert "The file is too large. It may have 292 kB at most." in response.content.decode()
    assert upload(manager, b"a,b\n" * 1_000_000).status_code == 413
    assert storing.stored() == []
    assert not Import.objects.exists()


def test_upload_needs_the_proof_of_origin(dainius):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(dainius)
    assert upload(client, b"code,title_en\n1,2\n").status_code == 403
    assert not Import.objects.exists()


def test_file_is_kept_for_the_portal_alone_and_goes_when_the_import_is_over(
    manager, ktu, django_capture_on_commit_callbacks
):
    batch = begun(manager, [HEADINGS, row()], name="../../etc/pass\u202ewd.csv")
    path = storing.path_of(batch.storage_name)
    assert path.parent == configured.IMPORTS_ROOT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert batch.name == "passwd.csv"
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(url(batch, "cancel/"))
    assert not path.exists()
    batch.refresh_from_db()
    assert (batch.status, batch.storage_name) == ("cancelled", "")


def test_workbook_is_read_with_its_types(manager, ktu, programmes):
    headings = [*HEADINGS, "programme", "amount", "share", "acronym"]
    midnight = dt.datetime(2027, 3, 1)  # noqa: DTZ001 - workbooks know no zones
    rows = [headings, ["A-1", "Title", dt.date(2026, 3, 1), midnight, "Erasmus+", 12000.5, 80, 7],
            [1234, "Title", 46082, "2027 m. kovo 1 d.", "Erasmus+", 12.345, None, True]]  # fmt: skip
    batch = taken_over(manager, planted.as_xlsx(rows), which="good")
    assert [(n, c, "two decimal" in words) for n, c, words, _w in said(batch)] == [(3, "amount", True)]
    project = Project.objects.get()
    assert (project.starts_on, project.ends_on, project.acronym) == (
        dt.date(2026, 3, 1),
        dt.date(2027, 3, 1),
        "7",
    )
    assert [float(line.amount) for line in project.funding_lines.all()] == [12000.5]


def test_formulas_count_by_their_stored_value_and_without_one_are_refused(manager, ktu):
    content = workbook(HEADINGS, ["A-1", "=1+1", dt.date(2026, 1, 1), dt.date(2026, 2, 1)])
    batch = checked(manager, content)
    assert [(c, "formula" in words) for _n, c, words, _w in said(batch)] == [("title_en", True)]
    inside = zipfile.ZipFile(io.BytesIO(content))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in inside.namelist():
            file.writestr(name, inside.read(name).replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
                b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"))  # fmt: skip
    batch = checked(manager, out.getvalue())
    assert (said(batch), batch.rows.get().cells[1]) == ([], "2")


def test_merged_cells_are_told(manager, ktu):
    content = workbook(HEADINGS, row("A-1"), row("A-2"), change=lambda book: book.active.merge_cells("B2:B3"))
    batch = checked(manager, content)
    assert "merged cells (B2:B3)" in manager.get(url(batch)).content.decode()
    assert [(n, "title" in words) for n, _c, words, _w in said(batch)] == [(3, True)]


def test_another_sheet_can_be_chosen(manager, ktu):
    def second(book):
        sheet = book.create_sheet("Projektai")
        for one in (HEADINGS, row()):
            sheet.append(one)

    batch = begun(manager, workbook(change=second))
    assert "no rows below" in manager.get(url(batch)).content.decode()
    assert manager.post(url(batch, "reading/"), {"sheet": "Elsewhere"}).status_code == 422
    manager.post(url(batch, "reading/"), {"sheet": "Projektai"})
    work.work_on_all()
    batch.refresh_from_db()
    assert (batch.rows_total, batch.columns) == (1, HEADINGS)


def test_row_numbers_far_down_end_in_words(manager):
    inside = zipfile.ZipFile(io.BytesIO(workbook(HEADINGS, row())))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in inside.namelist():
            content = inside.read(name).replace(b'<row r="2"', b'<row r="2000000000"')
            file.writestr(name, content.replace(b'r="A2"', b'r="A2000000000"'))
    batch = begun(manager, out.getvalue())
    assert "500,000 rows" in manager.get(url(batch)).content.decode()


def changed(content, change):
    """A workbook whose parts went through `change(name, bytes)`."""
    inside = zipfile.ZipFile(io.BytesIO(content))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in inside.namelist():
            file.writestr(name, change(name, inside.read(name)))
    return out.getvalue()


def instead_of(part, old, new):
    return changed(
        workbook(HEADINGS, row()),
        lambda name, content: content.replace(old, new) if name == part else content,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("<c/>" * 600, "more than 500 columns"),
        ('<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>' * 600, "more than 500"),
        ("<c/>" * 3_000_000, "too large"), ("<b/>" * 200_000, "too large"),
    ],
)  # fmt: skip
def test_row_of_empty_cells_is_refused_before_it_is_held(cells, words, encoding, manager, monkeypatch):
    monkeypatch.setattr("projects.imports.weighing.MAX_ELEMENTS", 100_000)
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1">{cells}</row></sheetData></worksheet>'
    ).encode(encoding)
    content = changed(workbook(HEADINGS), lambda name, was: sheet if name.endswith("/sheet1.xml") else was)
    response = upload(manager, content, "table.xlsx")
    if response.status_code == 302:
        work.work_on_all()
        response = manager.get(url(Import.objects.get()))
    assert words in response.content.decode()


def test_more_shared_texts_than_a_table_has_are_refused(manager, monkeypatch):
    texts = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>' % (
        b"<si/>" * 300
    )
    whole = io.BytesIO(workbook(HEADINGS, row()))
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/texts.xml", texts)
    content = whole.getvalue()
    assert begun(manager, content).status == "mapping"
    monkeypatch.setattr("projects.imports.weighing.MAX_STRINGS", 200)
    batch = begun(manager, content)
    assert "too large" in manager.get(url(batch)).content.decode()


def test_request_reads_the_names_of_the_sheets_and_nothing_else(manager):
    content = changed(
        workbook(HEADINGS, change=lambda book: setattr(book.active, "title", 'Šalys & <kita> "A"')),
        lambda name, was: (
            was if name in ("[Content_Types].xml", "xl/workbook.xml") or "_rels" in name else b"<"
        ),
    )
    assert upload(manager, content, "table.xlsx").status_code == 302
    assert Import.objects.get().settings["sheets"] == ['Šalys & <kita> "A"']


def test_index_of_sheets_that_is_a_book_itself_is_refused(manager):
    filling = "".join(f"<!--{secrets.token_hex(400)}-->" for _i in range(2700)).encode()
    response = upload(
        manager, instead_of("xl/workbook.xml", b"<sheets>", filling + b"<sheets>"), "table.xlsx"
    )
    assert (response.status_code, "too large" in response.content.decode()) == (422, True)


def test_two_rows_with_one_number_are_two_rows(manager, ktu):
    rows = workbook(HEADINGS, row("A-1"), row("A-2"), row("A-3"))
    content = changed(rows, lambda _name, was: was.replace(b'<row r="3"', b'<row r="2"'))
    batch = checked(manager, content)
    assert [(one.number, one.cells[0]) for one in batch.rows.order_by("number")] == [
        (2, "A-1"), (3, "A-2"), (4, "A-3"),
    ]  # fmt: skip


def test_five_notations_of_dates_are_one_day(manager, ktu):
    notations = ["2026-03-01", "01.03.2026", "1/3/2026", "2026 m. kovo 1 d.", "1 March 2026"]
    rows = [HEADINGS, *(row(f"D-{i}", starts=day) for i, day in enumerate(notations))]
    batch = taken_over(manager, rows)
    assert set(Project.objects.values_list("starts_on", flat=True)) == {dt.date(2026, 3, 1)}
    page = manager.get(url(batch)).content.decode()
    assert "In 1 cell day and month could be the other way round. For example “1/3/2026” was read" in page
    american = checked(manager, [HEADINGS, row("E-1", starts="1/3/2026")], order="mdy")
    assert american.rows.get().values["fields"]["starts_on"] == "2026-01-03"


def test_sweep_clears_what_is_old_and_what_nobody_names(manager, ktu):
    from ground import clock

    batch = begun(manager, [HEADINGS, row()])
    kept = begun(manager, [HEADINGS, row()])
    stray = storing.path_of("0" * 40)
    stray.write_bytes(b"x")
    import os

    os.utime(stray, (0, 0))
    now = clock.now()
    Import.objects.filter(pk=batch.pk).update(begun_at=now - dt.timedelta(days=31))
    assert batches.sweep(now) == 2
    batch.refresh_from_db()
    assert (batch.status, batch.rows.count(), stray.exists()) == ("cancelled", 0, False)
    assert kept.rows.count() == 1
    assert batches.sweep(now) == 0


def test_sixth_unfinished_import_waits(manager, ktu):
    for _i in range(5):
        begun(manager, [HEADINGS, row()])
    response = upload(manager, planted.as_csv([HEADINGS, row()]))
    assert response.status_code == 422
    assert "five unfinished imports" in response.content.decode()
    assert manager.get(IMPORTS).status_code == 200
