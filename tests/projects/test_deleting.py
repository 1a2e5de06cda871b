"""Deleting a draft that was made by mistake."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from reversion.models import Version

from audit.models import Event
from ground import clock
from ground.workflow import NotPossible
from members.models import Role
from projects import actions
from projects.models import FundingLine, Milestone, Project, Sharing
from tests import factories
from tests.world import PDF

pytestmark = pytest.mark.django_db
URL = "/en/projects/mistake-1/delete/"


@pytest.fixture
def draft(ktu, dainius, programmes):
    fields = {
        "code": "MISTAKE-1", "lead": ktu, "title_en": "Made twice", "starts_on": dt.date(2026, 1, 1),
        "ends_on": dt.date(2027, 1, 1),
    }  # fmt: skip
    rows = {
        "funding": [{"programme_id": programmes["budget"].pk}],
        "milestones": [{"title_en": "Report", "kind": "report", "due_on": dt.date(2026, 4, 30)}],
    }
    made = actions.create_project(by=dainius, token=uuid.uuid4(), fields=fields, rows=rows)
    return Project.objects.get(pk=made.pk)


def test_it_goes_with_its_rows_and_leaves_its_history_and_an_entry_in_the_trail(client, draft, dainius):
    client.force_login(dainius)
    page = client.get(URL).content.decode()
    assert "Delete this draft?" in page
    assert "Made twice" in page
    assert client.post(URL)["Location"] == "/en/projects/"
    for model in (Project, FundingLine, Milestone):
        assert not model.objects.exists()
    event = Event.objects.get(verb="projects.delete_draft", actor=dainius)
    assert (event.subject_uuid, event.subject_name) == (draft.uuid, "MISTAKE-1")
    kept = Version.objects.get_deleted(Project).get()
    assert (kept.object_repr, kept.revision.comment) == ("MISTAKE-1", "The draft was deleted.")
    kept.revision.revert()  # as an administrator does
    assert Project.objects.get().funding_lines.count() == 1
    Project.objects.all().delete()


def test_second_click_is_told_that_the_draft_is_deleted_already(client, draft, dainius, egle, ana):
    client.force_login(dainius)
    client.post(URL)
    for again in (client.post(URL), client.get(URL)):
        assert again["Location"] == "/en/projects/"
    assert "The draft MISTAKE-1 is deleted already." in client.get("/en/projects/").content.decode()
    for stranger in (ana, egle):  # nobody else hears that it was there
        client.force_login(stranger)
        assert (client.post(URL).status_code, client.get(URL).status_code) == (404, 404)


def test_draft_that_somebody_deletes_at_the_same_moment_is_told_as_deleted(
    client, draft, dainius, monkeypatch
):
    client.force_login(dainius)
    monkeypatch.setattr(actions, "delete_draft", lambda project, by: project.refresh_from_db())
    monkeypatch.setattr(actions, "why_kept", lambda project: project.delete() and "")
    assert client.post(URL)["Location"] == "/en/projects/"


def test_one_that_has_no_history_gets_one_before_it_goes(ktu, dainius):
    project = factories.ProjectFactory(code="LOADED-1", lead=ktu, publication="draft")
    actions.delete_draft(project, by=dainius)
    assert Version.objects.get_deleted(Project).get().object_repr == "LOADED-1"


@pytest.mark.parametrize("steps", [["publish"], ["publish", "archive"], ["publish", "withdraw"]])
def test_what_was_public_once_stays(client, draft, dainius, steps):
    for step in steps:
        actions.change_publication(draft, step=step, by=dainius)
    with pytest.raises(NotPossible, match="was public"):
        actions.delete_draft(draft, by=dainius)
    client.force_login(dainius)
    for send in (client.get, client.post):
        assert send(URL).status_code == 409
    assert Project.objects.get() == draft


@pytest.mark.parametrize("known_by", ["the trail", "the history"])
def test_either_the_trail_or_the_history_knows_of_a_publication(draft, dainius, known_by):
    actions.change_publication(draft, step="publish", by=dainius)
    actions.change_publication(draft, step="withdraw", by=dainius)
    if known_by == "the trail":
        Version.objects.all().delete()
    else:
        Event.objects.filter(verb="projects.publish").update(verb="projects.edit")
    assert "was public" in actions.why_kept(draft)


def test_what_others_rely_on_stays(draft, dainius, aveiro):
    assert actions.why_kept(draft) == ""
    sharing = Sharing.objects.create(project=draft, university=aveiro, shared_at=clock.now())
    assert "shared" in actions.why_kept(draft)
    sharing.delete()
    item = factories.NewsItemFactory()
    item.projects.add(draft)
    assert "News" in actions.why_kept(draft)
    item.projects.clear()
    upload = SimpleUploadedFile("a.pdf", PDF, "application/pdf")
    actions.add_document(draft, by=dainius, upload=upload, title_en="A", title_lt="", is_public=False)
    with pytest.raises(NotPossible, match="documents"):
        actions.delete_draft(draft, by=dainius)
    assert Project.objects.exists()


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno", "chiara", "tomas"])
def test_only_its_managers_delete_it(person, client, draft, request):
    user = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        actions.delete_draft(draft, by=user)
    client.force_login(user)
    assert (client.get(URL).status_code, client.post(URL).status_code) == (404, 404)


def test_a_university_with_which_it_is_shared_does_not_delete_it(client, draft, aveiro):
    manager = factories.UserFactory()
    factories.AppointmentFactory(user=manager, role=Role.PROJECT_MANAGER, university=aveiro)
    Sharing.objects.create(project=draft, university=aveiro, shared_at=clock.now())
    client.force_login(manager)
    assert client.post(URL).status_code == 403
    assert Project.objects.exists()


def test_only_a_draft_offers_it_and_only_to_those_who_may(client, draft, dainius):
    page = "/en/projects/mistake-1/"
    client.force_login(dainius)
    assert URL in client.get(page).content.decode()
    actions.change_publication(draft, step="publish", by=dainius)
    assert URL not in client.get(page).content.decode()
