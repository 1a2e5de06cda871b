import datetime as dt
import uuid

import pytest
from django.urls import reverse

from projects import actions
from projects.forms import Editor
from projects.models import FormDraft, Partnership, Programme, Project
from projects.workflow import Publication
from tests import factories
from tests.projects.sending import fields, with_rows

pytestmark = pytest.mark.django_db
NEW = "/en/projects/new/"
EDIT = "/en/projects/s-net-24-50/edit/"


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def typed(client, **changed):
    """The form of a new project, filled in."""
    return fields(client.get(NEW)) | {
        "code": "TRY-1", "title_en": "A try", "starts_on": "2026-01-01", "ends_on": "2026-12-31", **changed,
    }  # fmt: skip


# Who may


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("ana", 403),
        ("bruno", 403),
        ("ruta", 403),
        ("jonas", 403),
        ("dainius", 200),
        ("egle", 200),
        ("laima", 200),
    ],
)
def test_form_of_a_new_project_is_for_managers_and_the_office(person, status, client, db, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(NEW).status_code == status
    assert client.post(NEW, {}).status_code == (422 if status == 200 else 403)


@pytest.mark.parametrize(
    ("person", "status"), [("ana", 404), ("bruno", 404), ("ruta", 404), ("dainius", 200), ("egle", 200)]
)
def test_form_of_a_project_is_not_there_for_strangers(person, status, client, project, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(EDIT).status_code == status
    if status == 404:
        assert client.post(EDIT, {"version": "1", "title_en": "Taken"}).status_code == 404
        assert client.post("/en/projects/s-net-24-50/publication/", {"step": "withdraw"}).status_code == 404
        project.refresh_from_db()
        assert (project.title_en, project.publication) == ("Membership of a network", Publication.PUBLISHED)


def test_manager_of_another_university_cannot_edit(client, project, trento):
    other = factories.UserFactory()
    factories.AppointmentFactory(user=other, role="project_manager", university=trento)
    client.force_login(other)
    assert client.get(EDIT).status_code == 404
    assert client.get(project.get_absolute_url()).status_code == 200


def test_visitor_is_asked_to_sign_in(client, project):
    for url in (NEW, EDIT, "/en/projects/s-net-24-50/history/", "/en/projects/s-net-24-50/documents/"):
        assert client.get(url)["Location"].startswith("/en/accounts/login/")


def test_lead_can_only_be_a_university_one_manages(manager, ktu, aveiro):
    response = manager.post(NEW, typed(manager, lead=str(aveiro.pk)))
    assert response.status_code == 422
    assert not Project.objects.exists()


def test_every_model_field_posted_changes_only_what_the_form_shows(manager, project):
    data = fields(manager.get(EDIT)) | {
        "publication": "archived", "is_demo": "on", "key": "mine", "uuid": str(uuid.uuid4()),
        "created_at": "2001-01-01",
        "search": "x", "id": "77",
    }  # fmt: skip
    assert manager.post(EDIT, data).status_code == 302
    after = Project.objects.get(pk=project.pk)
    assert (after.publication, after.is_demo, after.key) == ("published", False, "s-net-24-50")
    assert (after.uuid, after.created_at) == (project.uuid, project.created_at)


# Creating


def test_new_project_with_rows_is_made_as_a_draft(manager, programmes, aveiro):
    data = with_rows(typed(manager), "funding", {"programme_id": programmes["ka2"].pk, "amount": "12 000,50"})
    data = with_rows(data, "team", {"name": "Vida Vadovė", "part": "head"})
    data = with_rows(data, "websites", {"url": "https://try.example/"}, {"url": ""})
    data = with_rows(data, "partners", {"organisation_id": aveiro.organisation_id, "part": "associated"})
    data = with_rows(data, "milestones", {"title_lt": "Ataskaita", "kind": "report", "due_on": "30/6/2026"})
    data["funding-0-currency"] = "eur"
    response = manager.post(NEW, data)
    project = Project.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/en/projects/try-1/")
    assert project.publication == Publication.DRAFT
    line = project.funding_lines.get()
    assert (line.programme, str(line.amount), line.currency) == (programmes["ka2"], "12000.50", "EUR")
    assert project.milestones.get().due_on == dt.date(2026, 6, 30)
    assert [w.url for w in project.websites.all()] == ["https://try.example/"]
    assert project.partnerships.get().part == Partnership.Part.ASSOCIATED
    assert Project.objects.search("vadove").exists()


def test_double_click_makes_one_project_and_leads_to_it_twice(manager):
    data = typed(manager)
    answers = [manager.post(NEW, data) for _ in range(3)]
    assert {answer["Location"] for answer in answers} == {"/en/projects/try-1/"}
    assert Project.objects.count() == 1


def test_number_taken_by_another_is_said_beside_the_field(manager, project):
    response = manager.post(NEW, typed(manager, code="s-net-24-50"))
    assert response.status_code == 422
    assert "already a project with this number" in response.context["form"].errors["code"][0]
    assert len(response.context["form"].errors) == 1


def test_number_taken_between_check_and_save_is_said_too(manager, project, monkeypatch):
    monkeypatch.setattr(Project, "full_clean", lambda self, *args, **kwargs: None)
    response = manager.post(NEW, typed(manager, code="S-NET-24-50"))
    assert response.status_code == 422
    assert "code" in response.context["form"].errors


def test_form_that_overtakes_itself_leads_to_what_it_made(manager, monkeypatch):
    data = typed(manager)
    manager.post(NEW, data)
    monkeypatch.setattr(Editor, "made_before", lambda self: None)
    monkeypatch.setattr(Project, "full_clean", lambda self, *args, **kwargs: None)
    assert manager.post(NEW, data)["Location"] == "/en/projects/try-1/"
    assert Project.objects.count() == 1


def test_no_more_organisations_are_shown_than_one_reads(manager):
    for i in range(14):
        factories.OrganisationFactory(name=f"Common name {i}", city="Town")
    factories.OrganisationFactory(name="Zoo", city="Common", short_name="common")
    response = manager.post(NEW, typed(manager) | {"step": "find", "sought": "common"})
    assert len(response.context["editor"].search.matches) == 12
    assert b"There are more" in response.content
    response = manager.post(NEW, typed(manager) | {"step": "find", "sought": "town"})
    assert response.context["editor"].search.matches[0].city == "Town"


# Wrong input

LONG = "x" * 20_001


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": ""}, "code"), ({"code": "new"}, "code"), ({"code": "///"}, "code"), ({"code": "x" * 61}, "code"),
        ({"code": "a\x00b"}, "code"), ({"code": "<b>"}, "code"), ({"code": "-1"}, "code"),
        ({"title_en": ""}, "title_en"), ({"title_en": "x" * 301}, "title_en"), ({"title_lt": "a\x00"}, "title_lt"),
        ({"starts_on": ""}, "starts_on"), ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"ends_on": "2025-12-31"}, "ends_on"), ({"ends_on": "99999-01-01"}, "ends_on"),
        ({"ends_on": "0026-01-01"}, "ends_on"),
        ({"lead": ""}, "lead"), ({"lead": "abc"}, "lead"), ({"lead": "²"}, "lead"),
        ({"lead": "99999999999999999999"}, "lead"),
        ({"description_en": LONG}, "description_en"), ({"results_lt": "x\x00"}, "results_lt"),
        ({"acronym": "x" * 41}, "acronym"), ({"token": "not one"}, "token"), ({"token": ""}, "token"),
    ],
)  # fmt: skip
def test_wrong_field_is_said_beside_it_and_nothing_is_stored_or_lost(wrong, field, manager):
    response = manager.post(
        NEW, typed(manager, acronym="KEPT", **wrong) if "acronym" not in wrong else typed(manager, **wrong)
    )
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert b"There is a problem" in response.content
    assert b"Error: " in response.content
    assert not Project.objects.exists()
    if "acronym" not in wrong:
        assert b'value="KEPT"' in response.content


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("websites", {"url": "javascript:alert(1)"}), ("websites", {"url": "not an address"}),
        ("websites", {"url": "ftp://x.example/"}), ("websites", {"url": "https://x.example/" + "x" * 300}),
        ("funding", {"amount": "5"}), ("funding", {"programme_id": "999999"}), ("funding", {"programme_id": "abc"}),
        ("funding", {"amount": "-5", "programme_id": "+"}), ("funding", {"amount": "much", "programme_id": "+"}),
        ("funding", {"amount": "1e400", "programme_id": "+"}), ("funding", {"amount": "NaN", "programme_id": "+"}),
        ("funding", {"share": "101", "programme_id": "+"}), ("funding", {"amount": "9" * 20, "programme_id": "+"}),
        ("funding", {"programme_id": "+", "currency": "E1"}), ("funding", {"programme_id": "+", "currency": ""}),
        ("team", {"name": "x" * 201, "part": "member"}), ("team", {"name": "A\x00", "part": "member"}),
        ("team", {"name": "A", "part": "king"}), ("departments", {"unit_id": "999999"}),
        ("departments", {"unit_id": "abc"}), ("partners", {"organisation_id": "999999", "part": "associated"}),
        ("partners", {"organisation_id": "abc", "part": "associated"}),
        ("partners", {"organisation_id": "²", "part": "associated"}),
        ("partners", {"organisation_id": "9" * 5000, "part": "associated"}),
        ("milestones", {"title_en": "x", "kind": "report", "due_on": ""}),
        ("milestones", {"title_en": "x", "kind": "party", "due_on": "2026-01-01"}),
        ("milestones", {"kind": "report", "due_on": "2026-01-01"}),
        ("milestones", {"title_en": "x", "kind": "report", "due_on": "2026-01-01", "done_on": "2026-13-01"}),
    ],
)  # fmt: skip
def test_wrong_row_is_said_and_nothing_is_stored(name, row, manager, programmes):
    row = {"currency": "EUR"} | row if name == "funding" else row
    row = {k: programmes["ka2"].pk if v == "+" else v for k, v in row.items()}
    response = manager.post(NEW, with_rows(typed(manager), name, row))
    assert response.status_code == 422
    assert b"There is a problem" in response.content
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("websites", {"url": "https://x.example/"}), ("team", {"name": "A", "part": "head"}),
        ("partners", {"organisation_id": "+", "part": "associated"}),
        ("funding", {"programme_id": "*", "currency": "EUR", "share": "60"}),
    ],
)  # fmt: skip
def test_rows_that_exclude_each_other_are_refused_as_a_set(name, row, manager, aveiro, programmes):
    stand_in = {"+": aveiro.organisation_id, "*": programmes["ka2"].pk}
    row = {key: stand_in.get(value, value) for key, value in row.items()}
    response = manager.post(NEW, with_rows(typed(manager), name, row, row))
    assert response.status_code == 422
    assert response.context[name].non_form_errors()
    assert manager.post(NEW, with_rows(typed(manager), name, row)).status_code == 302


