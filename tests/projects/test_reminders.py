import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from ground import clock
from members.models import Role
from notifications import kinds, planner, reminders
from notifications.models import InboxItem, Message, ReminderPlan
from notifications.sender import Sender
from projects.models import Follower, Milestone, Sharing, TeamMember
from projects.reminders import (
    AuditDue,
    DeliverableDue,
    EndOfPeriod,
    OtherMilestoneDue,
    PaymentDue,
    ReportDue,
)
from tests import factories
from tests.projects.sending import fields
from tests.told_before import recipients, told_at, way_to

pytestmark = pytest.mark.django_db
MOMENT = "2025-12-01T09:00+02:00"
DAY_90 = dt.datetime.fromisoformat(MOMENT)


@pytest.fixture
def project(ktu):
    return factories.ProjectFactory(
        code="S-NET-24-50", lead=ktu, starts_on=dt.date(2024, 2, 22), ends_on=dt.date(2026, 3, 1),
        title_en="Membership of the European Consortium of Innovative Universities",
        title_lt="Narystė Europos inovatyvių universitetų konsorciume",
    )  # fmt: skip


def remind(*arguments):
    out = io.StringIO()
    call_command("remind", *arguments, stdout=out)
    return out.getvalue()


def told(project):
    with clock.one_moment(DAY_90):
        return EndOfPeriod().recipients([project.uuid])[project.uuid]


def test_managers_of_the_lead_university_are_told_and_nobody_elses(project, dainius, ana, ruta, egle, aveiro):
    foreign = factories.UserFactory()
    factories.AppointmentFactory(user=foreign, role=Role.PROJECT_MANAGER, university=aveiro)
    assert told(project) == [dainius]


def test_a_manager_whose_appointment_has_ended_or_not_begun_is_not_told(project, ktu):
    factories.AppointmentFactory(role=Role.PROJECT_MANAGER, university=ktu, valid_until=DAY_90)
    factories.AppointmentFactory(
        role=Role.PROJECT_MANAGER, university=ktu, valid_from=DAY_90 + dt.timedelta(seconds=1)
    )
    assert told(project) == []


def test_the_head_is_told_where_linked_to_an_account_and_once(project, dainius, ana):
    TeamMember.objects.create(project=project, part="head", name="Ana Bandomoji", user=ana)
    TeamMember.objects.create(project=project, part="member", name="X", user=factories.UserFactory())
    assert told(project) == [dainius, ana]
    TeamMember.objects.filter(part="head").update(user=dainius)
    assert told(project) == [dainius]
    TeamMember.objects.filter(part="head").update(user=None)
    assert told(project) == [dainius]


def test_managers_of_a_sharing_university_are_told(project, dainius, aveiro):
    manager = factories.UserFactory()
    factories.AppointmentFactory(user=manager, role=Role.PROJECT_MANAGER, university=aveiro)
    Sharing.objects.create(project=project, university=aveiro, shared_at=DAY_90)
    assert told(project) == [dainius, manager]


def test_followers_are_told_once_and_closed_accounts_not(project, dainius, ana, tomas):
    for person in (ana, dainius, tomas):
        Follower.objects.create(project=project, user=person, since=DAY_90)
    tomas.is_active = False
    tomas.save()
    assert told(project) == [dainius, ana]


# Reports and payments.


@pytest.fixture
def report(project):
    return factories.MilestoneFactory(
        project=project, kind="report", title_en="Final report", title_lt="Galutinė ataskaita",
        due_on=dt.date(2025, 12, 31),
    )  # fmt: skip


OF = {
    "report": ReportDue, "payment": PaymentDue, "deliverable": DeliverableDue, "audit": AuditDue,
    "other": OtherMilestoneDue,
}  # fmt: skip


@pytest.mark.parametrize("kind", OF)
def test_each_kind_of_milestone_is_reminded_of_by_a_kind_of_its_own(report, kind):
    Milestone.objects.update(kind=kind)
    found = [name for name, of in OF.items() if list(of().due(report.due_on, report.due_on))]
    assert found == [kind]
    assert list(OF[kind]().current([report.uuid])) == [report.uuid]
    assert list(OF[kind]().belonging([report.project.uuid])) == [report.uuid]


def test_a_payment_that_the_old_rule_planned_still_goes_out(report):
    """Once one kind told of reports and payments; what it had planned and handed over holds."""
    Milestone.objects.update(kind="payment")
    assert list(ReportDue().current([report.uuid])) == [report.uuid]
    assert ReportDue().belonging([report.project.uuid]) == {}


@pytest.mark.parametrize("kind", OF)
def test_a_milestone_is_found_by_its_date(kind):
    assert "projects_milestone_open" in way_to(OF[kind](), dt.date(2026, 6, 1))


