import hashlib
import os

import pytest
from django.db import transaction

from documents import actions, tasks
from documents.checks import Refused
from documents.models import Document
from tests.documents.samples import pdf, picture, upload

pytestmark = pytest.mark.django_db


def stored_files(settings):
    return [p for p in settings.DOCUMENTS_ROOT.rglob("*") if p.is_file()]


def test_stored_file_has_a_row_a_random_name_and_its_own_hash(ana, settings):
    content = pdf(2)
    document = actions.store(upload(content, "../transcript.docx"), by=ana)
    path = actions.path_of(document.storage_name)
    assert path.read_bytes() == content
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.name, document.pages, document.size) == ("transcript.pdf", 2, len(content))
    assert document.uploaded_by == ana
    assert "transcript" not in document.storage_name
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.relative_to(settings.DOCUMENTS_ROOT).parts) == 3


def test_portal_itself_may_store():
    assert actions.store(upload(picture(), "a.jpg"), by=None, image_only=True).uploaded_by is None


def test_exactly_the_limit_is_taken_and_one_byte_more_is_not(settings):
    content = pdf()
    settings.DOCUMENT_MAX_BYTES = len(content)
    actions.store(upload(content), by=None)
    settings.DOCUMENT_MAX_BYTES = len(content) - 1
    with pytest.raises(Refused, match="too large"):
        actions.store(upload(content), by=None)


def test_refused_file_leaves_nothing(settings):
    with pytest.raises(Refused):
        actions.store(upload(b"MZ program", "transcript.pdf"), by=None)
    assert not Document.objects.exists()
    assert stored_files(settings) == []


def test_file_is_gone_when_its_row_could_not_be_written(settings, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no row today")

    monkeypatch.setattr(actions, "_row", fail)
    with pytest.raises(RuntimeError):
        actions.store(upload(), by=None)
    assert stored_files(settings) == []


def test_full_disk_is_told_to_the_person(settings, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(actions.os, "fsync", full)
    with pytest.raises(Refused, match="could not be stored"):
        actions.store(upload(), by=None)
    assert stored_files(settings) == []
    assert not Document.objects.exists()


def test_discarded_file_goes_once_the_deletion_is_certain(django_capture_on_commit_callbacks):
    document = actions.store(upload(), by=None)
    path = actions.path_of(document.storage_name)
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(document)
        assert path.exists()
    assert not path.exists()
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_undone_deletion_keeps_row_and_file():
    document = actions.store(upload(), by=None)
    with transaction.atomic():
        actions.discard(document)
        transaction.set_rollback(True)
    assert Document.objects.count() == 1
    assert actions.path_of(Document.objects.get().storage_name).exists()


def test_sweep_removes_old_orphans_only(settings):
    assert tasks.sweep() == 0
    kept = actions.store(upload(), by=None)
    young = actions.path_of(actions.write(b"young"))
    old = actions.path_of(actions.write(b"old"))
    part = old.with_suffix(".part")
    part.write_bytes(b"half")
    for path in (old, part, actions.path_of(kept.storage_name)):
        os.utime(path, (1, 1))
    assert tasks.sweep() == 2
    assert set(stored_files(settings)) == {young, actions.path_of(kept.storage_name)}
