import pytest
from django.contrib.auth.models import AnonymousUser

from projects import rules
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
