"""Applications in bulk: the same each time, such as the portal itself would make, and gone without a trace."""

import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from alliance_portal.scale import applications, marks
from mobility import actions
from mobility.actions import bulk
from mobility.models import Application, Call, Place
from mobility.review import query
from tests import factories

pytestmark = pytest.mark.django_db
COUNT = 400
COLUMNS = (
    "uuid", "reference", "status", "family_name", "ects", "level", "score", "submitted_at", "findings", "sort_name",
    "folded", "sent_host__slug", "sent_field", "call__slug", "applicant__email",
)  # fmt: skip


@pytest.fixture(autouse=True)
def reference(ktu, aveiro, trento):
    """Three universities and a field."""
    factories.FieldFactory()


def made(count=COUNT, seed=1):
    said = []
    applications.generate(count, seed=seed, say=said.append)
    return said


def contents():
    return list(Application.objects.filter(uuid__range=marks.RANGE).order_by("uuid").values_list(*COLUMNS))


def test_the_same_seed_makes_the_same_rows_and_another_one_others():
    made()
    first = contents()
    applications.remove()
    made()
    assert contents() == first
    applications.remove()
    made(seed=2)
    assert [row[2:] for row in contents()] != [row[2:] for row in first]


def test_rows_hold_what_the_database_and_the_table_ask_for():
    made(60)
    connection.check_constraints()
    for one in Application.objects.filter(uuid__range=marks.RANGE):
        one.full_clean(validate_unique=False)
        assert one.findings == (["ects"] if one.ects < 60 else [])
        assert (one.sent_ects, one.sent_level) == (one.ects, one.level)
        assert one.snapshot["studies"]["ects"] == one.ects
    asked = query.Asked(typed=one.family_name)
    assert one in query.narrowed(Application.objects.filter(call=one.call), asked, one.call)


def test_many_are_offered_their_wishes_and_are_removed_after(laima):
    made()
    call = Call.objects.get(uuid__range=marks.RANGE)
    eligible = Application.objects.filter(status="eligible").select_related("call__university", "applicant")
    planned = bulk.plan(call, "offer", list(eligible), by=laima)
    placed = [one for one in planned if one.place is not None]
    assert len(placed) == min(len(planned), sum(call.places.values_list("capacity", flat=True)))
    for one in placed:
        assert str(one.place.uuid) in [wish["place"] for wish in one.application.snapshot["wishes"]]
    first = min(eligible, key=lambda one: one.pk)
    wishes = first.snapshot["wishes"]
    assert first.sent_host.name == wishes[0]["host"]
    assert [wish["rank"] for wish in wishes] == list(range(1, len(wishes) + 1))
    bulk.make_bulk(call, "offer", eligible, by=laima, token=uuid.uuid4())
    applications.remove()
    assert not Place.objects.exists()


def test_shares_are_as_said():
    made()
    rows = Application.objects.filter(uuid__range=marks.RANGE)
    assert sum(applications.SHARES.values()) == 100
    for status, share in applications.SHARES.items():
        assert abs(rows.filter(status=status).count() / COUNT * 100 - share) < 8
    assert abs(rows.filter(score__isnull=False).count() / COUNT - applications.SCORED) < 0.08
    assert not rows.filter(submitted_at=None).exists()


def test_the_first_call_has_few_and_the_others_many(monkeypatch):
    monkeypatch.setattr(applications, "FEW", 6)
    monkeypatch.setattr(applications, "MANY", 10)
    said = made(36)
    calls = Call.objects.filter(uuid__range=marks.RANGE).order_by("pk")
    assert [call.applications.count() for call in calls] == [6, 10, 10, 10]
    assert User.objects.filter(uuid__range=marks.RANGE).count() == 10
    assert "36 of 36 applications" in said


def test_removal_leaves_everything_else(ana, ktu):
    call = factories.CallFactory(university=ktu)
    real = factories.complete_application(ana, factories.PlaceFactory(call=call))
    actions.submit_application(real, by=ana)
    people = User.objects.count()
    made(30)
    assert applications.remove() == {"applications": 30, "calls": 1, "applicants": 30}
    assert list(Application.objects.all()) == [real]
    assert list(Call.objects.all()) == [call]
    assert User.objects.count() == people
    assert applications.generated() == 0


def test_the_command_makes_and_removes(capsys):
    call_command("generate_scale", applications=3, verbosity=0)
    assert applications.generated() == 3
    with pytest.raises(CommandError, match="remove them first"):
        call_command("generate_scale", applications=3, verbosity=0)
    call_command("generate_scale", remove=True)
    assert "3 applications removed" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [-1, 1_000_001])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(CommandError):
        call_command("generate_scale", applications=wrong, verbosity=0)
    assert applications.generated() == 0


def test_an_interrupted_run_leaves_nothing(monkeypatch):
    def interrupted(said):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        applications.generate(30, seed=1, say=interrupted)
    assert applications.generated() == 0
    assert not User.objects.filter(uuid__range=marks.RANGE).exists()
