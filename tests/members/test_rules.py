import pytest

from members import rules

pytestmark = pytest.mark.django_db


def test_the_office_and_own_coordinators_edit_a_university(egle, ruta, bruno, dainius, ktu):
    assert egle.has_perm("members.edit_university", ktu)
    assert ruta.has_perm("members.edit_university", ktu)
    assert not bruno.has_perm("members.edit_university", ktu)
    assert not dainius.has_perm("members.edit_university", ktu)


def test_a_coordinator_of_nowhere_is_none(ruta):
    assert not rules.is_coordinator_of(ruta, None)


def test_administrators_alone_appoint(laima, egle, ruta):
    assert laima.has_perm("members.appoint")
    assert not egle.has_perm("members.appoint")
    assert not ruta.has_perm("members.appoint")
