"""The page of a conflict that comes back without an answer: nothing is saved, nothing lost, and it is asked again."""

import pytest

from projects.models import FormDraft, Partnership
from tests.projects.sending import fields
from tests.projects.test_conflict import EDIT, asked, save

pytestmark = pytest.mark.django_db
MISSING = "An answer is missing, so nothing was saved."


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def without_answers(response, *but):
    return {
        name: value for name, value in fields(response).items() if not name.startswith("keep-") or name in but
    }


def test_without_any_answer_nothing_is_written_over(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {
        "title_en": "Mine",
        "acronym": "MINE",
        "description_en": "What I say.",
    }
    save(project, egle, title_en="Theirs", acronym="THEIRS")
    first = manager.post(EDIT, mine)
    again = manager.post(EDIT, without_answers(first))
    assert again.status_code == 422
    assert MISSING in again.content.decode()
    assert set(asked(again)) == set(asked(first)) == {"keep-title_en", "keep-acronym"}
    project.refresh_from_db()
    assert (project.title_en, project.version) == ("Theirs", 2)
    kept = FormDraft.objects.get(project=project)
    assert dict(kept.content)["title_en"] == "Mine"
    assert kept.version == 1  # who goes on with it is asked as well
    assert manager.post(EDIT, fields(again) | {"keep-title_en": "theirs"}).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.acronym, project.description_en) == ("Theirs", "MINE", "What I say.")


def test_of_two_answers_one_is_missing(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "Mine", "acronym": "MINE"}
    save(project, egle, title_en="Theirs", acronym="THEIRS")
    first = manager.post(EDIT, mine)
    sent = without_answers(first, "keep-acronym") | {"keep-acronym": "theirs", "keep-title_en": "nonsense"}
    again = manager.post(EDIT, sent)
    assert (again.status_code, set(asked(again))) == (422, {"keep-title_en"})
    assert manager.post(EDIT, fields(again)).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.acronym) == ("Mine", "THEIRS")


@pytest.mark.parametrize("mine_removed", [True, False])
def test_row_that_one_removed_and_the_other_changed_is_asked_again(mine_removed, manager, project, egle):
    opened = fields(manager.get(EDIT))
    other = manager.__class__()
    other.force_login(egle)
    removed, changed = {"partners-0-DELETE": "on"}, {"partners-0-part": "coordinator"}
    mine, theirs = (removed, changed) if mine_removed else (changed, removed)
    assert other.post(EDIT, fields(other.get(EDIT)) | theirs).status_code == 302
    first = manager.post(EDIT, opened | mine)
    again = manager.post(EDIT, without_answers(first))
    assert again.status_code == 422
    assert [q.why for q in asked(again).values()] == [q.why for q in asked(first).values()]
    assert Partnership.objects.filter(project=project).exists() is mine_removed
    (name,) = asked(again)
    assert manager.post(EDIT, fields(again) | {name: "remove"}).status_code == 302
    assert not Partnership.objects.filter(project=project).exists()


def test_save_by_a_third_meanwhile_does_not_hide_that_an_answer_is_missing(manager, project, egle, laima):
    mine = fields(manager.get(EDIT)) | {"title_en": "Mine"}
    save(project, egle, title_en="Theirs")
    sent = without_answers(manager.post(EDIT, mine))
    save(project, laima, acronym="THIRD")
    again = manager.post(EDIT, sent)
    assert (again.status_code, set(asked(again))) == (422, {"keep-title_en"})


def test_who_goes_on_editing_without_an_answer_is_asked_when_saving(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "Mine"}
    save(project, egle, title_en="Theirs")
    form = manager.post(EDIT, without_answers(manager.post(EDIT, mine)) | {"step": "merged"})
    again = manager.post(EDIT, fields(form))
    assert (again.status_code, set(asked(again))) == (409, {"keep-title_en"})


def test_answers_that_are_all_there_save(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "Mine"}
    save(project, egle, title_en="Theirs")
    first = manager.post(EDIT, mine)
    assert MISSING not in first.content.decode()
    assert manager.post(EDIT, fields(first)).status_code == 302
    project.refresh_from_db()
    assert project.title_en == "Mine"
