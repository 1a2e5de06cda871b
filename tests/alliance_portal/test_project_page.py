import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents import actions as documents
from projects.models import (
    Amendment,
    Department,
    FundingLine,
    Milestone,
    Partnership,
    ProjectDocument,
    Result,
    Sharing,
    TeamMember,
    Website,
)
from tests import factories
from tests.world import PDF

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def filled(ktu, rows):
    """A project with `rows` rows of every kind."""
    project = factories.ProjectFactory(
        code="S-NET-24-50", lead=ktu, title_en="Membership", title_lt="Narystė", description_en="**What** it is for.",
        results_en="What came of it.", starts_on=dt.date(2024, 2, 22), ends_on=dt.date(2026, 3, 1),
    )  # fmt: skip
    for i in range(rows):
        FundingLine.objects.create(
            project=project, programme=factories.ProgrammeFactory(name_en=f"Source {i}"), amount=12000,
            share=100 // rows, contract_number=f"C-{i}",
        )  # fmt: skip
        Website.objects.create(project=project, url=f"https://site{i}.example/")
        TeamMember.objects.create(project=project, name=f"Person {i}", part="head" if i == 0 else "member")
        Department.objects.create(
            project=project, unit=factories.UnitFactory(university=ktu, name_en=f"Unit {i}")
        )
        Partnership.objects.create(project=project, organisation=factories.UniversityFactory().organisation)
        Milestone.objects.create(project=project, title_en=f"Report {i}", due_on=dt.date(2026, 4, 1 + i))
        paper = papers(project, f"Paper {i}", is_public=True)
        Milestone.objects.create(
            project=project, title_en=f"Done {i}", due_on=dt.date(2025, 4, 1 + i), done_on=dt.date(2025, 4, 2 + i),
            evidence=paper, evidence_url=f"https://evidence{i}.example/",
        )  # fmt: skip
        amended(project, number=i + 1, document=paper)
        Result.objects.create(
            project=project, category="tool", title_en=f"Tool {i}", url=f"https://tool{i}.example/"
        )
        Sharing.objects.create(project=project, university=factories.UniversityFactory(), shared_at=NOON)
        factories.CallFactory().projects.add(project)
        factories.NewsItemFactory().projects.add(project)
        factories.EventFactory().projects.add(project)
    return project


def papers(project, title, *, is_public):
    stored = documents.store(SimpleUploadedFile("paper.pdf", PDF), by=None)
    return ProjectDocument.objects.create(
        project=project, document=stored, title_en=title, is_public=is_public
    )


def amended(project, number=1, **fields):
    """An amendment by which the period ends so many days later than it did."""
    first, day = project.starts_on, dt.timedelta(days=1)
    return Amendment.objects.create(
        project=project, number=number, agreed_on=dt.date(2025, 1, 15), reason_en=f"Reason {number}",
        starts_before=first, ends_before=project.ends_on + (number - 60) * day, starts_on=first,
        ends_on=project.ends_on + (number - 59) * day, **fields,
    )  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_two_queries_however_many_rows(client, ktu, rows, django_assert_num_queries):
    project = filled(ktu, rows)
    with django_assert_num_queries(2):
        response = client.get(project.get_absolute_url())
    for word in (
        "Source 0",
        "site0.example",
        "Person 0",
        "Unit 0",
        "Report 0",
        "Paper 0",
        "Tool 0",
        "Reason 1",
    ):
        assert response.content.decode().count(word) >= 1


@pytest.mark.parametrize(("person", "number"), [("ana", 6), ("dainius", 6), ("egle", 6)])
@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_six_queries_for_who_is_signed_in(
    client, ktu, rows, person, number, django_assert_num_queries, request
):
    project = filled(ktu, rows)
    client.force_login(request.getfixturevalue(person))
    with django_assert_num_queries(number):
        client.get(project.get_absolute_url())


