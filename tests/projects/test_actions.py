import datetime as dt
import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from reversion.models import Revision, Version

from audit.models import Event
from ground.workflow import NotPossible
from projects import actions
from projects.models import FundingLine, Milestone, Project, TeamMember, Website
from projects.workflow import Publication
from tests import factories

pytestmark = pytest.mark.django_db


def fields_of(project, **changed):
    return {
        "code": project.code, "lead": project.lead, "title_en": project.title_en, "starts_on": project.starts_on,
        "ends_on": project.ends_on, **changed,
    }  # fmt: skip


def fresh(ktu, **changed):
    return {
        "code": "NEW-1", "lead": ktu, "title_en": "New", "starts_on": dt.date(2026, 1, 1),
        "ends_on": dt.date(2026, 12, 31), **changed,
    }  # fmt: skip


def rows_of(project):
    return {
        "websites": list(project.websites.values("id", "url")),
        "funding": list(project.funding_lines.values("id", "programme_id", "amount", "currency", "share")),
        "team": list(project.team.values("id", "name", "part")),
        "departments": list(project.departments.values("id", "unit_id")),
        "partners": list(project.partnerships.values("id", "organisation_id", "part")),
        "milestones": list(project.milestones.values("id", "title_en", "kind", "due_on", "done_on")),
    }


def test_new_project_is_a_draft_found_by_its_words_and_on_record(ktu, dainius):
    made = actions.create_project(
        by=dainius,
        token=uuid.uuid4(),
        fields=fresh(ktu),
        rows={"team": [{"name": "Kazlauskienė", "part": "head"}]},
    )
    assert made.publication == Publication.DRAFT
    assert Project.objects.search("kazlauskiene").get() == made
    assert Event.objects.about("projects.project", made.uuid).get().verb == "projects.create"
    assert Revision.objects.get().user == dainius


def test_project_cannot_be_created_for_another_university(aveiro, dainius):
    with pytest.raises(PermissionDenied):
        actions.create_project(by=dainius, token=uuid.uuid4(), fields=fresh(aveiro), rows={})
    assert not Project.objects.exists()


@pytest.mark.parametrize("person", ["ana", "bruno", "ruta", "jonas", "ieva", "tomas"])
def test_only_managers_and_the_office_create_projects(person, ktu, request):
    with pytest.raises(PermissionDenied):
        actions.create_project(
            by=request.getfixturevalue(person), token=uuid.uuid4(), fields=fresh(ktu), rows={}
        )


def test_same_token_makes_one_project(ktu, dainius):
    token = uuid.uuid4()
    made = actions.create_project(by=dainius, token=token, fields=fresh(ktu), rows={})
    with pytest.raises(actions.AlreadyCreated) as again:
        actions.create_project(by=dainius, token=token, fields=fresh(ktu), rows={})
    assert again.value.project == made


@pytest.mark.parametrize("code", ["NEW-1", "new-1", "NEW/1"])
def test_number_that_is_taken_or_has_the_same_address_is_refused(code, ktu, dainius):
    actions.create_project(by=dainius, token=uuid.uuid4(), fields=fresh(ktu), rows={})
    with pytest.raises(actions.CodeTaken):
        actions.create_project(by=dainius, token=uuid.uuid4(), fields=fresh(ktu, code=code), rows={})
    assert Project.objects.count() == 1


def test_save_is_one_revision_over_project_and_rows(project, dainius):
    before = Revision.objects.count()
    rows = rows_of(project)
    rows["milestones"][0]["done_on"] = dt.date(2026, 4, 29)
    rows["websites"] = rows["websites"][:1]
    saved = actions.edit_project(
        project,
        by=dainius,
        version=1,
        fields=fields_of(project, title_en="Renamed"),
        rows=rows,
        comment="Report done",
    )
    assert Revision.objects.count() == before + 1
    revision = Revision.objects.latest("pk")
    assert (revision.user, revision.comment) == (dainius, "Report done")
    kinds = sorted(
        v.content_type.model for v in Version.objects.filter(revision=revision).select_related("content_type")
    )
    assert kinds == [
        "department", "fundingline", "fundingline", "milestone", "partnership", "project", "teammember", "website",
    ]  # fmt: skip
    assert saved.version == 2
    assert Milestone.objects.get().done_on == dt.date(2026, 4, 29)


def test_rows_keep_their_order_and_their_identity(project, dainius):
    rows = rows_of(project)
    kept = {row["id"] for row in rows["funding"]}
    rows["funding"].reverse()
    rows["websites"].reverse()
    actions.edit_project(project, by=dainius, version=1, fields=fields_of(project), rows=rows)
    assert {line.pk for line in FundingLine.objects.all()} == kept
    assert [w.url for w in project.websites.all()] == ["https://two.example/", "https://one.example/"]
    assert [line.amount for line in project.funding_lines.all()] == [None, 1000]


def test_rows_of_another_project_are_never_touched(project, dainius):
    other = factories.ProjectFactory(lead=project.lead)
    line = TeamMember.objects.create(project=other, name="Somebody else")
    rows = rows_of(project) | {"team": [{"id": line.pk, "name": "Taken over", "part": "member"}]}
    actions.edit_project(project, by=dainius, version=1, fields=fields_of(project), rows=rows)
    line.refresh_from_db()
    assert (line.name, line.project) == ("Somebody else", other)
    assert [member.name for member in project.team.all()] == ["Taken over"]


