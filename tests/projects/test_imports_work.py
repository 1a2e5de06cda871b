"""Who may import, and what happens when jobs are cancelled, die, meet each other or are overtaken."""

import datetime as dt

import pytest

from ground import clock
from members.models import Appointment, Role
from projects import tasks
from projects.imports import merging, staging, work
from projects.models import Import, Project, Sharing
from tests import factories
from tests.projects import planted
from tests.projects.importing import (
    HEADINGS,
    IMPORTS,
    begun,
    checked,
    chosen,
    row,
    said,
    taken_over,
    upload,
    url,
)

pytestmark = pytest.mark.django_db
Status = Import.Status


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def take(client, batch, which="all"):
    response = client.post(url(batch, "take-over/"), {"rows": which}, follow=True)
    work.work_on_all()
    batch.refresh_from_db()
    return response


@pytest.mark.parametrize("person", ["ana", "bruno", "ruta", "ieva"])
def test_who_creates_no_projects_imports_none(person, client, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(IMPORTS).status_code == 403
    assert upload(client, planted.as_csv([HEADINGS, row()])).status_code == 403
    assert not Import.objects.exists()


@pytest.mark.parametrize("person", ["egle", "ruta", "chiara"])
def test_import_of_another_is_not_there(person, client, manager, request, ktu):
    batch = checked(manager, [HEADINGS, row(title="canary")])
    client.force_login(request.getfixturevalue(person))
    for step in ("", "columns/", "state/", "report/"):
        assert client.get(url(batch, step)).status_code == 404, step
    for step in ("columns/", "reading/", "take-over/", "cancel/"):
        assert client.post(url(batch, step), {"rows": "all"}).status_code == 404, step
    batch.refresh_from_db()
    assert batch.status == Status.CHECKED


def test_row_for_another_university_is_an_error_in_its_cell(manager, client, egle, ktu, trento):
    rows = [[*HEADINGS, "lead"], [*row("A-1"), "trento"], [*row("A-2"), "KTU"], [*row("A-3"), ""]]
    batch = checked(manager, rows)
    assert [(n, c) for n, c, words, _w in said(batch) if "may not create" in words] == [(2, "lead")]
    client.force_login(egle)
    office = checked(client, rows)
    assert [(n, c, "missing" in words) for n, c, words, _w in said(office)] == [(4, None, True)] or [
        (n, c) for n, c, _words, _w in said(office)
    ] == [(4, "lead")]


def test_shared_project_is_changed_by_the_other_university_but_not_taken_away(manager, ktu, trento):
    project = factories.ProjectFactory(code="SHARED-1", lead=trento, title_en="Before")
    Sharing.objects.create(project=project, university=ktu, shared_at=clock.now())
    rows = [[*HEADINGS, "lead"], [*row("SHARED-1", "After"), "trento"]]
    batch = taken_over(manager, rows)
    project.refresh_from_db()
    assert (batch.status, project.title_en, project.lead) == ("done", "After", trento)


def test_manager_of_a_sharing_university_does_not_move_the_project_to_it(manager, ktu, trento):
    project = factories.ProjectFactory(code="SHARED-1", lead=trento)
    Sharing.objects.create(project=project, university=ktu, shared_at=clock.now())
    batch = checked(manager, [[*HEADINGS, "lead"], [*row("SHARED-1"), "KTU"]])
    assert [(n, c) for n, c, words, _w in said(batch) if "move a project elsewhere" in words] == [(2, "lead")]
    take(manager, batch, "good")
    project.refresh_from_db()
    assert project.lead == trento


def test_role_at_the_lead_that_ended_after_the_check_moves_nothing_either(manager, dainius, ktu, aveiro):
    both = Appointment.objects.create(
        user=dainius,
        role=Role.PROJECT_MANAGER,
        university=aveiro,
        valid_from=clock.read() - dt.timedelta(days=1),
    )
    project = factories.ProjectFactory(code="SHARED-1", lead=aveiro)
    Sharing.objects.create(project=project, university=ktu, shared_at=clock.now())
    batch = checked(manager, [[*HEADINGS, "lead"], [*row("SHARED-1"), "KTU"]])
    both.delete()
    take(manager, batch)
    project.refresh_from_db()
    assert project.lead == aveiro


def test_sharing_ends_with_the_university_that_comes_to_lead(client, egle, aveiro, project):
    Sharing.objects.create(project=project, university=aveiro, shared_at=clock.now())
    client.force_login(egle)
    take(client, checked(client, [[*HEADINGS, "lead"], [*row(project.code), "aveiro"]]))
    project.refresh_from_db()
    assert project.lead == aveiro
    assert not project.sharings.exists()


def test_role_that_ended_ends_in_jobs_that_wait(manager, dainius, ktu):
    batch = checked(manager, [HEADINGS, row()])
    manager.post(url(batch, "take-over/"), {"rows": "all"})
    Appointment.objects.filter(user=dainius).update(valid_until=clock.read() - dt.timedelta(hours=1))
    work.work_on_all()
    batch.refresh_from_db()
    assert (batch.status, Project.objects.count()) == (Status.FAILED, 0)
    assert "no longer create" in batch.outcome["error"]["words"]
    assert manager.get(url(batch)).status_code == 404


def test_role_at_one_university_that_ended_refuses_its_rows(manager, dainius, ktu, aveiro):
    from members.models import Role

    factories.AppointmentFactory(user=dainius, role=Role.PROJECT_MANAGER, university=aveiro)
    rows = [[*HEADINGS, "lead"], [*row("A-1"), "aveiro"], [*row("A-2"), "KTU"]]
    batch = checked(manager, rows)
    assert batch.outcome["counts"]["create"] == 2
    Appointment.objects.filter(user=dainius, university=aveiro).update(
        valid_until=clock.read() - dt.timedelta(hours=1)
    )
    take(manager, batch)
    assert (batch.status, Project.objects.count()) == (Status.CHECKED, 0)
    assert [(n, "may not create" in words) for n, _c, words, _w in said(batch)] == [(2, True)]
    take(manager, batch, "good")
    assert [p.code for p in Project.objects.all()] == ["A-2"]


def test_project_that_somebody_changed_meanwhile_is_told_and_not_overwritten(manager, project):
    batch = checked(
        manager, [HEADINGS, row("S-NET-24-50", "From the file", "2024-02-22", "2026-03-01"), row("N-1")]
    )
    Project.objects.filter(pk=project.pk).update(version=99, title_en="From a person")
    take(manager, batch)
    assert (batch.status, Project.objects.count()) == (Status.CHECKED, 1)
    assert "Somebody changed" in said(batch, 2)[0][2]
    assert "Nothing was taken over" in manager.get(url(batch)).content.decode()
    take(manager, batch, "good")
    project.refresh_from_db()
    assert (batch.status, project.title_en, Project.objects.count()) == (Status.DONE, "From a person", 2)


def test_number_that_was_taken_meanwhile_is_told(manager, ktu):
    batch = checked(manager, [HEADINGS, row("N-1"), row("N-2")])
    factories.ProjectFactory(code="n-1", lead=ktu)
    take(manager, batch)
    assert (batch.status, Project.objects.count()) == (Status.CHECKED, 1)
    assert "already a project" in said(batch, 2)[0][2]


def test_partner_that_was_deleted_meanwhile_is_told(manager, ktu):
    partner = factories.OrganisationFactory(name="Short-lived")
    batch = checked(manager, [[*HEADINGS, "partners"], [*row(), "Short-lived"]])
    partner.delete()
    take(manager, batch)
    assert (batch.status, Project.objects.count()) == (Status.CHECKED, 0)
    assert "no longer on record" in said(batch)[0][2]


def test_nothing_is_half_imported_when_the_work_breaks_off(manager, ktu, monkeypatch):
    monkeypatch.setattr(merging, "SET", 2)
    batch = checked(manager, [HEADINGS, *(row(f"N-{i}") for i in range(6))])
    write = merging.Merge.write

    def breaks(self, first, last):
        write(self, first, last)
        assert Project.objects.count() == last - 1
        if last >= 4:
            raise RuntimeError("the machine stops here")

    monkeypatch.setattr(merging.Merge, "write", breaks)
    take(manager, batch)
    assert (batch.status, Project.objects.count()) == (Status.FAILED, 0)


def test_constraint_has_the_last_word(manager, ktu):
    batch = checked(manager, [HEADINGS, row("N-1"), row("N-2")])
    bad = batch.rows.get(number=3)
    bad.values["fields"]["ends_on"] = "1999-01-01"
    bad.save()
    take(manager, batch)
    assert (batch.status, Project.objects.count()) == (Status.CHECKED, 0)
    assert "Nothing was taken over" in batch.outcome["error"]["words"]


def test_shares_are_refereed_at_the_end_of_the_transaction(manager, ktu, project, programmes):
    rows = [
        [*HEADINGS, "programme", "share"],
        [*row("S-NET-24-50", "T", "2024-02-22", "2026-03-01"), "Alliances", "80"],
    ]
    batch = checked(manager, rows)
    project.funding_lines.filter(programme=programmes["budget"]).update(share=50)
    take(manager, batch)
    assert batch.status == Status.CHECKED
    project.refresh_from_db()
    assert project.title_en == "Membership of a network"


def test_import_is_cancelled_wherever_it_stands(manager, ktu):
    content = planted.as_csv([HEADINGS, row()])
    upload(manager, content)
    reading = Import.objects.get()
    manager.post(url(reading, "cancel/"))
    mapping = begun(manager, content)
    manager.post(url(mapping, "cancel/"))
    waiting = checked(manager, [HEADINGS, row()])
    manager.post(url(waiting, "cancel/"))
    assert set(Import.objects.values_list("status", flat=True)) == {Status.CANCELLED}
    assert work.work_on_all() == 0
    again = manager.post(url(waiting, "cancel/"), follow=True)
    assert "over already" in again.content.decode()


@pytest.mark.parametrize("stage", ["check", "merge"])
def test_cancelling_stops_a_job_at_work_and_undoes_it(stage, manager, ktu, monkeypatch):
    monkeypatch.setattr(merging, "SET", 2)
    monkeypatch.setattr(staging, "SET", 2)
    rows = [HEADINGS, *(row(f"N-{i}") for i in range(6))]
    batch = begun(manager, rows)
    where, name = (staging, "check_set") if stage == "check" else (merging.Merge, "write")
    done = getattr(where, name)
    times = []

    def asked(*args):
        times.append(1)
        manager.post(url(batch, "cancel/"))
        return done(*args)

    if stage == "merge":
        chosen(manager, batch)
        work.work_on_all()
        manager.post(url(batch, "take-over/"), {"rows": "all"})
    else:
        chosen(manager, batch)
    monkeypatch.setattr(where, name, asked)
    work.work_on_all()
    batch.refresh_from_db()
    assert (batch.status, Project.objects.count(), len(times)) == (Status.CANCELLED, 0, 1)


def at_work(batch, **fields):
    Import.objects.filter(pk=batch.pk).update(beat_at=clock.read(), **fields)


def test_page_of_an_import_that_is_stopping_says_so_and_offers_no_second_cancel(manager, ktu):
    batch = checked(manager, [HEADINGS, row()])
    at_work(batch, status=Status.MERGING)
    assert "Cancel this import" in manager.get(url(batch)).content.decode()
    page = manager.post(url(batch, "cancel/"), follow=True).content.decode()
    assert "Stopping …" in page
    assert "Cancel this import" not in page
    assert manager.get(url(batch, "state/")).json()["status"] == "stopping"
    Import.objects.update(beat_at=clock.read() - dt.timedelta(minutes=3))  # its worker died
    assert "Cancel this import" in manager.get(url(batch)).content.decode()
    manager.post(url(batch, "cancel/"))
    batch.refresh_from_db()
    assert batch.status == Status.CANCELLED


@pytest.mark.parametrize("stage", ["read", "check"])
def test_cancelling_at_the_last_moment_of_a_short_job_is_heard(stage, manager, ktu, monkeypatch):
    if stage == "read":
        upload(manager, planted.as_csv([HEADINGS, row()]))
        batch = Import.objects.get()
        where, name = staging, "copy_in"
    else:
        batch = begun(manager, [HEADINGS, row()])
        chosen(manager, batch)
        where, name = staging, "counts"
    done = getattr(where, name)

    def asked(*args):
        manager.post(url(batch, "cancel/"))
        return done(*args)

    monkeypatch.setattr(where, name, asked)
    work.work_on_all()
    batch.refresh_from_db()
    assert batch.status == Status.CANCELLED


def test_five_unfinished_imports_are_told_before_a_file_is_chosen_and_can_be_cancelled(manager, ktu):
    batches = [begun(manager, [HEADINGS, row()]) for _one in range(5)]
    page = manager.get(IMPORTS).content.decode()
    assert "five unfinished imports" in page
    assert 'href="#my-imports"' in page
    assert 'id="my-imports"' in page
    assert 'type="file"' not in page
    assert page.count('name="back" value="list"') == 5
    refused = upload(manager, planted.as_csv([HEADINGS, row()]))
    assert (refused.status_code, Import.objects.count()) == (422, 5)
    assert "five unfinished imports" in refused.content.decode()
    back = manager.post(url(batches[0], "cancel/"), {"back": "list"})
    assert (back.status_code, back.url) == (302, IMPORTS)
    page = manager.get(IMPORTS).content.decode()
    assert 'type="file"' in page
    assert page.count('name="back" value="list"') == 4


def test_unfinished_imports_are_never_pushed_off_the_list(manager, dainius, ktu):
    waiting = begun(manager, [HEADINGS, row()])
    Import.objects.bulk_create(
        Import(by=dainius, name=f"{n}.csv", status=Status.DONE, begun_at=clock.read()) for n in range(60)
    )
    assert str(waiting.uuid) in manager.get(IMPORTS).content.decode()


def test_progress_of_taking_over_moves_from_its_start_and_never_past_the_end(manager, ktu, monkeypatch):
    monkeypatch.setattr(merging, "SET", 2)
    monkeypatch.setattr(work, "_BEAT", 0)
    for n in range(6):
        factories.ProjectFactory(code=f"N-{n}", lead=ktu, title_en="Before")
    batch = checked(manager, [HEADINGS, *(row(f"N-{n}", "After") for n in range(6))])
    told = []
    beat = work.Pulse.beat

    def listens(self, passed):
        beat(self, passed)
        told.append((self.passed, self.steps))

    monkeypatch.setattr(work.Pulse, "beat", listens)
    take(manager, batch)
    assert batch.status == Status.DONE
    assert told[0][0] > 0
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    Import.objects.update(status=Status.MERGING, rows_done=7)
    assert manager.get(url(batch, "state/")).json()["words"] == "6 of 6 rows"


def test_two_workers_never_work_on_the_same_import(manager, ktu):
    upload(manager, planted.as_csv([HEADINGS, row()]))
    first = work.claim()
    assert first is not None
    assert work.claim() is None
    Import.objects.update(beat_at=clock.read() - dt.timedelta(minutes=3))
    second = work.claim()
    assert second.batch == first.batch
    with pytest.raises(work.Lost):
        first.beat(1)
    work.work(first)
    second.beat(0)
    work.work(second)
    batch = Import.objects.get()
    assert (batch.status, batch.rows.count()) == (Status.MAPPING, 1)


def test_import_whose_workers_die_is_given_up_after_three(manager, ktu):
    upload(manager, planted.as_csv([HEADINGS, row()]))
    for _death in range(4):
        Import.objects.update(beat_at=clock.read() - dt.timedelta(minutes=3))
        hold = work.claim()
    work.work(hold)
    batch = Import.objects.get()
    assert batch.status == Status.FAILED
    assert "failed three times" in manager.get(url(batch)).content.decode()


def test_form_sent_twice_does_the_thing_once(manager, ktu):
    batch = checked(manager, [HEADINGS, row()])
    assert take(manager, batch).status_code == 200
    again = manager.post(url(batch, "take-over/"), {"rows": "all"}, follow=True)
    assert "moved on" in again.content.decode()
    assert tasks.work_on_imports() == 0
    assert Project.objects.count() == 1


def test_page_tells_how_far_the_work_is(manager, ktu):
    upload(manager, planted.as_csv([HEADINGS, row()]))
    batch = Import.objects.get()
    Import.objects.update(rows_done=1200)
    assert manager.get(url(batch, "state/")).json() == {
        "status": "reading", "words": "1,200 rows so far", "done": 1200, "total": 0
    }  # fmt: skip
    page = manager.get(url(batch)).content.decode()
    assert "<progress" in page
    assert "Refresh" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"column_0": ""}, "Choose the column with the project number"),
        ({"column_1": "code"}, "Two columns fill"), ({"column_0": "owner"}, "Select a valid choice"),
        ({"order": "ymd"}, "Select a valid choice"), ({"lead": "999999999999999999999"}, "Select a valid choice"),
        ({"lead": "\x00"}, "There is a problem"), ({"partners": ""}, "Choose an answer"),
    ],
)  # fmt: skip
def test_choice_that_makes_no_sense_is_refused_with_words(change, words, manager, ktu):
    batch = begun(manager, [HEADINGS, row()])
    response = chosen(manager, batch, **change)
    assert response.status_code == 422
    assert words in response.content.decode()
    batch.refresh_from_db()
    assert batch.status == Status.MAPPING


def test_choices_that_were_not_sent_are_refused_with_words(manager, ktu):
    batch = begun(manager, [HEADINGS, row()])
    assert manager.post(url(batch, "columns/"), {}).status_code == 422
    assert manager.post(url(batch, "reading/"), {"encoding": "klingon"}).status_code == 422
    assert manager.post(IMPORTS, {}).status_code == 422
    assert manager.get(url(batch) + "?after=%00&rows=%00").status_code == 200  # waits for its columns
    done = checked(manager, [HEADINGS, row()])
    assert manager.get(url(done) + "?after=nonsense").status_code == 404
    assert manager.get(url(done) + "?rows=%00").status_code == 200
