import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Event
from documents.models import Document
from projects import actions
from projects.models import ProjectDocument
from tests import factories
from tests.world import PDF

pytestmark = pytest.mark.django_db
PAPERS = "/en/projects/s-net-24-50/documents/"


def upload(content=PDF, name="report.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


@pytest.fixture
def paper(project, dainius):
    return actions.add_document(
        project, by=dainius, upload=upload(), title_en="Inner report", title_lt="", is_public=False
    )


def status(client, url):
    """The status of a download, whose file is closed again."""
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def address(paper):
    return f"{PAPERS}{paper.document.uuid}/"


def test_document_is_added_and_shows_on_the_page(manager, project):
    response = manager.post(PAPERS, {"title_en": "Report", "upload": upload(), "is_public": "on"})
    assert response.status_code == 302
    paper = ProjectDocument.objects.get()
    assert (paper.title_en, paper.is_public, paper.document.name) == ("Report", True, "report.pdf")
    manager.logout()
    page = manager.get(project.get_absolute_url())
    assert address(paper) in page.content.decode()
    got = manager.get(address(paper))
    assert (got.status_code, b"".join(got.streaming_content)) == (200, PDF)
    assert Event.objects.filter(verb="projects.add_document").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"upload": ""}, "upload"),
        ({"upload": upload(b"<html><script>1</script>")}, "upload"),
        ({"upload": upload(b"")}, "upload"),
        ({"upload": upload(b"MZ\x90\x00" + b"x" * 100, "report.pdf")}, "upload"),
        ({"title_en": "", "title_lt": ""}, "title_en"),
        ({"title_en": "x" * 201}, "title_en"),
        ({"title_lt": "a\x00b"}, "title_lt"),
    ],
)
def test_wrong_document_is_refused_with_a_word_and_nothing_is_stored(wrong, field, manager, project):
    response = manager.post(PAPERS, {"title_en": "Kept title", "upload": upload()} | wrong)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Document.objects.exists()


def test_document_too_large_is_refused(manager, project, settings):
    settings.DOCUMENT_MAX_BYTES = 100
    response = manager.post(PAPERS, {"title_en": "Report", "upload": upload()})
    assert response.status_code == 422
    assert b"too large" in response.content


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (None, 404), ("ana", 404), ("tomas", 404), ("bruno", 404), ("ruta", 200), ("ieva", 200), ("dainius", 200),
        ("egle", 200),
    ],
)  # fmt: skip
def test_internal_document_is_for_staff_of_the_lead_and_the_office(person, expected, client, paper, request):
    if person:
        client.force_login(request.getfixturevalue(person))
    assert status(client, address(paper)) == expected


def test_public_document_of_a_draft_is_not_public(client, project, paper, dainius):
    ProjectDocument.objects.update(is_public=True)
    assert status(client, address(paper)) == 200
    actions.change_publication(project, step="withdraw", by=dainius)
    assert status(client, address(paper)) == 404


def test_document_is_not_found_under_another_project(client, paper, ktu, dainius):
    factories.ProjectFactory(code="OTHER-1", lead=ktu)
    client.force_login(dainius)
    assert client.get(f"/en/projects/other-1/documents/{paper.document.uuid}/").status_code == 404
    assert client.post(f"/en/projects/other-1/documents/{paper.document.uuid}/remove/").status_code == 404
    assert ProjectDocument.objects.exists()


@pytest.mark.parametrize("person", ["ana", "bruno", "ruta"])
def test_strangers_neither_add_nor_remove(person, client, paper, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(PAPERS).status_code == 404
    assert client.post(PAPERS, {"title_en": "Mine", "upload": upload()}).status_code == 404
    assert client.post(f"{address(paper)}remove/").status_code == 404
    assert ProjectDocument.objects.count() == 1


def test_document_is_removed_after_one_question(manager, paper, django_capture_on_commit_callbacks):
    from documents.actions import path_of

    path = path_of(paper.document.storage_name)
    asked = manager.get(f"{address(paper)}remove/")
    assert (asked.status_code, path.exists()) == (200, True)
    assert b"Inner report" in asked.content
    with django_capture_on_commit_callbacks(execute=True):
        assert manager.post(f"{address(paper)}remove/").status_code == 302
    assert not Document.objects.exists()
    assert not path.exists()
    assert manager.post(f"{address(paper)}remove/").status_code == 404


def test_documents_of_an_archived_project_stay(manager, project, paper, dainius):
    actions.change_publication(project, step="archive", by=dainius)
    assert manager.post(f"{address(paper)}remove/").status_code == 409
    response = manager.post(PAPERS, {"title_en": "Late", "upload": upload()})
    assert response.status_code == 422
    assert b"read-only" in response.content
    assert ProjectDocument.objects.count() == 1


@pytest.mark.parametrize("papers", [1, 3])
def test_page_of_documents_takes_as_many_queries_for_many(
    papers, manager, project, dainius, django_assert_num_queries
):
    for i in range(papers):
        actions.add_document(
            project, by=dainius, upload=upload(), title_en=f"R{i}", title_lt="", is_public=True
        )
    with django_assert_num_queries(7):
        manager.get(PAPERS)
