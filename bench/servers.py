"""The servers of one run: gunicorn with two sync workers each, on ports of their own, ended with the run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from alliance_portal import processes
from bench.load import HOST

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
PATIENCE = 90


class NotStarted(Exception):
    """A server did not begin to listen; its last words."""


class Server:
    """A running server: its port and its process."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def resident(self) -> int:
        """The largest resident memory of its workers so far, in bytes; 0 where the system doesn't tell."""
        sizes = [
            int(lines["VmHWM"].split()[0]) * 1024 for lines in self._children().values() if "VmHWM" in lines
        ]
        return max(sizes, default=0)

    def workers(self) -> list[int]:
        """The numbers of its workers' processes; none where the system doesn't tell."""
        return sorted(self._children())

    def _children(self) -> dict[int, dict[str, str]]:
        found = {}
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            except OSError:
                continue
            if lines.get("PPid", "").strip() == str(self.process.pid):
                found[int(status.parent.name)] = lines
        return found


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(application: str, folder: Path, *, timeout: int = 120, **environment: str) -> Iterator[Server]:
    """Serve `application` (a module with `application` in it) for the time of the block. Raises NotStarted."""
    port = free_port()
    log = folder / f"{application}-{port}.log"
    command = [
        sys.executable, "-m", "gunicorn", f"{application}:application",
        "--config", "alliance_portal/gunicorn_settings.py", "--bind", f"{HOST}:{port}",
        "--workers", str(WORKERS), "--worker-class", "sync", "--timeout", str(timeout),
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=ROOT, env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=output, preexec_fn=processes.dies_with_parent(),
        )  # fmt: skip
    try:
        _wait(port, process, log)
        yield Server(port, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with ExitStack() as stack:
            probe = stack.enter_context(socket.socket())
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise NotStarted(log.read_text(errors="replace")[-2000:])