def test_head_and_member_change_places_in_one_save(project, dainius):
    TeamMember.objects.create(project=project, name="Antra Narė", position=2)
    rows = rows_of(project)
    rows["team"][0]["part"], rows["team"][1]["part"] = "member", "head"
    actions.edit_project(project, by=dainius, version=1, fields=fields_of(project), rows=rows)
    assert project.team.get(part="head").name == "Antra Narė"


def test_account_behind_a_name_goes_when_the_name_changes(project, dainius, ruta):
    project.team.update(user=ruta)
    rows = rows_of(project)
    rows["team"][0]["part"] = "coordinator"
    actions.edit_project(project, by=dainius, version=1, fields=fields_of(project), rows=rows)
    assert project.team.get().user == ruta
    rows["team"][0]["name"] = "Another Person"
    actions.edit_project(project, by=dainius, version=2, fields=fields_of(project), rows=rows)
    assert project.team.get().user is None


def test_stale_version_is_refused_and_nothing_is_stored(project, dainius):
    actions.edit_project(
        project, by=dainius, version=1, fields=fields_of(project, title_en="First"), rows=rows_of(project)
    )
    with pytest.raises(actions.Stale) as stale:
        actions.edit_project(
            project, by=dainius, version=1, fields=fields_of(project, title_en="Second"), rows={}
        )
    assert stale.value.project.title_en == "First"
    assert Website.objects.count() == 2


def test_texts_are_cleaned_by_the_verb_itself(project, dainius):
    fields = fields_of(project, description_en="one\r\ntwo\x00  ")
    saved = actions.edit_project(project, by=dainius, version=1, fields=fields, rows=rows_of(project))
    assert saved.description_en == "one\ntwo"


def test_project_cannot_be_moved_to_a_university_one_does_not_manage(project, aveiro, dainius):
    with pytest.raises(PermissionDenied):
        actions.edit_project(project, by=dainius, version=1, fields=fields_of(project, lead=aveiro), rows={})
    project.refresh_from_db()
    assert (project.lead.slug, project.version) == ("ktu", 1)


def test_number_of_another_project_is_refused_when_editing(project, dainius):
    factories.ProjectFactory(code="TAKEN-1")
    with pytest.raises(actions.CodeTaken):
        actions.edit_project(
            project, by=dainius, version=1, fields=fields_of(project, code="taken/1"), rows={}
        )


def test_other_broken_rules_of_the_database_are_not_taken_for_a_number(project, dainius):
    fields = fields_of(project, ends_on=dt.date(2020, 1, 1))
    with pytest.raises(Exception, match="projects_project_period_order"):
        actions.edit_project(project, by=dainius, version=1, fields=fields, rows={})


def test_archived_project_is_read_only_and_can_be_opened_again(project, dainius, ruta):
    actions.change_publication(project, step="archive", by=dainius)
    with pytest.raises(NotPossible):
        actions.edit_project(project, by=dainius, version=1, fields=fields_of(project), rows={})
    with pytest.raises(PermissionDenied):
        actions.edit_project(project, by=ruta, version=1, fields=fields_of(project), rows={})
    actions.change_publication(project, step="reopen", by=dainius)
    actions.edit_project(project, by=dainius, version=1, fields=fields_of(project), rows=rows_of(project))


@pytest.mark.parametrize("step", ["publish", "reopen", "vanish", ""])
def test_steps_that_do_not_leave_the_state_are_refused(step, project, dainius):
    with pytest.raises(NotPossible):
        actions.change_publication(project, step=step, by=dainius)


def test_steps_are_for_the_managers_of_the_lead_and_the_office(project, bruno, egle):
    with pytest.raises(PermissionDenied):
        actions.change_publication(project, step="withdraw", by=bruno)
    actions.change_publication(project, step="withdraw", by=egle)
    project.refresh_from_db()
    assert project.publication == Publication.DRAFT
    assert Event.objects.filter(verb="projects.withdraw", actor=egle).exists()


@pytest.mark.django_db(transaction=True)
def test_form_sent_many_times_at_once_makes_one_project(ktu, dainius):
    token, answers = uuid.uuid4(), []
    start = threading.Barrier(6)

    def send():
        try:
            start.wait()
            answers.append(actions.create_project(by=dainius, token=token, fields=fresh(ktu), rows={}).pk)
        except actions.AlreadyCreated as already:
            answers.append(already.project.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert set(answers) == {Project.objects.get().pk}
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_save_at_once_one_is_told(project, dainius, egle):
    outcomes = []
    start = threading.Barrier(2)

    def save(person, title):
        try:
            start.wait()
            actions.edit_project(
                project,
                by=person,
                version=1,
                fields=fields_of(project, title_en=title),
                rows=rows_of(project),
            )
            outcomes.append(title)
        except actions.Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=pair) for pair in ((dainius, "His"), (egle, "Hers"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=lambda o: o == "stale")[1] == "stale"
    stored = Project.objects.get()
    assert (stored.version, stored.title_en) == (2, next(o for o in outcomes if o != "stale"))
    connections.close_all()
