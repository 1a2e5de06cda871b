"""Editing what is there, and two people who edit at once."""

import datetime as dt
import uuid

import pytest

from projects import actions
from projects.models import FormDraft, Project, Website
from tests import factories
from tests.projects.sending import fields, with_rows

pytestmark = pytest.mark.django_db
EDIT = "/en/projects/s-net-24-50/edit/"


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def test_saving_what_is_there_changes_nothing_but_the_version(manager, project):
    before = list(Website.objects.values()), list(project.funding_lines.values())
    assert manager.post(EDIT, fields(manager.get(EDIT))).status_code == 302
    after = Project.objects.get(pk=project.pk)
    assert after.version == 2
    assert (list(Website.objects.values()), list(project.funding_lines.values())) == before
    assert (after.title_en, after.description_en) == (project.title_en, "What it is for.")


def test_comment_goes_into_the_history(manager, project):
    manager.post(EDIT, fields(manager.get(EDIT)) | {"title_en": "Renamed", "comment": "Better name"})
    text = manager.get("/en/projects/s-net-24-50/history/").content.decode()
    assert "Better name" in text


def asked(response):
    """What the page asks, by the name of the answer."""
    return {question.name: question for question in response.context["conflict"].questions}


def told(pieces):
    return "".join(f"-{p.words}-" if p.went else f"+{p.words}+" if p.came else p.words for p in pieces)


def options(question):
    return {option.value: told(option.pieces) for option in question.options}


def taken(response):
    """What the page says is taken over."""
    return [(str(d.label), told(d.pieces)) for d in response.context["conflict"].taken]


def test_only_what_both_changed_is_asked_and_the_rest_is_kept(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "My title", "acronym": "MINE"}
    mine = with_rows(mine, "websites", {"url": "https://mine.example/"})
    save(project, egle, title_en="Their title", description_en="Theirs.", ends_on=dt.date(2026, 5, 1))
    response = manager.post(EDIT, mine)
    assert response.status_code == 409
    assert list(asked(response)) == ["keep-title_en"]
    assert options(asked(response)["keep-title_en"]) == {"mine": "My title", "theirs": "Their title"}
    assert taken(response) == [
        ("Last day", "-1 March 2026-+1 May 2026+"),
        ("Description in English", "-What it is for.-+Theirs.+"),
    ]
    project.refresh_from_db()
    assert (project.title_en, project.version) == ("Their title", 2)
    assert manager.post(EDIT, fields(response)).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.acronym, project.description_en) == ("My title", "MINE", "Theirs.")
    assert [w.url for w in project.websites.all()] == ["https://mine.example/"]
    assert (project.ends_on, project.version) == (dt.date(2026, 5, 1), 3)


def test_their_value_is_kept_where_it_is_chosen(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "My title", "acronym": "MINE"}
    save(project, egle, title_en="Their title", acronym="THEIRS")
    chosen = fields(manager.post(EDIT, mine)) | {"keep-title_en": "theirs"}
    assert manager.post(EDIT, chosen).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.acronym) == ("Their title", "MINE")


def test_changes_that_do_not_touch_are_shown_once_and_saved_together(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE"}
    save(project, egle, title_en="Their title")
    response = manager.post(EDIT, mine)
    assert (response.status_code, asked(response)) == (409, {})
    page = response.content.decode()
    assert "Also changed meanwhile by Eglė Pavyzdė" in page
    assert "Save both" in page
    assert manager.post(EDIT, fields(response)).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.acronym, project.version) == ("Their title", "MINE", 3)


def test_both_made_the_same_change_and_nothing_is_asked(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "New", "acronym": "MINE"}
    save(project, egle, title_en="New")
    response = manager.post(EDIT, mine)
    assert (asked(response), taken(response)) == ({}, [])


def test_a_value_is_proposed_where_the_other_left_nothing(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"acronym": ""}
    save(project, egle, acronym="THEIRS")
    response = manager.post(EDIT, mine)
    assert asked(response)["keep-acronym"].choice == "theirs"
    assert "empty" in response.content.decode()
    kept = fields(response) | {"keep-acronym": "mine"}
    assert manager.post(EDIT, kept).status_code == 302
    project.refresh_from_db()
    assert project.acronym == ""


