"""What tests of processes share: a tree of the code, a data folder, a supervisor that runs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from alliance_portal import postgres_host, processes
from alliance_portal.preflight import CLONE

FROM_OUTSIDE = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT", "HOST", "COVERAGE_PROCESS_START")


def free_port() -> int:
    """Out: a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(data: Path, **more: str) -> dict[str, str]:
    """Out: an environment as a newcomer has it, with a data folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE}
    return kept | {"DATA_DIR": str(data), "PORTAL_MODE": "demo", "PYTHONUNBUFFERED": "1"} | more


def python(*arguments: str, data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the clone and wait for its end."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=CLONE, env=environment(data, **more), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def wait_for(condition: Callable[[], object], patience: float = 60, what: str = "it") -> None:
    """Wait until something is so. Raises: AssertionError when it takes too long."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {patience} s"
        time.sleep(0.05)


def belonging_to(data: Path) -> dict[int, str]:
    """Out: every process whose environment, command line or folder names this data folder."""
    names = {str(data).encode()}
    with suppress(OSError):
        names.add((data / "postgres-home").read_bytes().strip())
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            marks = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
            marks += os.fsencode((place / "cwd").readlink())
            if any(name in marks for name in names) and int(place.name) != os.getpid():
                found[int(place.name)] = processes.command_line(int(place.name))
    return found


class Run:
    """One run of the supervisor, as script/server starts it."""

    def __init__(self, data: Path, log: Path, **more: str) -> None:
        self.data, self.port, self.log = data, int(more.get("PORT") or free_port()), log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "alliance_portal.supervisor"], cwd=CLONE, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, env=environment(data, **(more | {"PORT": str(self.port)})),
            )  # fmt: skip

    def said(self) -> str:
        """Out: everything it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ready(self, patience: float = 120) -> "Run":
        """Wait until it says that the portal is ready."""
        wait_for(
            lambda: "is ready" in self.said() or self.process.poll() is not None,
            patience,
            f"ready: {self.said()}",
        )
        assert "is ready" in self.said(), self.said() + self.logs()
        return self

    def logs(self) -> str:
        """Out: what the children wrote."""
        return "\n".join(f"{path.name}: {path.read_text()}" for path in self.data.glob("logs/*.log"))

    def status(self, path: str) -> int:
        """Out: the status with which the web server answers, 0 when it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def pid_of(self, part: str) -> int:
        """Out: the child whose command line holds a word."""
        children = [
            pid
            for pid, line in belonging_to(self.data).items()
            if part in line and _parent(pid) == self.process.pid
        ]
        return children[0] if children else 0

    def end(self, number: int = signal.SIGINT) -> int:
        """Ask it to end and wait. Out: its exit code."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        return self.process.wait(30)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.fixture(scope="session", autouse=True)
def remove_databases_kept_elsewhere(tmp_path_factory: pytest.TempPathFactory):
    """Run as root, databases of these tests lie outside their folders, where PostgreSQL's account can reach."""
    yield
    ours = str(tmp_path_factory.getbasetemp())
    for note in postgres_host.SHARED.glob("data-*/belongs-to"):
        if note.read_text().startswith(ours):
            shutil.rmtree(note.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the portal was started once and ended."""
    data = tmp_path_factory.mktemp("portal") / "data"
    run = Run(data, data.parent / "first.txt")
    try:
        run.ready(300)
    finally:
        run.end()
    return data


@pytest.fixture
def portal(prepared: Path, tmp_path: Path):
    """Start the supervisor on the prepared folder, as often as wanted; everything ends with the test."""
    runs: list[Run] = []

    def start(**more: str) -> Run:
        runs.append(Run(prepared, tmp_path / f"run{len(runs)}.txt", **more))
        return runs[-1]

    yield start
    for run in runs:
        run.end()
    for pid in belonging_to(prepared):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