@pytest.mark.parametrize("total", ["", "-1", "abc", "99999", "1e9"])
def test_number_of_rows_that_makes_no_sense_is_refused(total, manager):
    response = manager.post(NEW, typed(manager) | {"websites-TOTAL_FORMS": total})
    assert response.status_code == 422
    assert (
        manager.post(
            NEW, typed(manager) | {"websites-TOTAL_FORMS": total, "step": "add-websites"}
        ).status_code
        == 200
    )
    assert not Project.objects.exists()


def test_more_rows_than_allowed_are_refused(manager):
    rows = [{"url": f"https://x{i}.example/"} for i in range(11)]
    assert manager.post(NEW, with_rows(typed(manager), "websites", *rows)).status_code == 422


def test_nothing_sent_at_all_is_refused(manager):
    response = manager.post(NEW, {})
    assert response.status_code == 422
    assert {"code", "lead", "starts_on", "ends_on", "token"} <= set(response.context["form"].errors)


# Rows without scripts


@pytest.mark.parametrize("name", ["websites", "funding", "team", "departments", "milestones"])
def test_another_row_is_added_and_all_that_was_typed_stays(name, manager):
    data = typed(manager, code="", title_en="Half", ends_on="someday") | {"websites-0-url": "not finished"}
    before = int(data[f"{name}-TOTAL_FORMS"])
    response = manager.post(NEW, data | {"step": f"add-{name}"})
    again = fields(response)
    assert response.status_code == 200
    assert again[f"{name}-TOTAL_FORMS"] == str(before + 1)
    assert (again["title_en"], again["ends_on"], again["websites-0-url"]) == (
        "Half",
        "someday",
        "not finished",
    )
    assert again["token"] == data["token"]
    assert b"There is a problem" not in response.content
    assert not Project.objects.exists()


