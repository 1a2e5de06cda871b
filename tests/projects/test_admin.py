import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from reversion.models import Revision

from audit.models import Event
from projects.models import Programme, Project
from tests import factories
from tests.projects.sending import fields

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
