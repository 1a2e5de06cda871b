import datetime as dt
import json
import uuid

import pytest
import reversion
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from reversion.models import Revision, Version

from audit.models import Event
from ground.workflow import NotPossible
from members.models import OrganisationalUnit
from projects import actions, history
from projects.models import Amendment, Milestone, Programme, Project, ProjectDocument, Sharing, TeamMember
from tests import factories
from tests.projects.sending import fields
from tests.world import PDF

pytestmark = pytest.mark.django_db
EDIT = "/en/projects/s-net-24-50/edit/"
HISTORY = "/en/projects/s-net-24-50/history/"


def first_of(project):
    return history.revisions_of(project).order_by("pk").first()


def restore(project, by, revision=None):
    current = Project.objects.get(pk=project.pk)
    return actions.restore_revision(
        current, by=by, revision=revision or first_of(project), version=current.version
    )


def bare(project, **changed):
    own = {n: getattr(project, n) for n in ("code", "lead", "title_en", "starts_on", "ends_on")}
    return own | changed


def test_everything_comes_back_as_one_new_revision(project, dainius):
    before = history.present(project)
    fields = bare(project, title_en="Emptied", code="OTHER-1", description_en="")
    project = actions.edit_project(project, by=dainius, version=1, fields=fields, rows={})
    assert not project.milestones.exists()
    revisions = Revision.objects.count()
    project, left_out = restore(project, dainius)
    now = history.present(project)
    assert left_out == []
    assert (project.code, project.key, project.version) == ("S-NET-24-50", "s-net-24-50", 3)
    assert history.difference_of(before, now) == []
    for model, rows in before.rows.items():
        assert [row.get("uuid") for row in now.rows[model]] == [row.get("uuid") for row in rows], model
    assert Revision.objects.count() == revisions + 1
    assert Project.objects.search("vadove").get() == project
    assert Event.objects.get(verb="projects.restore").actor == dainius


def test_sentence_names_the_version_in_the_readers_language(project, dainius):
    project = actions.edit_project(project, by=dainius, version=1, fields=bare(project), rows={})
    project, _left = restore(project, dainius)
    comment = history.changes(project)[0][0].comment
    assert comment.startswith("Restored the version of ")
    assert "Vilnius time" in comment


def test_publication_sharing_and_documents_stay(project, aveiro, dainius):
    created = first_of(project)  # a draft then, without sharing
    actions.share_project(project, university=aveiro, by=dainius)
    upload = SimpleUploadedFile("paper.pdf", PDF, content_type="application/pdf")
    actions.add_document(project, by=dainius, upload=upload, title_en="Paper", title_lt="", is_public=True)
    project, _left = restore(project, dainius, created)
    assert project.publication == "published"
    assert Sharing.objects.filter(project=project).exists()
    assert ProjectDocument.objects.get().project == project


def test_heads_who_changed_places_come_back(project, dainius):
    rows = {
        "team": [
            {"id": project.team.get().pk, "name": "Vida Vadovė", "part": "member"},
            {"name": "Naujas", "part": "head"},
        ]
    }
    project = actions.edit_project(project, by=dainius, version=1, fields=bare(project), rows=rows)
    project, _left = restore(project, dainius)
    assert list(TeamMember.objects.values_list("name", "part")) == [("Vida Vadovė", "head")]


def test_version_with_other_amendments_brings_them_back_and_the_period_with_them(project, dainius):
    terms = actions.Terms(dt.date(2026, 2, 1), project.starts_on, dt.date(2027, 6, 30), "Late")
    made = actions.amend_period(project, by=dainius, token=uuid.uuid4(), version=1, terms=terms)
    amended = history.revisions_of(project).order_by("-pk").first()
    actions.withdraw_amendment(made, by=dainius)
    project, _left = restore(project, dainius, amended)
    back = Amendment.objects.get()
    assert (project.ends_on, back.number, back.uuid) == (dt.date(2027, 6, 30), 1, made.uuid)
    project, _left = restore(project, dainius)
    assert project.ends_on == dt.date(2026, 3, 1)
    assert not Amendment.objects.exists()


def test_what_is_no_longer_on_record_is_left_out_and_named(project, dainius, ruta):
    milestone = project.milestones.get()
    TeamMember.objects.update(user=ruta)
    Milestone.objects.filter(pk=milestone.pk).update(done_on="2026-04-01", evidence_url="https://x.example/")
    with reversion.create_revision():
        reversion.add_to_revision(project)
    kept = history.revisions_of(project).order_by("-pk").first()
    project = actions.edit_project(project, by=dainius, version=1, fields=bare(project), rows={})
    OrganisationalUnit.objects.all().delete()
    Programme.objects.filter(slug="alliances").delete()
    ruta.appointments.all().delete()
    ruta.delete()
    project, left_out = restore(project, dainius, kept)
    assert left_out == [
        "1 line of funding is left out: its programme is no longer on record.",
        "The account of a person is no longer on record: Vida Vadovė",
        "1 department is left out: it is no longer on record.",
    ]
    assert project.funding_lines.count() == 1
    assert project.team.get().user is None
    assert project.milestones.get().evidence_url == "https://x.example/"