def test_conflict_keeps_what_could_not_be_saved_anyway(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"ends_on": "someday", "funding-0-amount": "much"}
    save(project, egle, title_en="Their title", ends_on=dt.date(2026, 5, 1))
    response = manager.post(EDIT, mine)
    assert options(asked(response)["keep-ends_on"]) == {"mine": "someday", "theirs": "1 May 2026"}
    again = manager.post(EDIT, fields(response))
    assert again.status_code == 422
    kept = fields(again)
    assert (kept["ends_on"], kept["funding-0-amount"], kept["title_en"]) == ("someday", "much", "Their title")
    assert kept["version"] == "2"


def test_every_save_since_is_named_with_its_moment(manager, project, egle, laima):
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE"}
    save(project, egle, title_en="Their title")
    save(project, laima, title_lt="Jų pavadinimas")
    response = manager.post(EDIT, mine)
    conflict = response.context["conflict"]
    assert [save.who for save in conflict.saves] == [str(laima), str(egle)]
    assert conflict.who == f"{laima}, {egle}"
    page = response.content.decode()
    assert page.count("<time datetime") >= 2
    assert "S-NET-24-50 · " in page
    assert [label for label, _words in taken(response)] == ["Title in English", "Title in Lithuanian"]


def test_third_save_while_choosing_asks_again_and_loses_nothing(manager, project, egle, laima):
    mine = fields(manager.get(EDIT)) | {"title_en": "My title", "acronym": "MINE"}
    save(project, egle, title_en="Their title", ends_on=dt.date(2026, 5, 1))
    chosen = fields(manager.post(EDIT, mine)) | {"keep-title_en": "theirs"}
    save(project, laima, acronym="THIRD", title_lt="Trečias")
    response = manager.post(EDIT, chosen)
    assert response.status_code == 409
    assert list(asked(response)) == ["keep-acronym"]
    assert [save.who for save in response.context["conflict"].saves] == [str(laima)]
    assert manager.post(EDIT, fields(response)).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.acronym, project.title_lt) == ("Their title", "MINE", "Trečias")
    assert (project.ends_on, project.version) == (dt.date(2026, 5, 1), 4)


def test_merged_version_can_be_edited_before_it_is_saved(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "My title", "comment": "Why"}
    save(project, egle, title_en="Their title", acronym="THEIRS")
    chosen = fields(manager.post(EDIT, mine)) | {"keep-title_en": "theirs", "step": "merged"}
    response = manager.post(EDIT, chosen)
    kept = fields(response)
    assert response.status_code == 200
    assert (kept["title_en"], kept["acronym"], kept["comment"]) == ("Their title", "THEIRS", "Why")
    assert manager.post(EDIT, kept).status_code == 302


def test_part_that_did_not_arrive_whole_is_not_taken_for_removed(manager, project, egle):
    mine = {n: v for n, v in fields(manager.get(EDIT)).items() if not n.startswith("team-")}
    save(project, egle, title_en="Their title")
    response = manager.post(EDIT, mine)
    assert taken(response) == [("Title in English", "-Membership of a network-+Their title+")]
    assert manager.post(EDIT, fields(response)).status_code == 422
    assert project.team.count() == 1


def test_period_amended_meanwhile_is_taken_over_and_another_is_not_proposed(manager, project, dainius):
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE"}
    terms = actions.Terms(
        starts_on=project.starts_on, ends_on=dt.date(2027, 6, 30), agreed_on=dt.date(2026, 1, 5), reason_en="Delay",
        reason_lt="",
    )  # fmt: skip
    actions.amend_period(project, by=dainius, token=uuid.uuid4(), version=1, terms=terms)
    response = manager.post(EDIT, mine)
    assert asked(response) == {}
    assert [label for label, _words in taken(response)] == ["Last day", "Amendments of the period"]
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert asked(manager.post(EDIT, mine | {"ends_on": "2028-01-01"})) == {}


