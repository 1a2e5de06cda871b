"""PDFs that act are refused wherever the action stands; ordinary ones are taken."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from documents import acting
from documents.checks import Refused, check
from tests.documents.samples import action, pdf

KINDS = [
    "GoToR", "GoToE", "Thread", "Named", "SubmitForm", "ImportData", "Launch", "JavaScript", "Movie", "Sound",
    "Rendition",
]  # fmt: skip


def _named(**entries):
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def on_link(value):
    def change(writer):
        link = _named(Type=NameObject("/Annot"), Subtype=NameObject("/Link"), A=value)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])

    return change


def on_bookmark(value):
    def change(writer):
        bookmark = writer._add_object(_named(Title=TextStringObject("Start"), A=value))
        writer._root_object[NameObject("/Outlines")] = _named(First=bookmark, Last=bookmark)

    return change


def after_a_step(value):
    first = action("/GoTo", D="here")
    first[NameObject("/Next")] = ArrayObject([value])
    return on_link(first)


def behind_a_reference(value):
    def change(writer):
        value[NameObject("/S")] = writer._add_object(value["/S"])
        on_link(value)(writer)

    return change


def reached_from_nowhere(value):
    return lambda writer: writer._add_object(value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "where", [on_link, on_bookmark, after_a_step, behind_a_reference, reached_from_nowhere]
)
def test_action_that_acts_is_refused_wherever_it_stands(where, kind):
    with pytest.raises(Refused, match="programs, attached files or media"):
        check(pdf(change=where(action(f"/{kind}", F="other.pdf"))), "a.pdf")


@pytest.mark.parametrize("of", ["page", "document", "field"])
def test_additional_actions_are_refused(of):
    def change(writer):
        field = writer._add_object(_named(T=TextStringObject("name")))
        holder = {"page": writer.pages[0], "document": writer._root_object, "field": field.get_object()}[of]
        holder[NameObject("/AA")] = _named(O=action("/GoTo", D="here"))

    with pytest.raises(Refused, match="programs"):
        check(pdf(change=change), "a.pdf")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "smb://elsewhere/x",
        "other.pdf",
        "",
        " //x",
    ],
)
def test_link_to_what_is_not_web_nor_mail_is_refused(address):
    with pytest.raises(Refused, match="neither to a web page"):
        check(pdf(change=on_link(action("/URI", URI=address))), "a.pdf")


@pytest.mark.parametrize("address", ["https://ktu.edu/JS/AA", "HTTP://ktu.edu", "mailto:ana@ktu.example"])
def test_link_to_web_and_mail_is_taken(address):
    assert check(pdf(change=on_link(action("/URI", URI=address))), "a.pdf").pages == 1


def test_link_and_bookmark_within_the_document_are_taken():
    for where in (on_link, on_bookmark):
        assert check(pdf(change=where(action("/GoTo", D="here"))), "a.pdf").pages == 1


@pytest.mark.parametrize("key", ["F", "FFilter"])
def test_stream_of_another_file_is_refused(key):
    def change(writer):
        stream = DecodedStreamObject()
        stream.set_data(b"q Q")
        stream[NameObject(f"/{key}")] = TextStringObject("/etc/passwd")
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    with pytest.raises(Refused, match="programs"):
        check(pdf(change=change), "a.pdf")


def beside_the_directory(text: bytes) -> bytes:
    whole = pdf()
    end = whole.rindex(b"xref\n", 0, whole.rindex(b"startxref"))
    place = str(end + len(text)).encode()
    return (
        whole[:end] + text + whole[end : whole.rindex(b"startxref")] + b"startxref\n" + place + b"\n%%EOF\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        b"90 0 obj\n<< /S /JavaScript /JS (app.alert\\(1\\)) >>\nendobj\n",
        b"90 0 obj<</S/J#61vaScript/#4aS(x)>>endobj\n",
        b"90 0 obj\n<< /T (upstream endobj) /S /Launch /F (cmd.exe) >>\nendobj\n",
        b"90 0 obj\n<< /T (1 0 obj) /S /Launch /F (cmd.exe) >>\nendobj\n",
        b"90 0 obj\n<< /Broken [ /A << /JS (x) >>\nendobj\n",
        b"90 0 obj\n<< /Type /EmbeddedFile /Length 3 >>\nstream\nMZ \nendstream\nendobj\n",
        b"90 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Length 3 >>\nstream\n1 0\nendstream\nendobj\n",
    ],
)
def test_what_the_directory_does_not_list_is_looked_at_too(text):
    with pytest.raises(Refused, match="programs"):
        check(beside_the_directory(text), "a.pdf")


def test_listed_object_that_is_read_only_by_guessing_is_looked_at_as_text():
    whole = pdf(change=reached_from_nowhere(_named(Broken=TextStringObject("x" * 30))))
    inner = b"[ /A << /JS (x) >>"
    broken = whole.replace(b"(" + b"x" * 30 + b")", inner.ljust(32))
    assert inner in broken
    with pytest.raises(Refused, match="programs"):
        check(broken, "a.pdf")


def test_harmless_object_outside_the_directory_is_taken():
    text = b"90 0 obj\n<< /Title (about /JS and /Launch) >>\nendobj\n"
    assert check(beside_the_directory(text), "a.pdf").pages == 1


@pytest.mark.parametrize("limit", ["MAX_VALUES", "MAX_SECONDS"])
def test_pdf_that_costs_too_much_is_refused(limit, monkeypatch):
    monkeypatch.setattr(acting, limit, 0)
    with pytest.raises(Refused, match="too complicated"):
        check(pdf(), "a.pdf")


def test_pdf_of_very_many_values_does_not_cost_much():
    def change(writer):
        row = ArrayObject(ArrayObject([NumberObject(1)]) for _ in range(20))
        for _ in range(2000):
            writer._add_object(ArrayObject([row] * 20))

    raw = pdf(change=change)
    before = time.thread_time()
    with pytest.raises(Refused, match="too complicated"):
        check(raw, "a.pdf")
    assert time.thread_time() - before < 6


def test_own_pdfs_are_taken():
    papers = list(Path(settings.BASE_DIR).glob("alliance_portal/demo/content/*.pdf"))
    assert papers
    for paper in papers:
        assert check(paper.read_bytes(), paper.name).pages