def test_amendments_keep_the_original_period_in_sight(client, ktu):
    project = factories.ProjectFactory(lead=ktu, starts_on=dt.date(2024, 2, 22), ends_on=dt.date(2027, 6, 30))
    for number, before, after in (
        (1, dt.date(2026, 3, 1), dt.date(2026, 9, 1)),
        (2, dt.date(2026, 9, 1), project.ends_on),
    ):
        Amendment.objects.create(
            project=project, number=number, agreed_on=dt.date(2026, 1, number), reason_en=f"Reason {number}",
            starts_before=project.starts_on, starts_on=project.starts_on, ends_before=before, ends_on=after,
        )  # fmt: skip
    text = client.get(project.get_absolute_url()).content.decode()
    for words in (
        "Originally until 1 March 2026", "22 February 2024 – 1 March 2026", "Reason 1", "Reason 2",
        "Amendment 2, agreed: 2 January 2026", "22 February 2024 – 30 June 2027",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(("person", "sees"), [(None, False), ("ana", False), ("ruta", True), ("egle", True)])
def test_papers_behind_milestones_and_amendments_are_for_those_who_see_them(
    client, ktu, person, sees, request
):
    project = factories.ProjectFactory(lead=ktu)
    inside = papers(project, "Inside matters", is_public=False)
    amended(project, document=inside)
    Milestone.objects.create(
        project=project,
        title_en="M",
        due_on=dt.date(2026, 1, 1),
        done_on=dt.date(2026, 1, 1),
        evidence=inside,
    )
    if person:
        client.force_login(request.getfixturevalue(person))
    text = client.get(project.get_absolute_url()).content.decode()
    assert text.count("Inside matters") == (3 if sees else 0)
    assert (str(inside.document.uuid) in text) is sees


def test_different_currencies_stand_in_sums_of_their_own(client, ktu):
    project = factories.ProjectFactory(lead=ktu)
    for amount, currency in ((60, "EUR"), (40, "EUR"), (500, "PLN")):
        FundingLine.objects.create(
            project=project, programme=factories.ProgrammeFactory(), amount=amount, currency=currency
        )
    text = client.get(project.get_absolute_url()).content.decode()
    for words in ("All in EUR", "€100", "60&nbsp;%", "All in PLN", "PLN500", "100&nbsp;%"):
        assert words in text, words
    assert "600" not in text[text.index('id="money"') : text.index("</section>", text.index('id="money"'))]


def test_next_dates_and_what_is_overdue_stand_with_the_facts(client, ktu, at):
    project = factories.ProjectFactory(lead=ktu, ends_on=dt.date(2026, 12, 1))
    for title, due in (("Late", dt.date(2026, 11, 20)), ("Soon", dt.date(2026, 11, 23))):
        Milestone.objects.create(project=project, title_en=title, due_on=due)
    with at(NOON):
        text = client.get(project.get_absolute_url()).content.decode()
    facts = text[text.index("<aside") :]
    for words in (
        "Overdue",
        "2 days overdue",
        "Next dates",
        "tomorrow",
        "Last day of the period",
        "in 9 days",
    ):
        assert words in facts, words
    assert "Day 326 of 335." in text


def test_partners_beyond_the_map_are_counted_in_words(client, ktu):
    project = factories.ProjectFactory(lead=ktu)
    for country, city in (("PT", "AVEIRO"), ("MX", "Monterrey"), ("LT", "Nowhereville")):
        Partnership.objects.create(
            project=project, organisation=factories.OrganisationFactory(country=country, city=city)
        )
    text = client.get(project.get_absolute_url()).content.decode()
    assert text.count('class="pin"') == 1
    assert ">Aveiro</text>" in text
    assert "2 partners are not on the map" in text


def test_calls_show_whether_they_are_open_and_drafts_do_not_show(client, ktu, at):
    project = factories.ProjectFactory(lead=ktu)
    for title, fields in {
        "Open call": {},
        "Past call": {"closes_at": dt.datetime(2021, 1, 1, tzinfo=dt.UTC)},
        "Draft call": {"publication": "draft"},
    }.items():
        factories.CallFactory(title_en=title, **fields).projects.add(project)
    text = client.get(project.get_absolute_url()).content.decode()
    assert "Open call" in text
    assert "Past call" in text
    assert "Draft call" not in text
    assert text.count("open now") == 1


@pytest.mark.parametrize(
    ("person", "names"),
    [
        (None, set()), ("ana", {"follow"}), ("ruta", {"follow", "history"}),
        ("dainius", {"follow", "history", "edit", "documents", "amend", "sharing", "duplicate"}),
        ("egle", {"follow", "history", "edit", "documents", "amend", "sharing", "duplicate"}),
    ],
)  # fmt: skip
def test_every_button_leads_to_a_page_that_opens(person, names, client, ktu, request):
    project = factories.ProjectFactory(code="X-1", lead=ktu)
    if person:
        client.force_login(request.getfixturevalue(person))
    text = client.get(project.get_absolute_url()).content.decode()
    offered = set(re.findall(r'"/en/projects/x-1/([a-z]+)/"', text)) - {"publication"}
    assert offered == names
    for name in names - {"follow"}:
        assert client.get(f"/en/projects/x-1/{name}/").status_code == 200


def test_page_has_every_fact_of_the_model_page(client, ktu, at):
    project = filled(ktu, 2)
    with at(NOON):
        text = client.get("/en/projects/s-net-24-50/").content.decode()
    for fact in (
        "S-NET-24-50", "Membership", "<strong>What</strong> it is for", "What came of it", "Source 0", "Source 1",
        "€12,000", "50 % of the budget", "C-0", "22 February 2024", "1 March 2026", "2024–2026", "Person 0", "Unit 0",
        "Unit 1",
        "https://site0.example/", "https://site1.example/", "completed", "Lithuania", "2 organisations",
        "100 percent of the period has passed", "235 days overdue",
    ):  # fmt: skip
        assert fact in text, fact
    assert project.get_absolute_url() == "/en/projects/s-net-24-50/"


def test_lithuanian_page_shows_its_own_text_and_marks_the_other(client, ktu):
    filled(ktu, 1)
    text = client.get("/lt/projects/s-net-24-50/").content.decode()
    assert ">Narystė<" in text
    assert '<div class="flow" lang="en"><p><strong>What</strong>' in text


def test_number_as_written_leads_to_the_page(client, ktu):
    filled(ktu, 1)
    response = client.get("/en/projects/S-NET-24-50/")
    assert (response.status_code, response["Location"]) == (301, "/en/projects/s-net-24-50/")


def test_hostile_text_is_shown_as_text(client, ktu):
    hostile = (
        "<script>alert(1)</script>\n\n<img src=x onerror=alert(2)>\n\n[x](javascript:alert(3)) </script>"
    )
    project = factories.ProjectFactory(
        lead=ktu, title_en=hostile[:25], description_en=hostile, acronym="</script><b>"
    )
    text = client.get(project.get_absolute_url()).content.decode()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert 'href="javascript' not in text
    assert "</script><b>" not in text


def test_facts_for_machines_can_be_read(client, ktu):
    filled(ktu, 2)
    text = client.get("/en/projects/s-net-24-50/").content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)[1])
    assert data["identifier"] == "S-NET-24-50"
    assert data["parentOrganization"]["name"] == "Kaunas University of Technology"
    assert (data["foundingDate"], data["dissolutionDate"]) == ("2024-02-22", "2026-03-01")
    assert len(data["funding"]) == len(data["member"]) == 2