def test_version_kept_before_a_field_was_there_comes_back(project, dainius):
    for version in Version.objects.filter(content_type__model__in=["milestone", "project"]):
        stored = json.loads(version.serialized_data)
        for name in ("evidence_url", "evidence", "results_lt", "results_en"):
            stored[0]["fields"].pop(name, None)
        Version.objects.filter(pk=version.pk).update(serialized_data=json.dumps(stored))
    project = actions.edit_project(project, by=dainius, version=1, fields=bare(project), rows={})
    project, left_out = restore(project, dainius)
    assert left_out == []
    assert project.milestones.get().evidence_url == ""
    assert history.changes(project)[0]


def test_row_that_can_no_longer_be_read_is_told_and_an_unreadable_project_refused(project, dainius):
    Version.objects.filter(content_type__model="milestone").update(serialized_data="[{broken")
    project, left_out = restore(project, dainius)
    assert left_out == ["Some rows of this version can no longer be read."]
    first = first_of(project)
    Version.objects.filter(content_type__model="project", revision=first).update(serialized_data="[{broken")
    with pytest.raises(NotPossible, match="no longer be read"):
        restore(project, dainius, first)


def test_number_that_another_project_has_meanwhile_is_told_in_words(client, project, dainius, ktu):
    project = actions.edit_project(
        project, by=dainius, version=1, fields=bare(project, code="OTHER-1"), rows={}
    )
    factories.ProjectFactory(code="s-net-24-50", lead=ktu)
    with pytest.raises(actions.NumberTaken):
        restore(project, dainius)
    client.force_login(dainius)
    url = f"/en/projects/other-1/history/{first_of(project).pk}/restore/"
    response = client.post(url, fields(client.get(url)))
    assert response.status_code == 409
    assert b"Another project has the number" in response.content


def test_rule_that_holds_today_is_told_in_words(project, dainius):
    version = Version.objects.filter(content_type__model="project").order_by("pk").first()
    stored = json.loads(version.serialized_data)
    stored[0]["fields"]["ends_on"] = "2020-01-01"
    Version.objects.filter(pk=version.pk).update(serialized_data=json.dumps(stored))
    with pytest.raises(NotPossible, match="contradicts"):
        restore(project, dainius)


def test_earlier_lead_comes_back_only_by_who_may_move_the_project(project, aveiro, dainius, egle):
    created = first_of(project)
    project = actions.edit_project(project, by=egle, version=1, fields=bare(project, lead=aveiro), rows={})
    manager = factories.UserFactory()
    factories.AppointmentFactory(user=manager, role="project_manager", university=aveiro)
    project, left_out = restore(project, manager, created)
    assert project.lead == aveiro
    assert "lead university stays" in left_out[0]
    project, left_out = restore(project, egle, created)
    assert (project.lead.slug, left_out) == ("ktu", [])


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno", "chiara"])
def test_restoring_is_for_those_who_keep_the_project(person, project, request, client):
    user = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        restore(project, user)
    client.force_login(user)
    assert client.get(f"{HISTORY}{first_of(project).pk}/restore/").status_code == 404


def test_archived_project_refuses(client, project, dainius):
    actions.change_publication(project, step="archive", by=dainius)
    with pytest.raises(NotPossible, match="read-only"):
        restore(project, dainius)
    client.force_login(dainius)
    url = f"{HISTORY}{first_of(project).pk}/restore/"
    assert (client.get(url).status_code, client.post(url, {"version": "1"}).status_code) == (409, 409)
    assert b"Restore this version" not in client.get(HISTORY).content


def test_page_shows_what_would_change_and_restores(client, project, dainius):
    client.force_login(dainius)
    client.post(EDIT, fields(client.get(EDIT)) | {"title_en": "Another title"})
    url = f"{HISTORY}{first_of(project).pk}/restore/"
    assert url.encode() in client.get(HISTORY).content
    page = client.get(url)
    assert [str(d.label) for d in page.context["differences"]] == ["Title in English"]
    assert client.post(url, fields(page), follow=True).status_code == 200
    assert Project.objects.get().title_en == "Membership of a network"
    assert client.post(url, fields(page)).status_code == 302  # sent twice: it is done
    assert Project.objects.get().version == 3


def test_stale_confirmation_is_asked_again(client, project, dainius):
    client.force_login(dainius)
    client.post(EDIT, fields(client.get(EDIT)) | {"title_en": "Another title"})
    url = f"{HISTORY}{first_of(project).pk}/restore/"
    data = fields(client.get(url))
    client.post(EDIT, fields(client.get(EDIT)) | {"title_en": "A third title"})
    response = client.post(url, data)
    assert response.status_code == 409
    assert b"Somebody saved this project meanwhile" in response.content
    assert Project.objects.get().title_en == "A third title"


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_revision_that_is_not_of_this_project_is_not_found(number, client, project, dainius):
    client.force_login(dainius)
    assert client.get(f"{HISTORY}{number}/restore/").status_code == 404


def test_verb_refuses_a_version_that_is_not_the_present_one(project, dainius):
    with pytest.raises(actions.Stale):
        actions.restore_revision(project, by=dainius, revision=first_of(project), version=7)
