import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from projects import actions
from projects.models import Project
from tests import factories
from tests.projects.sending import fields

pytestmark = pytest.mark.django_db
URL = "/en/projects/s-net-24-50/duplicate/"
NEW = {"code": "COPY-1", "starts_on": "2026-03-02", "ends_on": "01.03.2028"}


def copy_of(project, **changed):
    return actions.Copy(
        **{
            "code": "S-NET-26-1", "lead": project.lead, "title_en": "Again", "title_lt": "",
            "starts_on": dt.date(2026, 3, 2), "ends_on": dt.date(2028, 3, 1),
        } | changed
    )  # fmt: skip


def duplicate(project, by, take=actions.PARTS_TO_TAKE, **changed):
    return actions.duplicate_project(
        project, by=by, token=uuid.uuid4(), copy=copy_of(project, **changed), take=take
    )


def test_copy_is_a_draft_with_everything_and_milestones_as_far_from_the_start(project, dainius):
    project.milestones.update(done_on=dt.date(2026, 4, 1))
    project.results_en = "What the old one brought."
    made = duplicate(project, dainius)
    assert (made.publication, made.acronym, made.description_en) == ("draft", "NET", "What it is for.")
    milestone = made.milestones.get()
    moved = made.starts_on - project.starts_on
    assert (milestone.due_on, milestone.done_on) == (dt.date(2026, 4, 30) + moved, None)
    assert made.websites.count() == 2
    assert not made.results_en
    assert list(made.funding_lines.values_list("amount", "contract_number")) == [(1000, ""), (None, "")]
    assert made.team.get().part == "head"
    assert (made.departments.count(), made.partnerships.count()) == (1, 1)
    assert Project.objects.search("snet261").get() == made
    project.refresh_from_db()
    assert (project.version, project.websites.count()) == (1, 2)


def test_what_is_not_taken_along_stays(project, dainius):
    made = duplicate(project, dainius, take=())
    assert made.description_en in ("", None)
    for rows in ("websites", "funding_lines", "team", "departments", "partnerships", "milestones"):
        assert not getattr(made, rows).exists()


def test_departments_stay_with_their_university(project, aveiro, egle):
    assert not duplicate(project, egle, lead=aveiro).departments.exists()


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno"])
def test_only_those_who_keep_it_make_copies(person, project, request):
    with pytest.raises(PermissionDenied):
        duplicate(project, request.getfixturevalue(person))


def test_copy_is_not_made_for_another_university(project, aveiro, dainius):
    with pytest.raises(PermissionDenied):
        duplicate(project, dainius, lead=aveiro)


@pytest.mark.parametrize(
    "changed",
    [{"ends_on": dt.date(2020, 1, 1)}, {"starts_on": dt.date(2200, 1, 1), "ends_on": dt.date(2200, 12, 1)}],
)
def test_dates_that_cannot_be_are_refused(changed, project, dainius):
    with pytest.raises(actions.Unfit):
        duplicate(project, dainius, **changed)


def test_page_makes_one_draft_however_often_it_is_sent_and_opens_its_form(client, project, dainius):
    client.force_login(dainius)
    data = fields(client.get(URL))
    assert (data["code"], data["starts_on"], data["ends_on"]) == ("", "", "")
    assert data["title_en"] == "Copy of “Membership of a network”"
    assert "Narystė tinkle" in data["title_lt"] != "Narystė tinkle"
    data |= NEW | {"take": ["texts", "funding"]}
    for _i in range(2):
        assert client.post(URL, data)["Location"] == "/en/projects/copy-1/edit/"
    made = Project.objects.get(code="COPY-1")
    assert (made.title_en, made.funding_lines.count(), made.team.count()) == (data["title_en"], 2, 0)


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"code": ""}, "code"), ({"code": "s-net-24-50"}, "code"), ({"code": "new"}, "code"),
        ({"code": "a\x00"}, "code"),
        ({"title_en": "", "title_lt": ""}, "title_en"), ({"starts_on": "x"}, "starts_on"), ({"take": ["all"]}, "take"),
        ({"lead": "999999"}, "lead"), ({"ends_on": "2001-01-01"}, "ends_on"), ({"token": "x"}, "token"),
        ({"starts_on": "2199-01-01", "ends_on": "2199-12-31", "take": ["milestones"]}, "starts_on"),
    ],
)  # fmt: skip
def test_bad_input_is_answered_beside_its_field(broken, field, client, project, dainius):
    client.force_login(dainius)
    data = fields(client.get(URL)) | NEW | broken
    response = client.post(URL, data)
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert field in errors or "__all__" in errors, errors
    assert Project.objects.count() == 1


def test_form_of_somebody_elses_token_says_nothing_of_it(client, project, dainius, aveiro):
    foreign = factories.ProjectFactory(lead=aveiro, publication="draft")
    client.force_login(dainius)
    data = fields(client.get(URL)) | NEW | {"token": str(foreign.uuid)}
    response = client.post(URL, data)
    assert response.status_code == 422
    assert foreign.key.encode() not in response.content


def test_copy_never_takes_documents_sharing_amendments_publication_or_what_is_done(project, dainius, aveiro):
    from documents.models import Document
    from projects.models import Sharing

    paper = Document.objects.create(
        name="a.pdf", storage_name="aa/bb/x", content_type="application/pdf", size=1, sha256="0" * 64,
        uploaded_at=project.created_at,
    )  # fmt: skip
    kept = project.documents.create(document=paper, title_en="Agreement", is_public=True)
    project.milestones.update(done_on=dt.date(2026, 4, 1), evidence=kept, evidence_url="https://a.example/")
    Sharing.objects.create(project=project, university=aveiro, shared_at=project.created_at)
    terms = actions.Terms(dt.date(2026, 2, 1), project.starts_on, dt.date(2027, 6, 30), "Late.")
    actions.amend_period(project, by=dainius, token=uuid.uuid4(), version=1, terms=terms)
    made = duplicate(Project.objects.get(pk=project.pk), dainius)
    for rows in ("documents", "sharings", "amendments", "result_items"):
        assert not getattr(made, rows).exists()
    milestone = made.milestones.get()
    assert (milestone.done_on, milestone.evidence, milestone.evidence_url) == (None, None, "")
    assert (made.publication, made.version) == ("draft", 1)


def test_a_long_title_still_fits_when_it_is_called_a_copy(client, project, dainius):
    Project.objects.filter(pk=project.pk).update(title_en="x" * 300)
    client.force_login(dainius)
    title = fields(client.get(URL))["title_en"]
    assert (len(title), title[-2:]) == (300, "x”")
