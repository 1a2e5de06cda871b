import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from ground.workflow import NotPossible
from projects import actions, rules
from projects.models import Project, ProjectDocument
from projects.workflow import PUBLICATION, Publication
from tests import factories

pytestmark = pytest.mark.django_db

# create for KTU, edit, edit archived, publish, read the inner side of a project of KTU
RIGHTS = {
    "ana": "-----", "tomas": "-----", "bruno": "-----", "chiara": "-----", "ruta": "----r", "jonas": "----r",
    "ieva": "----r", "dainius": "ce-pr", "egle": "ce-pr", "laima": "ce-pr",
}  # fmt: skip


@pytest.mark.parametrize("person", RIGHTS)
def test_rights_of_everybody(person, ktu, request):
    user = request.getfixturevalue(person)
    project = factories.ProjectFactory(lead=ktu)
    archived = factories.ProjectFactory(lead=ktu, publication=Publication.ARCHIVED)
    asked = [
        ("c", "projects.create_project", ktu), ("e", "projects.edit_project", project),
        ("a", "projects.edit_project", archived), ("p", "projects.publish_project", project),
        ("r", "projects.read_inner_side", project),
    ]  # fmt: skip
    assert (
        "".join(letter if user.has_perm(perm, record) else "-" for letter, perm, record in asked)
        == RIGHTS[person]
    )


def test_rights_end_with_the_appointment(dainius, ktu):
    project = factories.ProjectFactory(lead=ktu)
    assert dainius.has_perm("projects.edit_project", project)
    dainius.appointments.update(valid_until=factories.LONG_AGO.replace(year=2021))
    again = type(dainius).objects.get(pk=dainius.pk)
    assert not again.has_perm("projects.edit_project", project)
    assert not Project.objects.managed_by(again).exists()


def test_nobody_has_rights_on_nothing(dainius):
    for perm in ("create_project", "edit_project", "publish_project", "read_inner_side"):
        assert not dainius.has_perm(f"projects.{perm}", None)
        assert not AnonymousUser().has_perm(f"projects.{perm}", None)


def test_leads_are_the_universities_one_manages(dainius, egle, bruno, ktu, aveiro):
    assert list(rules.leads_for(dainius)) == [ktu]
    assert set(rules.leads_for(egle)) == {ktu, aveiro}
    assert not rules.leads_for(bruno)
    assert [rules.creates_somewhere(p) for p in (dainius, egle, bruno)] == [True, True, False]


@pytest.mark.parametrize(
    ("person", "drafts", "kept"),
    [("ana", 0, 0), ("ruta", 0, 1), ("dainius", 1, 2), ("egle", 2, 4), ("laima", 2, 4), ("bruno", 0, 1)],
)
def test_what_everybody_sees(person, drafts, kept, ktu, aveiro, request):
    for lead in (ktu, aveiro):
        factories.ProjectFactory(lead=lead)
        factories.ProjectFactory(lead=lead, publication="draft")
    user = request.getfixturevalue(person)
    assert Project.objects.visible_to(user).count() == 2 + drafts
    assert Project.objects.kept_by_staff(user).count() == kept


def test_documents_follow_their_project(ana, ruta, ktu, django_user_model):
    assert not ProjectDocument.objects.visible_to(ana).exists()
    assert not ProjectDocument.objects.visible_to(ruta).exists()


def test_every_step_has_a_permission_words_and_a_way_out():
    reached = {PUBLICATION.first} | {t.target for t in PUBLICATION.transitions.values()}
    assert reached == set(Publication)
    for status in Publication:
        assert status in PUBLICATION.final or PUBLICATION.open_from(status)
    for step in PUBLICATION.transitions.values():
        assert step.permission == "projects.publish_project"
        assert step.label
        assert step.sentence


def test_every_step_is_said_in_both_languages():
    for step in PUBLICATION.transitions.values():
        for words in (step.label, step.sentence):
            with translation.override("en"):
                english = str(words)
            with translation.override("lt"):
                assert str(words) != english, english
    for status in Publication:
        with translation.override("lt"):
            assert str(status.label) != status.name.title()


@pytest.mark.parametrize("status", Publication)
def test_every_step_leads_where_the_table_says_and_nowhere_else(status, ktu, dainius):
    for step in PUBLICATION.transitions.values():
        project = factories.ProjectFactory(lead=ktu, publication=status)
        if status in step.sources:
            assert actions.change_publication(project, step=step.name, by=dainius).publication == step.target
        else:
            with pytest.raises(NotPossible):
                actions.change_publication(project, step=step.name, by=dainius)


def test_sharing_gives_the_keeping_of_the_record_and_nothing_more(ktu, aveiro, dainius, bruno, ruta):
    project = factories.ProjectFactory(lead=aveiro, publication="draft")
    project.sharings.create(university=ktu, shared_at=factories.LONG_AGO)
    rights = {
        name: dainius.has_perm(f"projects.{name}", project)
        for name in ("edit_project", "read_inner_side", "publish_project", "share_project")
    }
    assert rights == {
        "edit_project": True, "read_inner_side": True, "publish_project": False, "share_project": False,
    }  # fmt: skip
    assert ruta.has_perm("projects.read_inner_side", project)
    assert not ruta.has_perm("projects.edit_project", project)
    assert list(Project.objects.managed_by(dainius)) == [project]
    assert list(Project.objects.visible_to(dainius)) == [project]
    assert not Project.objects.managed_by(bruno)
    assert not Project.objects.visible_to(ruta).exists()


def test_lead_stays_for_who_keeps_a_shared_project(ktu, aveiro, dainius, egle):
    project = factories.ProjectFactory(lead=aveiro)
    project.sharings.create(university=ktu, shared_at=factories.LONG_AGO)
    assert list(rules.leads_for(dainius, project)) == [aveiro]
    assert set(rules.leads_for(egle, project)) == {aveiro, ktu}
    assert list(rules.leads_for(dainius, factories.ProjectFactory(lead=ktu))) == [ktu]


def test_who_creates_projects_imports_them(dainius, egle, ruta):
    assert [person.has_perm("projects.import_projects") for person in (dainius, egle, ruta)] == [
        True,
        True,
        False,
    ]
