"""The cast, the clock and the settings of every test."""

import os
import uuid

import pytest
from django.utils import translation

from ground import clock
from members.models import Role
from tests import factories, world
from tests.database import *  # noqa: F403 - the set-up of the databases

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's sync API next to the ORM


@pytest.fixture(autouse=True)
def plain_settings(settings, tmp_path):
    """Quick hashes, plain static files, and folders of the test's own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    settings.IMPORTS_ROOT = tmp_path / "imports"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.MAIL_RELAY = "file"
    settings.DEMO = True
    settings.CELERY_TASK_ALWAYS_EAGER = False
    # What one test counts (failed sign-ins, say) is nothing to another, in a cache that all processes share too.
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}}


@pytest.fixture(autouse=True)
def speak_english():
    """Every test begins in English: requests leave their language behind."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True, scope="session")
def broker_in_memory():
    """Doorbells that tests ring are heard by nobody and leave nothing behind."""
    from alliance_portal.celery import app

    app.conf.broker_url, app.conf.broker_transport_options = "memory://", {}


@pytest.fixture(autouse=True, scope="session")
def lithuanian_is_compiled():
    """Pages in Lithuanian are read from compiled catalogues, which are not kept in the repository."""
    from alliance_portal import catalogues

    catalogues.compile_all()


@pytest.fixture
def at():
    """Hold the moment: `with at(moment): …`."""
    return clock.one_moment


@pytest.fixture
def ktu(db):
    return factories.UniversityFactory(
        organisation__name="Kaunas University of Technology", organisation__short_name="KTU",
        organisation__country="LT", slug="ktu", zone="Europe/Vilnius",
    )  # fmt: skip


@pytest.fixture
def aveiro(db):
    return factories.UniversityFactory(
        organisation__name="University of Aveiro", organisation__short_name="UA", organisation__country="PT",
        slug="aveiro", zone="Europe/Lisbon",
    )  # fmt: skip


@pytest.fixture
def trento(db):
    return factories.UniversityFactory(
        organisation__name="University of Trento", organisation__short_name="UniTrento", organisation__country="IT",
        slug="trento", zone="Europe/Rome",
    )  # fmt: skip


def _person(name, role, university=None, **fields):
    user = factories.UserFactory(name=name, email=f"{name.split()[0].lower()}@people.example", **fields)
    factories.AppointmentFactory(user=user, role=role, university=university)
    return user


@pytest.fixture
def ana(ktu):
    """Student at KTU."""
    return _person("Ana Bandomoji", Role.STUDENT, ktu)


@pytest.fixture
def bruno(aveiro):
    """Coordinator at Aveiro (host)."""
    return _person("Bruno Exemplo", Role.MOBILITY_COORDINATOR, aveiro)


@pytest.fixture
def chiara(trento):
    """Coordinator at Trento (unrelated)."""
    return _person("Chiara Esempio", Role.MOBILITY_COORDINATOR, trento)


@pytest.fixture
def dainius(ktu):
    """Project manager at KTU."""
    return _person("Dainius Bandomasis", Role.PROJECT_MANAGER, ktu)


@pytest.fixture
def ruta(ktu):
    """Coordinator at KTU."""
    return _person("Rūta Pavyzdytė", Role.MOBILITY_COORDINATOR, ktu)


@pytest.fixture
def jonas(ktu):
    """Reviewer at KTU."""
    return _person("Jonas Pavyzdys", Role.REVIEWER, ktu)


@pytest.fixture
def ieva(ktu):
    """Editor at KTU."""
    return _person("Ieva Pavyzdienė", Role.EDITOR, ktu)


@pytest.fixture
def tomas(ktu):
    """Staff traveller at KTU."""
    return _person("Tomas Bandomasis", Role.STAFF_TRAVELLER, ktu)


@pytest.fixture
def egle(db):
    """Alliance office."""
    return _person("Eglė Pavyzdė", Role.ALLIANCE_OFFICE)


@pytest.fixture
def laima(db):
    """Administrator."""
    return _person("Laima Pavyzdaitė", Role.ADMINISTRATOR)


@pytest.fixture
def cast(ktu, aveiro, trento, ana, bruno, chiara, dainius, ruta, jonas, ieva, tomas, egle, laima):
    """Everybody by name; `former` held every right at KTU until a moment ago and is still signed in."""
    student = factories.UserFactory(name="Kita Studentė")
    factories.AppointmentFactory(user=student, role=Role.STUDENT, university=ktu)
    manager = factories.UserFactory(name="Gestor Exemplo")
    factories.AppointmentFactory(user=manager, role=Role.PROJECT_MANAGER, university=aveiro)
    former = factories.UserFactory(name="Buvęs Pavyzdys")
    for role in (Role.PROJECT_MANAGER, Role.MOBILITY_COORDINATOR, Role.EDITOR, Role.STUDENT):
        factories.AppointmentFactory(
            user=former, role=role, university=ktu, valid_until=factories.LONG_AGO.replace(year=2021)
        )
    for role in (Role.ALLIANCE_OFFICE, Role.ADMINISTRATOR):
        factories.AppointmentFactory(
            user=former, role=role, university=None, valid_until=factories.LONG_AGO.replace(year=2021)
        )
    people = {
        "nobody": None, "ana": ana, "student": student, "bruno": bruno, "chiara": chiara, "dainius": dainius,
        "manager": manager, "ruta": ruta, "jonas": jonas, "ieva": ieva, "tomas": tomas, "egle": egle,
        "laima": laima, "former": former,
    }  # fmt: skip
    assert list(people) == world.CAST
    return people


@pytest.fixture
def records(cast, ktu, aveiro):
    """A record of every kind, with all of the cast."""
    return world.build(cast, ktu, aveiro)