@pytest.mark.parametrize(
    ("person", "edits", "reads_history"),
    [
        (None, False, False), ("ana", False, False), ("bruno", False, False), ("tomas", False, False),
        ("ruta", False, True), ("ieva", False, True), ("dainius", True, True),
        ("egle", True, True), ("laima", True, True),
    ],
)  # fmt: skip
def test_buttons_are_for_those_who_may(person, edits, reads_history, client, ktu, request):
    project = filled(ktu, 1)
    internal = documents.store(SimpleUploadedFile("inside.pdf", PDF), by=None)
    ProjectDocument.objects.create(project=project, document=internal, title_en="Inside matters")
    if person:
        client.force_login(request.getfixturevalue(person))
    text = client.get(project.get_absolute_url()).content.decode()
    assert ("/en/projects/s-net-24-50/edit/" in text) is edits
    assert ("Archive project" in text) is edits
    assert ("/en/projects/s-net-24-50/history/" in text) is reads_history
    assert ("Inside matters" in text) is reads_history


@pytest.mark.parametrize(
    ("person", "status"),
    [(None, 404), ("ana", 404), ("bruno", 404), ("ruta", 404), ("dainius", 200), ("egle", 200)],
)
def test_draft_is_there_for_those_who_keep_it_only(person, status, client, ktu, request):
    project = factories.ProjectFactory(lead=ktu, publication="draft")
    if person:
        client.force_login(request.getfixturevalue(person))
    assert client.get(project.get_absolute_url()).status_code == status


def test_unpublished_news_does_not_show_on_the_project(client, ktu):
    project = filled(ktu, 1)
    factories.NewsItemFactory(title_en="Not yet", publication="draft", published_at=None).projects.add(
        project
    )
    assert "Not yet" not in client.get(project.get_absolute_url()).content.decode()


def test_news_shows_from_its_moment_on_and_each_address_has_its_own_project(client, ktu, at):
    """The query of visitors is composed once: the moment and the address must be those of each visit."""
    first, second = (factories.ProjectFactory(lead=ktu, title_en=title) for title in ("First", "Second"))
    factories.NewsItemFactory(title_en="Coming news", published_at=NOON).projects.add(first)
    for project, moment, shown in (
        (first, NOON - dt.timedelta(seconds=1), False), (first, NOON, True), (second, NOON, False), (first, NOON, True),
    ):  # fmt: skip
        with at(moment):
            text = client.get(project.get_absolute_url()).content.decode()
        assert ("Coming news" in text) is shown
        assert f'<h1 class="long">{project.title_en}</h1>' in text


def test_what_a_visitor_sees_changes_with_the_record(client, ktu):
    project = factories.ProjectFactory(lead=ktu, title_en="Before")
    assert "Before" in client.get(project.get_absolute_url()).content.decode()
    type(project).objects.filter(pk=project.pk).update(title_en="After")
    assert "After" in client.get(project.get_absolute_url()).content.decode()
    type(project).objects.filter(pk=project.pk).update(publication="draft")
    assert client.get(project.get_absolute_url()).status_code == 404
