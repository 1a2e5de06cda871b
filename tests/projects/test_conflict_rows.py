"""Two people who change the rows of one project at once."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.test import Client
from reversion.models import Revision

from members.models import University
from projects import actions
from projects.forms import Conflict
from projects.models import Project
from tests import factories
from tests.projects.sending import fields, with_rows
from tests.projects.test_conflict import EDIT, asked, options, save, taken, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


@pytest.fixture
def office(project, egle):
    """Another person with a form of their own: call it with what they type."""

    def typed(**changed):
        other = Client()
        other.force_login(egle)
        data = fields(other.get(EDIT)) | {name.replace("__", "-"): value for name, value in changed.items()}
        assert other.post(EDIT, data).status_code == 302

    return typed


def added(data, of, **row):
    """`data` with one row more."""
    place = int(data[f"{of}-TOTAL_FORMS"])
    more = {f"{of}-{place}-{field}": str(value) for field, value in row.items()}
    return data | {f"{of}-TOTAL_FORMS": str(place + 1)} | more


def without(data, name, place=0):
    return data | {f"{name}-{place}-DELETE": "on"}


def test_rows_that_only_one_of_two_changed_are_all_kept(manager, project, office, programmes, trento):
    mine = fields(manager.get(EDIT)) | {"funding-0-amount": "2000"}
    mine = added(mine, "team", name="My Person", part="member")
    mine = without(mine, "websites", 0)
    row = {"partners-1-organisation_id": str(trento.organisation_id), "partners-1-part": "associated"}
    office(
        **{"funding-1-share": "15", "milestones-0-due_on": "2026-05-31", "websites-1-DELETE": "on"},
        **row, **{"partners-TOTAL_FORMS": "2"},
    )  # fmt: skip
    response = manager.post(EDIT, mine)
    assert response.status_code == 409
    assert asked(response) == {}
    assert taken(response) == [
        ("Websites", "-https://two.example/-"),
        ("Funding", "State budget · Share: +15 %+"),
        ("Partners", "+University of Trento · Associated partner+"),
        ("Milestones", "Final report · Due on: -30 April 2026-+31 May 2026+"),
    ]
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert list(project.funding_lines.values_list("amount", "share")) == [(2000, None), (None, 15)]
    assert list(project.team.values_list("name", flat=True)) == ["Vida Vadovė", "My Person"]
    assert not project.websites.exists()
    assert project.milestones.get().due_on == dt.date(2026, 5, 31)
    assert project.partnerships.count() == 2


def test_row_that_stays_is_the_same_row_after_the_merge(manager, project, office):
    before = set(project.funding_lines.values_list("uuid", flat=True))
    mine = fields(manager.get(EDIT)) | {"funding-0-amount": "2000"}
    office(**{"funding-0-contract_number": "B-2"})
    response = manager.post(EDIT, mine)
    manager.post(EDIT, fields(response))
    assert set(project.funding_lines.values_list("uuid", flat=True)) == before
    assert project.funding_lines.first().contract_number == "B-2"


def test_row_that_both_changed_is_asked_field_by_field_in_words(manager, project, office):
    mine = fields(manager.get(EDIT)) | {"funding-0-amount": "2 000,50", "funding-0-contract_number": "MINE"}
    office(**{"funding-0-amount": "3000", "funding-0-currency": "USD", "funding-0-share": "50"})
    response = manager.post(EDIT, mine)
    (question,) = asked(response).values()
    assert question.name == "keep-funding-0-amount"
    assert question.legend == "Funding: Alliances · Amount"
    assert options(question) == {"mine": "€2,000.50", "theirs": "US$3,000"}
    assert manager.post(EDIT, fields(response) | {question.name: "theirs"}).status_code == 302
    line = project.funding_lines.first()
    assert (line.amount, line.currency, line.share, line.contract_number) == (3000, "USD", 50, "MINE")


def test_milestone_that_both_changed_is_told_with_its_dates(manager, project, office):
    mine = fields(manager.get(EDIT)) | {"milestones-0-due_on": "2026-05-01", "milestones-0-kind": "audit"}
    office(**{"milestones-0-due_on": "2026-06-01", "milestones-0-kind": "payment"})
    response = manager.post(EDIT, mine)
    assert {question.legend: options(question) for question in asked(response).values()} == {
        "Milestones: Final report · Kind": {"mine": "Audit", "theirs": "Payment"},
        "Milestones: Final report · Due on": {"mine": "1 May 2026", "theirs": "1 June 2026"},
    }
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert (project.milestones.get().due_on, project.milestones.get().kind) == (dt.date(2026, 5, 1), "audit")


@pytest.mark.parametrize(("answer", "names"), [("keep", ["Vida Nauja"]), ("remove", [])])
def test_row_that_they_removed_and_i_changed(answer, names, manager, project, office):
    mine = fields(manager.get(EDIT)) | {"team-0-name": "Vida Nauja"}
    office(**{"team-0-DELETE": "on"})
    response = manager.post(EDIT, mine)
    (question,) = asked(response).values()
    assert (question.why, question.choice) == ("You changed this; meanwhile it was removed:", "keep")
    assert told(question.pieces) == "Vida Nauja · Name: -Vida Vadovė-+Vida Nauja+"
    assert manager.post(EDIT, fields(response) | {question.name: answer}).status_code == 302
    assert list(project.team.values_list("name", flat=True)) == names


@pytest.mark.parametrize(("answer", "parts"), [("keep", ["coordinator"]), ("remove", [])])
def test_row_that_i_removed_and_they_changed(answer, parts, manager, project, office):
    mine = without(fields(manager.get(EDIT)), "partners")
    office(**{"partners-0-part": "coordinator"})
    response = manager.post(EDIT, mine)
    (question,) = asked(response).values()
    assert question.legend == "Partners: University of Aveiro"
    assert (question.why, question.choice) == ("You removed this; meanwhile it was changed:", "keep")
    assert told(question.pieces) == "University of Aveiro · Role: -Beneficiary-+Coordinator+"
    assert manager.post(EDIT, fields(response) | {question.name: answer}).status_code == 302
    assert list(project.partnerships.values_list("part", flat=True)) == parts


def test_partner_that_both_added_is_one_and_only_its_role_is_asked(manager, project, office, trento):
    row = {"organisation_id": trento.organisation_id, "part": "associated"}
    mine = added(fields(manager.get(EDIT)), "partners", **row)
    number = str(trento.organisation_id)
    office(
        **{"partners-1-organisation_id": number, "partners-1-part": "affiliated", "partners-TOTAL_FORMS": "2"}
    )
    response = manager.post(EDIT, mine)
    (question,) = asked(response).values()
    assert question.legend == "Partners: University of Trento · Role"
    assert options(question) == {"mine": "Associated partner", "theirs": "Affiliated entity"}
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert project.partnerships.get(organisation=trento.organisation).part == "associated"


def test_new_organisation_that_both_typed_is_put_on_record_once(manager, project, office):
    row = {"name": "Nova", "country": "LT", "city": "Utena", "part": "associated"}
    mine = added(fields(manager.get(EDIT)), "partners", **row) | {"acronym": "MINE"}
    office(**{f"partners-1-{name}": value for name, value in row.items()}, **{"partners-TOTAL_FORMS": "2"})
    response = manager.post(EDIT, mine)
    assert asked(response) == {}
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert project.partnerships.filter(organisation__name="Nova").count() == 1


def test_new_organisation_typed_by_me_is_not_lost(manager, project, office):
    row = {"name": "Nova", "country": "LT", "city": "Utena", "part": "associated"}
    mine = added(fields(manager.get(EDIT)), "partners", **row)
    office(title_en="Their title")
    assert manager.post(EDIT, fields(manager.post(EDIT, mine))).status_code == 302
    assert project.partnerships.filter(organisation__name="Nova").exists()


def test_new_rows_of_both_stand_beside_each_other(manager, project, office):
    book = {"title_en": "My book", "category": "publication"}
    mine = added(fields(manager.get(EDIT)), "results", **book)
    office(
        **{
            "results-0-title_en": "Their book",
            "results-0-category": "publication",
            "results-TOTAL_FORMS": "1",
        }
    )
    response = manager.post(EDIT, mine)
    assert taken(response) == [("Results", "+Their book · Publication+")]
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert set(project.result_items.values_list("title_en", flat=True)) == {"My book", "Their book"}


def test_shares_that_add_up_to_too_much_by_the_merge_are_said_in_the_form(manager, project, office):
    mine = fields(manager.get(EDIT)) | {"funding-0-share": "60"}
    office(**{"funding-1-share": "70"})
    response = manager.post(EDIT, mine)
    assert asked(response) == {}
    again = manager.post(EDIT, fields(response))
    assert again.status_code == 422
    assert "add up to more than 100 percent" in again.content.decode()
    kept = fields(again)
    assert (kept["funding-0-share"], kept["funding-1-share"], kept["version"]) == ("60", "70", "2")
    assert manager.post(EDIT, kept | {"funding-0-share": "30"}).status_code == 302


def test_second_head_by_the_merge_is_said_in_the_form(manager, project, office):
    save_without_head = without(fields(manager.get(EDIT)), "team")
    manager.post(EDIT, save_without_head)
    mine = added(fields(manager.get(EDIT)), "team", name="My Head", part="head")
    office(**{"team-0-name": "Their Head", "team-0-part": "head", "team-TOTAL_FORMS": "1"})
    again = manager.post(EDIT, fields(manager.post(EDIT, mine)))
    assert again.status_code == 422
    assert "A project has one head" in again.content.decode()
    assert {fields(again)[f"team-{i}-name"] for i in (0, 1)} == {"My Head", "Their Head"}


def test_third_save_while_choosing_rows_loses_nothing(manager, project, office):
    mine = fields(manager.get(EDIT)) | {"team-0-name": "Vida Mano"}
    mine = added(mine, "websites", url="https://mine.example/")
    office(**{"team-0-DELETE": "on", "milestones-0-title_en": "Last report"})
    first = manager.post(EDIT, mine)
    office(**{"funding-1-share": "15", "websites-0-DELETE": "on"})
    second = manager.post(EDIT, fields(first))
    assert second.status_code == 409
    assert asked(second) == {}
    assert [label for label, _words in taken(second)] == ["Websites", "Funding"]
    assert manager.post(EDIT, fields(second)).status_code == 302
    assert project.team.get().name == "Vida Mano"
    assert {site.url for site in project.websites.all()} == {"https://two.example/", "https://mine.example/"}
    assert project.milestones.get().title_en == "Last report"
    assert project.funding_lines.get(share=15)


def test_without_a_kept_version_each_difference_is_asked_and_nothing_goes_by_default(
    manager, project, office
):
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE", "funding-0-amount": "2000"}
    mine = without(mine, "partners")
    mine = added(mine, "team", name="My Person", part="member")
    office(**{"title_en": "Their title", "milestones-0-DELETE": "on"})
    Revision.objects.all().delete()
    response = manager.post(EDIT, mine)
    assert taken(response) == []
    assert {name: question.choice for name, question in asked(response).items()} == {
        "keep-acronym": "mine",
        "keep-title_en": "mine",
        "keep-funding-0-amount": "mine",
        "keep-partners-0": "keep",
        "keep-milestones-0": "keep",
    }
    assert asked(response)["keep-partners-0"].why == "This stands in the saved version alone:"
    assert asked(response)["keep-milestones-0"].why == "This stands in your version alone:"
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert (project.partnerships.count(), project.milestones.count(), project.team.count()) == (1, 1, 2)


def test_two_lines_of_one_programme_are_told_apart(manager, project, office, programmes):
    row = {"programme_id": programmes["alliances"].pk, "currency": "EUR", "amount": 5}
    office(**{f"funding-2-{name}": str(value) for name, value in row.items()}, **{"funding-TOTAL_FORMS": "3"})
    mine = fields(manager.get(EDIT)) | {"funding-0-share": "10"}
    office(**{"funding-0-share": "20"})
    (question,) = asked(manager.post(EDIT, mine)).values()
    assert question.legend == "Funding: Alliances · €1,000 · 20 % · Contract number: A-1 · Share in percent"


def test_departments_changed_at_once_in_bulk_and_in_the_form(manager, project, ktu, dainius):
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE"}
    unit = factories.UnitFactory(university=ktu, name_en="Another Centre")
    units = [project.departments.get().unit_id, unit.pk]
    actions.change_departments(Project.objects.get(pk=project.pk), by=dainius, units=units)
    response = manager.post(EDIT, mine)
    assert taken(response) == [("Departments", "+Another Centre+")]
    assert manager.post(EDIT, fields(response)).status_code == 302
    assert project.departments.count() == 2


def test_double_click_with_new_rows_of_every_kind_saves_once(manager, project, ktu, programmes, trento):
    factories.OrganisationFactory()
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE"}
    unit = factories.UnitFactory(university=ktu, name_en="Another Centre")
    for name, row in {
        "websites": {"url": "https://mine.example/"},
        "funding": {"programme_id": programmes["budget"].pk, "currency": "EUR", "share": "12,5"},
        "team": {"name": "My Person", "part": "member"},
        "departments": {"unit_id": unit.pk},
        "partners": {"name": "Nova", "country": "LT", "city": "Utena", "part": "associated"},
        "milestones": {"title_en": "Early", "kind": "report", "due_on": "2025-01-31"},
        "results": {"title_en": "My book", "category": "publication"},
    }.items():
        mine = added(mine, name, **row)
    answers = [manager.post(EDIT, mine) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    project.refresh_from_db()
    assert project.version == 2


def test_row_that_cannot_be_read_is_kept_as_it_was_typed(manager, project, office):
    row = {"title_en": "Paper", "kind": "report", "due_on": "soon"}
    mine = added(fields(manager.get(EDIT)), "milestones", **row) | {"funding-0-programme_id": "x"}
    office(**{"milestones-0-due_on": "2026-06-01"})
    again = manager.post(EDIT, fields(manager.post(EDIT, mine)))
    assert again.status_code == 422
    kept = fields(again)
    assert sorted(kept[f"milestones-{i}-due_on"] for i in (0, 1)) == ["2026-06-01", "soon"]


def test_evidence_and_texts_of_two_languages_come_together(manager, project, office):
    mine = fields(manager.get(EDIT)) | {"milestones-0-title_lt": "Baigiamoji ataskaita"}
    office(**{"milestones-0-done_on": "2026-04-29", "milestones-0-evidence_url": "https://proof.example/"})
    assert manager.post(EDIT, fields(manager.post(EDIT, mine))).status_code == 302
    row = project.milestones.get()
    assert (row.title_lt, row.evidence_url) == ("Baigiamoji ataskaita", "https://proof.example/")


def test_save_by_another_road_keeps_the_rows_of_mine(manager, project, egle):
    mine = with_rows(fields(manager.get(EDIT)), "websites", {"url": "https://mine.example/"})
    save(project, egle, websites=[{"url": "https://theirs.example/"}])
    response = manager.post(EDIT, mine)
    assert asked(response) == {}
    assert manager.post(EDIT, fields(response)).status_code == 302
    urls = {site.url for site in project.websites.all()}
    assert urls == {"https://mine.example/", "https://theirs.example/"}


def test_more_rows_than_a_form_holds_are_refused_and_none_is_lost(manager, project, office):
    mine = fields(manager.get(EDIT))
    for number in range(18):
        mine = added(mine, "funding", programme_id=mine["funding-0-programme_id"], amount=number)
    theirs = {"funding-TOTAL_FORMS": "20"}
    for number in range(2, 20):
        theirs |= {f"funding-{number}-programme_id": mine["funding-0-programme_id"]}
        theirs |= {f"funding-{number}-currency": "EUR", f"funding-{number}-amount": str(100 + number)}
    office(**theirs)
    again = manager.post(EDIT, fields(manager.post(EDIT, mine)))
    assert again.status_code == 422
    assert fields(again)["funding-TOTAL_FORMS"] == "38"


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_are_made_for_one_row_as_for_three(
    number, manager, project, office, ktu, programmes, django_assert_num_queries
):
    rows = {"funding-TOTAL_FORMS": "5"}
    for place in range(2, 5):
        rows |= {
            f"funding-{place}-programme_id": str(programmes["budget"].pk),
            f"funding-{place}-currency": "EUR",
        }
        rows |= {f"funding-{place}-contract_number": f"N-{place}"}
    office(**rows)
    mine = QueryDict(mutable=True)
    mine.update(fields(manager.get(EDIT)) | {f"funding-{place}-amount": "1" for place in range(number)})
    theirs = {f"funding-{place}-amount": "2" for place in range(number)}
    office(**theirs, **{f"funding-{place}-share": "3" for place in range(number)})
    leads = University.objects.select_related("organisation").filter(pk=ktu.pk)
    Conflict(Project.objects.get(pk=project.pk), mine, leads)  # kinds of records are looked up once
    stored = Project.objects.select_related("lead__organisation").get(pk=project.pk)
    with django_assert_num_queries(37):
        conflict = Conflict(stored, mine, leads)
        found = len(conflict.questions), len(conflict.taken), len(conflict.carried) > 50, conflict.who
    assert found == (number, number, True, "Eglė Pavyzdė")
