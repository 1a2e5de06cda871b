"""Papers: what people wrote never becomes source, and signs without a font are named."""

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from ground.papers import typeset, writing


def paper(text):
    return writing.paper(
        title="Title", running="Running", path="/en/", made_on=dt.date(2026, 11, 22),
        blocks=[{"k": "h", "level": 1, "in": ["Title"]}, writing.paragraph(text)],
    )  # fmt: skip


def said(text):
    reader = PdfReader(io.BytesIO(typeset(paper(text), made_on=dt.date(2026, 11, 22))))
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_source_in_a_text_stays_text():
    assert '#panic("x")' in said('#panic("x")')


def test_a_sign_without_a_font_is_named():
    assert "U+1F600" in said("\U0001f600")


@pytest.mark.parametrize("before", range(26, 40))
def test_facts_that_are_a_whole_are_not_divided_between_pages(before):
    rows = [(f"Name {n}", [[f"Value {n}"]]) for n in range(6)]
    blocks = [*(writing.paragraph("Words") for _ in range(before)), writing.facts(rows, whole=True)]
    made = writing.paper(
        title="Title", running="Running", path="/en/", made_on=dt.date(2026, 11, 22), blocks=blocks
    )
    pages = PdfReader(io.BytesIO(typeset(made, made_on=dt.date(2026, 11, 22)))).pages
    assert sum("Value 0" in page.extract_text() for page in pages) == 1
    assert [page for page in pages if "Value 0" in (text := page.extract_text()) and "Value 5" in text]
