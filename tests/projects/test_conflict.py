"""Editing what is there, and two people who edit at once."""

import pytest

from projects import actions
from projects.models import Project, Website
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


def test_both_versions_are_shown_when_somebody_saved_meanwhile(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "My title", "acronym": "MINE"}
    mine = with_rows(mine, "websites", {"url": "https://mine.example/"})
    save(project, egle, title_en="Their title", description_en="Theirs.")
    response = manager.post(EDIT, mine)
    assert response.status_code == 409
    clashes = {c.name: c for c in response.context["conflict"].clashes}
    assert set(clashes) == {"title_en", "acronym", "description_en", "websites"}
    assert (clashes["title_en"].mine, clashes["title_en"].theirs) == (["My title"], ["Their title"])
    assert clashes["websites"].mine == ["https://mine.example/"]
    # What only the other person changed is proposed as theirs, what I changed as mine.
    assert {name for name, clash in clashes.items() if clash.keep_mine} == {"title_en", "acronym", "websites"}
    project.refresh_from_db()
    assert (project.title_en, project.version) == ("Their title", 2)


def test_choices_of_both_versions_are_saved_together(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"title_en": "My title", "acronym": "MINE"}
    mine = with_rows(mine, "websites", {"url": "https://mine.example/"})
    mine = with_rows(mine, "team", {"name": "My Head", "part": "head"})
    save(
        project,
        egle,
        title_en="Their title",
        description_en="Theirs.",
        websites=[{"url": "https://theirs.example/"}],
    )
    chosen = fields(manager.post(EDIT, mine)) | {"keep-title_en": "mine", "keep-websites": "theirs"}
    assert manager.post(EDIT, chosen).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.acronym, project.description_en) == ("My title", "MINE", "Theirs.")
    assert [w.url for w in project.websites.all()] == ["https://theirs.example/"]
    assert project.team.get().name == "My Head"
    assert project.version == 3


def test_conflict_keeps_what_could_not_be_saved_anyway(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"ends_on": "someday", "funding-0-amount": "much"}
    save(project, egle, title_en="Their title")
    response = manager.post(EDIT, mine)
    assert response.status_code == 409
    clashes = {c.name: c for c in response.context["conflict"].clashes}
    assert clashes["ends_on"].mine == ["someday"]
    assert "much" in clashes["funding"].mine[0]
    again = manager.post(EDIT, fields(response))
    assert again.status_code == 422
    assert fields(again)["ends_on"] == "someday"


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


def test_partners_and_departments_are_named_in_a_conflict(manager, project, egle, trento):
    mine = with_rows(
        fields(manager.get(EDIT)),
        "partners",
        {"organisation_id": trento.organisation_id, "part": "associated"},
    )
    mine = with_rows(mine, "departments")
    save(project, egle, title_en="Their title")
    clashes = {c.name: c for c in manager.post(EDIT, mine).context["conflict"].clashes}
    assert clashes["partners"].mine == ["University of Trento · Associated partner"]
    assert clashes["partners"].theirs == ["University of Aveiro · Beneficiary"]
    assert (clashes["departments"].mine, clashes["departments"].theirs) == ([], ["Invented Centre"])


def test_conflict_without_a_kept_version_proposes_mine(manager, project, egle):
    from reversion.models import Revision

    mine = fields(manager.get(EDIT)) | {"acronym": "MINE"}
    save(project, egle, title_en="Their title")
    Revision.objects.all().delete()
    clashes = manager.post(EDIT, mine).context["conflict"].clashes
    assert {c.name: c.keep_mine for c in clashes} == {"title_en": True, "acronym": True}


def test_choice_for_a_field_that_is_not_there_changes_nothing(manager, project):
    data = fields(manager.get(EDIT)) | {
        "keep-publication": "theirs",
        "keep-nonsense": "theirs",
        "title_en": "Mine",
    }
    assert manager.post(EDIT, data).status_code == 302
    project.refresh_from_db()
    assert (project.title_en, project.publication) == ("Mine", "published")


# Results, evidence, merged texts


def base_text(project, dainius, text):
    save(project, dainius, description_en=text)


def test_results_and_evidence_are_in_a_conflict_too(manager, project, egle):
    mine = fields(manager.get(EDIT))
    mine = with_rows(mine, "results", {"title_en": "My book", "category": "publication"})
    row = {
        "title_en": "Final report", "kind": "report", "due_on": "2026-04-30", "done_on": "2026-04-29",
        "evidence_url": "https://proof.example/",
    }  # fmt: skip
    mine = with_rows(mine, "milestones", row)
    save(project, egle, title_en="Their title")
    response = manager.post(EDIT, mine)
    clashes = {c.name: c for c in response.context["conflict"].clashes}
    assert clashes["results"].mine == ["My book · Publication"]
    assert clashes["results"].theirs == []
    assert "https://proof.example/" in clashes["milestones"].mine[0]
    manager.post(EDIT, fields(response) | {"keep-results": "mine", "keep-milestones": "mine"})
    assert project.result_items.get().title_en == "My book"
    assert project.milestones.get().evidence_url == "https://proof.example/"


def test_new_partner_typed_by_hand_is_named_in_a_conflict_and_not_lost(manager, project, egle):
    row = {"name": "Nova", "country": "LT", "city": "Utena", "part": "associated"}
    mine = with_rows(fields(manager.get(EDIT)), "partners", row)
    save(project, egle, title_en="Their title")
    response = manager.post(EDIT, mine)
    clashes = {c.name: c for c in response.context["conflict"].clashes}
    assert clashes["partners"].mine == ["Associated partner · Nova · LT · Utena"]
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert project.partnerships.get().organisation.name == "Nova"


def test_texts_that_both_changed_in_other_places_are_merged(manager, project, egle, dainius):
    base_text(project, dainius, "One.\n\nTwo.\n\nThree.")
    mine = fields(manager.get(EDIT)) | {"description_en": "One by me.\n\nTwo.\n\nThree."}
    save(project, egle, description_en="One.\n\nTwo.\n\nThree.\n\nFour by them.")
    response = manager.post(EDIT, mine)
    clash = response.context["conflict"].clashes[0]
    assert (clash.choice, clash.merged.marked) == ("merge", False)
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
    clash = response.context["conflict"].clashes[0]
    assert (clash.choice, clash.merged.marked) == ("mine", True)
    assert clash.merged.text == "⟪ mine: One by me. ⟫\n⟪ theirs: One by them. ⟫\n\nTwo."
    chosen = fields(response) | {"keep-description_en": "merge"}
    again = manager.post(EDIT, chosen)
    assert again.status_code == 422
    assert "Keep one and delete the marks" in again.content.decode()
    assert "One by them." in fields(again)["description_en"]
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
    assert [c.merged for c in response.context["conflict"].clashes] == [None]


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
    from projects.merge import merge

    found = merge(base, mine, theirs, ("m", "t"))
    assert (found.text, found.marked) == (merged, marked)


def test_no_line_of_either_is_lost_in_a_merge():
    import random

    from projects.merge import merge

    dice = random.Random(7)
    for _try in range(300):
        base = [dice.choice("abcdef") for _line in range(dice.randrange(8))]
        mine, theirs = ([x for x in base if dice.random() > 0.2] for _side in range(2))
        for side, own in ((mine, "M"), (theirs, "T")):
            for i in range(dice.randrange(3)):
                side.insert(dice.randrange(len(side) + 1), f"{own}{i}")
        text = merge("\n".join(base), "\n".join(mine), "\n".join(theirs), ("m", "t")).text
        assert all(line in text for line in (*mine, *theirs) if line[0] in "MT")
