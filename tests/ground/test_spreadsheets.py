"""Small tables for spreadsheets: what people wrote does nothing there."""

import csv
import io

import pytest
from openpyxl import load_workbook

from ground import spreadsheets

ROWS = [["=1+1", 3], ['Ąžuolas; "x"', 0], ["@sum", 1], ["\u200b=2", 2]]


def test_csv_has_its_mark_and_disarms_formulas():
    made = spreadsheets.as_csv(["name", "places"], ROWS).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(made)))
    assert rows[:3] == [["name", "places"], ["'=1+1", "3"], ['Ąžuolas; "x"', "0"]]
    assert all(row[0].startswith("'") for row in rows[3:])


def test_xlsx_keeps_text_as_text_and_numbers_as_numbers():
    sheet = load_workbook(io.BytesIO(spreadsheets.as_xlsx("table", ["name", "places"], ROWS))).active
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 5
    assert [cell.value for cell in sheet["B"]] == ["places", 3, 0, 1, 2]


@pytest.mark.parametrize("text", ["a\x0bb", "x" * 40_000])
def test_what_a_workbook_cannot_hold_breaks_nothing(text):
    made = spreadsheets.as_xlsx("table", ["name"], [[text]])
    assert load_workbook(io.BytesIO(made)).active["A2"].value
