import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from ground import clock
from members.appointments import held_by
from members.models import Appointment, Role
from tests import factories

pytestmark = pytest.mark.django_db
ENDS = dt.datetime(2026, 6, 30, 21, tzinfo=dt.UTC)


def test_a_role_ends_at_its_moment(ktu):
    person = factories.UserFactory()
    factories.AppointmentFactory(user=person, role=Role.PROJECT_MANAGER, university=ktu, valid_until=ENDS)
    with clock.one_moment(ENDS - dt.timedelta(seconds=1)):
        assert held_by(person).has(Role.PROJECT_MANAGER, ktu.pk)
    person = type(person).objects.get(pk=person.pk)
    with clock.one_moment(ENDS):
        assert not held_by(person).has(Role.PROJECT_MANAGER)


def test_a_role_at_one_university_says_nothing_of_another(dainius, ktu, aveiro):
    assert held_by(dainius).has(Role.PROJECT_MANAGER, ktu.pk)
    assert not held_by(dainius).has(Role.PROJECT_MANAGER, aveiro.pk)
    assert held_by(dainius).universities(Role.PROJECT_MANAGER) == {ktu.pk}


def test_an_inactive_person_holds_nothing(dainius):
    dainius.is_active = False
    assert held_by(dainius).by_role == {}


@pytest.mark.parametrize(("role", "scoped"), [(Role.ALLIANCE_OFFICE, True), (Role.STUDENT, False)])
def test_the_scope_of_a_role_is_held_by_the_database(ktu, role, scoped):
    person = factories.UserFactory()
    with pytest.raises(IntegrityError, match="members_appointment_scope"), transaction.atomic():
        Appointment.objects.create(
            user=person, role=role, university=ktu if scoped else None, valid_from=factories.LONG_AGO
        )


def test_the_same_role_twice_in_one_period_is_refused(dainius, ktu, aveiro):
    with pytest.raises(IntegrityError, match="members_appointment_no_overlap"), transaction.atomic():
        factories.AppointmentFactory(user=dainius, role=Role.PROJECT_MANAGER, university=ktu)
    factories.AppointmentFactory(user=dainius, role=Role.PROJECT_MANAGER, university=aveiro)
    factories.AppointmentFactory(user=dainius, role=Role.EDITOR, university=ktu)


def test_an_appointment_that_ends_before_it_begins_is_refused(ktu):
    with pytest.raises(IntegrityError, match="members_appointment_order"):
        factories.AppointmentFactory(university=ktu, valid_until=factories.LONG_AGO - dt.timedelta(days=1))
