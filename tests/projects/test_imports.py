"""Import of projects from the first page to the last: the file, its columns, the preview, taking over."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from audit.models import Event
from members.models import Identifier, Organisation
from projects.models import Import, Project
from tests import factories
from tests.projects import planted
from tests.projects.importing import (
    HEADINGS,
    begun,
    checked,
    chosen,
    row,
    said,
    taken_over,
    url,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, dainius, programmes):
    client.force_login(dainius)
    return client


@pytest.fixture
def twins(aveiro, trento):
    for _twin in range(2):
        factories.OrganisationFactory(name="Twin College", country="DE")


def test_five_thousand_rows_with_37_planted_errors_report_exactly_those(manager, ktu, twins):
    rows, errors = planted.table()
    assert len(errors) == 37
    batch = checked(manager, rows)
    found = said(batch)
    assert [one for one in found if one[3]] == []
    wanted = sorted((one.row, one.column) for one in errors)
    assert sorted((number, column) for number, column, _words, _warning in found) == wanted
    by_place = {(number, column): words for number, column, words, _warning in found}
    assert [one for one in errors if one.words not in by_place[one.row, one.column]] == []
    assert batch.outcome["counts"] == {
        "create": 4963, "update": 0, "same": 0, "refused": 37, "errors": 37, "warnings": 0
    }  # fmt: skip
    manager.post(url(batch, "take-over/"), {"rows": "good"})
    from projects.imports import work

    work.work_on_all()
    assert Project.objects.count() == 4963
    assert Project.objects.filter(publication="draft", lead=ktu, version=1).count() == 4963


def test_rows_become_drafts_with_everything_that_belongs_to_them(manager, ktu, aveiro, programmes):
    Identifier.objects.create(organisation=aveiro.organisation, scheme="pic", value="999123456")
    unit = factories.UnitFactory(university=ktu, name_en="Centre of Rows")
    headings = [*HEADINGS, "title_lt", "websites", "programme", "amount", "head", "team", "departments", "partners",
                "coordinator", "description_en"]  # fmt: skip
    line = [*row("A/1", starts="1 March 2026"), "Pavadinimas", "one.example; https://two.example/", "Erasmus+",
            "12 000,50", "Vida Vadovė", "Jane Example; Jonas Jonaitis", "centre of rows", "999123456",
            "University of Trentino", "<script>alert(1)</script>"]  # fmt: skip
    factories.OrganisationFactory(name="University of Trentino")
    batch = taken_over(manager, [headings, line])
    assert batch.status == Import.Status.DONE, (batch.outcome, said(batch))
    project = Project.objects.get()
    assert (project.code, project.key, project.publication) == ("A/1", "a-1", "draft")
    assert (project.title_en, project.title_lt) == ("Title", "Pavadinimas")
    assert project.starts_on == dt.date(2026, 3, 1)
    assert [w.url for w in project.websites.all()] == ["https://one.example", "https://two.example/"]
    line = project.funding_lines.get()
    assert (line.programme, line.amount, line.currency) == (programmes["erasmus"], Decimal("12000.50"), "EUR")
    assert [(m.part, m.name) for m in project.team.all()] == [
        ("head", "Vida Vadovė"), ("member", "Jane Example"), ("member", "Jonas Jonaitis")
    ]  # fmt: skip
    assert project.departments.get().unit == unit
    assert {(p.organisation.name, p.part) for p in project.partnerships.all()} == {
        (aveiro.organisation.name, "beneficiary"), ("University of Trentino", "coordinator")
    }  # fmt: skip
    for words in ("vadove", "trentino", "a1", "pavadin", "centre", "erasmus"):
        assert Project.objects.search(words).exists(), words
    page = manager.get(project.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert Event.objects.get(verb="projects.import").details == {
        "create": 1, "update": 0, "same": 0, "refused": 0
    }  # fmt: skip


def test_search_words_are_those_that_a_save_would_store(manager, ktu):
    headings = [*HEADINGS, "head", "programme", "partners", "acronym"]
    taken_over(manager, [headings, [*row(), "Vida Vadovė", "Alliances", "KTU", "ACR"]])
    project = Project.objects.get()
    before = Project.objects.values_list("search", flat=True).get()
    project.refresh_search()
    assert set(Project.objects.values_list("search", flat=True).get().split()) == set(before.split())


def test_known_project_is_changed_and_its_history_says_by_what(manager, project, dainius):
    rows = [
        [*HEADINGS, "head", "websites", "acronym"],
        [
            *row("s-net-24-50", "New title", "2024-02-22", "2026-03-01"),
            "Naujas Vadovas",
            "https://two.example/",
            "",
        ],
    ]
    batch = checked(manager, rows, name="from the office.csv")
    assert [change[0] for change in batch.rows.get().values["changes"]] == ["title_en", "websites", "head"]
    page = manager.get(url(batch)).content.decode()
    assert "Membership of a network" in page
    assert "New title" in page
    version = project.version
    manager.post(url(batch, "take-over/"), {"rows": "all"})
    from projects.imports import work

    work.work_on_all()
    project.refresh_from_db()
    assert (project.title_en, project.code, project.acronym) == ("New title", "S-NET-24-50", "NET")
    assert project.version == version + 1
    assert [w.url for w in project.websites.all()] == ["https://two.example/"]
    assert [m.name for m in project.team.all()] == ["Naujas Vadovas"]
    assert project.milestones.count() == 1
    assert project.partnerships.count() == 1
    history = manager.get(f"/en/projects/{project.key}/history/").content.decode()
    assert "Imported from: from the office.csv" in history
    assert "<del>Membership of a network</del>" in history or "<del>Membership" in history
    assert Project.objects.search("naujas").exists()
    assert not Project.objects.search("vida").exists()


@pytest.mark.parametrize("language", ["en", "lt"])
def test_version_of_an_import_is_written_as_a_save_writes_it(language, manager, project, dainius):
    """Field for field and in the same order, whatever the language of the job, over every kind of row."""
    from django.core import serializers
    from django.utils import translation
    from reversion.models import Version

    from projects.history.record import FOLLOWED
    from projects.imports import revisions
    from projects.models import Amendment, Result, Sharing

    factories.NewsItemFactory().projects.add(project)  # what only points to a project is not a row of it
    Result.objects.create(project=project, title_lt="Ąžuolas „A“", url="https://one.example/")
    Amendment.objects.create(
        project=project, number=1, agreed_on=dt.date(2026, 1, 1), reason_en='More\ntime, "really"',
        starts_before=project.starts_on, ends_before=dt.date(2026, 1, 1), starts_on=project.starts_on,
        ends_on=project.ends_on,
    )  # fmt: skip
    moment = dt.datetime(2026, 5, 31, 12, 0, 0, 1999, tzinfo=dt.UTC)
    Sharing.objects.create(project=project, university=factories.UniversityFactory(), shared_at=moment)
    with translation.override(language):
        assert list(revisions.revise([project.pk], by=dainius, comment="Why")) == [1]
        records = [project.__class__.objects.get(pk=project.pk)]
        records += [row for name in FOLLOWED for row in getattr(project, name).all()]
        latest = Version.objects.filter(revision__comment="Why")
        kept = {(v.content_type.model_class(), v.object_id): v for v in latest}
        assert len(kept) == len(records) >= 8
        for record in records:
            fields = [f.name for f in record._meta.local_fields if f.name != "search"]
            wanted = serializers.serialize("json", (record,), fields=fields)
            version = kept[type(record), str(record.pk)]
            assert list(_pairs(version.serialized_data)) == list(_pairs(wanted))
            assert version.field_dict
    revision = version.revision
    assert (revision.user, revision.comment, revision.version_set.count()) == (dainius, "Why", len(records))


def _pairs(serialized):
    import json

    [record] = json.loads(serialized)
    yield from (record["model"], record["pk"], *record["fields"].items())


def test_unchanged_row_changes_nothing(manager, project):
    batch = checked(
        manager, [HEADINGS, row("S-NET-24-50", "Membership of a network", "2024-02-22", "01.03.2026")]
    )
    assert batch.outcome["counts"]["same"] == 1
    assert (batch.status, batch.storage_name) == (Import.Status.DONE, "")
    page = manager.get(url(batch)).content.decode()
    assert "There is nothing to take over." in page
    assert "Everything was taken over" not in page
    response = manager.post(url(batch, "take-over/"), {"rows": "all"}, follow=True)
    assert "There is nothing to take over." in response.content.decode()


def test_file_of_headings_alone_is_over_when_it_is_read(manager, ktu):
    batch = begun(manager, [HEADINGS])
    assert (batch.status, batch.storage_name) == (Import.Status.DONE, "")
    assert "no rows below" in manager.get(url(batch)).content.decode()


def test_rows_that_are_all_refused_wait_for_another_choice(manager, ktu):
    assert checked(manager, [HEADINGS, row(starts="soon")]).status == Import.Status.CHECKED


def test_preview_says_how_a_new_row_was_understood(manager, ktu):
    rows = [[*HEADINGS, "programme", "amount", "partners"],
            [*row("N-1", "A title", "6/3/2022", "31.12.2024"), "Alliances", "12000.50", "KTU"]]  # fmt: skip
    batch = checked(manager, rows)
    page = manager.get(url(batch)).content.decode()
    assert "<p>A title</p>" in page
    assert "6 March 2022 – 31 December 2024 · Kaunas University of Technology" in page
    assert "€12,000.50" in page
    assert "“6/3/2022” was read as 6 March 2022 (row 2)" in page
    assert "2022-03-06" not in page
    lithuanian = manager.get(url(batch).replace("/en/", "/lt/")).content.decode()
    assert "2022\u00a0m. kovo 6\u00a0d. – 2024\u00a0m. gruodžio 31\u00a0d." in lithuanian


def test_changed_partners_money_and_days_are_told_in_the_language_of_the_reader(manager, project):
    rows = [[*HEADINGS, "programme", "amount", "associated"],
            [*row("S-NET-24-50", "", "2024-02-22", "2026-03-02"), "Alliances", "7000", "KTU"]]  # fmt: skip
    url_of = url(checked(manager, rows))
    english = manager.get(url_of).content.decode()
    assert "<ins>2 March 2026</ins>" in english
    assert "€7,000" in english
    assert "(Associated partner)" in english
    lithuanian = manager.get(url_of.replace("/en/", "/lt/")).content.decode()
    assert "<ins>2026\u00a0m. kovo 2\u00a0d.</ins>" in lithuanian
    assert "7 000 €" in lithuanian.replace("\xa0", " ").replace("&nbsp;", " ")
    assert "(Asocijuotasis partneris)" in lithuanian
    assert "Associated partner" not in lithuanian


@pytest.mark.parametrize(("clear", "acronym"), [(False, "NET"), (True, "")])
def test_empty_cell_leaves_or_clears_as_it_was_chosen(clear, acronym, manager, project):
    rows = [[*HEADINGS, "acronym", "websites"], [*row("S-NET-24-50", "", "2024-02-22", "2026-03-02"), "", ""]]
    batch = taken_over(manager, rows, **({"clear": "on"} if clear else {}))
    assert batch.status == Import.Status.DONE, said(batch)
    project.refresh_from_db()
    assert project.acronym == acronym
    assert project.websites.count() == (0 if clear else 2)
    assert (project.title_en or "") == ("" if clear else "Membership of a network")


def test_numbers_that_are_taken_elsewhere_tell_nothing_more(manager, aveiro):
    factories.ProjectFactory(code="SECRET-1", lead=aveiro, publication="draft", title_en="canary")
    factories.ProjectFactory(code="OPEN-1", lead=aveiro)
    batch = checked(manager, [HEADINGS, row("secret-1"), row("open-1")])
    taken = "There is already a project with this number."
    elsewhere = "This project is kept by another university. You may not change it."
    assert [(n, words) for n, _c, words, _w in said(batch)] == [(2, taken), (3, elsewhere)]
    assert b"canary" not in manager.get(url(batch)).content


def test_archived_project_stays_as_it_is(manager, ktu):
    factories.ProjectFactory(code="OLD-1", lead=ktu, publication="archived")
    batch = checked(manager, [HEADINGS, row("OLD-1")])
    assert "archived and read-only" in said(batch)[0][2]


def test_rows_with_errors_block_until_it_is_said_that_the_good_ones_come_alone(manager, ktu):
    batch = checked(manager, [HEADINGS, row("G-1"), row("B-1", starts="soon")])
    response = manager.post(url(batch, "take-over/"), {"rows": "all"}, follow=True)
    assert "There are rows with errors." in response.content.decode()
    assert Project.objects.count() == 0
    manager.post(url(batch, "take-over/"), {"rows": "good"})
    from projects.imports import work

    work.work_on_all()
    assert [p.code for p in Project.objects.all()] == ["G-1"]


def test_unknown_partners_are_refused_left_out_or_made_as_chosen(manager, ktu):
    rows = [[*HEADINGS, "partners"], [*row(), "Lab of Dreams (DE); KTU"]]
    assert "not an organisation" in said(checked(manager, rows))[0][2]
    left = taken_over(manager, rows, partners="leave")
    assert said(left)[0][3] is True
    assert [p.organisation.short_name for p in Project.objects.get().partnerships.all()] == ["KTU"]
    rows = [
        rows[0],
        [*row("N-2"), "LAB OF DREAMS (DE)"],
        [*row("N-3"), "Lab of Dreams (Germany)"],
        [*row("N-4"), "Nowhere"],
    ]
    batch = taken_over(manager, rows, which="good", partners="make")
    made = Organisation.objects.get(name__iexact="lab of dreams")
    assert (made.country, made.partnerships.count(), made.kind) == ("DE", 2, "other")
    assert "give its country" in said(batch)[0][2]


def test_lists_of_erasmus_and_of_cordis_are_recognised(manager, ktu, aveiro):
    grant = ("EU Grant award in euros (This amount represents the grant awarded after the selection stage and is "
             "indicative. Please note that any changes made during or after the project's lifetime will not be "
             "reflected here.)")  # fmt: skip
    headings = ["Programme", "Key Action", "Action Type", "Project Identifier", "Project Title", "Project Summary",
                "Project Status", grant, "Start date", "End date", "Coordinating organisation name",
                "Coordinator's country", "Partner 1 name", "Partner 1 type", "Partner 1 country"]  # fmt: skip
    line = ["Erasmus+", "Key Action 2", "Something else", "2020-1-PT01-KA203-078", "Learning", "About it", "Ended",
            "60,500", "2020-09-01 00:00:00", "2022-08-31 00:00:00", "University of Aveiro", "PT",
            "Kaunas University of Technology", "HEI", "LT"]  # fmt: skip
    batch = taken_over(manager, [headings, line])
    assert batch.status == Import.Status.DONE, (said(batch), batch.outcome)
    project = Project.objects.get()
    assert (project.code, project.title_en, project.ends_on) == (
        "2020-1-PT01-KA203-078", "Learning", dt.date(2022, 8, 31)
    )  # fmt: skip
    assert (project.funding_lines.get().amount, project.funding_lines.get().programme.slug) == (60500, "ka2")
    assert sorted(p.part for p in project.partnerships.all()) == ["beneficiary", "coordinator"]
    cordis = ["id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution",
              "legalBasis", "topics", "ecSignatureDate", "frameworkProgramme", "masterCall", "subCall",
              "fundingScheme", "objective"]  # fmt: skip
    batch = begun(manager, planted.as_csv([cordis, ["1"] * 16], delimiter=";"))
    assert batch.settings["mark"] == ","
    page = manager.get(url(batch)).content.decode()
    assert "CORDIS" in page
    assert chosen(manager, batch).status_code == 302
    batch.refresh_from_db()
    assert batch.mapping == {"0": "code", "1": "acronym", "3": "title_en", "4": "starts_on", "5": "ends_on",
                             "7": "amount", "11": "programme", "14": "programme", "15": "objectives_en"}  # fmt: skip


@pytest.mark.parametrize(
    ("key_action", "action_type", "slug"),
    [
        ("Key Action 2", "Strategic Partnerships for adult education", "partnerships"),
        ("Key Action 2", "STRATEGIC PARTNERSHIPS", "partnerships"),
        (
            "Cooperation for innovation and the exchange of good practices",
            "Capacity Building for youth",
            "ka2",
        ),
        ("Cooperation among organisations and institutions", "Strategic Partnerships of others", "ka2"),
    ],
)
def test_action_types_of_the_results_platform_are_known(
    key_action, action_type, slug, manager, ktu, programmes
):
    factories.ProgrammeFactory(
        slug="partnerships", name_en="Strategic Partnerships", parent=programmes["ka2"], position=2
    )
    headings = ["Programme", "Key Action", "Action Type", *HEADINGS]
    taken_over(manager, [headings, ["Erasmus+", key_action, action_type, *row()]])
    assert Project.objects.get().funding_lines.get().programme.slug == slug


def test_own_export_comes_back_as_it_went(manager, project, ktu):
    Identifier.objects.create(organisation=ktu.organisation, scheme="erasmus", value="LT KAUNAS02")
    project.acronym = "=SUM"
    project.save()
    content = b"".join(manager.get("/en/projects/export/csv/").streaming_content)
    batch = checked(manager, content, name="export.csv")
    assert said(batch) == []
    assert batch.outcome["counts"]["same"] == 1, batch.rows.get().values


def test_amended_period_is_not_changed_by_a_file(manager, project):
    from projects.models import Amendment

    Amendment.objects.create(
        project=project, number=1, agreed_on=dt.date(2026, 1, 1), reason_en="More time",
        starts_before=project.starts_on,
        ends_before=dt.date(2026, 1, 1), starts_on=project.starts_on, ends_on=project.ends_on,
    )  # fmt: skip
    batch = checked(manager, [HEADINGS, row("S-NET-24-50", "T", "2024-02-22", "2030-01-01")])
    assert [(c, "amended" in words) for _n, c, words, _w in said(batch)] == [("ends_on", True)]


def test_report_has_every_row_and_no_formula(manager, ktu):
    batch = checked(manager, [HEADINGS, row("G-1", "=1+1"), row("B-1", starts="@soon")])
    text = b"".join(manager.get(url(batch, "report/")).streaming_content).decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "Row,Outcome,Errors and warnings,code,title_en,starts_on,ends_on"
    assert lines[1] == "2,New,,G-1,'=1+1,2026-01-01,2026-12-31"
    assert lines[2].startswith("3,Refused,starts_on: This is not a date.")
    assert "'@soon" in lines[2]
    only = b"".join(manager.get(url(batch, "report/") + "?rows=refused").streaming_content).decode()
    assert len(only.splitlines()) == 2
    again = checked(manager, only.replace("'@soon", "2026-01-01").encode(), name="again.csv")
    assert again.outcome["counts"]["create"] == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_takes_as_many_queries_for_many_rows(rows, manager, ktu, django_assert_num_queries):
    batch = checked(manager, [HEADINGS, *(row(f"N-{i}", starts="soon") for i in range(rows))])
    with django_assert_num_queries(7):
        manager.get(url(batch))


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_of_new_rows_takes_as_many_queries_for_many(rows, manager, ktu, django_assert_num_queries):
    headings = [*HEADINGS, "programme", "amount"]
    batch = checked(manager, [headings, *([*row(f"N-{i}"), "Alliances", "100"] for i in range(rows))])
    with django_assert_num_queries(9):
        manager.get(url(batch))


@pytest.mark.parametrize("name", ["projects.csv", "projects.xlsx"])
@pytest.mark.parametrize("language", ["en", "lt"])
def test_template_can_be_imported_as_it_is_but_for_its_examples(name, language, manager, ktu):
    content = manager.get(f"/{language}/projects/imports/template/{name.rpartition('.')[2]}/").content
    Identifier.objects.create(organisation=ktu.organisation, scheme="erasmus", value="LT KAUNAS02")
    factories.UnitFactory(university=ktu, name_en="International Relations Department")
    factories.OrganisationFactory(name="University of Example", country="DE")
    pic = factories.OrganisationFactory(name="Another")
    Identifier.objects.create(organisation=pic, scheme="pic", value="999904840")
    own = content.replace(b"EXAMPLE-1", b"OWN-1") if name.endswith("csv") else _numbered(content, "OWN-1")
    batch = checked(manager, own, name=name)
    assert said(batch) == []
    assert batch.outcome["counts"]["create"] == 1
    batch = checked(manager, content, name=name)
    assert [words for _row, _column, words, _warning in said(batch)] == [
        "This is the sample row of the template. Delete it, or write a project of yours in it."
    ]
    assert batch.outcome["counts"]["create"] == 0
    assert manager.get(f"/{language}/projects/imports/help/").status_code == 200


def _numbered(content, number):
    """The workbook with another number in its sample row."""
    book = load_workbook(io.BytesIO(content))
    assert book.worksheets[0]["A2"].value == "EXAMPLE-1"
    book.worksheets[0]["A2"] = number
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_days_of_an_erasmus_list_are_known_by_their_longer_names_too():
    from projects.imports.columns import preset

    assert preset(["Project Identifier", "Project Start Date", "Project End Date"]) == {
        "0": "code", "1": "starts_on", "2": "ends_on"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "words"),
    [("12k", "not an amount"), ("3 mln.", "not an amount"), ("12 tūkst. eurų", "not an amount"),
     ("12 ¥", "three letters"), ("12 zlotys", "three letters")],
)  # fmt: skip
def test_what_stands_for_thousands_is_no_currency(cell, words, manager, ktu):
    batch = checked(manager, [[*HEADINGS, "programme", "amount"], [*row(), "Alliances", cell]])
    assert [words in one[2] for one in said(batch)] == [True]


def test_cancelled_import_says_that_nothing_was_written_and_shows_no_numbers(manager, ktu):
    batch = checked(manager, [HEADINGS, row()])
    page = manager.post(url(batch, "cancel/"), follow=True)
    assert "This import was cancelled. Nothing of it was written." in page.content.decode()
    assert page.context["counts"] == {}
    assert [(step.done, step.now) for step in page.context["wizard"]] == [
        (True, False), (True, False), (False, False), (False, False), (False, False)
    ]  # fmt: skip


def test_who_chooses_the_columns_again_is_at_the_second_step(manager, ktu):
    batch = checked(manager, [HEADINGS, row()])
    steps = manager.get(url(batch, "columns/")).context["wizard"]
    assert [step.number for step in steps if step.now] == [2]
