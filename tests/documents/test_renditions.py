"""Widths of pictures: promised with the picture, made by the job, gone with it."""

import io

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from documents import actions, renditions, tasks
from documents.checks import Refused
from documents.models import Rendition
from tests.documents.samples import picture, upload

pytestmark = pytest.mark.django_db


def stored(size=(1700, 850), kind="JPEG"):
    return actions.store(upload(picture(kind, size=size), "a.jpg"), by=None, image_only=True)


def test_widths_are_planned_and_made_in_modern_formats_without_metadata():
    document = stored()
    assert (document.width, document.height) == (1700, 850)
    renditions.plan(document)
    renditions.plan(document)  # planned twice is planned once
    assert {(one.format, one.width, one.is_made) for one in document.renditions.all()} == {
        (kind, width, False) for kind in ("avif", "webp") for width in (480, 960, 1600)
    }
    assert tasks.make_renditions() == 6
    for one in document.renditions.all():
        with Image.open(actions.path_of(one.storage_name)) as made:
            assert (made.format.lower(), made.size) == (one.format, (one.width, one.height))
            assert not made.getexif()
    assert tasks.make_renditions() == 0


def test_a_small_picture_is_not_blown_up():
    document = stored((300, 200), "PNG")
    renditions.plan(document)
    assert {(one.width, one.height) for one in document.renditions.all()} == {(300, 200)}


def test_what_cannot_be_made_is_tried_three_times_and_left(caplog):
    document = stored()
    renditions.plan(document)
    actions.path_of(document.storage_name).write_bytes(b"no picture any more")
    assert tasks.make_renditions() == 18
    assert tasks.make_renditions() == 0
    assert not Rendition.objects.filter(storage_name__isnull=False).exists()


def test_widths_go_with_their_picture_and_the_sweep_leaves_them(settings, django_capture_on_commit_callbacks):
    document = stored((500, 400))
    renditions.plan(document)
    tasks.make_renditions()
    paths = [actions.path_of(one.storage_name) for one in document.renditions.all()]
    for path in paths:
        import os

        os.utime(path, (0, 0))
    assert actions.sweep() == 0
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(document)
    assert not any(path.exists() for path in paths)


def test_the_database_keeps_no_half_made_width():
    document = stored()
    with pytest.raises(IntegrityError, match="documents_rendition_made_whole"), transaction.atomic():
        Rendition.objects.create(document=document, format="avif", width=1, height=1, storage_name="x")


def _huge() -> bytes:
    """A PNG that says it has 60,000 × 60,000 pixels."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def _broken_exif() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20)).save(out, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 40)
    return out.getvalue()


def test_sixty_thousand_pixels_each_way_are_refused_in_words():
    with pytest.raises(Refused, match="40 million pixels"):
        actions.store(upload(_huge(), "a.png"), by=None, image_only=True)


def test_a_drawing_that_can_run_is_refused_in_words():
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    with pytest.raises(Refused, match="Choose a JPEG or PNG picture"):
        actions.store(upload(svg, "a.png"), by=None, image_only=True)


def test_broken_details_of_a_camera_are_refused_in_words_or_left_behind():
    document, refused = None, ""
    try:
        document = actions.store(upload(_broken_exif(), "a.jpg"), by=None, image_only=True)
    except Refused as error:
        refused = str(error)
    if document is None:
        assert "can't be read" in refused
    else:
        with Image.open(actions.path_of(document.storage_name)) as kept:
            assert not kept.getexif()
