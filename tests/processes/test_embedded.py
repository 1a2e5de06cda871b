"""The embedded PostgreSQL: starts by itself, survives kill -9, ends with its owner."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from alliance_portal import embedded, postgres_host, processes
from alliance_portal.problems import Problem
from tests.processes.conftest import CLONE, belonging_to, environment, wait_for

pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("embedded"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Path:
    """A folder with a cluster, made once. As root it is one that the server's account can reach."""
    data = tmp_path_factory.mktemp("embedded")
    return postgres_host.settle_home(data)


@pytest.fixture
def server(home, tmp_path):
    server = embedded.Server(home, tmp_path / "postgres.log", throw_away=True)
    yield server
    server.stop()


def ask(server: embedded.Server, question: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def server_pid(server: embedded.Server) -> int:
    return int((server.cluster / "postmaster.pid").read_text().splitlines()[0])


def test_it_listens_on_no_port_and_only_its_owner_can_enter_the_socket_folder(server):
    server.start()
    assert ask(server, "SHOW listen_addresses") == ""
    assert postgres_host.socket_folder(server.home).stat().st_mode & 0o777 == 0o700
    assert (
        ask(server, "SELECT 'Ąžuolas' < 'Zuikis'") is False
    )  # order by code point: lists use stored sort keys


def test_it_never_runs_as_root(server):
    server.start()
    assert Path(f"/proc/{server_pid(server)}").stat().st_uid != 0


def test_what_was_committed_survives_a_stop(server):
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    server.stop()
    assert not (server.cluster / "postmaster.pid").exists()
    server.start()
    assert ask(server, "SELECT n FROM kept") == 7


def test_after_kill_9_it_starts_again(server, home, tmp_path):
    server.start()
    os.kill(server_pid(server), signal.SIGKILL)
    wait_for(lambda: not server.alive(), what="death")
    again = embedded.Server(home, tmp_path / "again.log", throw_away=True)
    try:
        again.start()
        assert ask(again, "SELECT 1") == 1
    finally:
        again.stop()


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(server):
    server.start()
    lines = (server.cluster / "postmaster.pid").read_text().splitlines()
    server.stop()
    lines[0] = str(os.getpid())  # alive, and no PostgreSQL
    (server.cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")
    server.start()
    assert ask(server, "SELECT 1") == 1


def test_a_server_whose_owner_was_killed_ends_by_itself(tmp_path):
    code = (
        "import time\nfrom alliance_portal import embedded\nwith embedded.running('a test'): time.sleep(60)"
    )
    data = tmp_path / "data"
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=CLONE, env=environment(data))
    try:
        wait_for(
            lambda: list(data.glob("postgres-home")) or list(data.glob("run/.s.PGSQL.5432")), what="server"
        )
        wait_for(lambda: any("postgres" in line for line in belonging_to(data).values()), what="server")
    finally:
        owner.kill()
        owner.wait()
    wait_for(lambda: not belonging_to(data), 15, "the end of the server")


def test_a_half_made_cluster_is_made_anew(tmp_path_factory):
    home = postgres_host.settle_home(tmp_path_factory.mktemp("half"))
    unfinished = home / "postgres-18.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    server = embedded.Server(home, home / "postgres.log", throw_away=True)
    try:
        server.start()
        assert ask(server, "SELECT 1") == 1
        assert not unfinished.exists()
    finally:
        server.stop()


def test_a_long_path_gets_a_short_socket_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long") / ("x" * 100)
    folder.mkdir()
    home = postgres_host.settle_home(folder)
    server = embedded.Server(home, home / "postgres.log", throw_away=True)
    try:
        server.start()
        assert ask(server, "SELECT 1") == 1
        assert len(os.fsencode(postgres_host.socket_folder(home))) < 90
    finally:
        server.stop()


def test_a_cluster_of_an_older_major_is_refused_with_a_remedy(tmp_path):
    old = tmp_path / "postgres-17"
    old.mkdir()
    (old / "PG_VERSION").write_text("17\n")
    with pytest.raises(Problem, match=r"made by PostgreSQL 17.*dump it"):
        embedded.Server(tmp_path, tmp_path / "postgres.log").start()


def test_the_address_is_known_without_starting_or_making_anything(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "absent"))
    assert embedded.default_database_url().startswith("postgres://portal@%2F")
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["migrate"], True),
        (["remind", "--now", "2025-12-01T09:00+02:00"], True),
        (["remind", "--help"], False),
        (["collectstatic"], False),
        ([], False),
    ],
)
def test_only_commands_that_ask_the_database_start_it(arguments, needed):
    assert embedded.needs_database(arguments) is needed


def test_a_lock_is_free_again_when_its_owner_is_killed(tmp_path):
    code = (
        "import sys, time, pathlib\nfrom alliance_portal.processes import OwnerLock\n"
        "lock = OwnerLock(pathlib.Path(sys.argv[1]), 'a test')\nlock.acquire()\n"
        "print('held', flush=True)\ntime.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=CLONE, stdout=subprocess.PIPE)
    assert owner.stdout is not None
    owner.stdout.readline()
    assert processes.owner(tmp_path) == "a test"
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert processes.owner(tmp_path) is None
    lock = processes.OwnerLock(tmp_path, "another")
    lock.acquire()
    lock.release()
