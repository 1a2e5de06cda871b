"""What was typed too late: the project was amended, archived or deleted meanwhile, or saved in another window."""

import datetime as dt
import uuid

import pytest

from projects import actions
from projects.models import FormDraft, Partnership, Project
from tests import factories
from tests.projects.sending import fields, with_rows
from tests.projects.test_conflict import asked, base_text, save, told

pytestmark = pytest.mark.django_db
NEW = "/en/projects/new/"
EDIT = "/en/projects/s-net-24-50/edit/"
DRAFT = "/en/projects/s-net-24-50/draft/"


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def amend(project, by):
    terms = actions.Terms(
        starts_on=project.starts_on, ends_on=dt.date(2027, 6, 30), agreed_on=dt.date(2026, 1, 5), reason_en="Delay",
        reason_lt="",
    )  # fmt: skip
    actions.amend_period(project, by=by, token=uuid.uuid4(), version=1, terms=terms)


def in_words(differences):
    return [(str(d.label), told(d.pieces)) for d in differences]


# Amended


def test_period_that_was_amended_is_not_asked_but_told_in_words(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"starts_on": "2024-02-01", "ends_on": "2028-06-30", "acronym": "MINE"}
    amend(project, egle)
    response = manager.post(EDIT, mine)
    page = response.content.decode()
    assert (response.status_code, asked(response)) == (409, {})
    assert "your last day (30 June 2028) was not taken" in page
    assert "your first day (1 February 2024) was not taken" in page
    assert 'href="/en/projects/s-net-24-50/amend/"' in page
    assert manager.post(EDIT, fields(response)).status_code == 302
    project.refresh_from_db()
    assert (project.acronym, project.ends_on) == ("MINE", dt.date(2027, 6, 30))


def test_who_changed_the_amended_period_alone_is_told_too(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"ends_on": "2028-06-30"}
    amend(project, egle)
    response = manager.post(EDIT, mine)
    assert (response.status_code, asked(response)) == (409, {})
    assert b"was not taken" in response.content


def test_day_that_does_not_fit_is_told_in_words(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"ends_on": "2020-06-30"}
    save(project, egle, ends_on=dt.date(2026, 5, 1))
    (question,) = asked(manager.post(EDIT, mine)).values()
    assert [told(option.pieces) for option in question.options] == ["30 June 2020", "1 May 2026"]


# Archived


def test_nothing_is_said_to_be_kept_where_nothing_was_typed(manager, project, dainius):
    data = fields(manager.get(EDIT))
    actions.change_publication(project, step="archive", by=dainius)
    page = manager.post(EDIT, data).content.decode()
    assert "You typed nothing new." in page
    assert "kept as a draft" not in page


def test_project_archived_meanwhile_keeps_what_was_typed_as_a_draft(manager, project, dainius):
    data = with_rows(
        fields(manager.get(EDIT)) | {"title_en": "Late"},
        "results",
        {"title_en": "A guide", "category": "other"},
    )
    actions.change_publication(project, step="archive", by=dainius)
    data["description_en"] = text = " ".join(f"What it is for, {i}." for i in range(40))
    response = manager.post(EDIT, data)
    assert response.status_code == 409
    assert ("Description in English", f"+{text}+") in in_words(response.context["typed"])
    assert in_words(response.context["typed"])[0] == ("Title in English", "+Late+")
    assert any("A guide" in words for _label, words in in_words(response.context["typed"]))
    assert "kept as a draft" in response.content.decode()
    assert dict(FormDraft.objects.get(user=dainius).content)["title_en"] == "Late"
    project.refresh_from_db()
    assert project.title_en == "Membership of a network"
    work = manager.get("/en/my-work/").content.decode()
    assert "archived before you saved" in work
    shown = manager.get(f"{EDIT}?draft=continue")
    assert (shown.status_code, b"Late" in shown.content) == (409, True)
    actions.change_publication(project, step="reopen", by=dainius)
    assert fields(manager.get(f"{EDIT}?draft=continue"))["title_en"] == "Late"


def test_archived_meanwhile_and_another_draft_there_says_that_nothing_is_kept(manager, project, dainius):
    data = fields(manager.get(EDIT)) | {"title_en": "Late"}
    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Earlier"})
    actions.change_publication(project, step="archive", by=dainius)
    page = manager.post(EDIT, data).content.decode()
    assert "what you typed is not kept" in page
    assert "Late" in page
    assert dict(FormDraft.objects.get().content)["title_en"] == "Earlier"


