"""Drafts of the form: a person's own, never silently lost or taken over."""

import datetime as dt

import pytest

from ground import clock
from projects import actions
from projects.models import FormDraft, Project
from projects.tasks import sweep_drafts
from tests import factories
from tests.projects.sending import fields

pytestmark = pytest.mark.django_db
NEW = "/en/projects/new/"
NEW_DRAFT = "/en/projects/new/draft/"
EDIT = "/en/projects/s-net-24-50/edit/"
DRAFT = "/en/projects/s-net-24-50/draft/"
SCRIPT = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def test_script_keeps_what_is_typed_and_says_when(manager, project, dainius):
    data = fields(manager.get(EDIT)) | {"title_en": "Half typ", "websites-1-url": "not finished"}
    answer = manager.post(DRAFT, data, **SCRIPT)
    assert answer.status_code == 200
    assert answer.json()["words"].startswith("Draft saved at ")
    draft = FormDraft.objects.get()
    assert (draft.user, draft.project, draft.version) == (dainius, project, 1)
    assert ["title_en", "Half typ"] in draft.content
    project.refresh_from_db()
    assert project.title_en == "Membership of a network"
    manager.post(DRAFT, data | {"title_en": "More"}, **SCRIPT)
    assert dict(FormDraft.objects.get().content)["title_en"] == "More"


def test_button_keeps_it_without_a_script_and_shows_it_again(manager, project):
    data = fields(manager.get(EDIT)) | {"title_en": "Half typ"}
    answer = manager.post(DRAFT, data)
    assert answer["Location"] == f"{EDIT}?draft=continue"
    again = manager.get(answer["Location"])
    assert fields(again)["title_en"] == "Half typ"
    assert b"Draft saved at" in again.content


def test_draft_of_a_new_project_keeps_its_rows_and_its_token(manager):
    data = fields(manager.get(NEW)) | {
        "code": "TRY-9",
        "websites-0-url": "https://half",
        "step": "add-websites",
    }
    data = fields(manager.post(NEW, data))
    assert manager.post(NEW_DRAFT, data)["Location"] == f"{NEW}?draft=continue"
    again = fields(manager.get(f"{NEW}?draft=continue"))
    assert (again["code"], again["websites-0-url"], again["websites-TOTAL_FORMS"]) == (
        "TRY-9",
        "https://half",
        "2",
    )
    assert again["token"] == data["token"]


def test_form_with_a_draft_offers_it_and_never_takes_it_silently(manager, project):
    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Half typ"})
    opened = manager.get(EDIT)
    assert fields(opened)["title_en"] == "Membership of a network"
    text = opened.content.decode()
    assert "You have a draft of" in text
    assert "Continue with the draft" in text
    assert "Discard the draft" in text
    other = manager.post(DRAFT, fields(opened) | {"title_en": "Anew"}, **SCRIPT)
    assert other.status_code == 409
    assert "another draft" in other.json()["words"]
    shown = manager.post(DRAFT, fields(opened) | {"title_en": "Anew"})
    assert (shown.status_code, fields(shown)["title_en"]) == (409, "Anew")
    assert dict(FormDraft.objects.get().content)["title_en"] == "Half typ"
    assert manager.post(DRAFT, fields(opened) | {"title_en": "Anew", "replace": "1"}).status_code == 302
    assert dict(FormDraft.objects.get().content)["title_en"] == "Anew"


def test_draft_continued_in_two_tabs_is_not_overwritten_by_the_second(manager, project):
    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Begun"})
    one, other = (fields(manager.get(f"{EDIT}?draft=continue")) for _tab in range(2))
    assert manager.post(DRAFT, one | {"title_en": "First tab"}, **SCRIPT).status_code == 200
    assert manager.post(DRAFT, other | {"title_en": "Second tab"}, **SCRIPT).status_code == 409
    assert dict(FormDraft.objects.get().content)["title_en"] == "First tab"


def test_draft_is_gone_once_it_is_saved_or_discarded(manager, project):
    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Half typ"})
    assert manager.post(EDIT, fields(manager.get(f"{EDIT}?draft=continue"))).status_code == 302
    assert not FormDraft.objects.exists()
    assert Project.objects.get().title_en == "Half typ"
    manager.post(DRAFT, fields(manager.get(EDIT)))
    for _time in range(2):
        assert manager.post(DRAFT, {"discard": "1"})["Location"] == EDIT
    assert not FormDraft.objects.exists()


def test_a_draft_that_the_saved_form_did_not_know_stays(manager, project):
    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Half typ"})
    assert manager.post(EDIT, fields(manager.get(EDIT)) | {"acronym": "NEW"}).status_code == 302
    assert FormDraft.objects.exists()


def test_draft_begun_before_somebody_saved_leads_to_the_conflict_page(manager, project, egle):
    from tests.projects.test_conflict import save

    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Mine"})
    save(project, egle, title_en="Theirs")
    continued = fields(manager.get(f"{EDIT}?draft=continue"))
    assert continued["version"] == "1"
    response = manager.post(EDIT, continued)
    assert response.status_code == 409
    assert [q.name for q in response.context["conflict"].questions] == ["keep-title_en"]


def test_draft_is_its_persons_own(manager, project, client, egle):
    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Secret"})
    client.force_login(egle)
    assert b"You have a draft" not in client.get(EDIT).content
    assert b"Secret" not in client.get(f"{EDIT}?draft=continue").content
    client.post(DRAFT, {"discard": "1"})
    assert FormDraft.objects.count() == 1


