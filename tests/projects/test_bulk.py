import datetime as dt
import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from reversion.models import Version

from audit.models import Event
from ground import clock
from ground.workflow import NotPossible
from members.models import Appointment, OrganisationalUnit
from projects import actions, history
from projects.actions.bulk import ADD, REMOVE, REPLACE
from projects.forms.bulk import outcomes
from projects.models import BulkChange, Project
from tests import factories
from tests.projects.sending import fields

pytestmark = pytest.mark.django_db
URL = "/en/projects/bulk/"


@pytest.fixture
def drafts(ktu):
    return [factories.ProjectFactory(lead=ktu, code=f"D-{i}", publication="draft") for i in range(3)]


@pytest.fixture
def unit(ktu):
    return factories.UnitFactory(university=ktu, name_en="ECIU Centre")


def change(by, projects, kind="publish", token=None, **units):
    return actions.change_many(
        by=by,
        token=token or uuid.uuid4(),
        projects=[p.uuid for p in projects],
        change=actions.Change(kind, **units),
    )


def states(*projects):
    return [Project.objects.get(pk=p.pk).publication for p in projects]


def units_of(project):
    return list(project.departments.values_list("unit__name_en", flat=True))


def refuse_to_store(code):
    """From now on the database refuses to change the project with this number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE ON projects_project FOR EACH ROW"
            f" WHEN (NEW.code = '{code}') EXECUTE FUNCTION refuse()"
        )


def test_step_is_taken_for_each_by_the_same_verb_and_on_record(drafts, dainius):
    made = change(dainius, drafts)
    assert states(*drafts) == ["published"] * 3
    assert Event.objects.filter(verb="projects.publish", actor=dainius).count() == 3
    assert Version.objects.get_for_object(drafts[0]).exists()
    item = made.items[0]
    assert (item["code"], item["before"], item["after"], item["why"]) == (
        "D-0", {"publication": "draft"}, {"publication": "published"}, "",
    )  # fmt: skip


def test_projects_that_cannot_be_changed_say_why_and_the_others_go_on(drafts, ktu, aveiro, dainius, egle):
    published = factories.ProjectFactory(lead=ktu)
    foreign = factories.ProjectFactory(lead=aveiro, publication="draft")
    shared = factories.ProjectFactory(lead=aveiro, publication="draft")
    actions.share_project(shared, university=ktu, by=egle)
    made = change(dainius, [*drafts, published, foreign, shared])
    assert [item["why"] for item in made.items] == ["", "", "", "already", "right"]
    assert states(*drafts, published, foreign, shared) == ["published"] * 4 + ["draft"] * 2


def test_departments_are_added_removed_and_replaced(drafts, unit, ktu, aveiro, dainius):
    other = factories.UnitFactory(university=ktu, name_en="International Office")
    foreign = factories.UnitFactory(university=aveiro)
    change(dainius, drafts[:2], ADD, unit=unit)
    assert [units_of(p) for p in drafts] == [["ECIU Centre"], ["ECIU Centre"], []]
    drafts[0].refresh_from_db()
    assert drafts[0].version == 2
    assert Project.objects.search("eciu centre").count() == 2
    again = change(dainius, drafts, ADD, unit=unit)
    assert [item["why"] for item in again.items] == ["there", "there", ""]
    change(dainius, drafts[:1], REPLACE, unit=other, instead_of=unit)
    assert [units_of(p) for p in drafts] == [["International Office"], ["ECIU Centre"], ["ECIU Centre"]]
    gone = change(dainius, drafts, REMOVE, unit=unit)
    assert [item["why"] for item in gone.items] == ["absent", "", ""]
    assert [units_of(p) for p in drafts] == [["International Office"], [], []]
    refused = change(dainius, drafts, ADD, unit=foreign)
    assert {item["why"] for item in refused.items} == {"elsewhere"}
    missing = change(dainius, drafts, REPLACE, unit=unit)
    assert {item["why"] for item in missing.items} == {"gone"}


def test_archived_projects_and_those_of_others_keep_their_departments(unit, ktu, dainius, bruno):
    archived = factories.ProjectFactory(lead=ktu, publication="archived")
    assert change(dainius, [archived], ADD, unit=unit).items[0]["why"] == "archived"
    assert change(bruno, [archived], ADD, unit=unit).items == []
    with pytest.raises(NotPossible):
        actions.change_departments(archived, units=[unit.pk], by=dainius)
    with pytest.raises(PermissionDenied):
        actions.change_departments(factories.ProjectFactory(lead=ktu), units=[], by=bruno)


def test_same_token_changes_once_and_is_nobody_elses(drafts, dainius, egle):
    token = uuid.uuid4()
    made = change(dainius, drafts, token=token)
    change(dainius, drafts, "withdraw", token=token)
    assert BulkChange.objects.get() == made
    assert states(*drafts) == ["published"] * 3
    with pytest.raises(PermissionDenied):
        change(egle, drafts, "withdraw", token=token)


def test_what_breaks_in_the_middle_leaves_all_as_it_was(drafts, unit, dainius):
    change(dainius, drafts, ADD, unit=unit)
    refuse_to_store("D-2")
    with pytest.raises(Exception, match="check_violation"):
        change(dainius, drafts)
    assert states(*drafts) == ["draft"] * 3
    assert BulkChange.objects.count() == 1


def test_undo_puts_back_what_nobody_changed_since(drafts, unit, dainius, egle):
    made = change(dainius, drafts)
    actions.change_publication(drafts[0], step="archive", by=egle)
    Project.objects.filter(pk=drafts[1].pk).update(version=9)
    undone = actions.undo_change(made, by=dainius)
    assert states(*drafts) == ["archived", "published", "draft"]
    assert [item["left"] for item in undone.items] == ["changed", "changed", ""]
    assert undone.undone_at
    with pytest.raises(NotPossible):
        actions.undo_change(made, by=dainius)


def test_undo_of_departments_puts_the_earlier_ones_back(drafts, unit, ktu, dainius):
    other = factories.UnitFactory(university=ktu, name_en="Office")
    change(dainius, drafts, ADD, unit=other)
    made = change(dainius, drafts, REPLACE, unit=unit, instead_of=other)
    actions.undo_change(made, by=dainius)
    assert [units_of(p) for p in drafts] == [["Office"]] * 3
    told = [change.comment for change in history.listed(drafts[0])]
    assert told[:2] == ["A change of the departments was undone.", "The departments were changed."]
    made = change(dainius, drafts, REMOVE, unit=other)
    OrganisationalUnit.objects.filter(pk=other.pk).delete()
    drafts[2].delete()
    undone = actions.undo_change(made, by=dainius)
    assert [units_of(p) for p in drafts[:2]] == [[], []]
    assert [item["left"] for item in undone.items] == ["", "", "gone"]


def test_undo_is_for_who_did_it_and_ends_with_the_right(drafts, dainius, egle):
    made = change(dainius, drafts)
    with pytest.raises(PermissionDenied):
        actions.undo_change(made, by=egle)
    dainius.appointments.update(valid_until=factories.LONG_AGO.replace(year=2021))
    again = type(dainius).objects.get(pk=dainius.pk)
    undone = actions.undo_change(made, by=again)
    assert {item["left"] for item in undone.items} == {"right"}
    assert states(*drafts) == ["published"] * 3


def test_every_step_of_the_table_can_be_undone(ktu, dainius):
    ways = {"publish": "draft", "withdraw": "published", "archive": "published", "reopen": "archived"}
    for step, source in ways.items():
        project = factories.ProjectFactory(lead=ktu, publication=source)
        made = change(dainius, [project], step)
        assert states(project) != [source]
        actions.undo_change(made, by=dainius)
        assert states(project) == [source]


def test_page_offers_what_the_list_filters_of_ones_own(client, drafts, aveiro, dainius):
    factories.ProjectFactory(lead=aveiro)
    client.force_login(dainius)
    response = client.get(URL)
    assert [p.code for p in response.context["projects"]] == ["D-2", "D-1", "D-0"]
    assert b"checked" not in response.content
    assert not client.get(URL, {"phase": "completed"}).context["projects"]
    assert b"No project of yours matches" in client.get(URL, {"phase": "completed"}).content


def test_page_keeps_the_order_and_the_filters_of_the_list(client, ktu, dainius):
    first = factories.ProjectFactory(lead=ktu, code="A-1", ends_on=dt.date(2030, 1, 1), title_en="Apple tree")
    second = factories.ProjectFactory(
        lead=ktu, code="B-1", ends_on=dt.date(2029, 1, 1), title_en="A tree, apple"
    )
    factories.MilestoneFactory(project=second, due_on=dt.date(2020, 1, 1))
    client.force_login(dainius)

    def shown(query):
        return client.get(f"/en/projects/bulk/?{query}").context["projects"]

    assert shown("") == [first, second]
    assert shown("sort=ends-first") == [second, first]
    assert shown("overdue=1") == [second]
    assert set(shown("q=apple")) == {first, second}


def test_page_of_what_was_undone_says_what_was_put_back_and_no_longer_what_was_changed(
    client, drafts, dainius
):
    made = change(dainius, drafts)
    client.force_login(dainius)
    address = f"/en/projects/bulk/{made.uuid}/"
    assert "3 projects were changed" in client.get(address).content.decode()
    actions.undo_change(made, by=dainius)
    text = client.get(address).content.decode()
    assert "projects were changed" not in text
    assert "3 projects were put back" in text


def test_from_the_choice_over_the_preview_to_the_change_and_back(client, drafts, dainius):
    client.force_login(dainius)
    sent = fields(client.get(URL)) | {
        "kind": "publish",
        "project": [drafts[0].uuid, drafts[1].uuid],
        "step": "preview",
    }
    preview = client.post(URL, sent)
    assert b"2 projects will be changed" in preview.content
    assert states(*drafts) == ["draft"] * 3
    back = client.post(URL, sent | {"step": "back"})
    assert back.content.count(b" checked") == 2
    answers = [client.post(URL, sent | {"step": "apply"}) for _ in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert states(*drafts) == ["published", "published", "draft"]
    page = client.get(answers[0]["Location"])
    assert b"2 projects were changed" in page.content
    undo = f"{answers[0]['Location']}undo/"
    for _i in range(2):
        assert b"This change was undone" in client.post(undo, follow=True).content
    assert states(*drafts) == ["draft"] * 3


def test_result_is_for_who_did_it(client, drafts, dainius, egle):
    made = change(dainius, drafts)
    client.force_login(egle)
    assert client.get(f"{URL}{made.uuid}/").status_code == 404
    assert client.post(f"{URL}{made.uuid}/undo/").status_code == 404


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"project": []}, "__all__"), ({"project": ["x", "\x00"]}, "__all__"), ({"kind": ""}, "kind"),
        ({"kind": "vanish"}, "kind"), ({"kind": ADD}, "unit"), ({"kind": REPLACE}, "unit"), ({"token": "x"}, "token"),
        ({"kind": ADD, "unit": "9" * 40}, "unit"), ({"kind": ADD, "unit": "x\x00"}, "unit"),
    ],
)  # fmt: skip
def test_bad_input_is_answered_in_words(broken, field, client, drafts, dainius):
    client.force_login(dainius)
    sent = (
        fields(client.get(URL)) | {"kind": "publish", "project": [drafts[0].uuid], "step": "apply"} | broken
    )
    response = client.post(URL, sent)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not BulkChange.objects.exists()


def test_department_is_not_replaced_by_itself(client, drafts, unit, dainius):
    client.force_login(dainius)
    sent = fields(client.get(URL)) | {
        "kind": REPLACE, "unit": unit.pk, "instead_of": unit.pk, "project": [drafts[0].uuid], "step": "preview",
    }  # fmt: skip
    response = client.post(URL, sent)
    assert "instead_of" in response.context["form"].errors
    assert b"will stay as it is" in client.post(URL, sent | {"kind": REMOVE}).content


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno"])
def test_page_is_for_managers_and_the_office(person, client, request, drafts):
    client.force_login(request.getfixturevalue(person))
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize("projects", [1, 3])
def test_pages_take_as_many_queries_for_many_as_for_one(
    projects, client, ktu, dainius, unit, django_assert_num_queries
):
    found = [factories.ProjectFactory(lead=ktu) for _ in range(projects)]
    client.force_login(dainius)
    client.get(URL)
    sent = fields(client.get(URL)) | {"kind": ADD, "unit": unit.pk, "project": [p.uuid for p in found]}
    with django_assert_num_queries(8):
        client.get(URL)
    with django_assert_num_queries(11):
        client.post(URL, sent | {"step": "preview"})


@pytest.mark.django_db(transaction=True)
def test_same_form_sent_at_once_from_two_windows_changes_once(drafts, dainius):
    token, made = uuid.uuid4(), []
    start = threading.Barrier(2)

    def send():
        try:
            start.wait()
            made.append(change(dainius, drafts, token=token).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close_all()
    assert made == [BulkChange.objects.get().pk] * 2
    assert Event.objects.filter(verb="projects.publish").count() == 3


def test_more_than_a_few_are_left_to_a_job_whose_page_shows_how_far_it_is(client, ktu, dainius):
    found = [factories.ProjectFactory(lead=ktu, publication="draft") for _ in range(12)]
    client.force_login(dainius)
    sent = fields(client.get(URL)) | {"kind": "publish", "project": [p.uuid for p in found], "step": "apply"}
    page = client.post(URL, sent)["Location"]
    assert states(*found) == ["draft"] * 12
    assert b"0 of 12 projects" in client.get(page).content
    assert client.get(f"{page}state/").json()["status"] == "at work"
    assert client.post(f"{page}undo/").status_code == 302  # not made yet: nothing to undo
    assert actions.work_on_changes() == 1
    assert states(*found) == ["published"] * 12
    assert client.get(f"{page}state/").json()["status"] == "done"
    assert b"12 projects were changed" in client.get(page).content
    client.post(f"{page}undo/")
    assert b"Changing the projects" in client.get(page).content
    assert actions.work_on_changes() == 1
    assert states(*found) == ["draft"] * 12
    assert b"This change was undone" in client.get(page).content
    assert actions.work_on_changes() == 0


def test_job_asks_for_the_rights_of_the_moment_in_which_it_works(ktu, dainius):
    found = [factories.ProjectFactory(lead=ktu, publication="draft") for _ in range(11)]
    made = change(dainius, found)
    dainius.appointments.update(valid_until=factories.LONG_AGO.replace(year=2021))
    actions.work_on_changes()
    made.refresh_from_db()
    assert (made.items, states(*found)) == ([], ["draft"] * 11)


def test_job_that_fails_changes_nothing_says_so_and_is_not_tried_again(client, ktu, dainius, caplog):
    found = [factories.ProjectFactory(lead=ktu, code=f"D-{i}", publication="draft") for i in range(11)]
    made = change(dainius, found)
    refuse_to_store("D-9")
    actions.work_on_changes()
    assert states(*found) == ["draft"] * 11
    assert "A change of many projects failed: IntegrityError" in caplog.text
    client.force_login(dainius)
    assert client.get(f"{URL}{made.uuid}/").content.count(b"Something went wrong") == 11
    assert actions.work_on_changes() == 0


def test_undo_that_fails_leaves_all_as_it_is_and_says_so(client, ktu, dainius, caplog):
    found = [factories.ProjectFactory(lead=ktu, code=f"D-{i}", publication="draft") for i in range(11)]
    made = change(dainius, found)
    actions.work_on_changes()
    made.refresh_from_db()
    actions.undo_change(made, by=dainius)
    refuse_to_store("D-9")
    actions.work_on_changes()
    assert states(*found) == ["published"] * 11
    client.force_login(dainius)
    assert client.get(f"{URL}{made.uuid}/").content.count(b"Something went wrong") == 11


def test_page_of_a_change_is_gone_with_the_right(client, dainius, ktu, project):
    client.force_login(dainius)
    change = BulkChange.objects.create(
        by=dainius, kind="publication", made_at=clock.now(), done_at=clock.now()
    )
    address = f"/en/projects/bulk/{change.uuid}/"
    assert client.get(address).status_code == 200
    Appointment.objects.filter(user=dainius).update(valid_until=clock.read() - dt.timedelta(hours=1))
    assert [client.get(address).status_code, client.get(f"{address}state/").status_code] == [404, 404]
    assert client.post(f"{address}undo/").status_code == 404
    change.refresh_from_db()
    assert change.undone_at is None


@pytest.mark.parametrize(
    ("publication", "kind", "words"),
    [("published", "publish", "Is published already."), ("archived", "publish", "An archived project is read-only."),
     ("draft", "withdraw", "Is a draft already."), ("draft", "archive", "It is a draft."),
     ("archived", "archive", "Is archived already."), ("published", "reopen", "Is published already.")],
)  # fmt: skip
def test_why_a_step_is_not_possible_says_the_state(publication, kind, words, dainius, ktu):
    project = factories.ProjectFactory(lead=ktu, publication=publication)
    made = change(dainius, [project], kind)
    assert [str(one.why) for one in outcomes(made.items, [project])] == [words]
