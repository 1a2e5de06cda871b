import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Event
from ground.workflow import NotPossible
from members.models import Role
from notifications.models import Message
from projects import actions, rules
from projects.models import Project, ProjectDocument, Sharing
from tests import factories
from tests.projects.sending import fields
from tests.world import PDF

pytestmark = pytest.mark.django_db
URL = "/en/projects/s-net-24-50/sharing/"


def _person(role, university):
    user = factories.UserFactory()
    factories.AppointmentFactory(user=user, role=role, university=university)
    return user


@pytest.fixture
def manager(aveiro):
    """Project manager at Aveiro."""
    return _person(Role.PROJECT_MANAGER, aveiro)


@pytest.fixture
def shared(project, aveiro, dainius):
    return actions.share_project(project, university=aveiro, by=dainius)


def again(user):
    return type(user).objects.get(pk=user.pk)


def test_sharing_is_on_record_and_done_once(shared, aveiro, dainius):
    actions.share_project(shared, university=aveiro, by=dainius)
    assert Sharing.objects.get().university == aveiro
    event = Event.objects.get(verb="projects.share")
    assert (event.actor, event.details["university"]) == (dainius, str(aveiro))


def test_managers_of_the_other_university_are_told_once(project, aveiro, dainius, manager, bruno):
    former = factories.UserFactory(is_active=False)
    factories.AppointmentFactory(user=former, role=Role.PROJECT_MANAGER, university=aveiro)
    for _i in range(2):
        actions.share_project(project, university=aveiro, by=dainius)
    message = Message.objects.get(kind="projects.shared")
    assert message.recipient == f"user:{manager.uuid}"
    assert message.context["lead_en"] == project.lead.organisation.name


def test_who_shares_with_an_own_university_is_not_told(project, aveiro, dainius):
    factories.AppointmentFactory(user=dainius, role=Role.PROJECT_MANAGER, university=aveiro)
    actions.share_project(project, university=aveiro, by=again(dainius))
    assert not Message.objects.filter(kind="projects.shared").exists()


def test_lead_needs_no_sharing(project, ktu, dainius):
    with pytest.raises(NotPossible):
        actions.share_project(project, university=ktu, by=dainius)


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno", "chiara"])
def test_only_the_leads_managers_and_the_office_share(person, project, aveiro, trento, request, egle):
    user = request.getfixturevalue(person)
    for verb in (actions.share_project, actions.unshare_project):
        with pytest.raises(PermissionDenied):
            verb(project, university=trento, by=user)
    actions.share_project(project, university=trento, by=egle)
    assert Sharing.objects.count() == 1


def test_archived_project_is_not_shared(project, aveiro, dainius):
    actions.change_publication(project, step="archive", by=dainius)
    for verb in (actions.share_project, actions.unshare_project):
        with pytest.raises(NotPossible, match="read-only"):
            verb(project, university=aveiro, by=dainius)


def test_sharing_managers_edit_and_amend_but_do_not_publish_share_or_move(
    shared, manager, aveiro, trento, client
):
    rights = {
        name: manager.has_perm(f"projects.{name}_project", shared) for name in ("edit", "publish", "share")
    }
    assert rights == {"edit": True, "publish": False, "share": False}
    client.force_login(manager)
    for page in ("edit", "amend", "documents", "history", "duplicate"):
        assert client.get(f"/en/projects/{shared.key}/{page}/").status_code == 200, page
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"university": "trento"}).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.change_publication(shared, step="withdraw", by=manager)
    own = {
        "code": shared.code,
        "lead": aveiro,
        "title_en": "Mine",
        "starts_on": shared.starts_on,
        "ends_on": shared.ends_on,
    }
    with pytest.raises(PermissionDenied):
        actions.edit_project(shared, by=manager, version=1, fields=own, rows={})
    assert list(rules.leads_for(manager, shared)) == [shared.lead]


def test_sharing_manager_saves_the_form_and_the_lead_stays(shared, manager, client):
    client.force_login(manager)
    url = f"/en/projects/{shared.key}/edit/"
    response = client.post(url, fields(client.get(url)) | {"title_en": "Ours"})
    assert response.status_code == 302
    shared.refresh_from_db()
    assert (shared.title_en, shared.lead.slug) == ("Ours", "ktu")


def test_internal_documents_are_for_staff_of_both_universities_and_the_office(
    project, aveiro, dainius, ruta, bruno, chiara, ana, egle, client
):
    upload = SimpleUploadedFile("inside.pdf", PDF, content_type="application/pdf")
    paper = actions.add_document(
        project, by=dainius, upload=upload, title_en="In", title_lt="", is_public=False
    )
    url = f"/en/projects/{project.key}/documents/{paper.document.uuid}/"

    def who():
        readers = []
        for person in (dainius, ruta, bruno, chiara, ana, egle):
            client.force_login(again(person))
            response = client.get(url)
            readers += [person.name.split()[0]] if response.status_code == 200 else []
            if response.streaming:
                list(response)
        return readers

    assert who() == ["Dainius", "Rūta", "Eglė"]
    actions.share_project(project, university=aveiro, by=dainius)
    assert who() == ["Dainius", "Rūta", "Bruno", "Eglė"]
    assert ProjectDocument.objects.visible_to(again(bruno)).get() == paper
    actions.unshare_project(project, university=aveiro, by=dainius)
    assert who() == ["Dainius", "Rūta", "Eglė"]


def test_right_ends_with_the_sharing_at_the_next_request(shared, manager, aveiro, dainius, client):
    client.force_login(manager)
    url = f"/en/projects/{shared.key}/edit/"
    data = fields(client.get(url))
    actions.unshare_project(shared, university=aveiro, by=dainius)
    assert client.get(url).status_code == 404
    assert client.post(url, data | {"title_en": "Too late"}).status_code == 404
    assert Event.objects.filter(verb="projects.unshare").count() == 1
    actions.unshare_project(shared, university=aveiro, by=dainius)
    assert Event.objects.filter(verb="projects.unshare").count() == 1


def test_university_that_comes_to_lead_needs_its_sharing_no_more(shared, aveiro, egle):
    fields = {
        "code": shared.code, "lead": aveiro, "title_en": "Moved", "starts_on": shared.starts_on,
        "ends_on": shared.ends_on,
    }  # fmt: skip
    moved = actions.edit_project(shared, by=egle, version=1, fields=fields, rows={})
    assert moved.lead == aveiro
    assert not Sharing.objects.exists()


def test_page_shares_and_takes_back_and_twice_is_once(client, project, aveiro, dainius):
    client.force_login(dainius)
    assert b"University of Aveiro" in client.get(URL).content
    for _i in range(2):
        response = client.post(URL, {"university": "aveiro"}, follow=True)
        assert b"The project is shared now." in response.content
    assert list(Project.objects.get().sharings.values_list("university__slug", flat=True)) == ["aveiro"]
    for _i in range(2):
        assert client.post(URL, {"university": "aveiro", "step": "unshare"}).status_code == 302
    assert not Sharing.objects.exists()


@pytest.mark.parametrize("sent", ["", "ktu", "nowhere", "\x00", "a" * 5000])
def test_universities_that_are_not_offered_are_refused_in_words(sent, client, project, dainius):
    client.force_login(dainius)
    response = client.post(URL, {"university": sent})
    assert response.status_code == 422
    assert response.context["form"].errors["university"]


def test_archived_project_answers_in_words(client, project, dainius, aveiro):
    actions.change_publication(project, step="archive", by=dainius)
    client.force_login(dainius)
    assert client.post(URL, {"university": "aveiro"}).status_code == 409
