"""Processes that end with the one that started them: locks, identities, groups, strays of a killed run."""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from alliance_portal.preflight import taken
from alliance_portal.problems import from_os_error

LINUX = sys.platform.startswith("linux")
MARK = "ALLIANCE_PORTAL_DATA"
PR_SET_PDEATHSIG = 1
GRACE = 3.5
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


class OwnerLock:
    """One owner for a data folder. The kernel frees the lock when the owner ends, however it ends."""

    def __init__(self, folder: Path, what: str) -> None:
        self.path, self.what = folder / "owner.lock", what
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises: Problem that names the owner when there is one."""
        try:
            file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise from_os_error(error, self.path.parent) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            with file:
                raise taken(file.read()) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "what": self.what}))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the folder back; harmless when it was never taken."""
        if self._file:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def owner(folder: Path) -> str | None:
    """In: a data folder. Out: what its owner called itself, or nothing when nobody owns it."""
    try:
        with (folder / "owner.lock").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                with suppress(ValueError):
                    return str(json.loads(file.read()).get("what", "another process"))
                return "another process"
    except OSError:
        pass
    return None


def dies_with_parent(number: int = signal.SIGTERM) -> Callable[[], None] | None:
    """In: a signal. Out: what to run in a child before its program, so that it is sent when we die."""
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def spawn(command: list[str], log: IO[bytes], env: dict[str, str], **more: Any) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output in a log, its life bound to ours."""
    on_death = more.pop("on_death", signal.SIGTERM)
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=env,
        start_new_session=True, preexec_fn=dies_with_parent(on_death), **more,
    )  # fmt: skip


def signal_group(leader: int, number: int) -> bool:
    """Send a signal to a process group. Out: whether there was one."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(children: Iterable[subprocess.Popen[bytes]], grace: float = GRACE) -> None:
    """End children: TERM to each leader, KILL to each group after the grace; nothing of theirs is left."""
    children = list(children)
    for child in children:
        if child.poll() is None:
            with suppress(ProcessLookupError):
                child.terminate()
    deadline = time.monotonic() + grace
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
    for child in children:
        signal_group(child.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            child.wait(2)


def identity(pid: int) -> str | None:
    """In: a process number. Out: when that process began (a number is used again, a beginning is not)."""
    if LINUX:
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if after_name[0] == "Z" else after_name[19]
    began = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return began.stdout.strip() or None


def command_line(pid: int) -> str:
    """In: a process number. Out: its command line, empty when it is gone."""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return shown.stdout.strip()


def record(folder: Path, pids: Iterable[int]) -> None:
    """Keep who our children are, for the run after one that was killed."""
    text = json.dumps({str(pid): identity(pid) for pid in pids})
    with suppress(OSError):
        (folder / "processes.json").write_text(text, encoding="utf-8")


def has_record(folder: Path) -> bool:
    """Out: whether the last owner of this folder was killed; one that ended takes its record away."""
    return (folder / "processes.json").exists()


def strays(folder: Path) -> set[int]:
    """In: a data folder that we own. Out: processes that an earlier, killed owner left behind."""
    found: set[int] = set()
    with suppress(OSError, ValueError):
        kept = json.loads((folder / "processes.json").read_text(encoding="utf-8"))
        found = {int(pid) for pid, began in kept.items() if began and identity(int(pid)) == began}
    mark = f"{MARK}={folder}".encode()
    for place in Path("/proc").glob("[0-9]*") if LINUX else ():
        with suppress(OSError):
            if mark in (place / "environ").read_bytes().split(b"\0"):
                found.add(int(place.name))
    return found - {os.getpid(), os.getppid()}


def end_strays(folder: Path, grace: float = 1.0) -> int:
    """End what an earlier owner of this folder left behind. Out: how many there were."""
    left = strays(folder)
    for pid in left:
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(pid) == pid:  # leaders end their own
                os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while (alive := [pid for pid in left if identity(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in alive:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    with suppress(OSError):
        (folder / "processes.json").unlink()
    return len(left)
