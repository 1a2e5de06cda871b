"""Data in bulk: the same each time, found as real projects are, and gone without a trace."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from alliance_portal.scale import marks, removal, run
from audit.models import Event
from ground import clock
from members.models import Organisation, OrganisationalUnit
from projects.models import Department, Follower, FundingLine, Milestone, Partnership, Programme, Project
from tests import factories

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
COUNT = 40


@pytest.fixture(autouse=True)
def reference(ktu, aveiro, trento, settings, tmp_path):
    """Three universities and a few partners; notes go to a folder of the test."""
    settings.DATA_DIR = tmp_path
    for number in range(12):
        factories.OrganisationFactory(
            name=f"Vokiečių-Łódź universitetas {number}", local_name=f"Universität A.B/{number}", country="DE"
        )


def made(count=COUNT, seed=1):
    with clock.one_moment(NOON):
        return run.generate(count, seed=seed, say=lambda said: None)


def contents():
    """Every generated row, without the keys that the database gives."""
    project = list(
        Project.objects.filter(uuid__range=marks.RANGE)
        .order_by("uuid")
        .values_list(
            "uuid", "code", "title_en", "title_lt", "description_lt", "starts_on", "ends_on", "lead__slug"
        )
    )
    rows = [
        list(model.objects.filter(project__uuid__range=marks.RANGE).order_by(*order).values_list(*order))
        for model, order in (
            (Partnership, ("project__uuid", "uuid", "organisation__name", "part")),
            (FundingLine, ("project__uuid", "uuid", "amount", "share", "programme__path")),
            (Milestone, ("project__uuid", "uuid", "due_on", "done_on")),
            (Department, ("project__uuid", "position", "unit__sort_key", "unit__university__slug")),
        )
    ]
    return project, rows


def vectors(projects):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, search::text FROM projects_project WHERE id = ANY(%s) ORDER BY id",
            [[project.pk for project in projects]],
        )
        return dict(cursor.fetchall())


def test_the_same_seed_makes_the_same_rows_and_another_one_others():
    made()
    first = contents()
    removal.remove()
    made()
    assert contents() == first
    removal.remove()
    made(seed=2)
    assert contents() != first


def test_a_project_does_not_hang_on_how_many_there_are():
    made(5)
    few = contents()[0]
    removal.remove()
    made(20)
    assert contents()[0][:5] == few


def test_projects_are_found_as_if_they_had_been_typed_in():
    made()
    projects = list(Project.objects.filter(uuid__range=marks.RANGE))
    written = vectors(projects)
    for project in projects:
        project.refresh_search()
    assert {key: words_of(vector) for key, vector in written.items()} == {
        key: words_of(vector) for key, vector in vectors(projects).items()
    }


def words_of(vector):
    """How often each word stands in a search vector; the order of two names of one thing is left to chance."""
    entries = (entry.rpartition(":") for entry in vector.split())
    return {word: (places.count(","), places.count("A")) for word, _, places in entries}


def test_rows_are_such_as_the_forms_would_take():
    made()
    for project in Project.objects.filter(uuid__range=marks.RANGE).prefetch_related("funding_lines", "team"):
        project.full_clean(validate_unique=False)
        assert project.title_keys() == {name: getattr(project, name) for name in project.title_keys()}
        assert sum(line.share or 0 for line in project.funding_lines.all()) <= 100
        assert [person.part for person in project.team.all()].count("head") == 1
        assert not project.partnerships.filter(organisation=project.lead.organisation).exists()
        for language in ("en", "lt"):
            texts = (
                getattr(project, f"{name}_{language}") for name in ("description", "objectives", "results")
            )
            assert 1200 <= sum(len(text) for text in texts) <= 1800
    connection.check_constraints()
    assert Programme.objects.count() == 40
    open_late = Milestone.objects.filter(
        done_on=None, due_on__lt=NOON.date(), project__uuid__range=marks.RANGE
    )
    assert open_late.exists()


def test_removal_leaves_everything_else(ana, ktu):
    real = factories.ProjectFactory(code="GEN-1-999999", lead=ktu)
    demo = factories.ProjectFactory(code="D-1", lead=ktu, is_demo=True)
    kept = (Organisation.objects.count(), OrganisationalUnit.objects.count(), Programme.objects.count())
    made()
    one = Project.objects.filter(uuid__range=marks.RANGE).first()
    Follower.objects.create(user=ana, project=one, since=NOON)
    Event.objects.create(at=NOON, verb="x", subject_kind="projects.project", subject_uuid=one.uuid)
    gone = removal.remove()
    assert gone["projects"] == COUNT
    assert set(Project.objects.all()) == {real, demo}
    assert kept == (
        Organisation.objects.count(),
        OrganisationalUnit.objects.count(),
        Programme.objects.count(),
    )
    assert not Event.objects.filter(subject_uuid=one.uuid).exists()
    assert removal.remove()["projects"] == 0


def test_a_generated_department_that_a_real_project_has_come_to_use_stays(ktu):
    real = factories.ProjectFactory(code="R-1", lead=ktu)
    made(3)
    unit = OrganisationalUnit.objects.filter(uuid__range=marks.RANGE, university=ktu).first()
    Department.objects.create(project=real, unit=unit)
    programme = Programme.objects.filter(uuid__range=marks.RANGE).exclude(parent=None).first()
    FundingLine.objects.create(project=real, programme=programme)
    removal.remove()
    assert list(OrganisationalUnit.objects.filter(uuid__range=marks.RANGE)) == [unit]
    left = set(Programme.objects.filter(uuid__range=marks.RANGE))
    assert left == {programme, programme.parent}
    assert list(Project.objects.all()) == [real]


def test_identifiers_of_real_records_are_never_taken_for_generated_ones():
    assert all(
        marks.FIRST.int <= int(marks.mark(kind, seed, number).replace("-", ""), 16) <= marks.LAST.int
        for kind in marks.KINDS
        for seed in (0, 4095)
        for number in (0, 2**36 - 1)
    )
    seen = {
        marks.mark(kind, seed, n) for kind in marks.KINDS for seed in (0, 1, 4095) for n in (0, 1, 2**36 - 1)
    }
    assert len(seen) == len(marks.KINDS) * 9
    assert marks.FIRST.version == 8, (
        "random identifiers have version 4 at this place, which is within the fixed half"
    )


def test_the_command_makes_and_removes(capsys):
    call_command("generate_scale", projects=3, verbosity=0)
    assert run.generated() == 3
    with pytest.raises(CommandError, match="remove them first"):
        call_command("generate_scale", projects=3, verbosity=0)
    call_command("generate_scale", remove=True)
    assert "3 projects removed" in capsys.readouterr().out
    call_command("generate_scale", projects=0, verbosity=0)
    assert run.generated() == 0


@pytest.mark.parametrize("wrong", [{"seed": 4096}, {"seed": -1}, {"projects": -1}, {"projects": 1_000_001}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(CommandError):
        call_command("generate_scale", **({"projects": 1, "verbosity": 0} | wrong))
    assert run.generated() == 0


@override_settings(PRODUCTION=True)
def test_production_refuses_unless_forced():
    with pytest.raises(CommandError, match="production"):
        call_command("generate_scale", projects=1, verbosity=0)
    assert run.generated() == 0
    call_command("generate_scale", projects=1, verbosity=0, force=True)
    with pytest.raises(CommandError):
        call_command("generate_scale", remove=True)
    call_command("generate_scale", remove=True, force=True, verbosity=0)
    assert run.generated() == 0


def test_without_universities_nothing_is_made(ktu, aveiro, trento):
    for university in (ktu, aveiro, trento):
        university.delete()
    with pytest.raises(CommandError, match="load_reference"):
        call_command("generate_scale", projects=1, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_planner_knows_every_table_afterwards(ktu):
    """What triggers fill and what stood there before, too."""
    with connection.cursor() as cursor:
        run.tidy(["projects_project"])
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND relname IN ('members_organisation', 'ground_titleword', 'ground_entry') AND reltuples < 0"
        )
        assert cursor.fetchall() == []