def test_page_speaks_lithuanian(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"ends_on": "2026-06-01"}
    save(project, egle, ends_on=dt.date(2026, 5, 1))
    response = manager.post(EDIT.replace("/en/", "/lt/"), mine)
    assert "2026\u00a0m. gegužės 1\u00a0d." in response.content.decode()


def test_session_that_ended_on_the_page_keeps_the_choices_as_a_draft(manager, project, egle, dainius):
    mine = fields(manager.get(EDIT)) | {"title_en": "My title"}
    save(project, egle, title_en="Their title")
    chosen = fields(manager.post(EDIT, mine)) | {"keep-title_en": "theirs"}
    manager.logout()
    assert manager.post(EDIT, chosen).status_code == 302
    draft = FormDraft.objects.get(user=dainius)
    assert (dict(draft.content)["title_en"], draft.version) == ("Their title", 2)


@pytest.mark.parametrize("version", ["", "²", "9" * 5000, "abc", "0", "-1", "99999999999999999999"])
def test_version_that_is_not_the_present_one_never_overwrites(version, manager, project):
    data = fields(manager.get(EDIT)) | {"title_en": "Mine", "version": version}
    assert manager.post(EDIT, data).status_code == 409
    project.refresh_from_db()
    assert project.title_en == "Membership of a network"