def test_archived_while_signed_out_keeps_it_too(manager, project, dainius):
    data = fields(manager.get(EDIT)) | {"title_en": "Late"}
    actions.change_publication(project, step="archive", by=dainius)
    manager.logout()
    assert "draft%3Dcontinue" in manager.post(EDIT, data)["Location"]
    assert dict(FormDraft.objects.get(user=dainius).content)["title_en"] == "Late"


def test_nobody_but_its_managers_keeps_a_draft_of_an_archived_project(manager, project, dainius, ana):
    data = fields(manager.get(EDIT))
    actions.change_publication(project, step="archive", by=dainius)
    manager.force_login(ana)
    assert manager.post(EDIT, data).status_code == 404
    assert not FormDraft.objects.exists()


# Deleted


@pytest.fixture
def draft(ktu, dainius):
    given = {
        "code": "GONE-1", "lead": ktu, "title_en": "Soon gone",
        "starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2027, 1, 1),
    }  # fmt: skip
    return actions.create_project(by=dainius, token=uuid.uuid4(), fields=given, rows={})


def test_project_deleted_meanwhile_shows_what_was_typed_and_begins_a_new_one(manager, draft, egle):
    url = f"/en/projects/{draft.key}/edit/"
    data = with_rows(
        fields(manager.get(url)) | {"description_en": "Long work."},
        "team",
        {"name": "Vida Vadovė", "part": "head"},
    )
    actions.delete_draft(draft, by=egle)
    response = manager.post(url, data)
    assert response.status_code == 410
    found = dict(in_words(response.context["typed"]))
    assert found["Description in English"] == "+Long work.+"
    assert found["Last day"] == "+1 January 2027+"
    assert "Vida Vadovė" in found["People"]
    begun = manager.post(NEW, fields(response) | {"step": "typed"})
    kept = fields(begun)
    assert (begun.status_code, kept["description_en"], kept["team-0-name"]) == (
        200,
        "Long work.",
        "Vida Vadovė",
    )
    assert manager.post(NEW, kept).status_code == 302
    assert Project.objects.get(code="GONE-1").uuid != draft.uuid


def test_deleted_project_is_not_there_for_a_stranger_nor_without_the_proof(manager, draft, egle, ana):
    url = f"/en/projects/{draft.key}/edit/"
    data = fields(manager.get(url))
    actions.delete_draft(draft, by=egle)
    assert manager.post(url, data | {"keeper": ""}).status_code == 404
    assert manager.get(url).status_code == 404
    for person in (ana, egle):
        manager.force_login(person)
        assert manager.post(url, data).status_code == 404


def test_who_lost_the_right_to_a_project_that_stands_is_a_stranger(manager, project, dainius):
    data = fields(manager.get(EDIT))
    dainius.appointments.all().delete()
    assert manager.post(EDIT, data).status_code == 404


def test_project_deleted_between_the_check_and_the_save_loses_nothing(manager, draft, egle, monkeypatch):
    url = f"/en/projects/{draft.key}/edit/"
    data = fields(manager.get(url)) | {"title_en": "Late"}
    real = actions.edit_project

    def overtaken(record, **sent):
        actions.delete_draft(Project.objects.get(pk=record.pk), by=egle)
        return real(record, **sent)

    monkeypatch.setattr(actions, "edit_project", overtaken)
    response = manager.post(url, data)
    assert (response.status_code, b"Late" in response.content) == (410, True)


# One's own other window and draft


def test_draft_that_says_no_more_than_was_saved_goes_with_the_save(manager, project):
    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Half typ"})
    assert (
        manager.post(EDIT, fields(manager.get(EDIT)) | {"title_en": "Half typ", "acronym": "A"}).status_code
        == 302
    )
    assert not FormDraft.objects.exists()


def test_draft_with_more_than_was_saved_stays_and_is_told(manager, project):
    manager.post(DRAFT, fields(manager.get(EDIT)) | {"title_en": "Half typ", "acronym": "MORE"})
    saved = manager.post(EDIT, fields(manager.get(EDIT)) | {"title_en": "Half typ"}, follow=True)
    assert "is still there, with more than you saved now" in saved.content.decode()
    assert FormDraft.objects.count() == 1


def test_conflict_with_oneself_is_called_so(manager, project, dainius):
    mine = fields(manager.get(EDIT)) | {"title_en": "Second window"}
    save(project, dainius, title_en="First window")
    page = manager.post(EDIT, mine).content.decode()
    assert "You saved in another window at" in page
    assert "Somebody saved meanwhile" not in page


