import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import Event
from ground import clock
from ground.workflow import NotPossible
from members import actions
from members.appointments import held_by
from members.models import Appointment, Role
from tests import factories

pytestmark = pytest.mark.django_db


def fresh(user):
    return type(user).objects.get(pk=user.pk)


def test_an_administrator_appoints_and_the_trail_says_so(laima, ktu):
    person = factories.UserFactory(name="Nauja Pavyzdė")
    appointment = actions.appoint(person, role=Role.EDITOR, university=ktu, by=laima)
    assert appointment.granted_by == laima
    assert held_by(fresh(person)).has(Role.EDITOR, ktu.pk)
    event = Event.objects.get(verb="members.appoint")
    assert (event.actor, event.subject_uuid) == (laima, appointment.uuid)
    assert event.details["university"] == "ktu"


@pytest.mark.parametrize("persona", ["dainius", "ruta", "egle", "ana"])
def test_nobody_else_appoints(request, persona, ktu):
    by = request.getfixturevalue(persona)
    with pytest.raises(PermissionDenied):
        actions.appoint(by, role=Role.PROJECT_MANAGER, university=ktu, by=by)
    assert not Event.objects.exists()


def test_an_appointment_that_overlaps_is_refused_in_words(laima, dainius, ktu):
    with pytest.raises(ValidationError, match="already holds this role"):
        actions.appoint(dainius, role=Role.PROJECT_MANAGER, university=ktu, by=laima)


def test_an_ended_appointment_gives_no_right_from_that_moment_on(laima, dainius, ktu):
    appointment = dainius.appointments.get()
    actions.end_appointment(appointment, by=laima)
    assert not held_by(fresh(dainius)).has(Role.PROJECT_MANAGER)
    assert Event.objects.filter(verb="members.end_appointment").exists()
    with pytest.raises(NotPossible, match="ended already"):
        actions.end_appointment(appointment, by=laima)


def test_an_appointment_that_has_not_begun_never_begins(laima, ktu):
    person = factories.UserFactory()
    later = clock.now() + dt.timedelta(days=30)
    appointment = actions.appoint(person, role=Role.REVIEWER, university=ktu, by=laima, valid_from=later)
    actions.end_appointment(appointment, by=laima)
    with clock.one_moment(later + dt.timedelta(days=1)):
        assert not held_by(fresh(person)).has(Role.REVIEWER)


def test_changed_dates_are_checked_and_recorded(laima, dainius):
    appointment = dainius.appointments.get()
    appointment.valid_until = appointment.valid_from - dt.timedelta(days=1)
    with pytest.raises(ValidationError, match="ends before it begins"):
        actions.change_appointment(appointment, by=laima)
    appointment.valid_until = clock.now() + dt.timedelta(days=1)
    actions.change_appointment(appointment, by=laima)
    assert Appointment.objects.get(pk=appointment.pk).valid_until is not None
    assert Event.objects.get(verb="members.change_appointment").actor == laima