@pytest.mark.parametrize("kind", OF)
def test_what_is_open_a_week_after_its_date_is_told_once_more_and_what_is_done_is_not(report, dainius, kind):
    Milestone.objects.update(kind=kind)
    week_after = dt.datetime(2026, 1, 7, 12, tzinfo=dt.UTC)
    assert told_at(week_after - dt.timedelta(days=1), OF[kind]()) == []
    assert told_at(week_after, OF[kind]()) == recipients(dainius)
    said = Message.objects.get(kind="projects.milestone_due")
    wording = kinds.word(
        kinds.find(said.kind), said.context, name=said.subject_name, moment=week_after, language="en"
    )
    assert wording.subject == "S-NET-24-50: was due on 31 December 2025"
    assert told_at(week_after + dt.timedelta(days=1), OF[kind]()) == []
    Milestone.objects.update(done_on=dt.date(2026, 1, 6))
    Message.objects.all().delete()
    ReminderPlan.objects.all().delete()
    assert told_at(week_after, OF[kind]()) == []


@pytest.mark.parametrize("publication", ["draft", "archived"])
def test_milestones_of_what_is_not_published_are_not(report, project, publication):
    project.publication = publication
    project.save()
    assert list(ReportDue().due(report.due_on, report.due_on)) == []
    assert ReportDue().current([report.uuid]) == {}


def test_milestones_are_reminded_of_30_7_and_1_day_before_and_a_week_after():
    registered = {
        kind.name: (kind.offsets, kind.after) for kind in reminders.all_kinds() if kind.name.endswith("_due")
    }
    assert {name: days for name, days in registered.items() if name.startswith("projects.")} == {
        "projects.milestone_due": ((30, 7, 1), (7,)), "projects.payment_due": ((30, 7, 1), (7,)),
        "projects.deliverable_due": ((30, 7, 1), (7,)), "projects.audit_due": ((30, 7, 1), (7,)),
        "projects.other_due": ((7,), (7,)),
    }  # fmt: skip


def planned(state):
    rows = ReminderPlan.objects.filter(rule__kind="projects.milestone_due", state=state)
    return rows.values_list("reason", flat=True)


def at_30_days(step=dt.timedelta(0)):
    moment = DAY_90 + step
    with clock.one_moment(moment):
        planner.plan(moment)
        planner.release(moment)


def test_a_report_is_told_once_to_managers_and_followers(report, project, dainius, ana):
    Follower.objects.create(project=project, user=ana, since=DAY_90)
    for _ in range(3):
        at_30_days()
    sent = Message.objects.filter(kind="projects.milestone_due")
    assert {message.user_uuid for message in sent} == {str(dainius.uuid), str(ana.uuid)}
    assert sent.count() == 2


def test_a_milestone_that_is_done_before_the_hour_is_not_told(report, dainius):
    before = dt.timedelta(hours=-3)
    at_30_days(before)
    assert list(planned("planned")) == [""]
    Milestone.objects.update(done_on=dt.date(2025, 11, 30))
    at_30_days()
    assert list(planned("cancelled")) == ["settled"]
    assert not Message.objects.filter(kind="projects.milestone_due").exists()


def test_a_milestone_that_moves_is_told_of_its_new_date(report, dainius):
    at_30_days(dt.timedelta(hours=-3))
    Milestone.objects.update(due_on=dt.date(2026, 1, 10))
    at_30_days()
    assert not Message.objects.filter(kind="projects.milestone_due").exists()
    at_30_days(dt.timedelta(days=10))
    [message] = Message.objects.filter(kind="projects.milestone_due")
    assert message.context["due_on"] == "2026-01-10"
    assert list(planned("cancelled")) == ["moved"]


def test_a_report_that_is_done_in_the_whole_form_while_its_message_waits_is_not_told(
    client, report, project, dainius, tmp_path
):
    project.refresh_from_db()
    at_30_days()
    assert Message.objects.get(kind="projects.milestone_due").state == Message.State.DUE
    client.force_login(dainius)
    edit = f"/en/projects/{project.key}/edit/"
    answer = client.post(edit, fields(client.get(edit)) | {"milestones-0-done_on": "2025-11-30"})
    assert answer.status_code == 302
    with clock.one_moment(DAY_90):
        Sender().run()
    assert Message.objects.get(kind="projects.milestone_due").state == Message.State.CANCELLED
    assert not InboxItem.objects.filter(kind="projects.milestone_due").exists()
    assert not [mail for mail in (tmp_path / "mail").glob("*.eml") if "31 December" in mail.read_text()]


def test_who_switched_the_mails_off_gets_none(report, dainius, tmp_path):
    from notifications.models import Preference

    Preference.objects.create(user=dainius, kind="projects.milestone_due", delivery="off")
    at_30_days()
    with clock.one_moment(DAY_90):
        Sender().run()
    assert not [mail for mail in (tmp_path / "mail").glob("*.eml") if "31 December" in mail.read_text()]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "S-NET-24-50: due on 31 December 2025, 30 days left"), ("lt", "Galutinė ataskaita")],
)
def test_a_report_is_named_in_the_language_of_the_reader(report, language, words):
    [dated] = ReportDue().current([report.uuid]).values()
    wording = kinds.word(
        kinds.find("projects.milestone_due"), kinds.plain(dated.context), name=dated.name, moment=DAY_90,
        language=language,
    )  # fmt: skip
    assert words in "\n".join([wording.subject, *wording.paragraphs])
    assert wording.path == f"/{language}/projects/s-net-24-50/#milestones"