def test_row_marked_for_removal_goes_even_when_it_is_wrong(manager, project):
    data = fields(manager.get(EDIT)) | {"websites-0-DELETE": "on", "websites-0-url": "broken"}
    assert manager.post(EDIT, data).status_code == 302
    assert [w.url for w in project.websites.all()] == ["https://two.example/"]


def test_emptied_row_goes(manager, project):
    data = fields(manager.get(EDIT)) | {"websites-1-url": ""}
    assert manager.post(EDIT, data).status_code == 302
    assert [w.url for w in project.websites.all()] == ["https://one.example/"]


def test_row_marked_for_removal_is_gone_once_another_is_added(manager, project):
    data = fields(manager.get(EDIT)) | {"websites-0-DELETE": "on", "step": "add-websites"}
    again = fields(manager.post(EDIT, data))
    assert again["websites-TOTAL_FORMS"] == "2"
    assert (again["websites-0-url"], again["websites-1-url"]) == ("https://two.example/", "")


# Partners


@pytest.fixture
def porto(db):
    from members.models import Identifier

    organisation = factories.OrganisationFactory(name="Universidade do Porto", country="PT", city="Porto")
    Identifier.objects.create(organisation=organisation, scheme="erasmus", value="P  PORTO02")
    Identifier.objects.create(organisation=organisation, scheme="pic", value="999876543")
    return organisation


