import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User as Person
from ground.work import WorkItem, most_urgent_first
from members.models import Role
from projects.models import FormDraft, Import, Project, Sharing, TeamMember
from projects.work import waiting_for
from tests import factories

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TODAY = NOON.date()
DAY = dt.timedelta(days=1)


def kinds(user, at):
    with at(NOON):
        return sorted((item.kind, item.what) for item in waiting_for(user))


@pytest.mark.parametrize(
    ("ends_on", "shows"),
    [(TODAY - DAY, False), (TODAY, True), (TODAY + 90 * DAY, True), (TODAY + 91 * DAY, False)],
)
def test_project_shows_while_it_ends_within_ninety_days(ends_on, shows, dainius, ktu, at):
    factories.ProjectFactory(lead=ktu, title_en="P", ends_on=ends_on)
    assert kinds(dainius, at) == ([("project", "P")] if shows else [])


def test_project_that_has_not_begun_does_not_end(dainius, ktu, at):
    factories.ProjectFactory(lead=ktu, starts_on=TODAY + DAY, ends_on=TODAY + 30 * DAY)
    assert kinds(dainius, at) == []


@pytest.mark.parametrize(
    ("publication", "shows"), [("draft", True), ("published", False), ("archived", False)]
)
def test_draft_waits_to_be_published(publication, shows, dainius, ktu, at):
    factories.ProjectFactory(lead=ktu, title_en="P", publication=publication)
    assert kinds(dainius, at) == ([("project", "P")] if shows else [])


@pytest.mark.parametrize(
    ("due_on", "done_on", "late"),
    [(TODAY - DAY, None, True), (TODAY, None, False), (TODAY + 30 * DAY, None, False),
     (TODAY + 31 * DAY, None, None), (TODAY - DAY, TODAY, None)],
)  # fmt: skip
def test_milestone_shows_when_it_is_due_soon_or_late(due_on, done_on, late, dainius, ktu, at):
    project = factories.ProjectFactory(lead=ktu)
    factories.MilestoneFactory(project=project, title_en="Report", due_on=due_on, done_on=done_on)
    with at(NOON):
        found = waiting_for(dainius)
    assert [(item.what, item.late) for item in found] == ([] if late is None else [("Report", late)])


def test_milestones_of_archived_projects_wait_for_nobody(dainius, ktu, at):
    factories.MilestoneFactory(project=factories.ProjectFactory(lead=ktu, publication="archived"))
    assert kinds(dainius, at) == []


@pytest.mark.parametrize("person", ["ana", "bruno", "ruta", "egle", "tomas"])
def test_other_peoples_projects_wait_for_nobody_else(person, ktu, at, request):
    project = factories.ProjectFactory(lead=ktu, ends_on=TODAY)
    factories.MilestoneFactory(project=project)
    assert kinds(request.getfixturevalue(person), at) == []


def test_head_with_an_account_is_told_but_not_sent_to_the_form(tomas, ktu, at):
    project = factories.ProjectFactory(lead=ktu, title_en="Mine", ends_on=TODAY)
    TeamMember.objects.create(project=project, name="Tomas", part="head", user=tomas)
    factories.MilestoneFactory(project=project, title_en="Report", due_on=TODAY)
    with at(NOON):
        items = {item.kind: item for item in waiting_for(tomas)}
    assert set(items) == {"project", "milestone"}
    assert items["milestone"].url.endswith("#milestones")


def test_member_of_the_team_is_told_as_the_head_is(tomas, ktu, at):
    project = factories.ProjectFactory(lead=ktu, title_en="Ours", ends_on=TODAY)
    TeamMember.objects.create(project=project, name="Tomas", part="member", user=tomas)
    assert kinds(tomas, at) == [("project", "Ours")]


def test_draft_shows_to_nobody_of_the_team_who_does_not_keep_it(tomas, ktu, at):
    project = factories.ProjectFactory(lead=ktu, publication="draft")
    TeamMember.objects.create(project=project, name="Tomas", part="head", user=tomas)
    assert kinds(tomas, at) == []


def test_manager_of_a_sharing_university_settles_its_milestones_too(ktu, aveiro, at):
    manager = factories.UserFactory()
    factories.AppointmentFactory(user=manager, role=Role.PROJECT_MANAGER, university=aveiro)
    project = factories.ProjectFactory(code="X-1", lead=ktu, publication="draft")
    factories.MilestoneFactory(project=project, due_on=TODAY)
    assert kinds(manager, at) == []
    Sharing.objects.create(project=project, university=aveiro, shared_at=NOON)
    with at(NOON):
        items = {item.kind: item for item in waiting_for(Person.objects.get(pk=manager.pk))}
    assert set(items) == {"project", "milestone"}
    assert items["milestone"].url.startswith("/en/projects/x-1/milestones/")


