"""The cast, the clock and the settings of every test."""

import os
import uuid

import pytest
from django.utils import translation

from ground import clock
from tests import people, world
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
    settings.DATA_DIR = tmp_path / "data"  # downloads take turns in it
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    settings.IMPORTS_ROOT = tmp_path / "imports"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.MAIL_RELAY = "file"
    settings.DEMO = True
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.FINISHED_PAGES = False  # pages are drawn, unless a test is about those that are kept
    settings.FINISHED_PAGES_SECONDS = 0  # what one test showed is nothing to the next
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
    return people.university("ktu")


@pytest.fixture
def aveiro(db):
    return people.university("aveiro")


@pytest.fixture
def trento(db):
    return people.university("trento")


@pytest.fixture
def ana(ktu):
    """Student at KTU."""
    return people.person("ana", ktu)


@pytest.fixture
def bruno(aveiro):
    """Coordinator at Aveiro (host)."""
    return people.person("bruno", aveiro)


@pytest.fixture
def chiara(trento):
    """Coordinator at Trento (unrelated)."""
    return people.person("chiara", trento)


@pytest.fixture
def dainius(ktu):
    """Project manager at KTU."""
    return people.person("dainius", ktu)


@pytest.fixture
def ruta(ktu):
    """Coordinator at KTU."""
    return people.person("ruta", ktu)


@pytest.fixture
def jonas(ktu):
    """Reviewer at KTU."""
    return people.person("jonas", ktu)


@pytest.fixture
def ieva(ktu):
    """Editor at KTU."""
    return people.person("ieva", ktu)


@pytest.fixture
def tomas(ktu):
    """Staff traveller at KTU."""
    return people.person("tomas", ktu)


@pytest.fixture
def egle(db):
    """Alliance office."""
    return people.person("egle")


@pytest.fixture
def laima(db):
    """Administrator."""
    return people.person("laima")


@pytest.fixture
def cast(ktu, aveiro, trento, ana, bruno, chiara, dainius, ruta, jonas, ieva, tomas, egle, laima):
    """Everybody by name; `former` held every right at KTU until a moment ago and is still signed in."""
    known = {
        "ana": ana, "bruno": bruno, "chiara": chiara, "dainius": dainius, "ruta": ruta, "jonas": jonas, "ieva": ieva,
        "tomas": tomas, "egle": egle, "laima": laima,
    }  # fmt: skip
    return people.everybody(known, ktu, aveiro)


@pytest.fixture
def records(cast, ktu, aveiro):
    """A record of every kind, with all of the cast."""
    return world.build(cast, ktu, aveiro)
