import datetime as dt
import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction

from projects.models import (
    BulkChange,
    FundingLine,
    Milestone,
    Programme,
    Project,
    TeamMember,
    address_key,
    phase_condition,
    phase_condition_by_lead,
)
from projects.templatetags.project_tags import phase_tag, publication_tag
from projects.workflow import Phase
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("code", "key"),
    [("S-NET-24-50", "s-net-24-50"), ("2024/KA 1", "2024-ka-1"), ("Žalias 7.1", "zalias-7-1"), ("...", "")],
)
def test_address_of_a_number(code, key):
    assert address_key(code) == key


@pytest.mark.parametrize(
    "broken",
    [
        {"ends_on": dt.date(2020, 1, 1)}, {"title_en": "", "title_lt": None}, {"title_en": None}, {"code": "new"},
        {"code": "///"}, {"code": "taken-1"}, {"code": "TAKEN/1"},
    ],
)  # fmt: skip
def test_database_refuses_what_must_never_be(broken):
    factories.ProjectFactory(code="TAKEN-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.ProjectFactory(**broken)


def test_rows_that_must_never_be_are_refused(ktu):
    project = factories.ProjectFactory(lead=ktu)
    programme = factories.ProgrammeFactory()
    TeamMember.objects.create(project=project, name="A", part="head")
    for model, fields in [
        (FundingLine, {"programme": programme, "amount": -1}), (FundingLine, {"programme": programme, "share": 101}),
        (TeamMember, {"name": "B", "part": "head"}),
    ]:  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(project=project, **fields)


@pytest.mark.parametrize(
    ("first", "last", "phase"),
    [
        (TODAY + DAY, TODAY + 2 * DAY, Phase.PLANNED), (TODAY, TODAY + 91 * DAY, Phase.UNDER_WAY),
        (TODAY, TODAY + 90 * DAY, Phase.ENDING), (TODAY, TODAY, Phase.ENDING),
        (TODAY - DAY, TODAY - DAY, Phase.COMPLETED),
    ],
)  # fmt: skip
def test_phase_in_python_and_in_the_database_are_the_same(first, last, phase, ktu):
    project = factories.ProjectFactory(lead=ktu, starts_on=first, ends_on=last)
    assert project.phase_on(TODAY) == phase
    for other in Phase:
        assert Project.objects.in_phase(other, TODAY).exists() is (other == phase)
        assert Project.objects.filter(phase_condition_by_lead(other, {TODAY: [ktu.pk]})).exists() is (
            other == phase
        )
        days = {TODAY: [ktu.pk], TODAY - 300 * DAY: []}
        assert Project.objects.filter(phase_condition_by_lead(other, days)).exists() is (other == phase)
    with pytest.raises(ValueError, match="nonsense"):
        phase_condition("nonsense", TODAY)


def test_progress_and_years(ktu):
    project = factories.ProjectFactory(lead=ktu, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 4, 10))
    assert [
        project.progress(d) for d in (dt.date(2025, 1, 1), dt.date(2026, 2, 20), dt.date(2026, 4, 11))
    ] == [0, 50, 100]
    assert project.years == "2026"
    project.starts_on = dt.date(2024, 1, 1)
    assert project.years == "2024–2026"
    assert list(Project.objects.ending_within(90, dt.date(2026, 4, 1))) == [project]


def test_milestones_know_when_they_are_late(ktu):
    late = factories.MilestoneFactory(due_on=TODAY - 6 * DAY)
    done = factories.MilestoneFactory(due_on=TODAY - 6 * DAY, done_on=TODAY)
    assert (late.days_overdue(TODAY), done.days_overdue(TODAY), late.days_overdue(TODAY - 9 * DAY)) == (
        6,
        0,
        0,
    )
    assert list(Milestone.objects.overdue(TODAY)) == [late]
    assert str(late) == "Progress report"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("snet2450", True),
        ("s-net", True),
        ("kazlauskiene", True),
        ("KAUNO", True),
        ("erasm", True),
        ("nothing", False),
    ],
)
def test_project_is_found_by_all_its_words(typed, found, ktu):
    ktu.organisation.local_name = "Kauno technologijos universitetas"
    ktu.organisation.save()
    project = factories.ProjectFactory(code="S-NET-24-50", lead=ktu)
    TeamMember.objects.create(project=project, name="Viktorija Kazlauskienė")
    FundingLine.objects.create(project=project, programme=factories.ProgrammeFactory(name_en="Erasmus+"))
    project.refresh_search()
    assert Project.objects.search(typed).exists() is found


