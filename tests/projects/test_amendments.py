import datetime as dt
import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from audit.models import Event
from documents.models import Document
from ground import clock
from ground.workflow import NotPossible
from notifications import planner
from notifications.models import ReminderPlan
from projects import actions, history
from projects.models import Amendment, Project
from tests import factories
from tests.projects.sending import fields
from tests.world import PDF

pytestmark = pytest.mark.django_db
URL = "/en/projects/s-net-24-50/amend/"
AGREED = dt.date(2026, 2, 1)
FIRST, LAST, LATER = dt.date(2024, 2, 22), dt.date(2026, 3, 1), dt.date(2027, 6, 30)


def terms(**changed):
    return actions.Terms(
        **{"agreed_on": AGREED, "starts_on": FIRST, "ends_on": LATER, "reason_en": "Late partners."} | changed
    )


def amend(project, by, token=None, **changed):
    return actions.amend_period(
        project, by=by, token=token or uuid.uuid4(), version=Project.objects.get(pk=project.pk).version,
        terms=terms(**changed),
    )  # fmt: skip


def data_of(client, **changed):
    return fields(client.get(URL)) | {
        "agreed_on": "2026-02-01", "ends_on": "2027-06-30", "reason_en": "Late partners.",
    } | changed  # fmt: skip


