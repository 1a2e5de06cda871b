"""The embedded PostgreSQL: a private server in the data folder, for a start without any set-up.

Only the programs of the wheel are used; the server is a child of whoever owns the data folder
(`script/server`, or a short-lived owner such as `manage.py`), listens on a socket in a private folder and
on no port, and ends with its owner.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from alliance_portal import postgres_host, preflight, processes
from alliance_portal.postgres_host import MAJOR
from alliance_portal.preflight import data_dir
from alliance_portal.problems import Problem, complain, disk_full, from_os_error, says_disk_full

__all__ = ["Server", "data_dir", "database_url", "default_database_url", "running"]

NAME = "portal"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_error_verbosity": "terse",  # details of an error quote what people typed
    "log_min_error_statement": "panic",
}
THROW_AWAY = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
    "max_connections": "200",  # fifty people at once, twice, and those of the test before that still take their leave
}  # fmt: skip
NEEDS_NO_DATABASE = {
    "build_css", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages",
    "startapp", "version",
}  # fmt: skip


def default_database_url() -> str:
    """Out: the address of the embedded server of this data folder. Starts, makes and changes nothing."""
    return _url(postgres_host.home_of(data_dir()))


def database_url() -> str:
    """Out: the address of the database in use: DATABASE_URL, else the embedded server's."""
    return os.environ.get("DATABASE_URL") or default_database_url()


def _url(home: Path) -> str:
    return f"postgres://{NAME}@{quote(str(postgres_host.socket_folder(home)), safe='')}/{NAME}"


