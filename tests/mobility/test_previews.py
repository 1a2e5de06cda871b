"""An uploaded file is shown to its owner: within the page by scripts, by a plain link without them."""

import pytest

from mobility import actions
from tests import factories
from tests.documents.samples import pdf, picture, upload
from tests.mobility.test_pages_applying import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client, ana):
    client.force_login(ana)
    return client


@pytest.fixture
def sent(draft, call, ana):
    """`sent(content, name)`: a paper of the draft."""

    def send(content, name):
        return actions.attach_document(
            draft, factories.RequiredDocumentFactory(call=call), upload(content, name), by=ana
        )

    return send


@pytest.mark.parametrize(
    ("content", "name", "tag", "told"),
    [(pdf(3), "transcript.pdf", "iframe", "3 pages"), (picture(), "photo.jpg", "img", "JPEG")],
)
def test_page_shows_name_size_pages_and_the_file(content, name, tag, told, site, draft, sent):
    address = url(draft, "application_document", sent(content, name).document.uuid)
    text = site.get(url(draft, "application_documents")).content.decode()
    assert f'<{tag} class="paper" src="{address}?show"' in text
    assert f'<a class="no-js" href="{address}?show">' in text
    for words in (name, told, "bytes", "Replace", "Remove", "10 MB at most"):
        assert words in text


def test_nothing_is_fetched_before_somebody_wants_to_look(site, draft, sent):
    sent(pdf(), "a.pdf")
    text = site.get(url(draft, "application_documents")).content.decode()
    assert text.index("<template>") < text.index("<iframe") < text.index("</template>")


def test_file_is_shown_in_pages_of_the_portal_alone(site, draft, sent):
    address = url(draft, "application_document", sent(pdf(), "a.pdf").document.uuid)
    shown, taken = site.get(f"{address}?show"), site.get(address)
    assert shown.getvalue() == taken.getvalue()
    assert shown["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert taken["Content-Disposition"].startswith("attachment")
    assert taken["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert taken["X-Frame-Options"] == "DENY"
    assert "frame-src 'self'" in site.get(url(draft, "application_documents"))["Content-Security-Policy"]


def test_nobody_else_looks_at_the_file_of_a_draft(client, draft, sent, ruta, bruno):
    address = url(draft, "application_document", sent(pdf(), "a.pdf").document.uuid)
    for person in (ruta, bruno):
        client.force_login(person)
        assert client.get(f"{address}?show").status_code == 404


def test_coordinator_who_looks_is_in_the_log_as_when_taking_it(client, draft, sent, ana, ruta):
    address = url(draft, "application_document", sent(pdf(), "a.pdf").document.uuid)
    application = actions.submit_application(draft, by=ana)
    client.force_login(ruta)
    assert client.get(f"{address}?show").getvalue().startswith(b"%PDF")
    assert application.readings.get().reader == ruta