@pytest.mark.parametrize(
    "sought", ["porto", "Universidade", "P  PORTO02", "p porto02", "PPORTO02", "999876543"]
)
def test_partner_is_found_by_name_city_or_code_and_added(sought, manager, porto):
    found = manager.post(NEW, typed(manager) | {"step": "find", "sought": sought})
    assert found.context["editor"].search.matches == [porto]
    added = manager.post(NEW, fields(found) | {"step": "add-partners", "found": str(porto.pk)})
    data = fields(added)
    assert data["partners-0-organisation_id"] == str(porto.pk)
    assert manager.post(NEW, data | {"partners-0-part": "associated"}).status_code == 302
    assert Project.objects.get().partnerships.get().organisation == porto


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"step": "find", "sought": ""}, "Type a name"),
        ({"step": "find", "sought": "nowhere at all"}, "No organisation matches"),
        ({"step": "find", "sought": "\x00&|!:*("}, "No organisation matches"),
        ({"step": "add-partners", "sought": "porto"}, "Choose one of"),
        ({"step": "add-partners", "found": "abc"}, "Choose one of"),
    ],
)
def test_search_for_a_partner_says_what_is_wrong(sent, words, manager, porto):
    response = manager.post(NEW, typed(manager) | sent)
    assert response.status_code == 200
    assert words in response.content.decode()


def test_partner_is_not_added_twice(manager, project, aveiro):
    data = fields(manager.get(EDIT)) | {"step": "add-partners", "found": str(aveiro.organisation_id)}
    response = manager.post(EDIT, data)
    assert fields(response)["partners-TOTAL_FORMS"] == "1"
    assert b"in the list already" in response.content


