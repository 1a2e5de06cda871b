"""The last day of a role: who is told, and of what nobody is."""

import datetime as dt

import pytest

from ground import clock
from members.models import Appointment, Role
from members.reminders.agreements import ApprovalWaits
from members.reminders.appointments import EndOfAppointment, EndOfColleaguesAppointment
from members.reminders.factsheets import ApplicationDeadline, NominationDeadline
from members.reminders.standing import EndOfCharter, EndOfMembership
from tests import factories
from tests.told_before import recipients, told_at, way_to

pytestmark = pytest.mark.django_db
END = dt.datetime(2027, 6, 30, 21, tzinfo=dt.UTC)  # midnight in Vilnius: the 30th is the last day


def noon(month, day):
    return dt.datetime(2027, month, day, 10, tzinfo=dt.UTC)


@pytest.fixture
def ending(dainius):
    appointment = dainius.appointments.get()
    Appointment.objects.filter(pk=appointment.pk).update(valid_until=END)
    return Appointment.objects.get(pk=appointment.pk)


def test_the_last_day_is_the_one_before_the_end_where_the_university_is(ending):
    [one] = EndOfAppointment().due(dt.date(2027, 6, 1), dt.date(2027, 7, 30))
    assert (one.date, one.zone) == (dt.date(2027, 6, 30), "Europe/Vilnius")
    assert list(EndOfAppointment().due(dt.date(2027, 7, 1), dt.date(2027, 7, 30))) == []


@pytest.mark.parametrize(
    ("day", "told"), [((5, 30), False), ((5, 31), True), ((6, 23), True), ((7, 1), False)]
)
def test_who_holds_the_role_is_told(day, told, ending, dainius, ruta, egle):
    assert told_at(noon(*day), EndOfAppointment()) == (recipients(dainius) if told else [])


def test_the_coordinators_of_the_university_are_told_once(ending, dainius, ruta, bruno, egle):
    assert told_at(noon(5, 31), EndOfColleaguesAppointment()) == recipients(ruta)
    assert told_at(noon(6, 23), EndOfColleaguesAppointment()) == []


def test_coordinators_are_told_neither_of_students_nor_of_themselves(ana, tomas, ruta):
    Appointment.objects.update(valid_until=END)
    assert told_at(noon(5, 31), EndOfColleaguesAppointment()) == []
    assert told_at(noon(5, 31), EndOfAppointment()) == recipients(ana, tomas, ruta)


def test_the_office_is_told_of_roles_of_the_whole_alliance(laima, egle, ruta):
    laima.appointments.update(valid_until=END)
    assert told_at(noon(5, 31), EndOfColleaguesAppointment()) == recipients(egle)


@pytest.mark.parametrize("way", ["followed", "inactive", "prolonged"])
def test_nobody_is_told_of_a_role_that_goes_on_or_a_person_who_is_gone(way, ending, dainius, ktu, ruta):
    if way == "followed":
        factories.AppointmentFactory(
            user=dainius, role=Role.PROJECT_MANAGER, university=ktu, valid_from=END, valid_until=None
        )
    elif way == "inactive":
        type(dainius).objects.filter(pk=dainius.pk).update(is_active=False)
    else:
        Appointment.objects.filter(pk=ending.pk).update(valid_until=None)
    for kind in (EndOfAppointment(), EndOfColleaguesAppointment()):
        assert told_at(noon(5, 31), kind) == []
        assert kind.current([ending.uuid]) == {}


def test_what_has_ended_is_told_no_more(ending):
    with clock.one_moment(END):
        assert EndOfAppointment().current([ending.uuid]) == {}


@pytest.mark.parametrize(
    ("kind", "index", "condition"),
    [
        (EndOfAppointment(), "members_appointment_ends", "valid_until >"),
        (EndOfColleaguesAppointment(), "members_appointment_ends", "valid_until >"),
        (EndOfMembership(), "members_membership_ends", "valid_until >"),
        (EndOfCharter(), "members_organisation_charter", "charter_until >"),
        (ApprovalWaits(), "members_version_waits", "sent_at >"),
        (NominationDeadline(), "members_term_nomination", "nomination_until >"),
        (ApplicationDeadline(), "members_term_application", "application_until >"),
    ],
)  # fmt: skip
def test_what_is_due_is_found_by_its_date(kind, index, condition, ending):
    way = way_to(kind, dt.date(2027, 6, 1))
    assert index in way, way
    assert any("Index Cond" in line and condition in line for line in way.splitlines()), way