def test_amendment_keeps_the_period_before_and_gives_the_project_its_own(project, dainius):
    made = amend(project, dainius)
    project.refresh_from_db()
    assert (made.number, made.starts_before, made.ends_before) == (1, FIRST, LAST)
    assert (project.starts_on, project.ends_on, project.version) == (FIRST, LATER, 2)
    latest = history.changes(project)[0][0]
    assert latest.comment == "The implementation period was amended."
    assert [str(d.label) for d in latest.differences] == ["Last day", "Amendments of the period"]
    event = Event.objects.get(verb="projects.amend_period", actor=dainius)
    assert event.details["ends_on"] == "2027-06-30"
    again = amend(project, dainius, ends_on=dt.date(2027, 9, 30), agreed_on=dt.date(2026, 5, 1))
    assert (again.number, again.ends_before) == (2, LATER)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends_on": LAST}, "ends_on"), ({"ends_on": dt.date(2020, 1, 1)}, "ends_on"), ({"reason_en": ""}, "reason_en"),
        ({"agreed_on": dt.date(2190, 1, 1)}, "agreed_on"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_beside_its_field(changed, field, project, dainius):
    with pytest.raises(actions.Unfit) as unfit:
        amend(project, dainius, **changed)
    assert unfit.value.field == field
    assert not Amendment.objects.exists()


def test_amendments_are_agreed_in_their_order(project, dainius):
    amend(project, dainius)
    with pytest.raises(actions.Unfit) as unfit:
        amend(project, dainius, agreed_on=dt.date(2026, 1, 1), ends_on=dt.date(2028, 1, 1))
    assert unfit.value.field == "agreed_on"


def test_same_token_amends_once_and_another_projects_token_never(project, dainius, ktu):
    token = uuid.uuid4()
    made = amend(project, dainius, token)
    with pytest.raises(actions.AlreadyAmended) as already:
        amend(project, dainius, token)
    assert already.value.amendment == made
    other = factories.ProjectFactory(lead=ktu)
    with pytest.raises(NotPossible):
        amend(other, dainius, token, starts_on=other.starts_on)


@pytest.mark.parametrize("person", ["ana", "ruta", "bruno", "chiara", "tomas"])
def test_amending_is_for_those_who_keep_the_project(person, project, request):
    with pytest.raises(PermissionDenied):
        amend(project, request.getfixturevalue(person))


def test_archived_project_refuses_in_words(client, project, dainius):
    made = amend(project, dainius)
    actions.change_publication(project, step="archive", by=dainius)
    for verb in (lambda: amend(project, dainius), lambda: actions.withdraw_amendment(made, by=dainius)):
        with pytest.raises(NotPossible, match="read-only"):
            verb()
    client.force_login(dainius)
    for url in (URL, f"{URL}{made.uuid}/withdraw/"):
        for method in (client.get, client.post):
            response = method(url)
            assert response.status_code == 409
            assert b"read-only" in response.content


def test_last_amendment_is_withdrawn_and_the_period_of_before_returns(project, dainius):
    first = amend(project, dainius)
    second = amend(project, dainius, ends_on=dt.date(2027, 9, 30))
    with pytest.raises(NotPossible, match="last amendment"):
        actions.withdraw_amendment(first, by=dainius)
    project = actions.withdraw_amendment(second, by=dainius)
    assert (project.ends_on, project.version) == (LATER, 4)
    with pytest.raises(Amendment.DoesNotExist):
        actions.withdraw_amendment(second, by=dainius)
    project = actions.withdraw_amendment(first, by=dainius)
    assert (project.starts_on, project.ends_on) == (FIRST, LAST)
    assert Event.objects.filter(verb="projects.withdraw_amendment").count() == 2
    with pytest.raises(PermissionDenied):
        actions.withdraw_amendment(amend(project, dainius), by=factories.UserFactory())


def test_document_comes_with_it_or_is_one_of_the_projects(project, dainius, ktu):
    upload = SimpleUploadedFile("agreement.pdf", PDF, content_type="application/pdf")
    made = actions.amend_period(
        project, by=dainius, token=uuid.uuid4(), version=1, terms=terms(), paper=actions.Paper(upload=upload)
    )
    assert made.document.title_en == "Amendment 1"
    assert made.document.title_lt
    assert made.document.is_public is False
    again = actions.amend_period(
        project, by=dainius, token=uuid.uuid4(), version=2, terms=terms(ends_on=dt.date(2028, 1, 1)),
        paper=actions.Paper(kept=made.document),
    )  # fmt: skip
    assert again.document == made.document
    other = factories.ProjectFactory(lead=ktu)
    with pytest.raises(actions.Unfit):
        actions.amend_period(
            other, by=dainius, token=uuid.uuid4(), version=1, terms=terms(), paper=actions.Paper(kept=made.document)
        )  # fmt: skip


def test_page_lists_the_original_period_and_every_amendment(client, project, dainius):
    client.force_login(dainius)
    assert client.post(URL, data_of(client, ends_on="2027-06-30"), follow=True).status_code == 200
    text = client.get(URL).content.decode()
    assert "22 February 2024 – 1 March 2026" in text
    assert "22 February 2024 – 30 June 2027" in text
    assert "Late partners." in text
    assert fields(client.get(URL))["ends_on"] == "2027-06-30"


def test_form_takes_a_file_and_its_refusal_stands_beside_it(client, project, dainius):
    client.force_login(dainius)
    bad = SimpleUploadedFile("agreement.pdf", b"not a PDF", content_type="application/pdf")
    response = client.post(URL, data_of(client) | {"upload": bad})
    assert response.status_code == 422
    assert response.context["form"].errors["upload"]
    assert not Document.objects.exists()
    good = SimpleUploadedFile("agreement.pdf", PDF, content_type="application/pdf")
    assert client.post(URL, data_of(client) | {"upload": good, "is_public": "on"}).status_code == 302
    assert Amendment.objects.get().document.is_public
    paper = Amendment.objects.get().document
    both = data_of(client, ends_on="2028-01-01", document=str(paper.pk))
    response = client.post(URL, both | {"upload": SimpleUploadedFile("b.pdf", PDF)})
    assert "not both" in str(response.context["form"].errors["upload"])


@pytest.mark.parametrize(
    "broken",
    [
        {"agreed_on": ""}, {"agreed_on": "\x00"}, {"ends_on": "99999-01-01"}, {"ends_on": "2024-02-30"},
        {"reason_en": "", "reason_lt": ""}, {"reason_en": "a\x00b"}, {"reason_en": "x" * 2001}, {"document": "7777"},
        {"document": "9" * 40}, {"token": "x"}, {"version": "x"}, {"version": ""}, {"ends_on": "2026-03-01"},
        {"agreed_on": "2190-01-01"},
    ],
)  # fmt: skip
def test_bad_input_is_answered_beside_its_field_and_changes_nothing(broken, client, project, dainius):
    client.force_login(dainius)
    response = client.post(URL, data_of(client) | broken)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() & {*broken, "__all__"}
    assert not Amendment.objects.exists()


def test_form_sent_twice_amends_once_and_says_so_both_times(client, project, dainius):
    client.force_login(dainius)
    data = data_of(client)
    assert [client.post(URL, data).status_code for _ in range(2)] == [302, 302]
    assert Amendment.objects.count() == 1


def test_stale_form_loses_nothing_and_counts_when_sent_again(client, project, dainius):
    client.force_login(dainius)
    data = data_of(client)
    Project.objects.filter(pk=project.pk).update(version=2)
    response = client.post(URL, data)
    assert response.status_code == 409
    assert b"Somebody saved this project meanwhile" in response.content
    again = fields(response)
    assert (again["reason_en"], again["ends_on"], again["version"]) == ("Late partners.", "2027-06-30", "2")
    assert client.post(URL, again).status_code == 302


def test_withdrawing_asks_once_and_twice_is_once(client, project, dainius):
    made = amend(project, dainius)
    client.force_login(dainius)
    url = f"{URL}{made.uuid}/withdraw/"
    assert b"becomes 22 February 2024" in client.get(url).content
    assert [client.post(url).status_code for _ in range(2)] == [302, 302]
    assert client.get(url).status_code == 404
    project.refresh_from_db()
    assert (project.ends_on, project.version) == (LAST, 3)
    older = amend(project, dainius)
    amend(project, dainius, ends_on=dt.date(2028, 1, 1))
    assert client.post(f"{URL}{older.uuid}/withdraw/").status_code == 409


def test_amended_period_moves_the_reminders(project, dainius, at):
    before = dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC)
    planner.store_default_rules()
    with at(before):
        planner.plan(clock.now())
    old = ReminderPlan.objects.filter(subject_uuid=project.uuid)
    assert {plan.due_date for plan in old} == {LAST}
    planned = set(old.filter(state="planned").values_list("pk", flat=True))
    with at(before + dt.timedelta(hours=1)):
        amend(project, dainius, ends_on=dt.date(2026, 4, 20))
        planner.plan(clock.now())
    assert planned
    assert not ReminderPlan.objects.filter(pk__in=planned, state="planned").exists()
    assert ReminderPlan.objects.filter(subject_uuid=project.uuid, due_date=dt.date(2026, 4, 20)).exists()


