import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from reversion.models import Revision

from audit.models import Event
from projects import actions
from projects.models import (
    BulkChange,
    Follower,
    FormDraft,
    Import,
    ImportRow,
    Programme,
    Project,
    SavedFilter,
)
from tests import factories
from tests.projects.sending import fields
from tests.world import PDF

pytestmark = pytest.mark.django_db
LIST = "/admin/projects/project/"


@pytest.fixture
def admin(client, laima):
    client.force_login(laima)
    return client


@pytest.mark.parametrize("person", ["dainius", "egle", "ana"])
def test_back_office_is_for_administrators(person, client, project, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(LIST).status_code in (302, 403)


def test_list_with_every_filter_opens(admin, project):
    for query in (
        {}, {"q": "membership"}, {"phase": "completed"}, {"phase": "nonsense"}, {"lead": "ktu"}, {"lead": "nobody"},
        {"programme": "0001"}, {"publication__exact": "draft"}, {"starts_on__year": "2024"}, {"o": "3.-4"},
    ):  # fmt: skip
        assert admin.get(LIST, query).status_code == 200, query
    assert b"S-NET-24-50" in admin.get(LIST, {"programme": "0001", "phase": "completed"}).content


def test_list_takes_as_many_queries_for_many_as_for_one(admin, project):
    admin.get(LIST)
    with CaptureQueriesContext(connection) as few:
        admin.get(LIST)
    for _i in range(3):
        factories.ProjectFactory()
    with CaptureQueriesContext(connection) as many:
        admin.get(LIST)
    assert len(few) == len(many)


def test_save_is_a_revision_keeps_the_record_and_refreshes_the_words(admin, project, laima):
    url = reverse("admin:projects_project_change", args=[project.pk])
    data = fields(admin.get(url)) | {
        "title_en": "Renamed wonderfully",
        "team-0-name": "Nauja Vadovė",
        "_save": "1",
    }
    before = Revision.objects.count()
    response = admin.post(url, data)
    assert response.status_code == 302, response.context["errors"]
    project.refresh_from_db()
    assert (project.title_en, project.version) == ("Renamed wonderfully", 2)
    assert Project.objects.search("wonder nauja").get() == project
    assert Revision.objects.count() == before + 1
    assert Event.objects.filter(verb="projects.edit", actor=laima).exists()
    assert "Renamed wonderfully" in admin.get("/en/projects/s-net-24-50/history/").content.decode()


def test_publication_changes_by_the_same_steps_only(admin, project, laima):
    response = admin.post(LIST, {"action": "withdraw", "_selected_action": [project.pk]}, follow=True)
    assert b"1 project was changed." in response.content
    project.refresh_from_db()
    assert project.publication == "draft"
    assert Event.objects.filter(verb="projects.withdraw", actor=laima).exists()
    again = admin.post(LIST, {"action": "withdraw", "_selected_action": [project.pk]}, follow=True)
    assert b"not possible in the present state" in again.content
    url = reverse("admin:projects_project_change", args=[project.pk])
    admin.post(url, fields(admin.get(url)) | {"publication": "archived", "_save": "1"})
    project.refresh_from_db()
    assert project.publication == "draft"


def test_project_is_added_with_its_rows(admin, ktu, programmes):
    url = reverse("admin:projects_project_add")
    data = fields(admin.get(url)) | {
        "code": "ADM-1", "lead": ktu.pk, "title_en": "By hand", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
        "_save": "1",
    }  # fmt: skip
    assert admin.post(url, data).status_code == 302
    assert Project.objects.get().publication == "draft"
    assert Event.objects.filter(verb="projects.create").exists()


@pytest.mark.parametrize(
    "wrong", [{"ends_on": "2020-01-01"}, {"code": "new"}, {"title_en": "", "title_lt": ""}]
)
def test_wrong_values_are_refused_there_too(wrong, admin, project):
    url = reverse("admin:projects_project_change", args=[project.pk])
    assert admin.post(url, fields(admin.get(url)) | wrong | {"_save": "1"}).status_code == 200
    project.refresh_from_db()
    assert project.version == 1


def test_history_and_one_revision_open(admin, project):
    history = reverse("admin:projects_project_history", args=[project.pk])
    assert admin.get(history).status_code == 200
    from reversion.models import Version

    version = Version.objects.get_for_object(project).first()
    assert (
        admin.get(reverse("admin:projects_project_revision", args=[project.pk, version.pk])).status_code
        == 200
    )


def test_programmes_are_listed_as_a_tree_and_moved(admin, programmes):
    text = admin.get("/admin/projects/programme/").content.decode()
    assert "– – Alliances" in text
    url = reverse("admin:projects_programme_change", args=[programmes["ka2"].pk])
    data = fields(admin.get(url)) | {"parent": programmes["budget"].pk, "_save": "1"}
    assert admin.post(url, data).status_code == 302
    assert Programme.objects.get(slug="alliances").path == "0002.0001.0001"


def test_autocomplete_of_projects_and_programmes_answers(admin, project):
    query = {
        "term": "erasmus",
        "app_label": "projects",
        "model_name": "fundingline",
        "field_name": "programme",
    }
    assert admin.get("/admin/autocomplete/", query).json()["results"]


def change_of(project):
    return reverse("admin:projects_project_change", args=[project.pk])


def sent_with(admin, project, name, *rows):
    data = fields(admin.get(change_of(project)))
    first = int(data[f"{name}-TOTAL_FORMS"])
    data[f"{name}-TOTAL_FORMS"] = str(first + len(rows))
    for number, row in enumerate(rows, first):
        data |= {f"{name}-{number}-{field}": str(value) for field, value in row.items()}
        data |= {f"{name}-{number}-id": "", f"{name}-{number}-project": str(project.pk)}
    return data | {"_save": "1"}


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("team", [{"name": "Antra", "part": "head"}], "A project has one head"),
        ("funding_lines", [{"share": "60"}, {"share": "41"}], "add up to more than 100 percent"),
    ],
)
def test_rows_that_contradict_each_other_are_answered_in_words(name, rows, words, admin, project, programmes):
    rows = [
        row | ({"programme": programmes["budget"].pk, "currency": "EUR"} if "share" in row else {})
        for row in rows
    ]
    response = admin.post(change_of(project), sent_with(admin, project, name, *rows))
    assert response.status_code == 200
    assert words in response.content.decode()
    project.refresh_from_db()
    assert project.version == 1