def test_tree_of_programmes_moves_as_a_whole():
    top, other = factories.ProgrammeFactory(position=1), factories.ProgrammeFactory(position=2)
    child = factories.ProgrammeFactory(parent=top, position=1)
    leaf = factories.ProgrammeFactory(parent=child, position=3)
    assert leaf.path == "0001.0001.0003"
    child.refresh_from_db()
    child.parent = other
    child.save()
    leaf.refresh_from_db()
    assert (child.path, leaf.path, leaf.depth) == ("0002.0001", "0002.0001.0003", 2)
    assert list(Programme.objects.below("0002")) == [other, child, leaf]


@pytest.mark.parametrize("position", [0, 10_000])
def test_position_of_a_programme_has_bounds(position):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.ProgrammeFactory(position=position)


def test_two_programmes_never_stand_at_one_place():
    top = factories.ProgrammeFactory(position=1)
    factories.ProgrammeFactory(parent=top, position=1)
    for fields in ({"position": 1}, {"position": 1, "parent": top}):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.ProgrammeFactory(**fields)


def test_programme_is_never_part_of_itself():
    top = factories.ProgrammeFactory(position=1)
    child = factories.ProgrammeFactory(parent=top, position=1)
    top.parent = child
    with pytest.raises(ValidationError):
        top.full_clean()


def test_projects_under_a_programme_are_those_of_its_actions_too(ktu, programmes):
    project = factories.ProjectFactory(lead=ktu)
    FundingLine.objects.create(project=project, programme=programmes["alliances"])
    found = {slug: Project.objects.under(p.path).exists() for slug, p in programmes.items()}
    assert found == {"erasmus": True, "ka2": True, "alliances": True, "budget": False}


@pytest.mark.parametrize(
    ("last", "words", "tone"),
    [
        (TODAY + 300 * DAY, "under way", "good"), (TODAY + 61 * DAY, "ends in 61 days", "signal"),
        (TODAY + DAY, "ends in 1 day", "signal"), (TODAY, "ends today", "signal"), (TODAY - DAY, "completed", '"tag"'),
    ],
)  # fmt: skip
def test_phase_in_words(last, words, tone, ktu, at):
    project = factories.ProjectFactory(lead=ktu, starts_on=dt.date(2025, 1, 1), ends_on=last)
    with at(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)):
        shown = phase_tag(project)
    assert words in shown
    assert tone in shown


def test_published_is_the_state_without_a_mark(ktu):
    marks = [str(publication_tag(Project(publication=p))) for p in ("published", "draft", "archived")]
    assert marks[0] == ""
    assert "draft" in marks[1]
    assert "archived" in marks[2]


def _line(project, share):
    return FundingLine.objects.create(project=project, programme=factories.ProgrammeFactory(), share=share)


@pytest.mark.django_db(transaction=True)
def test_shares_over_a_hundred_are_refused_at_the_end_of_the_transaction():
    project = factories.ProjectFactory()
    rows = [
        FundingLine(project=project, programme=factories.ProgrammeFactory(), share=n) for n in (60, "40.01")
    ]
    with pytest.raises(IntegrityError, match="add up to"), transaction.atomic():
        FundingLine.objects.bulk_create(rows)
    assert not FundingLine.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_shares_may_be_over_a_hundred_in_the_middle_of_a_transaction():
    project = factories.ProjectFactory()
    first, second = _line(project, 80), _line(project, 20)
    with transaction.atomic():
        FundingLine.objects.filter(pk=second.pk).update(share=80)  # 160 for now
        FundingLine.objects.filter(pk=first.pk).update(share=20)
    assert sorted(FundingLine.objects.values_list("share", flat=True)) == [20, 80]


