"""Units and organisations stay trees, whoever writes, and two at once."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import F

from members.models import Contact, Organisation, OrganisationalUnit
from tests import factories

pytestmark = pytest.mark.django_db


def unit(university, name, parent=None):
    return factories.UnitFactory(university=university, name_en=name, parent=parent)


def move(record, parent):
    type(record).objects.filter(pk=record.pk).update(parent=parent)


def refused(constraint):
    return pytest.raises(IntegrityError, match=constraint)


def constraint_of(error):
    return error.value.__cause__.diag.constraint_name


def test_a_unit_never_becomes_part_of_what_is_part_of_it(ktu):
    faculty = unit(ktu, "Faculty")
    department = unit(ktu, "Department", faculty)
    group = unit(ktu, "Group", department)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        move(faculty, group)
    assert constraint_of(error) == "members_unit_no_loop"
    faculty.parent = group
    with pytest.raises(ValidationError) as told:
        faculty.full_clean()
    assert told.value.message_dict == {"parent": ["A unit cannot be part of what is part of it."]}


def test_a_unit_is_part_of_a_unit_of_its_own_university(ktu, aveiro):
    here, there = unit(ktu, "Here"), unit(aveiro, "There")
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        move(here, there)
    assert constraint_of(error) == "members_unit_same_university"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        unit(ktu, "New", there)
    assert constraint_of(error) == "members_unit_same_university"
    here.parent = there
    with pytest.raises(ValidationError) as told:
        here.full_clean()
    assert list(told.value.message_dict) == ["parent"]


def test_a_unit_with_parts_does_not_leave_its_university(ktu, aveiro):
    faculty = unit(ktu, "Faculty")
    unit(ktu, "Department", faculty)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        OrganisationalUnit.objects.filter(pk=faculty.pk).update(university=aveiro)
    assert constraint_of(error) == "members_unit_same_university"


def test_moves_that_keep_the_tree_are_free(ktu):
    faculty, other = unit(ktu, "Faculty"), unit(ktu, "Other")
    department = unit(ktu, "Department", faculty)
    move(department, other)
    move(department, None)
    move(faculty, department)
    department.refresh_from_db()
    department.full_clean()
    assert OrganisationalUnit.objects.get(pk=faculty.pk).parent == department


def test_an_organisation_never_becomes_part_of_what_is_part_of_it():
    group = factories.OrganisationFactory()
    school = factories.OrganisationFactory(parent=group)
    institute = factories.OrganisationFactory(parent=school)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        move(group, institute)
    assert constraint_of(error) == "members_organisation_no_loop"
    group.parent = institute
    with pytest.raises(ValidationError) as told:
        group.full_clean()
    assert list(told.value.message_dict) == ["parent"]
    with refused("members_organisation_not_its_own_parent"), transaction.atomic():
        Organisation.objects.filter(pk=school.pk).update(parent=F("pk"))
    with refused("members_unit_not_its_own_parent"), transaction.atomic():
        lone = unit(factories.UniversityFactory(), "Lone")
        OrganisationalUnit.objects.filter(pk=lone.pk).update(parent=F("pk"))


def test_a_contact_names_a_unit_of_the_same_university(ktu, aveiro):
    contact = Contact(university=ktu, name="Office", unit=unit(aveiro, "There"))
    with pytest.raises(ValidationError, match="same university"):
        contact.full_clean()


def two_moves(first, second):
    """`first` goes below `second` while `second` goes below `first`: what the later one is told, or None.

    The first has moved and not yet committed when the second begins.
    """
    told, moved, release = [], threading.Event(), threading.Event()

    def one():
        try:
            with transaction.atomic():
                move(first, second)
                moved.set()
                release.wait(5)
        finally:
            connection.close()

    def other():
        moved.wait(5)
        try:
            with transaction.atomic():
                move(second, first)
            told.append(None)
        except IntegrityError as error:
            told.append(error.__cause__.diag.constraint_name)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for work in (one, other)]
    for thread in threads:
        thread.start()
    threads[1].join(0.5)  # it waits for the lock, or (without one) has gone through already
    release.set()
    for thread in threads:
        thread.join(10)
    return told


@pytest.mark.django_db(transaction=True)
def test_two_units_moved_below_each_other_at_once_make_no_loop(ktu):
    first, second = unit(ktu, "First"), unit(ktu, "Second")
    assert two_moves(first, second) == ["members_unit_no_loop"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.parent, second.parent) == (second, None)


@pytest.mark.django_db(transaction=True)
def test_two_organisations_moved_below_each_other_at_once_make_no_loop():
    first, second = factories.OrganisationFactory(), factories.OrganisationFactory()
    assert two_moves(first, second) == ["members_organisation_no_loop"]
    connections.close_all()


def test_units_are_eight_levels_deep_at_most_for_the_form_and_the_database(ktu):
    deepest = None
    for level in range(OrganisationalUnit.LEVELS):
        deepest = unit(ktu, f"Level {level}", deepest)
        deepest.full_clean()
    ninth = OrganisationalUnit(university=ktu, name_en="Level 8", name="Level 8", parent=deepest)
    with pytest.raises(ValidationError, match="eight levels"):
        ninth.full_clean()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        unit(ktu, "Level 8", deepest)
    assert constraint_of(error) == "members_unit_levels"


def test_a_branch_is_not_moved_where_it_would_lie_too_deep(ktu):
    deepest = None
    for level in range(OrganisationalUnit.LEVELS - 1):
        deepest = unit(ktu, f"Level {level}", deepest)
    branch = unit(ktu, "Branch")
    unit(ktu, "Twig", branch)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        move(branch, deepest)
    assert constraint_of(error) == "members_unit_levels"
    branch.parent = deepest
    with pytest.raises(ValidationError, match="eight levels"):
        branch.full_clean()