def test_conflict_with_others_names_oneself_only_for_ones_own_saves(manager, project, dainius, egle):
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE"}
    save(project, dainius, title_en="First window")
    save(project, egle, description_en="Theirs")
    page = manager.post(EDIT, mine).content.decode()
    assert "Somebody saved meanwhile" in page
    assert "You saved in another window at" in page
    assert "Also changed meanwhile by Eglė Pavyzdė" in page


# What will be saved


def test_page_says_what_of_mine_will_be_saved(manager, project, egle):
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE", "milestones-0-due_on": "2026-06-01"}
    mine |= {
        "title_en": "My title",
        "team-TOTAL_FORMS": "2",
        "team-1-name": "Naujas Žmogus",
        "team-1-part": "member",
    }
    save(project, egle, title_en="Their title", description_en="Theirs.")
    response = manager.post(EDIT, mine)
    assert "Yours, which will be saved" in response.content.decode()
    yours = in_words(response.context["conflict"].yours)
    assert ("Acronym", "-NET-+MINE+") in yours
    assert [words for label, words in yours if label == "Milestones"] == [
        "Final report · Due on: -30 April 2026-+1 June 2026+"
    ]
    (person,) = [words for label, words in yours if label == "People"]
    assert person.startswith("+Naujas Žmogus")
    assert {label for label, _words in yours} == {"Acronym", "Milestones", "People"}


def test_rows_that_have_no_order_of_their_own_are_not_told_as_moved(manager, project, egle):
    later = factories.OrganisationFactory(name="Aaa")
    Partnership.objects.create(project=project, organisation=later)  # shown first, stored last
    mine = fields(manager.get(EDIT)) | {"acronym": "MINE"}
    rows = [mine["partners-0-organisation_id"], mine["partners-1-organisation_id"]]
    assert rows[0] == str(later.pk)
    save(project, egle, title_en="Their title")
    assert [label for label, _w in in_words(manager.post(EDIT, mine).context["conflict"].yours)] == [
        "Acronym"
    ]


def test_new_partner_organisation_is_among_mine(manager, project, egle):
    mine = fields(manager.get(EDIT))
    mine |= {
        "partners-TOTAL_FORMS": "2", "partners-1-name": "Invented Works", "partners-1-country": "LT",
        "partners-1-city": "Kaunas", "partners-1-part": "beneficiary",
    }  # fmt: skip
    save(project, egle, title_en="Their title")
    yours = in_words(manager.post(EDIT, mine).context["conflict"].yours)
    assert yours == [("Partners", "+Invented Works, Kaunas+")]


# Marks left in a merged text


def test_marks_left_in_a_merged_text_are_refused_beside_it(manager, project, egle, dainius):
    base_text(project, dainius, "One.\n\nTwo.")
    mine = fields(manager.get(EDIT)) | {"description_en": "One by me.\n\nTwo.", "title_en": "My title"}
    save(project, egle, description_en="One by them.\n\nTwo.", title_en="Their title")
    chosen = fields(manager.post(EDIT, mine)) | {"keep-title_en": "theirs"}
    again = manager.post(EDIT, chosen)
    assert again.status_code == 422
    assert list(asked(again)) == ["keep-description_en"]
    page = again.content.decode()
    assert "Keep one and delete the marks" in page
    assert 'aria-invalid="true"' in page
    kept = fields(again)
    assert (kept["title_en"], kept["keep-description_en"]) == ("Their title", "merge")
    assert kept["merged-description_en"] == chosen["merged-description_en"]
    assert dict(FormDraft.objects.get().content)["title_en"] == "Their title"
    for answer in (
        {"merged-description_en": "One by both."}, {"keep-description_en": "theirs"}, {"keep-description_en": "mine"},
    ):  # fmt: skip
        pk = Project.objects.get().pk
        sent = manager.post(EDIT, kept | answer)
        assert sent.status_code == 302
        expected = {"theirs": "One by them.\n\nTwo.", "mine": "One by me.\n\nTwo."}
        wanted = expected.get(answer.get("keep-description_en"), "One by both.")
        assert Project.objects.get(pk=pk).description_en == wanted
        kept["version"] = str(Project.objects.get(pk=pk).version)


# The lead as its own partner


def test_lead_is_refused_as_a_partner_beside_its_row(manager, project, ktu):
    data = fields(manager.get(EDIT))
    data |= {
        "partners-TOTAL_FORMS": "2", "partners-1-organisation_id": ktu.organisation_id,
        "partners-1-part": "beneficiary",
    }  # fmt: skip
    response = manager.post(EDIT, data)
    assert response.status_code == 422
    assert "This university leads the project" in response.content.decode()
    assert response.context["partners"].forms[1].non_field_errors()
    assert project.partnerships.count() == 1