@pytest.mark.django_db(transaction=True)
def test_line_that_moves_to_another_project_counts_there():
    project, other = factories.ProjectFactory(), factories.ProjectFactory()
    line = _line(project, 60)
    _line(other, 60)
    with pytest.raises(IntegrityError, match="add up to"):
        FundingLine.objects.filter(pk=line.pk).update(project=other)


@pytest.mark.django_db(transaction=True)
def test_of_two_transactions_that_add_sixty_percent_at_once_one_fails():
    project = factories.ProjectFactory()
    programme = factories.ProgrammeFactory()
    start, outcomes = threading.Barrier(2), []

    def add():
        try:
            with transaction.atomic():
                FundingLine.objects.create(project=project, programme=programme, share=60)
                start.wait()  # both have written and neither sees the other's row
            outcomes.append("stored")
        except IntegrityError as error:
            outcomes.append("refused" if "add up to" in str(error) else error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close_all()
    assert sorted(outcomes) == ["refused", "stored"]
    assert FundingLine.objects.get().share == 60


@pytest.mark.parametrize("code", ["taken/2024-a", "TAKEN/2024-A", "Taken/2024-a"])
def test_number_is_once_in_the_portal_without_regard_to_case(code):
    factories.ProjectFactory(code="Taken/2024-A")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.ProjectFactory(code=code)
    other = factories.ProjectFactory(code="OTHER-7")
    with pytest.raises(IntegrityError, match="code_once"), transaction.atomic():
        Project.objects.filter(pk=other.pk).update(code=code)


def test_period_in_the_wrong_order_is_refused_by_the_database_itself():
    project = factories.ProjectFactory()
    with pytest.raises(IntegrityError, match="period_order"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(ends_on=project.starts_on - DAY)


def test_second_head_is_refused_by_the_database_itself():
    project = factories.ProjectFactory()
    for name, part in (("A", "head"), ("B", "member")):
        TeamMember.objects.create(project=project, name=name, part=part)
    with pytest.raises(IntegrityError, match="one_head"), transaction.atomic():
        TeamMember.objects.filter(project=project).update(part="head")


AMENDED = {
    "number": 1, "agreed_on": TODAY, "reason_en": "Why", "starts_before": TODAY, "ends_before": TODAY + DAY,
    "starts_on": TODAY, "ends_on": TODAY + 9 * DAY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({"reason_en": ""}, "has_reason"), ({"reason_en": None}, "has_reason"),
        ({"ends_on": TODAY + DAY}, "changes_period"), ({"ends_on": TODAY - DAY}, "period_order"),
        ({"ends_before": TODAY - DAY}, "period_order"), ({"number": 7}, "number_once"),
    ],
)  # fmt: skip
def test_amendments_that_must_never_be_are_refused(broken, rule):
    project = factories.ProjectFactory()
    project.amendments.create(**AMENDED | {"number": 7})
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        project.amendments.create(**AMENDED | broken)
    assert str(project.amendments.get()) == f"{project.pk}/7"


def test_sharing_is_once(aveiro):
    project = factories.ProjectFactory()
    sharing = project.sharings.create(university=aveiro, shared_at=factories.LONG_AGO)
    assert str(sharing) == str(aveiro)
    with pytest.raises(IntegrityError, match="sharing_once"), transaction.atomic():
        project.sharings.create(university=aveiro, shared_at=factories.LONG_AGO)


def test_result_has_a_title(ktu):
    project = factories.ProjectFactory()
    assert str(project.result_items.create(title_en="A handbook")) == "A handbook"
    with pytest.raises(IntegrityError, match="has_title"), transaction.atomic():
        project.result_items.create(title_en="", title_lt=None)


def test_change_of_many_projects_is_undone_after_it_was_made(dainius):
    made = BulkChange.objects.create(by=dainius, kind="publish", made_at=factories.LONG_AGO)
    assert made.is_at_work
    assert "publish" in str(made)
    assert not BulkChange.objects.visible_to(AnonymousUser()).exists()
    with pytest.raises(IntegrityError, match="undone_after"), transaction.atomic():
        BulkChange.objects.update(undone_at=factories.LONG_AGO - DAY)