class Server:
    """One PostgreSQL server on one folder. Whoever starts it holds the lock of the data folder."""

    def __init__(self, home: Path, log: Path, *, throw_away: bool = False) -> None:
        self.home, self.log, self.throw_away = home, log, throw_away
        self.cluster = postgres_host.cluster_in(home)
        self.url = _url(home)
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster if absent, clear up after a killed server, start. Raises: Problem."""
        self._refuse_other_major()
        try:
            account = postgres_host.account_for(self.cluster)
            self._clear_up()
            if not self.cluster.exists():
                self._make_cluster(account)
            folder = postgres_host.socket_folder(self.home)
            postgres_host.private_folder(folder, account)
            self._start(folder, account)
        except OSError as error:
            raise from_os_error(error, self.home) from error
        self._make_database()

    def alive(self) -> bool:
        """Out: whether the server we started still runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self) -> None:
        """Stop the server: open sessions are broken off, everything committed is kept."""
        child, self._child = self._child, None
        if child is None:
            return
        for number, patience in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if child.poll() is None:
                child.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                child.wait(patience)
                break
        self._wait_until_unused()
        with suppress(OSError):
            postgres_host.socket_folder(self.home).rmdir()

    def _refuse_other_major(self) -> None:
        for other in self.home.glob("postgres-[0-9][0-9]"):
            if other != self.cluster and (other / "PG_VERSION").exists() and not self.cluster.exists():
                raise Problem(
                    f"The database in {other} was made by PostgreSQL {other.name[-2:]}, this release brings "
                    f"{MAJOR}: dump it with the release that made it and load it here (docs/operations.md, "
                    "“Upgrade”), or move that folder away to begin anew."
                )

    def _make_cluster(self, account: tuple[int, int] | None) -> None:
        unfinished = self.cluster.with_name(f"{self.cluster.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        postgres_host.private_folder(unfinished, account)
        command = [
            str(postgres_host.program("initdb")), "-D", str(unfinished), "-U", NAME, "--auth=trust",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            *(["--no-sync"] if self.throw_away else []),
        ]  # fmt: skip
        made = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=_environment(), cwd="/",
            check=False, start_new_session=True, preexec_fn=processes.dies_with_parent(signal.SIGKILL),
            **_as(account),
        )  # fmt: skip
        if made.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise self._problem("The database could not be made", made.stdout + made.stderr)
        unfinished.rename(self.cluster)

    def _start(self, folder: Path, account: tuple[int, int] | None) -> None:
        settings = SETTINGS | {"unix_socket_directories": str(folder)}
        if self.throw_away:
            settings |= THROW_AWAY
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._child = processes.spawn(
                [str(postgres_host.program("postgres")), "-D", str(self.cluster), *options],
                log, _environment(), cwd="/", on_death=signal.SIGINT, **_as(account),
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while not self._says_ready():
            if self._child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                with self.log.open("rb") as log:
                    log.seek(begin)
                    raise self._problem("The database did not start", log.read().decode(errors="replace"))
            time.sleep(0.02)

    def _problem(self, what: str, output: str) -> Problem:
        if says_disk_full(output):
            return disk_full(self.home)
        told = [line for line in output.splitlines() if "FATAL" in line or "error:" in line] or [output]
        return Problem(f"{what}: {told[0].strip()[-300:]} (log: {self.log}).")

    def _pid_file(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _says_ready(self) -> bool:
        lines = self._pid_file()
        ours = self._child is not None and lines[:1] == [str(self._child.pid)]
        return ours and len(lines) > 7 and lines[7].strip() == "ready"

    def _make_database(self) -> None:
        import psycopg

        try:
            with psycopg.connect(self.url.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
                if not known:
                    connection.execute(f"CREATE DATABASE {NAME}")
        except psycopg.Error as error:
            raise self._problem("The database could not be made", str(error)) from error

    def _clear_up(self) -> None:
        """End a server that outlived its killed owner, then remove what it would have removed itself."""
        lines = self._pid_file()
        if not lines:
            return
        pid = int(lines[0]) if lines[0].isdigit() else 0
        if pid and str(self.cluster) in processes.command_line(pid):
            for number, patience in ((signal.SIGINT, 10), (signal.SIGQUIT, 5)):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
                if _gone(pid, patience):
                    break
        self._wait_until_unused()
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (postgres_host.socket_folder(self.home) / name).unlink(missing_ok=True)

    def _wait_until_unused(self, patience: float = 10) -> None:
        """Wait until no process of a dead server works in the cluster any more; end those that stay."""
        deadline = time.monotonic() + patience
        while users := _working_in(self.cluster):
            late = time.monotonic() > deadline
            for pid in users if late else ():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _as(account: tuple[int, int] | None) -> dict[str, Any]:
    return {"user": account[0], "group": account[1], "extra_groups": []} if account else {}


def _gone(pid: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while processes.identity(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _working_in(folder: Path) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*") if processes.LINUX else ():
        with suppress(OSError):
            if (place / "cwd").readlink() == folder:
                found.append(int(place.name))
    return found


def for_data_dir(data: Path) -> Server:
    """In: a data folder that we own. Out: its server, not started yet."""
    return Server(postgres_host.settle_home(data), data / "logs" / "postgres.log")


@contextmanager
def running(what: str) -> Iterator[str]:
    """Have a database for the time of a command, and its address in DATABASE_URL.

    In: what to call ourselves to others. Uses DATABASE_URL, or the embedded server that script/server runs;
    else owns the folder and runs the server itself. Raises: Problem when another short-lived owner is at work.
    """
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    data = data_dir()
    preflight.check_folder(data)
    if processes.owner(data) == "script/server":
        _await_socket(postgres_host.socket_folder(postgres_host.home_of(data)))
        with _in_environment(default_database_url()) as url:
            yield url
        return
    lock = processes.OwnerLock(data, what)
    lock.acquire()
    try:
        processes.end_strays(data)
        server = for_data_dir(data)
        try:
            server.start()
            with _in_environment(server.url) as url:
                yield url
        finally:
            server.stop()
    finally:
        lock.release()


def _await_socket(folder: Path, patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while not (folder / ".s.PGSQL.5432").exists() and time.monotonic() < deadline:
        time.sleep(0.05)


@contextmanager
def throw_away() -> Iterator[str]:
    """Have a server for tests: fast, unsafe against a power cut, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="alliance-portal-test-", ignore_cleanup_errors=True) as folder:
        home = Path(folder).resolve()
        home = postgres_host.settle_home(home)
        server = Server(home, home / "postgres.log", throw_away=True)
        try:
            server.start()
            with _in_environment(server.url) as url:
                yield url
        finally:
            server.stop()
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _in_environment(url: str) -> Iterator[str]:
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = url
    try:
        yield url
    finally:
        if before is None:
            os.environ.pop("DATABASE_URL", None)
        else:
            os.environ["DATABASE_URL"] = before


def needs_database(arguments: list[str]) -> bool:
    """In: the arguments of manage.py. Out: whether the command cannot do without a database."""
    asks_for_help = {"--help", "-h", "--version"} & set(arguments)
    return bool(arguments) and not asks_for_help and arguments[0] not in NEEDS_NO_DATABASE


def main(command: list[str]) -> int:
    """Run a command with a throw-away data folder and server, or with the server that DATABASE_URL names."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="alliance-portal-data-", ignore_cleanup_errors=True) as data:
        os.environ["DATA_DIR"] = str(Path(data).resolve())
        Path(data, "static").mkdir()  # where collected files would lie: WhiteNoise warns when it is absent
        if os.environ.get("DATABASE_URL"):
            return _run(command)
        with throw_away():
            return _run(command)


def _run(command: list[str]) -> int:
    """Run a command in the foreground; Ctrl-C is the command's to answer, we only clear up after it."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        complain(str(problem))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