def test_lead_that_is_stored_as_a_partner_can_stay(manager, project, ktu):
    Partnership.objects.create(project=project, organisation=ktu.organisation)
    assert manager.post(EDIT, fields(manager.get(EDIT)) | {"acronym": "A"}).status_code == 302
    assert project.partnerships.count() == 2


def test_share_is_shown_without_empty_places(manager, project):
    project.funding_lines.filter(contract_number="A-1").update(share="70.00")
    assert fields(manager.get(EDIT))["funding-0-share"] == "70"
    project.funding_lines.filter(contract_number="A-1").update(share="12.50")
    assert fields(manager.get(EDIT))["funding-0-share"] == "12.5"


@pytest.mark.parametrize(
    "page", [EDIT, "/en/projects/s-net-24-50/amend/", "/en/projects/s-net-24-50/duplicate/"]
)
def test_browsers_own_date_fields_are_not_said_to_take_other_orders(page, manager, project):
    text = manager.get(page).content.decode()
    assert 'type="date"' in text
    assert "2027-06-30" not in text


def test_amendments_are_not_read_out_as_done(manager, project, dainius):
    amend(project, dainius)
    text = manager.get("/en/projects/s-net-24-50/").content.decode()
    assert "The period agreed at the beginning" in text
    assert "(done)" not in text


@pytest.fixture
def typed(manager, draft):
    """What the form of the draft sends, with something typed into it."""
    return fields(manager.get(f"/en/projects/{draft.key}/edit/")) | {"description_en": "Long work."}


def test_save_draft_of_a_deleted_project_shows_what_was_typed(manager, draft, typed, egle):
    actions.delete_draft(draft, by=egle)
    response = manager.post(f"/en/projects/{draft.key}/draft/", typed)
    assert response.status_code == 410
    assert dict(in_words(response.context["typed"]))["Description in English"] == "+Long work.+"
    begun = manager.post(NEW, fields(response) | {"step": "typed"})
    assert fields(begun)["description_en"] == "Long work."


def test_script_is_told_that_the_project_was_deleted(manager, draft, typed, egle):
    actions.delete_draft(draft, by=egle)
    response = manager.post(f"/en/projects/{draft.key}/draft/", typed, HTTP_ACCEPT="application/json")
    assert (response.status_code, "deleted this project" in response.json()["words"]) == (410, True)


def test_discarding_a_draft_of_a_deleted_project_leads_to_the_list(manager, draft, typed, egle):
    actions.delete_draft(draft, by=egle)
    response = manager.post(f"/en/projects/{draft.key}/draft/", typed | {"discard": "leave"})
    assert response["Location"] == "/en/projects/"


@pytest.mark.parametrize("page", ["edit", "draft"])
def test_deleted_and_signed_out_meanwhile_keeps_it_as_the_draft_of_a_new_one(
    page, manager, draft, typed, dainius, egle
):
    actions.delete_draft(draft, by=egle)
    manager.logout()
    for _click in range(2):
        response = manager.post(f"/en/projects/{draft.key}/{page}/", typed)
        assert response["Location"].endswith("?next=/en/projects/new/%3Fdraft%3Dcontinue")
    manager.force_login(dainius)
    assert fields(manager.get(f"{NEW}?draft=continue"))["description_en"] == "Long work."


def test_deleted_and_signed_out_never_writes_over_another_draft(manager, draft, typed, dainius, egle):
    manager.post(f"{NEW}draft/", fields(manager.get(NEW)) | {"title_en": "Another"})
    actions.delete_draft(draft, by=egle)
    manager.logout()
    response = manager.post(f"/en/projects/{draft.key}/edit/", typed)
    assert (response.status_code, b"Long work." in response.content) == (410, True)
    assert dict(FormDraft.objects.get(user=dainius, project=None).content)["title_en"] == "Another"


@pytest.mark.parametrize("page", ["edit", "draft"])
@pytest.mark.parametrize("stranger", ["ana", "bruno"])
def test_deleted_project_tells_nothing_to_who_was_not_shown_its_form(
    page, stranger, client, draft, typed, egle, request
):
    actions.delete_draft(draft, by=egle)
    client.force_login(request.getfixturevalue(stranger))
    for sent in (typed, typed | {"keeper": ""}):
        assert client.post(f"/en/projects/{draft.key}/{page}/", sent).status_code == 404
    client.logout()
    response = client.post(f"/en/projects/{draft.key}/{page}/", typed | {"keeper": ""})
    assert response["Location"].startswith("/en/accounts/login/")
    assert not FormDraft.objects.exists()
