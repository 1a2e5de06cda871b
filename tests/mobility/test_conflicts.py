"""Conflicts of interest and own units: entered with a reason, kept apart, told where somebody is left out."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audit.models import Event
from ground.workflow import NotPossible
from mobility import units
from mobility.actions import conflicts, reviewing
from mobility.models import Application, Call, ConflictOfInterest, Review
from tests import factories
from tests.mobility.test_pages_applying import part, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(ktu):
    return factories.AppointmentFactory(university=ktu, role="reviewer").user


@pytest.fixture
def branch(ktu):
    """A faculty with a department in it, and another faculty."""
    faculty = factories.UnitFactory(university=ktu, name_en="Informatics")
    inside = factories.UnitFactory(university=ktu, name_en="Software", parent=faculty)
    return faculty, inside, factories.UnitFactory(university=ktu, name_en="Chemistry")


def send(client, application, **data):
    return client.post(url(application, "application_conflict"), data)


def test_coordinator_enters_a_conflict_and_takes_it_out_with_reasons(desk, submitted, jonas, ruta):
    reviewing.assign_reviewer(submitted, jonas, by=ruta)
    for _ in range(2):
        assert send(desk, submitted, reviewer=jonas.uuid, reason="Supervises the thesis.").status_code == 302
    made = ConflictOfInterest.objects.get()
    assert (made.reviewer, made.declared_by, made.reason) == (jonas, ruta, "Supervises the thesis.")
    assert not Review.objects.exists()
    with pytest.raises(NotPossible):
        reviewing.assign_reviewer(submitted, jonas, by=ruta)
    text = desk.get(url(submitted, "application_review")).content.decode()
    assert "Supervises the thesis." in text
    assert "This person has a conflict of interest." in text
    for _ in range(2):
        assert send(desk, submitted, remove=made.uuid, reason="Another Ana.").status_code == 302
    told = (
        Event.objects.filter(verb__endswith="_conflict").order_by("pk").values_list("verb", "details__reason")
    )
    assert list(told) == [
        ("mobility.enter_conflict", "Supervises the thesis."), ("mobility.remove_conflict", "Another Ana."),
    ]  # fmt: skip
    reviewing.assign_reviewer(submitted, jonas, by=ruta)


@pytest.mark.parametrize(
    "data", [{"reason": "  "}, {}, {"reviewer": "x", "reason": "y"}, {"reviewer": "\x00", "reason": "y"}]
)
def test_conflict_without_reason_or_reviewer_is_refused(data, desk, submitted, jonas):
    assert send(desk, submitted, **{"reviewer": jonas.uuid, **data}).status_code == 409
    assert not ConflictOfInterest.objects.exists()


def test_conflict_is_not_taken_out_without_a_reason(desk, submitted, jonas, ruta):
    made = conflicts.enter_conflict(submitted, jonas, by=ruta, reason="Cousins.")
    assert send(desk, submitted, remove=made.uuid).status_code == 409
    assert ConflictOfInterest.objects.exists()


def test_only_those_who_assign_enter_conflicts_of_their_reviewers(submitted, jonas, ruta, bruno, egle, ana):
    for by in (bruno, egle, jonas, ana):
        with pytest.raises(PermissionDenied):
            conflicts.enter_conflict(submitted, jonas, by=by, reason="Cousins.")
    with pytest.raises(NotPossible):
        conflicts.enter_conflict(submitted, bruno, by=ruta, reason="Cousins.")


def test_finished_review_of_a_conflict_counts_no_more(submitted, jonas, ruta):
    made = reviewing.assign_reviewer(submitted, jonas, by=ruta)
    Review.objects.filter(pk=made.pk).update(done_at=made.assigned_at, total=90)
    Application.objects.update(score=90, spread=0, reviews_done=1)
    conflicts.enter_conflict(submitted, jonas, by=ruta, reason="Cousins.")
    assert Application.objects.values_list("score", "reviews_done").get() == (None, 0)


def test_applicant_never_sees_conflicts(client, submitted, jonas, ruta, ana):
    conflicts.enter_conflict(submitted, jonas, by=ruta, reason="Supervises the thesis.")
    client.force_login(ana)
    text = client.get(url(submitted)).content.decode()
    assert "Supervises" not in text
    assert str(jonas) not in text


@pytest.mark.parametrize(
    ("of_reviewer", "of_applicant", "barred"),
    [(0, 1, True), (1, 0, True), (1, 1, True), (2, 1, False), (0, 2, False)],
)
def test_a_department_is_of_the_unit_of_its_faculty(
    of_reviewer, of_applicant, barred, call, submitted, branch, jonas, second, ruta
):
    Call.objects.update(avoids_own_unit=True)
    call.refresh_from_db()
    reviewing.set_units(jonas, call, [branch[of_reviewer]], by=ruta)
    reviewing.set_units(second, call, [branch[2 if of_applicant < 2 else 1]], by=ruta)
    Application.objects.update(unit=branch[of_applicant])
    reviewing.assign_evenly(call, Application.objects.all(), by=ruta)
    assert (Review.objects.get().reviewer == second) is barred


def test_reviewers_page_says_who_is_left_out_and_what_lacks_reviewers(
    desk, call, many, branch, jonas, ruta, django_assert_num_queries
):
    Call.objects.update(avoids_own_unit=True)
    call.refresh_from_db()
    reviewing.set_units(jonas, call, [branch[0]], by=ruta)
    first, second, _third = many(3)
    conflicts.enter_conflict(first, jonas, by=ruta, reason="Cousins.")
    Application.objects.filter(pk=second.pk).update(unit=branch[1])
    page = reverse("mobility:call_reviewers", args=[call.slug])
    assert desk.post(page).status_code == 302
    assert Review.objects.count() == 1
    desk.get(page)
    with django_assert_num_queries(6):
        text = desk.get(page).content.decode()
    said = [
        "1 by a conflict of interest",
        "1 of the own faculty or department",
        "2 applications have fewer",
        "Cousins.",
    ]
    assert [words for words in said if words not in text] == []


def test_units_are_offered_as_a_tree_and_not_asked_where_there_are_none(client, ana, draft, branch, ktu):
    client.force_login(ana)
    text = client.get(part(draft, "personal")).content.decode()
    places = [text.index(words) for words in (">Chemistry<", ">Informatics<", ">Informatics › Software<")]
    assert places == sorted(places)
    for one in (branch[1], branch[0], branch[2]):
        one.delete()
    assert 'name="unit"' not in client.get(part(draft, "personal")).content.decode()


def test_units_within_units_in_a_circle_end(ktu):
    tree = units.Tree([(1, 2), (2, 1), (3, None)])
    assert tree.related(1, 2)
    assert not tree.related(1, 3)
    assert not tree.related(None, None)
