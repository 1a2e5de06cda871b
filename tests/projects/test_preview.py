"""How the page would look: nothing is written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Organisation
from projects.models import Milestone, Project
from tests.projects.sending import fields, with_rows

pytestmark = pytest.mark.django_db
NEW = "/en/projects/new/"
EDIT = "/en/projects/s-net-24-50/edit/"
PREVIEW = "/en/projects/s-net-24-50/preview/"
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def filled(client, aveiro):
    data = fields(client.get(EDIT)) | {
        "title_en": "Another title",
        "description_en": "**Bold** <script>x</script>",
    }
    rows = {"organisation_id": aveiro.organisation_id, "part": "associated"}, {
        "name": "Nova", "country": "LT", "city": "Utena", "part": "beneficiary",
    }  # fmt: skip
    data = with_rows(data, "partners", *rows)
    return with_rows(
        data, "results", {"title_en": "A handbook", "category": "method", "reached_on": "2026-02-01"}
    )


def test_page_is_shown_with_what_is_typed_and_nothing_is_written(manager, project, aveiro):
    data = filled(manager, aveiro)
    with CaptureQueriesContext(connection) as queries:
        response = manager.post(PREVIEW, data)
    text = response.content.decode()
    assert response.status_code == 200
    for words in (
        "Preview – nothing is saved",
        "Another title",
        "<strong>Bold</strong>",
        "Nova",
        "Vida Vadovė",
    ):
        assert words in text
    assert "<script>x" not in text
    assert not [q["sql"] for q in queries if q["sql"].startswith(WRITES)]
    project.refresh_from_db()
    assert (project.title_en, project.version) == ("Membership of a network", 1)
    assert not Organisation.objects.filter(name="Nova").exists()


def test_new_project_is_shown_before_it_is_made(manager):
    data = fields(manager.get(NEW)) | {
        "code": "TRY-1", "title_en": "A try", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    response = manager.post("/en/projects/new/preview/", data)
    assert response.status_code == 200
    assert b"A try" in response.content
    assert not Project.objects.exists()


def test_errors_are_shown_in_the_form(manager, project):
    response = manager.post(
        PREVIEW, fields(manager.get(EDIT)) | {"title_en": "", "title_lt": "", "acronym": "KEPT"}
    )
    assert response.status_code == 422
    assert fields(response)["acronym"] == "KEPT"
    assert b"Give the title in at least one language" in response.content


def test_evidence_is_shown_and_queries_do_not_grow_with_rows(manager, project, aveiro):
    data = filled(manager, aveiro)
    with CaptureQueriesContext(connection) as few:
        manager.post(PREVIEW, data)
    rows = [{"title_en": f"M{i}", "kind": "report", "due_on": "2026-05-01"} for i in range(20)]
    done = {"done_on": "2026-04-01", "evidence_url": "https://proof.example/"}
    with CaptureQueriesContext(connection) as many:
        response = manager.post(PREVIEW, with_rows(data, "milestones", *[row | done for row in rows]))
    assert response.status_code == 200
    assert len(few) == len(many)
    assert Milestone.objects.count() == 1


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno"])
def test_preview_is_not_there_for_strangers(person, client, project, request):
    client.force_login(request.getfixturevalue(person))
    assert client.post(PREVIEW, {}).status_code == 404
    assert client.get(PREVIEW).status_code == 405


def test_title_of_a_page_in_the_other_language_has_no_mark_up(client, project):
    Project.objects.filter(pk=project.pk).update(title_lt="")
    page = client.get("/lt/projects/s-net-24-50/").content.decode()
    assert "<title>Membership of a network · " in page
    assert (
        '<span lang="en">Membership of a network</span>' in page
    )  # where mark-up may stand, the language is said
