"""What the drill "reminders" breaks: the broker, the database, the ledger's key."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection, connections

from alliance_portal import processes
from bench.load import HOST
from bench.servers import free_port

KEY = "notifications_plan_once"
PATIENCE = 240


def crew(home: Path) -> dict[int, str]:
    """Who of the nursery is alive, and as what."""
    try:
        return {int(pid): what for pid, what in json.loads((home / "crew.json").read_text()).items()}
    except (OSError, ValueError):
        return {}


class Broker:
    """Where the doorbells lie: a Redis on a port of its own, or files where there is no such program here."""

    def __init__(self, home: Path, port: int) -> None:
        self.port, self.folder = port, home / "data"
        self.environment = {
            "DATA_DIR": str(self.folder),
            "REDIS_URL": f"redis://{HOST}:{port}/0" if port else "",
        }

    def empty(self) -> str:
        """Throw away every bell. Out: what was done."""
        if not self.port:
            shutil.rmtree(self.folder / "broker", ignore_errors=True)
            (self.folder / "broker").mkdir(parents=True)
            return "folder of the broker emptied (no redis-server here)"
        with socket.create_connection((HOST, self.port), timeout=5) as redis:
            redis.sendall(b"FLUSHALL\r\n")
            said = redis.recv(100)
        if not said.startswith(b"+OK"):
            raise RuntimeError(f"Redis said {said!r}")
        return "FLUSHALL"


@contextmanager
def redis(home: Path) -> Iterator[Broker]:
    """A broker for the time of the block."""
    (home / "data").mkdir()
    program = shutil.which("redis-server")
    if not program:
        yield Broker(home, 0)
        return
    port = free_port()
    options = {"--port": str(port), "--bind": HOST, "--save": "", "--appendonly": "no", "--dir": str(home)}
    command = [program, *(word for option in options.items() for word in option)]
    with (home / "redis.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=processes.dies_with_parent(signal.SIGKILL),
        )  # fmt: skip
    try:
        wait_for(lambda: _listens(port), "Redis")
        yield Broker(home, port)
    finally:
        server.kill()
        server.wait()


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so. Raises RuntimeError when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not come within {PATIENCE} s.")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def database(*, shared: bool) -> str:
    """Let the database break down and come back: one of its processes is killed, upon which PostgreSQL ends them all
    and recovers. Where others use it too, just every session of ours is broken off. Out: what was done."""
    with connection.cursor() as cursor:
        if shared:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return "every session of the database broken off"
        cursor.execute("SELECT pg_backend_pid()")
        os.kill(cursor.fetchone()[0], signal.SIGKILL)
    connection.close()
    wait_for(_is_back, "The database")
    return "database crashed and recovered"


def _is_back() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    finally:
        connection.close()
    return True


@contextmanager
def lasting_commits() -> Iterator[None]:
    """Every commit outlives a breakdown, as on a real server: a throw-away database says that it did before it has."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {_own()} SET synchronous_commit TO on")
    connections.close_all()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {_own()} RESET synchronous_commit")


def _own() -> str:
    return connection.ops.quote_name(connection.settings_dict["NAME"])


@contextmanager
def ledger_without_its_key(*, needed: bool) -> Iterator[None]:
    """Take the ledger's unique key away for the time of the block, if that is wanted."""
    if not needed:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [KEY])
        (key,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE notifications_reminderplan DROP CONSTRAINT {KEY}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE notifications_reminderplan ADD CONSTRAINT {KEY} {key}")
