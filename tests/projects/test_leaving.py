"""Leaving the form without saving: asked once where something was typed, and nothing is lost unsaid."""

import pytest

from projects import actions
from projects.models import FormDraft, Project
from tests.projects.sending import fields, with_rows

pytestmark = pytest.mark.django_db
NEW, PROJECTS = "/en/projects/new/", "/en/projects/"
EDIT, PAGE = "/en/projects/s-net-24-50/edit/", "/en/projects/s-net-24-50/"
LEAVE = {"step": "leave"}
QUESTION = "Leave without saving?"


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


@pytest.mark.parametrize(("form", "way_out"), [(NEW, PROJECTS), (EDIT, PAGE)])
def test_who_typed_nothing_is_asked_nothing(form, way_out, manager, project):
    data = fields(manager.get(form))
    manager.post(form.replace("edit/", "draft/") if form == EDIT else f"{NEW}draft/", data)
    assert FormDraft.objects.exists()  # kept on the way, with nothing in it
    assert manager.post(form, data | LEAVE)["Location"] == way_out
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"title_en": "Else"}, {"acronym": ""}, {"ends_on": "not a day"}, {"description_en": "What it is for.\r\nMore."},
        {"comment": "Why"}, {"websites-1-DELETE": "on"}, {"funding-0-amount": "1000.01"}, {"funding-0-amount": "x"},
        {"team-TOTAL_FORMS": "2", "team-1-name": "One more", "team-1-part": "member"},
        {"milestones-0-due_on": "2026-05-30"}, {"partners-0-part": "coordinator"},
    ],
    ids=str,
)  # fmt: skip
def test_what_was_typed_is_kept_and_the_person_asked(typed, manager, project):
    answer = manager.post(EDIT, fields(manager.get(EDIT)) | typed | LEAVE)
    assert QUESTION in answer.content.decode()
    assert "Leave and keep the draft" in answer.content.decode()
    kept = dict(FormDraft.objects.get().content)
    assert typed.items() <= kept.items()
    project.refresh_from_db()
    assert (project.version, project.title_en) == (1, "Membership of a network")


@pytest.mark.parametrize(
    "same",
    [{"description_en": "What it is for.\r\n"}, {"funding-0-amount": "1000"}, {"team-TOTAL_FORMS": "2"},
     {"websites-TOTAL_FORMS": "3", "websites-2-url": "https://x.example", "websites-2-DELETE": "on"}],
    ids=str,
)  # fmt: skip
def test_what_says_the_same_is_nothing_typed(same, manager, project):
    assert manager.post(EDIT, fields(manager.get(EDIT)) | same | LEAVE)["Location"] == PAGE


def test_new_project_with_a_title_is_asked_about_too(manager):
    answer = manager.post(NEW, fields(manager.get(NEW)) | {"title_en": "Begun"} | LEAVE)
    assert QUESTION in answer.content.decode()
    assert fields(manager.get(f"{NEW}?draft=continue"))["title_en"] == "Begun"


def test_discarding_it_leaves_nothing_behind(manager, project):
    manager.post(EDIT, fields(manager.get(EDIT)) | {"title_en": "Else"} | LEAVE)
    answer = manager.post(EDIT.replace("edit", "draft"), {"discard": "leave"})
    assert answer["Location"] == PAGE
    assert not FormDraft.objects.exists()


def test_an_earlier_draft_is_not_written_over_unless_the_person_says_so(manager, project):
    draft = EDIT.replace("edit", "draft")
    manager.post(draft, fields(manager.get(EDIT)) | {"title_en": "Earlier"})
    answer = manager.post(EDIT, fields(manager.get(EDIT)) | {"title_en": "Now"} | LEAVE)
    text = answer.content.decode()
    assert "What you typed now is not kept" in text
    assert dict(FormDraft.objects.get().content)["title_en"] == "Earlier"
    carried = fields(answer)
    again = manager.post(EDIT, carried | {"step": "return"})
    assert fields(again)["title_en"] == "Now"
    assert manager.post(draft, carried | {"replace": "leave"})["Location"] == PAGE
    assert dict(FormDraft.objects.get().content)["title_en"] == "Now"


def test_what_is_too_long_for_a_draft_is_said_to_be_lost(manager, project):
    data = fields(manager.get(EDIT)) | {"description_en": "ž" * 300_000} | LEAVE
    text = manager.post(EDIT, data).content.decode()
    assert "can't be kept as a draft" in text
    assert not FormDraft.objects.exists()


def test_who_is_signed_out_meanwhile_loses_nothing_either(manager, project):
    data = fields(manager.get(EDIT)) | {"title_en": "Else"} | LEAVE
    manager.logout()
    assert manager.post(EDIT, data)["Location"].startswith("/en/accounts/login/")
    assert dict(FormDraft.objects.get().content)["title_en"] == "Else"


def test_a_refused_save_is_a_draft_at_once(manager, project):
    data = fields(manager.get(EDIT)) | {"title_en": "Long work", "ends_on": "2001-01-01"}
    answer = manager.post(EDIT, data)
    assert answer.status_code == 422
    assert "You have a draft of" not in answer.content.decode()  # it is this one
    assert fields(manager.get(f"{EDIT}?draft=continue"))["title_en"] == "Long work"
    assert manager.post(EDIT, fields(answer) | {"ends_on": "2027-01-01"}).status_code == 302
    assert not FormDraft.objects.exists()


def test_a_refused_new_project_is_a_draft_at_once(manager, project):
    for broken in ({"code": ""}, {"code": "S-NET-24-50"}):
        assert manager.post(NEW, fields(manager.get(NEW)) | {"title_en": "Begun"} | broken).status_code == 422
    assert fields(manager.get(f"{NEW}?draft=continue"))["title_en"] == "Begun"


def test_what_the_database_refuses_and_what_somebody_overtook_is_a_draft_too(manager, project, egle):
    data = fields(manager.get(EDIT)) | {"title_en": "Mine"}
    missing = with_rows(data, "partners", {"organisation_id": 999999, "part": "beneficiary"})
    assert manager.post(EDIT, missing).status_code == 422
    assert dict(FormDraft.objects.get().content)["title_en"] == "Mine"
    actions.discard_draft(project, by=FormDraft.objects.get().user)
    Project.objects.filter(pk=project.pk).update(version=2, title_en="Theirs")
    assert manager.post(EDIT, data).status_code == 409
    assert dict(FormDraft.objects.get().content)["title_en"] == "Mine"


def test_a_refused_save_never_writes_over_an_earlier_draft(manager, project):
    manager.post(EDIT.replace("edit", "draft"), fields(manager.get(EDIT)) | {"title_en": "Earlier"})
    answer = manager.post(EDIT, fields(manager.get(EDIT)) | {"title_en": "Now", "ends_on": "x"})
    assert "You have a draft of" in answer.content.decode()
    assert dict(FormDraft.objects.get().content)["title_en"] == "Earlier"
