"""Papers: what people wrote never becomes source, and signs without a font are named."""

import datetime as dt
import io

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