def _at_once(*calls):
    """Run the calls at the same moment; what each of them answered or raised."""
    start, outcomes = threading.Barrier(len(calls)), []

    def run(call):
        try:
            start.wait()
            outcomes.append(call())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close_all()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_form_sent_twenty_times_at_once_makes_one_amendment(project, dainius):
    token = uuid.uuid4()
    answers = _at_once(
        *[
            lambda: actions.amend_period(project, by=dainius, token=token, version=1, terms=terms())
            for _ in range(20)
        ]
    )
    made = [one for one in answers if isinstance(one, Amendment)]
    assert len(made) == 1
    assert all(isinstance(one, actions.AlreadyAmended) for one in answers if one is not made[0])
    assert Amendment.objects.count() == 1
    assert Project.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_amend_at_once_one_is_told(project, dainius, egle):
    answers = _at_once(
        *[
            lambda person=person: actions.amend_period(
                project, by=person, token=uuid.uuid4(), version=1, terms=terms()
            )
            for person in (dainius, egle)
        ]
    )
    assert sorted(type(one).__name__ for one in answers) == ["Amendment", "Stale"]
    assert Amendment.objects.count() == 1


@pytest.mark.parametrize("amendments", [1, 3])
def test_page_takes_as_many_queries_for_many_as_for_one(
    amendments, client, project, dainius, django_assert_num_queries
):
    for month in range(amendments):
        amend(project, dainius, ends_on=dt.date(2027, 1 + month, 28))
    client.force_login(dainius)
    client.get(URL)
    with django_assert_num_queries(8):
        client.get(URL)
