"""What is said, in one line with a remedy, before anything is started."""

import errno
import os
import re
import socket
import subprocess
import sys

import pytest

from alliance_portal import preflight
from alliance_portal.problems import Problem, from_os_error, says_disk_full


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1", "8000 ", "８０００"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Problem, match="set it to a number from 1 to 65535"):
        preflight.address()


def test_without_settings_it_is_this_machine_only(monkeypatch):
    monkeypatch.setenv("PORT", "")
    monkeypatch.delenv("HOST", raising=False)
    assert preflight.address() == ("127.0.0.1", 8000)


def test_a_taken_port_is_told():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Problem, match=f"Port {port} is taken by another program.*PORT="):
            preflight.check_port("127.0.0.1", port)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EADDRNOTAVAIL])
def test_another_reason_not_to_listen_is_told(number):
    told = preflight.port_problem(OSError(number, os.strerror(number)), "127.0.0.1", 80)
    assert re.search("PORT", str(told))


def test_a_data_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match=r"cannot be written .* choose another with DATA_DIR="):
        preflight.check_folder(tmp_path / "file")


def test_a_data_folder_is_made_for_its_owner_only(tmp_path):
    preflight.check_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told(tmp_path, number):
    assert "The disk is full" in str(from_os_error(OSError(number, "full"), tmp_path))


def test_what_programs_say_of_a_full_disk_is_understood():
    assert says_disk_full("FATAL:  could not extend file: wrote only 4096 of 8192 bytes")
    assert not says_disk_full("FATAL: role does not exist")


def test_too_little_space_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "NEEDED_TO_RUN", 1 << 62)
    (tmp_path / "postgres-18").mkdir()
    with pytest.raises(Problem, match="The disk is full"):
        preflight.check_space(tmp_path)


def test_env_file_gives_what_the_environment_lacks(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_TEST_A", "kept")
    for name in ("PORTAL_TEST_B", "PORTAL_TEST_C", "PORTAL_TEST_D"):
        monkeypatch.setenv(name, "x")  # so that monkeypatch removes it afterwards
        monkeypatch.delenv(name)
    (tmp_path / ".env").write_text(
        "PORTAL_TEST_A=other\nexport PORTAL_TEST_B='two words'\n#PORTAL_TEST_C=1\nPORTAL_TEST_D=a=b\nnonsense\n"
    )
    preflight.read_env_file(tmp_path / ".env")
    assert [os.environ.get(f"PORTAL_TEST_{letter}") for letter in "ABCD"] == [
        "kept",
        "two words",
        None,
        "a=b",
    ]


@pytest.mark.parametrize(
    ("mode", "more", "counted"),
    [("production", {}, "1"), ("production", {"TRUSTED_PROXIES": "2"}, "2"), ("production", {"BEHIND_PROXY": "0"}, "0"),
     ("demo", {}, "0")],
)  # fmt: skip
def test_behind_a_proxy_brakes_count_visitors_and_not_the_proxy(mode, more, counted):
    ask = "from alliance_portal import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    given = os.environ | {
        "PORTAL_MODE": mode, "SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "portal.example",
        "BASE_URL": "https://portal.example", "DATABASE_URL": "postgres://portal@db.example/portal",
    } | more  # fmt: skip
    done = subprocess.run([sys.executable, "-c", ask], env=given, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == counted


def test_every_setting_of_the_environment_stands_in_the_example():
    settings = (preflight.CLONE / "alliance_portal" / "settings.py").read_text()
    example = (preflight.CLONE / ".env.example").read_text()
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)) | {"PORT", "HOST", "DATA_DIR"}
    assert [name for name in sorted(names) if f"#{name}=" not in example] == []