def test_a_form_that_was_not_saved_waits_for_who_typed_it(dainius, egle, ktu, at):
    project = factories.ProjectFactory(code="X-1", lead=ktu, title_en="P")
    FormDraft.objects.create(user=dainius, project=project, saved_at=NOON + DAY)
    FormDraft.objects.create(user=dainius, saved_at=NOON)
    with at(NOON):
        assert [(item.what, item.url) for item in waiting_for(dainius)] == [
            ("P", "/en/projects/x-1/edit/?draft=continue"), ("New project", "/en/projects/new/?draft=continue"),
        ]  # fmt: skip
    assert kinds(egle, at) == []


def test_a_form_of_a_project_that_is_no_longer_managed_does_not_wait(dainius, aveiro, at):
    project = factories.ProjectFactory(lead=aveiro)
    FormDraft.objects.create(user=dainius, project=project, saved_at=NOON)
    assert kinds(dainius, at) == []


def test_a_form_of_an_archived_project_waits_and_says_so(dainius, ktu, at):
    project = factories.ProjectFactory(lead=ktu, publication="archived")
    FormDraft.objects.create(user=dainius, project=project, saved_at=NOON)
    with at(NOON):
        (item,) = waiting_for(dainius)
    assert (item.kind, item.reason) == (
        "form",
        "You typed something into its form, and it was archived before you saved.",
    )


@pytest.mark.parametrize("status", Import.Status.values)
def test_an_import_waits_once_it_is_checked(dainius, egle, at, status):
    Import.objects.create(by=dainius, name="projects.csv", status=status, begun_at=NOON)
    waits = [("import", "Import: projects.csv")] if status == "checked" else []
    assert kinds(dainius, at) == waits
    assert kinds(egle, at) == []


def test_thousands_of_drafts_leave_the_list_readable_and_what_ends_in_it(dainius, ktu, at):
    factories.ProjectFactory(lead=ktu, title_en="Ending", ends_on=TODAY)
    factories.ProjectFactory.create_batch(120, lead=ktu, publication="draft", words=False)
    with at(NOON):
        items = waiting_for(dainius)
    assert len(items) == 100
    assert items[0].what == "Ending"


def test_manager_is_sent_to_where_the_milestone_is_marked_as_done_and_back(dainius, ktu, at):
    milestone = factories.MilestoneFactory(
        project=factories.ProjectFactory(code="X-1", lead=ktu), due_on=TODAY
    )
    with at(NOON):
        (item,) = waiting_for(dainius)
    assert item.url == f"/en/projects/x-1/milestones/{milestone.uuid}/done/?from=work"


def test_nothing_waits_for_a_visitor(db):
    assert waiting_for(AnonymousUser()) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_one_query_however_much_waits(rows, dainius, ktu, at, django_assert_num_queries):
    for _i in range(rows):
        factories.MilestoneFactory(project=factories.ProjectFactory(lead=ktu, ends_on=TODAY), due_on=TODAY)
        FormDraft.objects.create(user=dainius, project=Project.objects.latest("pk"), saved_at=NOON)
        Import.objects.create(by=dainius, name="a.csv", status="checked", begun_at=NOON)
    with at(NOON), django_assert_num_queries(2):  # with the person's appointments
        assert len(waiting_for(dainius)) == 4 * rows


def made_by_an_import(number, ktu, by, minute):
    """Drafts as an import makes them: all at one moment."""
    moment = NOON - dt.timedelta(minutes=minute)
    Import.objects.create(
        by=by, name="a.csv", status="done", begun_at=moment - DAY, ended_at=moment + dt.timedelta(seconds=9)
    )
    made = factories.ProjectFactory.create_batch(number, lead=ktu, publication="draft", words=False)
    Project.objects.filter(pk__in=[one.pk for one in made]).update(created_at=moment)
    return made


def test_drafts_of_one_import_are_one_thing_that_leads_to_them(client, dainius, egle, ktu, at):
    made = made_by_an_import(3, ktu, egle, minute=5)
    factories.ProjectFactory(lead=ktu, publication="draft", title_en="By hand")
    published = made_by_an_import(3, ktu, egle, minute=2 * 24 * 60)[:2]
    Project.objects.filter(pk__in=[one.pk for one in published]).update(publication="published")
    with at(NOON):
        items = {item.what: item for item in waiting_for(dainius)}
    assert len(items) == 3
    assert "By hand" in items
    client.force_login(dainius)
    page = client.get(items["3 imported drafts"].url)
    assert {one.pk for one in page.context["projects"]} == {one.pk for one in made}
    assert page.context["chosen"] == {one.uuid for one in made}


@pytest.mark.parametrize("made", ["", "nonsense", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z"])
def test_moment_that_is_none_leaves_the_bulk_page_whole(made, client, dainius, ktu):
    factories.ProjectFactory(lead=ktu)
    client.force_login(dainius)
    page = client.get("/en/projects/bulk/", {"made": made})
    assert len(page.context["projects"]) == 1
    assert page.context["chosen"] == set()


def test_what_is_equally_urgent_stands_in_its_natural_order():
    items = [WorkItem(f"Draft {number}", "", "", "") for number in (10, 2, 1, 11)]
    assert [item.what for item in most_urgent_first([*items, WorkItem("9 drafts", "", "", "")])] == [
        "9 drafts", "Draft 1", "Draft 2", "Draft 10", "Draft 11"
    ]  # fmt: skip