def test_draft_gives_no_right_to_who_lost_it(manager, project, dainius):
    data = fields(manager.get(EDIT))
    manager.post(DRAFT, data)
    dainius.appointments.all().delete()
    assert manager.get(f"{EDIT}?draft=continue").status_code == 404
    assert manager.post(DRAFT, data, **SCRIPT).status_code == 404
    assert manager.get(f"{NEW}?draft=continue").status_code == 403
    assert manager.post(NEW_DRAFT, data).status_code == 403


def test_archived_project_takes_no_draft(manager, project, dainius):
    data = fields(manager.get(EDIT))
    actions.change_publication(project, step="archive", by=dainius)
    answer = manager.post(DRAFT, data, **SCRIPT)
    assert answer.status_code == 409
    assert "read-only" in answer.json()["words"]


def test_only_fields_of_the_form_are_kept_and_nothing_that_cannot_be_stored(manager, project):
    manager.post(
        DRAFT,
        fields(manager.get(EDIT)) | {
            "csrfmiddlewaretoken": "x", "publication": "archived", "keeper": "x", "nonsense-0-url": "x",
            "websites-0-secret": "x", "websites-99999-url": "x", "title_en": "a\x00b",
        },
        **SCRIPT,
    )  # fmt: skip
    kept = dict(FormDraft.objects.get().content)
    assert kept["title_en"] == "ab"
    assert not {"csrfmiddlewaretoken", "publication", "keeper", "nonsense-0-url", "websites-0-secret"} & set(
        kept
    )
    assert "websites-99999-url" not in kept
    assert "websites-0-url" in kept


def test_hostile_draft_is_shown_as_text(manager, project):
    data = fields(manager.get(EDIT)) | {
        "title_en": '"><script>alert(1)</script>', "version": "²" * 40, "lead": "abc", "token": "x",
        "websites-TOTAL_FORMS": "-7", "team-TOTAL_FORMS": "9999", "partners-0-organisation_id": "9" * 400,
    }  # fmt: skip
    assert manager.post(DRAFT, data, **SCRIPT).status_code == 200
    response = manager.get(f"{EDIT}?draft=continue")
    assert response.status_code == 200
    assert b"<script>alert(1)" not in response.content


def test_too_long_a_draft_is_refused_in_words(manager, project):
    data = fields(manager.get(EDIT)) | {"description_en": "ž" * 300_000}
    answer = manager.post(DRAFT, data, **SCRIPT)
    assert answer.status_code == 413
    assert "too long" in answer.json()["words"]
    shown = manager.post(DRAFT, data)
    assert shown.status_code == 413
    assert "ž" * 300_000 in shown.content.decode()
    assert not FormDraft.objects.exists()


def test_old_drafts_are_swept(manager, project):
    manager.post(DRAFT, fields(manager.get(EDIT)))
    manager.post(NEW_DRAFT, fields(manager.get(NEW)))
    FormDraft.objects.filter(project=project).update(saved_at=clock.now() - dt.timedelta(days=31))
    assert sweep_drafts() == 1
    assert FormDraft.objects.get().project is None


# Signed out meanwhile


def test_form_sent_after_the_session_ended_is_kept_and_found_after_signing_in(manager, project, dainius):
    data = fields(manager.get(EDIT)) | {"title_en": "Long work"}
    manager.logout()
    answer = manager.post(EDIT, data)
    assert answer["Location"].startswith("/en/accounts/login/?next=")
    assert "draft%3Dcontinue" in answer["Location"]
    manager.force_login(dainius)
    assert fields(manager.get(f"{EDIT}?draft=continue"))["title_en"] == "Long work"
    project.refresh_from_db()
    assert project.title_en == "Membership of a network"


def test_new_project_and_a_script_are_kept_after_the_session_too(manager, dainius):
    data = fields(manager.get(NEW)) | {"code": "TRY-7"}
    manager.logout()
    answer = manager.post(NEW_DRAFT, data, **SCRIPT)
    assert answer.json()["signed_in"] is False
    assert "signed out" in answer.json()["words"]
    assert manager.post(NEW, data)["Location"].startswith("/en/accounts/login/")
    assert dict(FormDraft.objects.get(user=dainius).content)["code"] == "TRY-7"


@pytest.mark.parametrize("keeper", ["", "made-up", "of another project", "of one who lost the right"])
def test_nobody_writes_a_draft_for_somebody_else(keeper, manager, project, dainius):
    other = factories.ProjectFactory(code="OTHER-1", lead=project.lead)
    proof = fields(manager.get(f"/en/projects/{other.key}/edit/"))["keeper"]
    data = fields(manager.get(EDIT))
    if keeper == "of one who lost the right":
        dainius.appointments.all().delete()
    else:
        data["keeper"] = proof if keeper.startswith("of") else keeper
    manager.logout()
    assert manager.post(EDIT, data)["Location"] == f"/en/accounts/login/?next={EDIT}"
    assert manager.post(DRAFT, data, **SCRIPT).status_code in (401, 404)
    assert not FormDraft.objects.exists()


def test_keeping_a_draft_takes_as_many_queries_with_many_rows_as_with_few(manager, project):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    data = fields(manager.get(EDIT))
    manager.post(DRAFT, data, **SCRIPT)
    with CaptureQueriesContext(connection) as few:
        manager.post(DRAFT, data, **SCRIPT)
    many_rows = {f"team-{i}-name": f"Person {i}" for i in range(30)} | {"team-TOTAL_FORMS": "30"}
    with CaptureQueriesContext(connection) as many:
        manager.post(DRAFT, data | many_rows, **SCRIPT)
    assert len(few) == len(many)