def test_double_click_on_save_saves_once(manager, project):
    data = fields(manager.get(EDIT)) | {"title_en": "Renamed"}
    answers = [manager.post(EDIT, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    project.refresh_from_db()
    assert project.version == 2


def test_save_that_loses_the_race_after_the_check_shows_both_versions(manager, project, egle, monkeypatch):
    data = fields(manager.get(EDIT)) | {"title_en": "Mine"}
    real = actions.edit_project

    def overtaken(record, **sent):
        monkeypatch.setattr(actions, "edit_project", real)
        save(project, egle, title_en="Theirs")
        return real(record, **sent)

    monkeypatch.setattr(actions, "edit_project", overtaken)
    assert manager.post(EDIT, data).status_code == 409


def save(project, by, websites=None, **changed):
    """Somebody saves the project."""
    stored = Project.objects.get(pk=project.pk)
    names = ["code", "title_en", "title_lt", "acronym", "description_en", "starts_on", "ends_on", "lead"]
    kept = {name: getattr(stored, name) for name in names}
    rows = {
        "websites": websites or list(stored.websites.values("url")),
        "funding": list(
            stored.funding_lines.values(
                "id", "programme_id", "amount", "currency", "share", "contract_number"
            )
        ),
        "team": list(stored.team.values("id", "name", "part")),
        "departments": list(stored.departments.values("unit_id")),
        "partners": list(stored.partnerships.values("organisation_id", "part")),
        "milestones": list(stored.milestones.values("id", "title_en", "kind", "due_on")),
    }
    actions.edit_project(stored, by=by, version=stored.version, fields=kept | changed, rows=rows)


def test_number_taken_meanwhile_is_said_beside_the_field(manager, project, monkeypatch):
    factories.ProjectFactory(code="TAKEN-1")
    data = fields(manager.get(EDIT)) | {"code": "TAKEN-1"}
    monkeypatch.setattr(Project, "full_clean", lambda self, *args, **kwargs: None)
    response = manager.post(EDIT, data)
    assert response.status_code == 422
    assert "code" in response.context["form"].errors


def test_project_archived_meanwhile_is_read_only(manager, project, dainius, monkeypatch):
    data = fields(manager.get(EDIT)) | {"title_en": "Late"}
    real = actions.edit_project

    def overtaken(record, **sent):
        actions.change_publication(record, step="archive", by=dainius)
        return real(record, **sent)

    monkeypatch.setattr(actions, "edit_project", overtaken)
    response = manager.post(EDIT, data)
    assert response.status_code == 409
    assert b"read-only" in response.content


def test_choice_for_a_field_that_is_not_there_changes_nothing(manager, project):
    data = fields(manager.get(EDIT)) | {
        "keep-publication": "theirs",
        "keep-nonsense": "theirs",
        "title_en": "Mine",
    }
    assert manager.post(EDIT, data).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.publication) == ("Mine", "published")


# Merged texts


def base_text(project, dainius, text):
    save(project, dainius, description_en=text)


def test_texts_that_both_changed_in_other_places_are_merged(manager, project, egle, dainius):
    base_text(project, dainius, "One.\n\nTwo.\n\nThree.")
    mine = fields(manager.get(EDIT)) | {"description_en": "One by me.\n\nTwo.\n\nThree."}
    save(project, egle, description_en="One.\n\nTwo.\n\nThree.\n\nFour by them.")
    response = manager.post(EDIT, mine)
    (clash,) = asked(response).values()
    assert (clash.choice, clash.merged.marked) == ("merge", False)
    assert options(clash)["theirs"] == "One.\n\nTwo.\n\nThree.\n\n+Four by them.+"
    assert manager.post(EDIT, fields(response)).status_code == 302
    project.refresh_from_db()
    assert project.description_en == "One by me.\n\nTwo.\n\nThree.\n\nFour by them."


def test_passage_that_both_changed_stands_marked_and_is_not_saved_with_its_marks(
    manager, project, egle, dainius
):
    base_text(project, dainius, "One.\n\nTwo.")
    mine = fields(manager.get(EDIT)) | {"description_en": "One by me.\n\nTwo."}
    save(project, egle, description_en="One by them.\n\nTwo.")
    response = manager.post(EDIT, mine)
    (clash,) = asked(response).values()
    assert (clash.choice, clash.merged.marked) == ("merge", True)
    assert clash.merged.text == "⟪ mine: One by me. ⟫\n⟪ theirs: One by them. ⟫\n\nTwo."
    chosen = fields(response)
    again = manager.post(EDIT, chosen)
    assert again.status_code == 422
    page = again.content.decode()
    assert "Keep one and delete the marks" in page
    assert "<title>Error: " in page
    assert '<a href="#merged-description_en">Description in English: ' in page
    assert 'id="merged-description_en"' in page
    assert "One by them." in fields(again)["merged-description_en"]
    settled = chosen | {"merged-description_en": "One by both.\n\nTwo."}
    assert manager.post(EDIT, settled).status_code == 302
    project.refresh_from_db()
    assert project.description_en == "One by both.\n\nTwo."


def test_merge_is_offered_for_long_texts_only(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {
        "title_en": "Mine",
        "keep-title_en": "merge",
        "merged-title_en": "Taken",
    }
    save(project, egle, title_en="Theirs")
    response = manager.post(EDIT, mine)
    assert [clash.merged for clash in asked(response).values()] == [None]


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged", "marked"),
    [
        ("a\nb\nc", "a\nB\nc", "a\nb\nc\nd", "a\nB\nc\nd", False),
        ("a\nb\nc", "a\nB\nc", "a\nX\nc\nd", "a\n⟪ m: B ⟫\n⟪ t: X ⟫\nc\nd", True),
        ("a\nb", "b", "a\nb\nc", "b\nc", False),
        (None, "a\nb", "a\nc\nb", "a\nc\nb", False),
        ("", "x", "y", "⟪ m: x ⟫\n⟪ t: y ⟫", True),
        ("a\nb\nc", "", "a\nb\nc", "", False),
        ("a", "a", "a", "a", False),
    ],
)
def test_three_versions_become_one(base, mine, theirs, merged, marked):
    from projects.matching import Effort
    from projects.merge import merge

    found = merge(base, mine, theirs, ("m", "t"), Effort())
    assert (found.text, found.marked) == (merged, marked)


def test_no_line_of_either_is_lost_in_a_merge():
    import random

    from projects.matching import Effort
    from projects.merge import merge

    dice = random.Random(7)
    for _try in range(300):
        base = [dice.choice("abcdef") for _line in range(dice.randrange(8))]
        mine, theirs = ([x for x in base if dice.random() > 0.2] for _side in range(2))
        for side, own in ((mine, "M"), (theirs, "T")):
            for i in range(dice.randrange(3)):
                side.insert(dice.randrange(len(side) + 1), f"{own}{i}")
        text = merge("\n".join(base), "\n".join(mine), "\n".join(theirs), ("m", "t"), Effort()).text
        assert all(line in text for line in (*mine, *theirs) if line[0] in "MT")