# Publication


def test_steps_of_publication_are_taken_by_their_buttons(manager, project):
    url = reverse("projects:publication", args=[project.key])
    for step, after in [
        ("archive", "archived"),
        ("reopen", "published"),
        ("withdraw", "draft"),
        ("publish", "published"),
    ]:
        assert manager.post(url, {"step": step}).status_code == 302
        project.refresh_from_db()
        assert project.publication == after


@pytest.mark.parametrize("step", ["publish", "reopen", "", "vanish", "\x00"])
def test_step_that_is_not_possible_now_answers_409(step, manager, project):
    response = manager.post("/en/projects/s-net-24-50/publication/", {"step": step})
    assert response.status_code == 409
    assert b"Nothing was changed" in response.content


def test_archived_project_cannot_be_edited(manager, project, dainius):
    data = fields(manager.get(EDIT))
    actions.change_publication(project, step="archive", by=dainius)
    assert manager.get(EDIT).status_code == 409
    assert manager.post(EDIT, data).status_code == 409


def test_reading_a_step_is_not_taking_it(manager, project):
    assert manager.get("/en/projects/s-net-24-50/publication/").status_code == 405


def test_form_takes_as_many_queries_for_many_programmes_as_for_few(manager, project):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        manager.get(EDIT)
    Programme.objects.bulk_create(
        Programme(slug=f"p{i}", name_en=f"P{i}", position=100 + i, path=f"{100 + i:04d}") for i in range(30)
    )
    factories.UnitFactory.create_batch(10, university=project.lead)
    with CaptureQueriesContext(connection) as many:
        manager.get(EDIT)
    assert len(few) == len(many)


# Results, evidence, the period


@pytest.fixture
def paper(project, dainius):
    from projects.models import ProjectDocument
    from tests.world import _file

    return ProjectDocument.objects.create(project=project, document=_file(dainius), title_en="Signed report")


def test_results_by_category_are_saved_in_their_order(manager, project):
    rows = [
        {
            "title_en": "A handbook",
            "category": "method",
            "url": "https://x.example/",
            "reached_on": "2026-02-01",
        },
        {"title_lt": "Kursas", "category": "course"},
    ]
    assert manager.post(EDIT, with_rows(fields(manager.get(EDIT)), "results", *rows)).status_code == 302
    assert [(r.category, r.title_en, r.title_lt) for r in project.result_items.all()] == [
        ("method", "A handbook", None), ("course", None, "Kursas"),
    ]  # fmt: skip
    again = fields(manager.get(EDIT))
    assert manager.post(EDIT, again).status_code == 302
    assert project.result_items.count() == 2
    assert manager.post(EDIT, with_rows(again | {"version": "3"}, "results")).status_code == 302
    assert not project.result_items.exists()


@pytest.mark.parametrize(
    "row",
    [
        {"category": "method", "url": "https://x.example/"}, {"title_en": "x", "category": "party"},
        {"title_en": "x" * 301, "category": "data"}, {"title_en": "x", "category": "data", "url": "javascript:x"},
        {"title_en": "x", "category": "data", "reached_on": "soon"}, {"title_en": "a\x00", "category": "data"},
        {"title_en": "x", "category": ""},
    ],
)  # fmt: skip
def test_wrong_result_is_said(row, manager, project):
    response = manager.post(EDIT, with_rows(fields(manager.get(EDIT)), "results", row))
    assert response.status_code == 422
    assert b"There is a problem" in response.content


def milestone(**more):
    return {"title_en": "Report", "kind": "report", "due_on": "2026-04-30", **more}


