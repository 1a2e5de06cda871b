"""Only what is out of date is made at a start."""

import json

import pytest

from alliance_portal import startup
from alliance_portal.preflight import CLONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder, and the database of this test as the one in use."""
    from django.db import connection

    parameters = connection.settings_dict
    host = str(parameters["HOST"]).replace("/", "%2F")
    login = parameters["USER"] + (f":{parameters['PASSWORD']}" if parameters["PASSWORD"] else "")
    port = f":{parameters['PORT']}" if parameters["PORT"] else ""
    monkeypatch.setenv("DATABASE_URL", f"postgres://{login}@{host}{port}/{parameters['NAME']}")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_MODE", "demo")
    return tmp_path


def up_to_date(data):
    state = startup.database_state()
    (data / "static").mkdir(exist_ok=True)
    (data / "static" / "staticfiles.json").write_text("{}")
    startup.catalogues.compile_all()
    startup.keep("messages", startup.messages_print())
    startup.keep("static", startup.static_print())
    startup.keep("schema", [startup.schema_print(), state])
    startup.keep("demo", state[1])


def test_a_fresh_data_folder_needs_everything(data):
    assert set(startup.needed()) >= {"schema", "static", "demo"}


def test_nothing_is_needed_when_nothing_changed(data):
    up_to_date(data)
    assert startup.needed() == []


def test_a_database_at_another_state_is_migrated(data):
    up_to_date(data)
    startup.keep("schema", [startup.schema_print(), ["1", "2026-01-01", "2026-01-01"]])
    assert startup.needed() == ["schema"]


def test_another_database_gets_its_own_demo(data):
    up_to_date(data)
    startup.keep("demo", "2020-01-01 00:00:00+00")
    assert startup.needed() == ["demo"]


def test_production_loads_no_demo(data, monkeypatch):
    monkeypatch.setenv("PORTAL_MODE", "production")
    assert "demo" not in startup.needed()


def test_static_files_that_were_removed_are_collected_again(data):
    up_to_date(data)
    (data / "static" / "staticfiles.json").unlink()
    assert startup.needed() == ["static"]


def test_damaged_stamps_count_as_none(data):
    startup.stamps_file().write_text("{half")
    assert startup.stamps() == {}
    startup.stamps_file().write_text(json.dumps([1]))
    assert startup.stamps() == {}


def test_a_fingerprint_changes_with_name_and_content():
    first = startup.fingerprint([CLONE / "manage.py"])
    assert first == startup.fingerprint([CLONE / "manage.py", CLONE / "absent.py"])
    assert first != startup.fingerprint([CLONE / "manage.py", CLONE / "pyproject.toml"])