def test_lead_is_not_shared_with_itself_and_another_is_from_this_moment(admin, project, ktu, aveiro):
    response = admin.post(change_of(project), sent_with(admin, project, "sharings", {"university": ktu.pk}))
    assert b"keeps the project anyway" in response.content
    admin.post(change_of(project), sent_with(admin, project, "sharings", {"university": aveiro.pk}))
    assert project.sharings.get().shared_at


MEDDLE = """CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
UPDATE projects_fundingline SET {} WHERE project_id = NEW.id AND amount IS NOT NULL; RETURN NULL; END $$"""


@pytest.mark.parametrize(
    ("meddling", "words"),
    [
        (MEDDLE.format("share = 60"), "add up to more than 100 percent"),
        (MEDDLE.format("currency = NULL"), "contradicts what somebody saved meanwhile"),
    ],
)
def test_what_only_the_database_can_see_is_said_in_words(meddling, words, admin, project, programmes):
    """A trigger plays somebody who writes at the same moment."""
    project.funding_lines.create(programme=programmes["budget"], share=60)
    with connection.cursor() as cursor:
        cursor.execute(meddling)
        cursor.execute(
            "CREATE TRIGGER meddle AFTER UPDATE ON projects_project FOR EACH ROW WHEN (pg_trigger_depth() = 0)"
            " EXECUTE FUNCTION meddle()"
        )
    data = fields(admin.get(change_of(project))) | {"acronym": "X", "_save": "1"}
    response = admin.post(change_of(project), data, follow=True)
    assert response.status_code == 200
    assert words in response.content.decode()
    project.refresh_from_db()
    assert (project.version, project.acronym) == (1, "NET")


def test_period_of_an_amended_project_is_not_edited_here(admin, project, dainius):
    terms = actions.Terms(dt.date(2026, 2, 1), project.starts_on, dt.date(2027, 6, 30), "Late")
    made = actions.amend_period(project, by=dainius, token=uuid.uuid4(), version=1, terms=terms)
    data = fields(admin.get(change_of(project)))
    assert "ends_on" not in data
    assert "amendments-0-ends_on" not in data
    admin.post(
        change_of(project), data | {"ends_on": "2029-01-01", "amendments-0-reason_en": "Later", "_save": "1"}
    )
    project.refresh_from_db()
    made.refresh_from_db()
    assert (project.ends_on, made.reason_en) == (dt.date(2027, 6, 30), "Later")


def test_only_documents_of_the_project_are_offered_as_evidence(admin, project, dainius, ktu):
    other = factories.ProjectFactory(lead=ktu)
    for one, title in ((project, "Own paper"), (other, "Foreign paper")):
        upload = SimpleUploadedFile("paper.pdf", PDF, content_type="application/pdf")
        actions.add_document(one, by=dainius, upload=upload, title_en=title, title_lt="", is_public=False)
    text = admin.get(change_of(project)).content.decode()
    assert "Own paper</option>" in text
    assert "Foreign paper" not in text


@pytest.fixture
def left_behind(project, dainius):
    """A record of every kind that people and jobs leave behind."""
    now = factories.LONG_AGO
    batch = Import.objects.create(by=dainius, name="projects.csv", begun_at=now)
    return [
        Follower.objects.create(project=project, user=dainius, since=now),
        SavedFilter.objects.create(user=dainius, name="Ours", query="phase=ending", saved_at=now),
        FormDraft.objects.create(
            user=dainius, project=project, content=[["title_en", "Not to be read"]], saved_at=now
        ),
        BulkChange.objects.create(by=dainius, kind="publish", made_at=now),
        ImportRow.objects.create(batch=batch, number=1),
        batch,
    ]


def test_what_people_leave_behind_is_looked_at_and_deleted_but_not_written(admin, left_behind):
    for record in left_behind:
        name = record._meta.model_name
        assert admin.get(reverse(f"admin:projects_{name}_changelist"), {"q": "a"}).status_code == 200
        page = admin.get(reverse(f"admin:projects_{name}_change", args=[record.pk]))
        assert page.status_code == 200
        assert b"Not to be read" not in page.content
        assert admin.get(reverse(f"admin:projects_{name}_add")).status_code == 403
        assert admin.post(reverse(f"admin:projects_{name}_change", args=[record.pk])).status_code == 403
        delete = reverse(f"admin:projects_{name}_delete", args=[record.pk])
        assert admin.post(delete, {"post": "yes"}).status_code == 302
        assert not type(record).objects.filter(pk=record.pk).exists()