def test_evidence_of_what_is_done_is_an_address_or_a_document_of_the_project(manager, project, paper):
    shown = manager.get(EDIT)
    assert b"Signed report" in shown.content
    done = milestone(done_on="2026-04-29", evidence_url="https://proof.example/", evidence_id=paper.pk)
    assert manager.post(EDIT, with_rows(fields(shown), "milestones", done)).status_code == 302
    stored = project.milestones.get()
    assert (stored.evidence, stored.evidence_url) == (paper, "https://proof.example/")
    assert fields(manager.get(EDIT))["milestones-0-evidence_id"] == str(paper.pk)


@pytest.mark.parametrize("field", ["evidence_url", "evidence_id"])
def test_evidence_without_the_day_is_said_beside_the_field(field, manager, project, paper):
    row = milestone(**{field: "https://proof.example/" if field == "evidence_url" else paper.pk})
    response = manager.post(EDIT, with_rows(fields(manager.get(EDIT)), "milestones", row))
    assert response.status_code == 422
    assert "Fill in “Done on”" in str(response.context["milestones"].errors[0][field])


@pytest.mark.parametrize("own_papers", [True, False])
def test_document_of_another_project_is_no_evidence(own_papers, manager, project, paper, dainius):
    other = factories.ProjectFactory(code="OTHER-1", lead=project.lead)
    paper.__class__.objects.filter(pk=paper.pk).update(project=other)
    if own_papers:
        from tests.world import _file

        paper.__class__.objects.create(project=project, document=_file(dainius), title_en="Own")
    row = milestone(done_on="2026-04-29", evidence_id=paper.pk)
    response = manager.post(EDIT, with_rows(fields(manager.get(EDIT)), "milestones", row))
    assert response.status_code == 422
    assert "evidence_id" in response.context["milestones"].errors[0]
    rows = {
        "milestones": [
            {"title_en": "x", "kind": "report", "due_on": dt.date(2026, 1, 1), "evidence_id": paper.pk}
        ]
    }
    kept = {
        "code": project.code,
        "lead": project.lead,
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
    }
    with pytest.raises(actions.Refused):
        actions.edit_project(project, by=dainius, version=1, fields=kept, rows=rows)


def test_shares_that_the_database_refuses_are_said_in_words(manager, project, programmes, monkeypatch):
    from projects.forms.rows import FundingSet

    monkeypatch.setattr(FundingSet, "clean", lambda self: None)
    rows = [{"programme_id": programmes[p].pk, "share": "60", "currency": "EUR"} for p in ("ka2", "budget")]
    response = manager.post(EDIT, with_rows(fields(manager.get(EDIT)), "funding", *rows))
    assert response.status_code == 422
    assert "add up to more than 100 percent" in response.content.decode()
    project.refresh_from_db()
    assert project.version == 1


@pytest.fixture
def amended(project):
    from projects.models import Amendment

    Amendment.objects.create(
        project=project, number=1, agreed_on="2026-01-10", reason_en="More time", starts_before=project.starts_on,
        ends_before="2025-12-31", starts_on=project.starts_on, ends_on=project.ends_on,
    )  # fmt: skip
    return project


def test_period_of_an_amended_project_is_shown_and_not_edited(manager, amended):
    shown = manager.get(EDIT)
    assert b"The period follows from the amendments" in shown.content
    assert shown.context["form"].fields["ends_on"].disabled
    response = manager.post(EDIT, fields(shown) | {"ends_on": "2030-01-01"})
    assert response.status_code == 422
    assert "ends_on" in response.context["form"].errors
    without = {name: value for name, value in fields(shown).items() if name not in ("starts_on", "ends_on")}
    assert manager.post(EDIT, without | {"acronym": "KEPT"}).status_code == 302
    amended.refresh_from_db()
    assert (amended.acronym, amended.ends_on) == ("KEPT", dt.date(2026, 3, 1))


def test_verb_refuses_another_period_than_that_of_the_last_amendment(amended, dainius):
    kept = {"code": amended.code, "lead": amended.lead, "ends_on": dt.date(2030, 1, 1)}
    with pytest.raises(actions.Refused, match="follows from the amendments"):
        actions.edit_project(amended, by=dainius, version=1, fields=kept, rows={})


