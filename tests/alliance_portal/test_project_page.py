import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents import actions as documents
from projects.models import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    ProjectDocument,
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
            project=project, programme=factories.ProgrammeFactory(name_en=f"Source {i}"), amount=12000, share=50,
            contract_number=f"C-{i}",
        )  # fmt: skip
        Website.objects.create(project=project, url=f"https://site{i}.example/")
        TeamMember.objects.create(project=project, name=f"Person {i}", part="head" if i == 0 else "member")
        Department.objects.create(
            project=project, unit=factories.UnitFactory(university=ktu, name_en=f"Unit {i}")
        )
        Partnership.objects.create(project=project, organisation=factories.UniversityFactory().organisation)
        Milestone.objects.create(project=project, title_en=f"Report {i}", due_on=dt.date(2026, 4, 1 + i))
        paper = documents.store(SimpleUploadedFile("paper.pdf", PDF), by=None)
        ProjectDocument.objects.create(project=project, document=paper, title_en=f"Paper {i}", is_public=True)
        factories.NewsItemFactory().projects.add(project)
        factories.EventFactory().projects.add(project)
    return project


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_four_queries_however_many_rows(client, ktu, rows, django_assert_num_queries):
    project = filled(ktu, rows)
    with django_assert_num_queries(4):
        response = client.get(project.get_absolute_url())
    for word in ("Source 0", "site0.example", "Person 0", "Unit 0", "Report 0", "Paper 0"):
        assert response.content.decode().count(word) >= 1


def test_page_has_every_fact_of_the_model_page(client, ktu, at):
    project = filled(ktu, 2)
    with at(NOON):
        text = client.get("/en/projects/s-net-24-50/").content.decode()
    for fact in (
        "S-NET-24-50", "Membership", "<strong>What</strong> it is for", "What came of it", "Source 0", "Source 1",
        "€12,000", "50 percent", "C-0", "22 February 2024", "1 March 2026", "2024–2026", "Person 0", "Unit 0", "Unit 1",
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