def test_recipients_of_milestones_cost_the_same_for_one_and_for_three(
    ktu, dainius, django_assert_num_queries
):
    for count in (1, 3):
        milestones = [
            factories.MilestoneFactory(project=project)
            for project in factories.ProjectFactory.create_batch(count, lead=ktu)
        ]
        with clock.one_moment(DAY_90), django_assert_num_queries(6):
            ReportDue().recipients([milestone.uuid for milestone in milestones])


def test_closed_accounts_are_not_told(project, dainius, ana):
    TeamMember.objects.create(project=project, part="head", name="Ana Bandomoji", user=ana)
    for person in (dainius, ana):
        person.is_active = False
        person.save()
    assert told(project) == []


@pytest.mark.parametrize(("publication", "count"), [("published", 1), ("draft", 0), ("archived", 0)])
def test_only_published_projects_remind(project, dainius, publication, count):
    project.publication = publication
    project.save()
    kind = EndOfPeriod()
    assert len(list(kind.due(project.ends_on, project.ends_on))) == count
    assert len(kind.current([project.uuid])) == count


def test_it_is_registered_with_90_30_and_7_days():
    assert reminders.find("projects.period_ends").offsets == (90, 30, 7)


def test_recipients_cost_the_same_for_one_project_and_for_three(ktu, dainius, django_assert_num_queries):
    for count in (1, 3):
        projects = factories.ProjectFactory.create_batch(count, lead=ktu)
        with clock.one_moment(DAY_90), django_assert_num_queries(6):
            EndOfPeriod().recipients([project.uuid for project in projects])


def test_the_end_of_a_period_arrives_by_mail_and_in_the_portal_once(project, dainius, tmp_path):
    for _ in range(3):
        with clock.one_moment(DAY_90):
            planner.plan(DAY_90)
            planner.release(DAY_90)
        Sender().run()
    [mail] = (tmp_path / "mail").glob("*.eml")
    assert "Subject: S-NET-24-50 ends on 1 March 2026: 90 days left" in mail.read_text()
    assert InboxItem.objects.filter(user=dainius).count() == 1


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Membership of the European"), ("lt", "Narystė Europos inovatyvių")]
)
def test_the_title_is_in_the_language_of_the_reader(project, language, title):
    [dated] = EndOfPeriod().current([project.uuid]).values()
    wording = kinds.word(
        kinds.find("projects.period_ends"), kinds.plain(dated.context), name=dated.name, moment=DAY_90,
        language=language,
    )  # fmt: skip
    assert f"S-NET-24-50, {title}" in wording.paragraphs[1]
    assert wording.path == f"/{language}/projects/s-net-24-50/"


def test_remind_shows_what_would_have_gone_out_and_stores_nothing(project, dainius):
    said = remind("--now", MOMENT)
    assert "S-NET-24-50  2026-03-01  projects.period_ends" in said
    assert "90 days before, due 2025-12-01T09:00+02:00" in said
    assert "would go out: Dainius Bandomasis <dainius@people.example> [en]" in said
    assert "S-NET-24-50 ends on 1 March 2026: 90 days left" in said
    assert not Message.objects.exists()
    assert not ReminderPlan.objects.exists()


def test_remind_a_second_earlier_shows_nothing(project, dainius):
    assert "0 to go out" in remind("--now", "2025-12-01T08:59:59+02:00")


def test_remind_after_the_end_shows_nothing(project, dainius):
    assert "0 to go out" in remind("--now", "2026-03-02T09:00+02:00")


def test_remind_names_a_project_that_nobody_would_be_told_of(project):
    said = remind("--now", MOMENT)
    assert "S-NET-24-50" in said
    assert "nobody" in said


def test_remind_with_send_really_sends_once(project, dainius, tmp_path):
    assert "sent 1" in remind("--now", MOMENT, "--send")
    again = remind("--now", MOMENT, "--send")
    assert "told 2025-12-01T07:00+00:00" in again
    assert "Messages: none" in again
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_remind_without_a_moment_means_now(project, dainius):
    assert "to go out" in remind()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2025-12-01T09:00", "in which zone"),
        ("2025-12-01", "in which zone"),
        ("tomorrow", "is not a moment"),
        ("", "is not a moment"),
        ("2025-13-01T09:00Z", "is not a moment"),
        ("0001-01-01T00:00+14:00", "1900 to 2200"),
        ("9999-12-31T23:59-12:00", "1900 to 2200"),
    ],
)
def test_remind_refuses_what_is_no_moment_and_says_what_to_write(moment, words):
    with pytest.raises(CommandError, match=words):
        remind("--now", moment)
