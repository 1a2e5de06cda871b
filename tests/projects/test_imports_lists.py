"""What a project has several times, in an import: lines of funding, milestones, results; and who hears of it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from notifications import kinds
from notifications.models import Message
from projects import actions
from projects.imports.columns import choices, preset
from projects.models import Milestone, Project, Result
from tests import factories
from tests.projects.importing import HEADINGS, begun, checked, row, said, taken_over, url

pytestmark = pytest.mark.django_db
MILESTONE = ["Milestone 1", "Milestone 1 due", "Milestone 1 kind", "Milestone 1 done"]
OWN = row("S-NET-24-50", "", "2024-02-22", "2026-03-01")


@pytest.fixture
def manager(client, dainius, programmes):
    client.force_login(dainius)
    return client


def funding(project):
    return [
        (line.programme.slug, line.amount, line.share, line.contract_number)
        for line in project.funding_lines.order_by("position", "pk")
    ]


def test_numbered_columns_make_lines_of_funding_milestones_and_results(manager, ktu):
    headings = [*HEADINGS, "Funding programme", "Amount", "Funding programme 2", "Amount 2", "Share in percent 2",
                "Contract number 2", *MILESTONE, "Milestone 2", "Milestone 2 due", "Result 1", "Result 1 category",
                "Result 2", "Result 2 address"]  # fmt: skip
    line = [*row(), "Alliances", "100", "Erasmus+", "7 000,50", "40 %", "B-2", "Final report", "1 March 2027",
            "Report", "", "Kick-off", "02.01.2026", "Handbook", "Method or guideline", "Site",
            "one.example"]  # fmt: skip
    batch = taken_over(manager, [headings, line])
    assert said(batch) == []
    project = Project.objects.get()
    assert [(slug, amount) for slug, amount, *_rest in funding(project)][1] == ("erasmus", Decimal("7000.50"))
    assert funding(project)[1][2:] == (40, "B-2")
    assert sorted((m.title_en, m.kind, m.due_on, m.done_on) for m in project.milestones.all()) == [
        ("Final report", "report", dt.date(2027, 3, 1), None), ("Kick-off", "other", dt.date(2026, 1, 2), None)
    ]  # fmt: skip
    assert [(r.title_en, r.category, r.url, r.position) for r in project.result_items.all()] == [
        ("Handbook", "method", "", 1), ("Site", "other", "https://one.example", 2)
    ]  # fmt: skip
    page = manager.get(url(batch)).content.decode()
    assert "Final report, Report, due 1 March 2027" in page
    assert manager.get(project.get_absolute_url()).status_code == 200


def test_what_is_found_by_its_name_is_changed_and_what_is_not_named_stays(manager, project):
    Milestone.objects.create(project=project, title_en="Kick-off", due_on=dt.date(2024, 3, 1))
    Result.objects.create(project=project, title_lt="Vadovas", category="method")
    untouched = project.milestones.exclude(title_en="Kick-off").get()
    headings = [*HEADINGS, *MILESTONE, "Milestone 2 in Lithuanian", "Milestone 2 due", "Result 1 in Lithuanian",
                "Result 1 reached"]  # fmt: skip
    line = [*OWN, "KICK-OFF", "", "audit", "2024-03-05", "Auditas", "2026-02-01", "vadovas", "2026-01-01"]
    batch = checked(manager, [headings, line])
    assert [change[0] for change in batch.rows.get().values["changes"]] == ["milestones"] * 2 + ["outcomes"]
    page = manager.get(url(batch)).content.decode()
    assert "<del>Kick-off, Report, due 1 March 2024</del>" in page
    manager.post(url(batch, "take-over/"), {"rows": "all"})
    from projects.imports import work

    work.work_on_all()
    project.refresh_from_db()
    assert project.milestones.count() == 3
    assert untouched in project.milestones.all()
    kick_off = project.milestones.get(title_en="KICK-OFF")
    assert (kick_off.kind, kick_off.due_on, kick_off.done_on) == (
        "audit", dt.date(2024, 3, 1), dt.date(2024, 3, 5)
    )  # fmt: skip
    assert project.result_items.get().reached_on == dt.date(2026, 1, 1)
    again = checked(manager, [headings, line])
    assert again.outcome["counts"]["same"] == 1


def test_name_is_found_in_either_language_and_stays_in_its_own(manager, project):
    """Who knows the Lithuanian name alone writes it into the column without a language."""
    Result.objects.create(project=project, title_lt="Vadovas")
    project.milestones.all().delete()
    project.milestones.create(title_en="Audit", title_lt="Auditas", due_on=dt.date(2026, 1, 1))
    headings = [*HEADINGS, *MILESTONE[:2], "Result 1", "Result 1 category"]
    taken_over(manager, [headings, [*OWN, "auditas", "2026-02-01", "Vadovas", "tool"]])
    assert list(project.milestones.values_list("title_en", "title_lt", "due_on")) == [
        ("Audit", "Auditas", dt.date(2026, 2, 1))
    ]  # fmt: skip
    assert [(r.title_en or "", r.title_lt, r.category) for r in project.result_items.all()] == [
        ("", "Vadovas", "tool")
    ]  # fmt: skip


def test_line_of_funding_is_found_by_contract_then_by_programme(manager, project, programmes):
    project.funding_lines.all().delete()
    for contract in ("A-1", "A-2"):
        project.funding_lines.create(programme=programmes["erasmus"], contract_number=contract, amount=1)
    headings = [*HEADINGS, "programme", "amount", "contract_number", "amount_2", "contract_number_2", "programme_3",
                "share_3"]  # fmt: skip
    batch = taken_over(manager, [headings, [*OWN, "Erasmus+", "10", "A-2", "20", "A-1", "Alliances", "30"]])
    assert said(batch) == []
    found = sorted((amount or 0, share or 0, contract) for _slug, amount, share, contract in funding(project))
    assert found == [(0, 30, ""), (10, 0, "A-2"), (20, 0, "A-1")]


def test_no_line_of_funding_is_meant_twice(manager, project, programmes):
    project.funding_lines.all().delete()
    project.funding_lines.create(programme=programmes["erasmus"], amount=1)
    headings = [*HEADINGS, "programme", "amount", "programme_2", "amount_2"]
    taken_over(manager, [headings, [*OWN, "Erasmus+", "10", "Erasmus+", "20"]])
    assert [(slug, amount) for slug, amount, *_rest in funding(project)] == [("erasmus", 10), ("erasmus", 20)]


@pytest.mark.parametrize(
    ("heading", "cells", "column", "words"),
    [
        (["Milestone 1 due"], ["2026-01-01"], "Milestone 1 due", "name of this milestone is missing"),
        (["Milestone 1"], ["Report"], "Milestone 1", "is due is missing"),
        (["Milestone 1", "Milestone 1 due"], ["Report", "soon"], "Milestone 1 due", "not a date"),
        (["Milestone 1", "Milestone 1 due", "Milestone 1 kind"], ["A", "2026-01-01", "party"], "Milestone 1 kind",
         "none of the words"),
        (["Result 1", "Result 1 address"], ["A", "javascript:alert(1)"], "Result 1 address", "not a web address"),
        (["Milestone 1"], ["T" * 201], "Milestone 1", "too long"),
        (["Amount 2"], ["5"], "Amount 2", "from which programme"),
        (["Funding programme 2", "Amount 2"], ["Moon", "5"], "Funding programme 2", "not a programme"),
        (["Funding programme", "share", "Funding programme 2", "Share in percent 2"],
         ["Erasmus+", "60", "Alliances", "50"], "share", "more than 100"),
        (["milestones"], ["2026-01-01||report"], "milestones", "name of this milestone is missing"),
        (["milestones"], ["2026-01-01|||A;" * 101], "milestones", "More than 100"),
    ],
)  # fmt: skip
def test_error_stands_beside_its_cell_once(heading, cells, column, words, manager, ktu):
    [(_number, where, what, _warning)] = said(checked(manager, [[*HEADINGS, *heading], [*row(), *cells]]))
    assert where == column
    assert words in what


def test_two_of_one_name_are_told_apart_by_their_day(manager, project):
    for day in (1, 2):
        Milestone.objects.create(project=project, title_en="Report", due_on=dt.date(2025, 1, day))
    headings = [*HEADINGS, "Milestone 1", "Milestone 1 due", "Milestone 1 done"]
    batch = checked(manager, [headings, [*OWN, "Report", "", "2025-01-03"]])
    assert "several of this name" in said(batch)[0][2]
    taken_over(manager, [headings, [*OWN, "Report", "2025-01-02", "2025-01-03"]])
    assert project.milestones.filter(title_en="Report", done_on=dt.date(2025, 1, 3)).get().due_on.day == 2


def test_own_export_brings_its_lists_to_a_project_that_is_new(manager, project, ktu):
    Result.objects.create(project=project, title_en="A; b|c", category="tool", reached_on=dt.date(2026, 1, 1))
    project.funding_lines.update(amount=Decimal("12000.50"), contract_number="C|1")
    content = b"".join(manager.get("/en/projects/export/csv/").streaming_content)
    assert checked(manager, content, name="export.csv").outcome["counts"]["same"] == 1
    had = (funding(project), list(project.milestones.values_list("title_en", "due_on", "done_on", "kind")))
    project.delete()
    batch = begun(manager, content, name="export.csv")
    assert {"funding", "milestones", "outcomes"} <= set(preset(batch.columns).values())
    taken_over(manager, content)
    again = Project.objects.get()
    assert (
        funding(again),
        list(again.milestones.values_list("title_en", "due_on", "done_on", "kind")),
    ) == had
    assert again.result_items.get().title_en == "A; b|c"


def test_names_of_numbered_columns_are_known_in_both_languages():
    with translation.override("lt"):
        names = [str(column.label) for column in choices(["amount_2"])]
        wanted = [column.name for column in choices(["amount_2"])]
    assert list(preset(names).values()) == wanted
    assert [c.name for c in choices([]) if c.name.startswith(("amount_", "milestone_2"))] == ["amount_2"]
    assert [c.name for c in choices(["milestone_1_kind"]) if c.name.endswith("_due_on")] == [
        "milestone_1_due_on", "milestone_2_due_on"
    ]  # fmt: skip


def test_error_names_the_heading_and_the_field_that_it_fills(manager, ktu):
    headings = ["Nr.", "title_en", "starts_on", "Ends"]
    batch = checked(manager, [headings, row(ends="soon")], column_0="code")
    assert "<strong>Ends (Last day)</strong>" in manager.get(url(batch)).content.decode()
    report = b"".join(manager.get(url(batch, "report/")).streaming_content).decode()
    assert "Ends (Last day): This is not a date." in report


@pytest.mark.parametrize(
    ("errors", "warnings", "words"),
    [
        (0, 0, "No errors and no warnings."),
        (1, 0, "1 error and no warnings."),
        (0, 2, "No errors and 2 warnings."),
    ],
)
def test_line_of_counts_is_a_sentence(errors, warnings, words):
    from projects.imports import showing

    assert showing.found({"errors": errors, "warnings": warnings}) == words


def test_each_page_says_at_which_step_the_person_is(manager, ktu):
    def current(page):
        [at] = [one for one in page.context["wizard"] if one.now]
        assert page.content.decode().count('aria-current="step"') == 1
        return at.number

    assert current(manager.get("/en/projects/imports/")) == 1
    batch = begun(manager, [HEADINGS, row()])
    assert current(manager.get(url(batch))) == 2
    assert current(manager.get(url(checked(manager, [HEADINGS, row()])))) == 3
    assert current(manager.get(url(taken_over(manager, [HEADINGS, row("N-2")])))) == 5


def imported(to):
    return Message.objects.filter(kind="projects.imported", recipient=f"user:{to.uuid}")


def test_followers_are_told_once_of_all_that_an_import_changed(manager, project, ktu, ana, dainius):
    other = factories.ProjectFactory(code="B-1", lead=ktu)
    draft = factories.ProjectFactory(code="D-1", lead=ktu, publication="draft")
    untouched = factories.ProjectFactory(code="U-1", lead=ktu)
    for one in (project, other, untouched):
        actions.follow(one, by=ana)
        actions.follow(one, by=dainius)
    from ground import clock
    from projects.models import Follower

    Follower.objects.create(project=draft, user=ana, since=clock.now())  # it was published once
    rows = [HEADINGS, *(row(code, "Changed") for code in ("S-NET-24-50", "B-1", "D-1", "N-1"))]
    taken_over(manager, rows)
    [message] = imported(ana)
    assert message.context == {"number": 2, "codes": "B-1, S-NET-24-50", "more": 0}
    assert not imported(dainius).exists()
    assert not Message.objects.filter(kind="projects.changed").exists()


def test_import_that_is_undone_tells_nobody(manager, project, ana, monkeypatch):
    from projects.imports import work

    actions.follow(project, by=ana)
    monkeypatch.setattr(work, "_close", lambda *_args: (_ for _ in ()).throw(work.Cancelled()))
    taken_over(manager, [HEADINGS, row("S-NET-24-50", "Changed")])
    assert not imported(ana).exists()


@pytest.mark.parametrize("language", ["en", "lt"])
def test_message_to_followers_can_be_read(language):
    kind = kinds.find("projects.imported")
    with translation.override(language):
        from ground import clock

        wording = kinds.word(kind, kinds.plain(kind.sample), name="", moment=clock.now(), language=language)
    assert "S-NET-25-01" in " ".join(wording.paragraphs)
    assert wording.path == f"/{language}/projects/followed/"