def test_form_without_amendments_says_where_an_extension_belongs(manager, project):
    assert b"recorded as an amendment" in manager.get(EDIT).content


# Rows taken away, what is missing


@pytest.mark.parametrize(
    "step", ["remove-websites-0", "remove-websites-9", "remove-nothing-0", "remove-", "remove-websites-x"]
)
def test_row_is_taken_away_by_its_button_and_the_rest_stays(step, manager, project):
    data = fields(manager.get(EDIT)) | {"title_en": "Half"}
    again = fields(manager.post(EDIT, data | {"step": step}))
    left = (
        ["https://two.example/"]
        if step == "remove-websites-0"
        else ["https://one.example/", "https://two.example/"]
    )
    assert [again[f"websites-{i}-url"] for i in range(int(again["websites-TOTAL_FORMS"]))] == left
    assert again["title_en"] == "Half"


def test_the_right_row_goes_when_others_are_marked_as_gone(manager, project):
    data = with_rows(
        fields(manager.get(EDIT)),
        "team",
        {"name": "A", "DELETE": "on"},
        {"name": "B"},
        {"name": "C"},
        {"name": "D"},
    )
    again = fields(manager.post(EDIT, data | {"step": "remove-team-2"}))
    assert [again["team-0-name"], again["team-1-name"], again["team-TOTAL_FORMS"]] == ["B", "D", "2"]


def test_what_is_missing_in_one_language_is_marked(manager, project):
    shown = manager.get(EDIT).content.decode()
    assert 'data-missing="lt">Missing in Lithuanian' in shown
    marked = shown.count('data-missing="lt">')
    both = fields(manager.get(EDIT)) | {"description_lt": "Kam to reikia.", "step": "add-team"}
    assert manager.post(EDIT, both).content.decode().count('data-missing="lt">') == marked - 1


def test_text_is_shown_as_safe_html(manager, db):
    answer = manager.post("/en/projects/new/text/", {"text": "**a** <script>x</script> [l](javascript:x)"})
    assert "<strong>a</strong>" in answer.json()["html"]
    assert "<script" not in answer.json()["html"]
    assert 'href="javascript' not in answer.json()["html"]


# Queries


def many_rows(project):
    from projects.models import Milestone, Partnership, Result, TeamMember

    for i in range(3):
        TeamMember.objects.create(project=project, name=f"P{i}")
        Partnership.objects.create(project=project, organisation=factories.OrganisationFactory())
        Milestone.objects.create(project=project, title_en=f"M{i}", due_on="2026-01-01")
        Result.objects.create(project=project, title_en=f"R{i}")


# Seven of them are the form's: the project, its rows, universities, programmes, departments, organisations, the draft.
# The others are of every page: session, person, moment, appointments, unread messages.
def test_form_is_shown_in_twelve_queries_with_one_row_and_with_many(
    manager, project, django_assert_num_queries
):
    with django_assert_num_queries(12):
        manager.get(EDIT)
    many_rows(project)
    with django_assert_num_queries(12):
        manager.get(EDIT)


def test_checking_what_was_sent_takes_no_query_for_a_row(manager, project):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    wrong = {"title_en": "", "title_lt": ""}
    with CaptureQueriesContext(connection) as few:
        assert manager.post(EDIT, fields(manager.get(EDIT)) | wrong).status_code == 422
    many_rows(project)
    FormDraft.objects.all().delete()  # what was refused was kept
    with CaptureQueriesContext(connection) as many:
        assert manager.post(EDIT, fields(manager.get(EDIT)) | wrong).status_code == 422
    assert len(few) == len(many)


def test_made_up_token_tells_nothing_of_the_project_that_it_names(manager, trento):
    foreign = factories.ProjectFactory(code="FOREIGN-1", lead=trento, publication="draft")
    response = manager.post(NEW, typed(manager, token=str(foreign.uuid)))
    assert response.status_code == 422
    assert "foreign-1" not in response.content.decode().lower()
