"""Marking a milestone as done, from where one reads that it is due."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from audit.models import Event
from ground import clock
from ground.workflow import NotPossible
from members.models import Role
from notifications import outbox
from notifications.models import Message
from projects import actions, history
from projects.messages import MILESTONE, MILESTONE_DUE
from projects.models import Follower, Milestone, Project, ProjectDocument, Sharing
from tests import factories
from tests.projects.sending import fields
from tests.world import PDF

pytestmark = pytest.mark.django_db
DONE = dt.date(2026, 4, 28)


@pytest.fixture
def milestone(project):
    return project.milestones.get()


@pytest.fixture
def url(milestone):
    return f"/en/projects/s-net-24-50/milestones/{milestone.uuid}/done/"


def complete(milestone, by, done_on=DONE, **evidence):
    return actions.complete_milestone(
        milestone, by=by, done_on=done_on, evidence=actions.Evidence(**evidence)
    )


def test_it_is_one_revision_with_a_new_version_and_an_entry_in_the_trail(project, milestone, dainius):
    before = history.revisions_of(project).count()
    complete(milestone, dainius, url="https://report.example/")
    milestone.refresh_from_db()
    project.refresh_from_db()
    assert (milestone.done_on, milestone.evidence_url) == (DONE, "https://report.example/")
    assert (project.version, history.revisions_of(project).count()) == (2, before + 1)
    latest = history.changes(project)[0][0]
    assert latest.comment == "A milestone was marked as done."
    assert [str(d.label) for d in latest.differences] == ["Milestones"]
    event = Event.objects.get(verb="projects.complete_milestone", actor=dainius)
    assert event.details["milestone"] == "Final report"
    assert event.details["done_on"] == "2026-04-28"


def test_followers_are_told_and_messages_that_wait_about_it_are_taken_back(project, milestone, dainius, ruta):
    Follower.objects.create(project=project, user=ruta, since=clock.now())
    context = {
        "key": project.key, "zone": project.lead.zone, "due_on": milestone.due_on, "title_en": "M", "title_lt": "",
        "milestone_en": "Final report", "milestone_lt": "",
    }  # fmt: skip
    about = (MILESTONE, milestone.uuid, project.code)
    outbox.enqueue(MILESTONE_DUE, to=dainius, subject=about, context=context)
    complete(milestone, dainius)
    assert Message.objects.get(kind=MILESTONE_DUE).state == Message.State.CANCELLED
    assert Message.objects.get(kind="projects.changed").recipient == f"user:{ruta.uuid}"


def test_a_form_that_was_open_meanwhile_does_not_write_the_old_row_over_it(
    client, project, milestone, dainius
):
    client.force_login(dainius)
    edit = "/en/projects/s-net-24-50/edit/"
    open_form = fields(client.get(edit))
    complete(milestone, dainius)
    answer = client.post(edit, open_form | {"acronym": "X"})
    assert answer.status_code == 409
    milestone.refresh_from_db()
    assert milestone.done_on == DONE


def test_it_is_done_once_and_the_second_is_told(client, project, milestone, dainius, egle, url):
    complete(milestone, egle)
    with pytest.raises(actions.AlreadyDone) as already:
        complete(milestone, dainius, done_on=dt.date(2026, 5, 5))
    assert already.value.milestone.done_on == DONE
    client.force_login(dainius)
    for send in (client.get, client.post):
        page = send(url, {"done_on": "2026-04-28"}, follow=True)
        assert page.redirect_chain == [("/en/projects/s-net-24-50/", 302)]
        assert "This is marked as done already: 28 April 2026." in page.content.decode()
    milestone.refresh_from_db()
    assert milestone.done_on == DONE
    assert Event.objects.filter(verb="projects.complete_milestone").count() == 1


def test_what_the_second_gave_is_shown_and_can_be_added(client, project, milestone, dainius, egle, url):
    complete(milestone, egle)
    client.force_login(dainius)
    given = {
        "done_on": "2026-05-05", "evidence_url": "https://shows.example/",
        "upload": SimpleUploadedFile("final report.pdf", PDF, "application/pdf"),
    }  # fmt: skip
    response = client.post(url, given)
    page = response.content.decode()
    assert response.status_code == 409
    assert "This is marked as done already: 28 April 2026." in page
    assert response.context["given"] == [
        ("Done on", "5 May 2026"), ("Evidence: web address", "https://shows.example/"),
        ("Or a new file", "final report.pdf"),
    ]  # fmt: skip
    for link in ("edit/#milestones", "documents/", ""):
        assert f'href="/en/projects/s-net-24-50/{link}"' in page
    assert "5 May 2026" in page
    odd = client.post(url, {"done_on": "<b>someday", "evidence_url": "no address"})
    assert [value for _label, value in odd.context["given"]] == ["<b>someday", "no address"]
    assert b"<b>someday" not in odd.content
    milestone.refresh_from_db()
    assert (milestone.done_on, milestone.evidence_url, ProjectDocument.objects.count()) == (DONE, "", 0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once(project, milestone, dainius, egle):
    history.revisions_of(project).count()
    outcomes, start = [], threading.Barrier(2)

    def run(person):
        start.wait()
        try:
            complete(Milestone.objects.get(pk=milestone.pk), person)
            outcomes.append("done")
        except actions.AlreadyDone:
            outcomes.append("told")
        finally:
            connections.close_all()

    people = [threading.Thread(target=run, args=[person]) for person in (dainius, egle)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    assert sorted(outcomes) == ["done", "told"]
    assert Project.objects.get(pk=project.pk).version == 2
    assert connection.is_usable()


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno", "chiara", "tomas"])
def test_who_does_not_edit_the_project_does_not_settle_its_dates(person, client, milestone, url, request):
    user = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        complete(milestone, user)
    client.force_login(user)
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)


def test_manager_of_a_sharing_university_settles_it(client, project, milestone, aveiro, url):
    manager = factories.UserFactory()
    factories.AppointmentFactory(user=manager, role=Role.PROJECT_MANAGER, university=aveiro)
    Sharing.objects.create(project=project, university=aveiro, shared_at=clock.now())
    client.force_login(manager)
    assert client.post(url, {"done_on": "2026-04-28"}).status_code == 302
    milestone.refresh_from_db()
    assert milestone.done_on == DONE


def test_archived_project_answers_plainly(client, project, milestone, dainius, url):
    actions.change_publication(project, step="archive", by=dainius)
    with pytest.raises(NotPossible, match="read-only"):
        complete(milestone, dainius)
    client.force_login(dainius)
    for send in (client.get, client.post):
        answer = send(url, {"done_on": "2026-04-28"})
        assert answer.status_code == 409
        assert "read-only" in answer.content.decode()


def test_a_milestone_that_was_removed_meanwhile_is_not_there(milestone, dainius):
    Milestone.objects.all().delete()
    with pytest.raises(Milestone.DoesNotExist):
        complete(milestone, dainius)


@pytest.mark.parametrize("typed", ["2026-04-28", "28.04.2026", "28/04/2026", "2026.04.28"])
def test_the_page_leads_back_to_where_one_came_from(client, milestone, dainius, url, typed):
    client.force_login(dainius)
    data = fields(client.get(f"{url}?from=work"))
    assert data["done_on"] == clock.today(milestone.project.lead.zone).isoformat()
    assert client.post(url, data | {"done_on": typed})["Location"] == "/en/my-work/"
    milestone.refresh_from_db()
    assert milestone.done_on == DONE


def test_the_way_back_is_never_elsewhere(client, milestone, dainius, url):
    client.force_login(dainius)
    data = {"done_on": "2026-04-28", "from": "https://evil.example/"}
    assert client.post(url, data)["Location"] == "/en/projects/s-net-24-50/"


def test_a_file_is_kept_with_the_project_under_the_name_of_the_milestone(client, milestone, dainius, url):
    client.force_login(dainius)
    upload = SimpleUploadedFile("report.pdf", PDF, "application/pdf")
    assert client.post(url, {"done_on": "2026-04-28", "upload": upload}).status_code == 302
    milestone.refresh_from_db()
    paper = ProjectDocument.objects.get()
    assert milestone.evidence == paper
    assert (paper.title_en, paper.is_public) == ("Final report", False)


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"done_on": ""}, "done_on"), ({"done_on": "soon"}, "done_on"), ({"done_on": "2190-01-01"}, "done_on"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url"),
        ({"upload": SimpleUploadedFile("a.exe", b"MZ")}, "upload"),
    ],
)  # fmt: skip
def test_bad_input_is_answered_beside_its_field_and_nothing_is_done(
    broken, field, client, milestone, dainius, url
):
    client.force_login(dainius)
    answer = client.post(url, {"done_on": "2026-04-28"} | broken)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    milestone.refresh_from_db()
    assert milestone.done_on is None
    assert not ProjectDocument.objects.exists()


def test_a_document_of_a_project_that_has_none_is_refused_beside_the_field(
    client, project, milestone, dainius, url
):
    client.force_login(dainius)
    answer = client.post(url, {"done_on": "2026-04-28", "document": "12"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["document"])
    assert "This project has no documents any more." in answer.content.decode()
    assert 'name="document"' in answer.content.decode()
    milestone.refresh_from_db()
    assert milestone.done_on is None
    assert client.post(url, {"done_on": "2026-04-28", "document": ""}).status_code == 302


def test_a_document_or_a_new_file_not_both(client, project, milestone, dainius, ktu, url):
    client.force_login(dainius)
    assert 'name="document"' not in client.get(url).content.decode()  # there is none to choose
    upload = SimpleUploadedFile("report.pdf", PDF, "application/pdf")
    actions.add_document(project, by=dainius, upload=upload, title_en="Kept", title_lt="", is_public=False)
    kept = ProjectDocument.objects.get()
    other = factories.ProjectFactory(lead=ktu)
    with pytest.raises(actions.Unfit) as unfit:
        complete(factories.MilestoneFactory(project=other), dainius, kept=kept)
    assert unfit.value.field == "document"
    client.force_login(dainius)
    again = SimpleUploadedFile("report.pdf", PDF, "application/pdf")
    answer = client.post(url, {"done_on": "2026-04-28", "document": kept.pk, "upload": again})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["upload"])
    answer = client.post(url, {"done_on": "2026-04-28", "document": "999999"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["document"])
    assert client.post(url, {"done_on": "2026-04-28", "document": kept.pk}).status_code == 302
    milestone.refresh_from_db()
    assert milestone.evidence == kept


def test_only_those_who_may_find_the_button_on_the_page_of_the_project(client, milestone, dainius, url):
    page = "/en/projects/s-net-24-50/"
    assert url not in client.get(page).content.decode()
    client.force_login(dainius)
    assert client.get(page).content.decode().count(f'href="{url}"') == 2  # what is overdue, and all dates
    complete(milestone, dainius)
    assert url not in client.get(page).content.decode()
