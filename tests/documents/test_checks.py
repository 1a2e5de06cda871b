import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from documents import acting, checks
from documents.checks import Refused, check, safe_name
from tests.documents.samples import action, archive, opening, opening_at_first_page, pdf, picture


def test_pdf_is_taken_with_its_pages_counted():
    found = check(pdf(3), "a.pdf")
    assert (found.content_type, found.pages, found.name) == ("application/pdf", 3, "a.pdf")


def test_pdf_that_opens_at_its_first_page_is_taken():
    assert check(pdf(change=opening_at_first_page), "a.pdf").pages == 1
    assert check(pdf(change=opening(action("/GoTo", D="here"))), "a.pdf").pages == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_picture_is_written_anew_without_metadata(kind):
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif[0x0112] = 6  # held on its side
    found = check(picture(kind, exif=exif.tobytes()), "photo.exe")
    assert b"where I live" not in found.content
    with Image.open(io.BytesIO(found.content)) as stored:
        assert stored.size == (20, 40)
        assert not stored.getexif()
    assert found.name == ("photo.jpg" if kind == "JPEG" else "photo.png")


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG", "1"), ("PNG", "LA")],
)
def test_pictures_of_every_colour_mode_are_taken(kind, mode):
    assert check(picture(kind, mode=mode), "a").content


def test_what_hangs_on_the_end_of_a_picture_is_gone():
    assert b"<script>" not in check(picture("PNG") + b"<script>alert(1)</script>", "a.png").content


def test_picture_is_asked_for_where_only_pictures_fit():
    with pytest.raises(Refused, match="JPEG or PNG picture"):
        check(pdf(), "a.png", image_only=True)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 this is a program", "PDF, JPEG or PNG"),
        (b"plain text", "PDF, JPEG or PNG"),
        (b"<html><script>alert(1)</script>", "PDF, JPEG or PNG"),
        (b"GIF89a....", "PDF, JPEG or PNG"),
        (archive(), "PDF, JPEG or PNG"),
        (b"\n" + pdf(), "PDF, JPEG or PNG"),
        (b"junk" + pdf(), "PDF, JPEG or PNG"),
        (pdf() + archive(), "hidden"),
        (picture() + archive(), "hidden"),
        (pdf() + b"<html>", "something else"),
        (pdf() + b"MZ\x90", "something else"),
        (b"%PDF-1.7\n<script>alert(1)</script>\n" + pdf(), "something else"),
        (b"%PDF-1.7\n%%EOF", "can't be read"),
        (pdf()[:200] + b"\n%%EOF", "can't be read"),
        (pdf(0), "no pages"),
        (pdf(password="secret"), "password"),
        (pdf(501), "too many pages"),
        (b"\xff\xd8\xff\xe0 not a picture", "picture can't be read"),
        (picture("PNG")[:50], "picture can't be read"),
    ],
)
def test_file_of_the_wrong_kind_is_refused_with_the_reason(raw, words):
    with pytest.raises(Refused, match=words):
        check(raw, "transcript.pdf")


def _attach(writer):
    writer.add_attachment("a.txt", b"text")


def _script(writer):
    scripts = ArrayObject([TextStringObject("run"), action("/JavaScript", JS="app.alert(1)")])
    named = DictionaryObject({NameObject("/Names"): scripts})
    writer._root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): named})


def _form_with_program(writer):
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/XFA"): TextStringObject("x")}
    )


def _annotation(writer):
    deep = DictionaryObject(
        {NameObject("/A"): ArrayObject([action("/SubmitForm", F="https://elsewhere.example")])}
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([deep])


def _far_down(writer):
    value = DictionaryObject()
    for _ in range(acting.MAX_NESTING + 5):
        value = DictionaryObject({NameObject("/K"): value})
    writer._root_object[NameObject("/Down")] = value


@pytest.mark.parametrize(
    "change",
    [
        _attach, _script, _form_with_program, _annotation, _far_down,
        opening(action("/JavaScript", JS="app.alert(1)")), opening(action("/Launch", F="cmd.exe")),
        opening(action("/URI", URI="https://elsewhere.example")), opening(TextStringObject("x")),
    ],
)  # fmt: skip
def test_pdf_that_does_something_by_itself_is_refused(change):
    with pytest.raises(Refused, match="programs, attached files or media"):
        check(pdf(change=change), "a.pdf")


def test_pdf_of_too_many_objects_is_refused(monkeypatch):
    monkeypatch.setattr(acting, "MAX_OBJECTS", 2)
    with pytest.raises(Refused, match="too complicated"):
        check(pdf(5), "a.pdf")


def test_picture_of_too_many_pixels_is_refused():
    with pytest.raises(Refused, match="40 million"):
        check(picture("PNG", size=(8001, 5000), mode="1"), "flood.png")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ana\\cv.PDF", "cv.pdf"),
        ("transcript.pdf.exe", "transcript.pdf"),
        ("annual\u202efdp.exe", "annual fdp.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ("Pažyma ąčęė 2026.pdf", "Pažyma ąčęė 2026.pdf"),
        ("CV v2.1", "CV v2.1.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("nul\x00byte.pdf", "nul byte.pdf"),
        ("ž" * 400 + ".pdf", "ž" * 146 + ".pdf"),
    ],
)
def test_name_is_made_safe(name, safe):
    assert safe_name(name, "application/pdf") == safe


@given(st.text(max_size=300))
def test_no_name_is_unsafe(name):
    safe = safe_name(name, "image/png")
    assert safe.endswith(".png")
    assert len(safe) <= checks.MAX_NAME
    assert not set(safe) & set("/\\\x00\r\n\u202e")


@given(st.binary(max_size=400), st.sampled_from([b"%PDF-1.4\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]))
def test_no_bytes_do_more_than_be_refused(raw, start):
    with pytest.raises(Refused):
        check(start + raw, "a")
