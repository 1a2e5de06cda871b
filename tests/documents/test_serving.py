import pytest
from django.http import Http404

from documents import actions, serving
from tests.documents.samples import pdf, picture, upload

pytestmark = pytest.mark.django_db


def test_file_is_answered_as_a_private_sandboxed_download():
    content = pdf()
    document = actions.store(upload(content, 'Pažyma "ą".pdf'), by=None)
    response = serving.respond(document)
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Pa%C5%BEyma%20_%C4%85_.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Content-Length"] == str(len(content))
    response.close()


def test_picture_may_be_shown_in_the_page_and_kept_by_caches_when_public():
    document = actions.store(upload(picture(), "view.jpg"), by=None)
    response = serving.respond(document, inline=True, public=True)
    assert response["Content-Disposition"] == 'inline; filename="view.jpg"'
    assert response["Cache-Control"].startswith("public")
    response.close()


def test_pdf_is_never_shown_inline():
    response = serving.respond(actions.store(upload(), by=None), inline=True)
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


def test_lost_file_is_not_found():
    document = actions.store(upload(), by=None)
    actions.path_of(document.storage_name).unlink()
    with pytest.raises(Http404):
        serving.respond(document)
