"""Runs the whole portal: database, web, worker and beat, as children that never outlive this process.

`script/server` becomes this process. INT, TERM and HUP end everything; a child that dies is started again;
what a killed run left behind is ended by the next one.
"""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from alliance_portal import embedded, preflight, processes, startup
from alliance_portal.problems import Problem, complain, from_os_error, say, says_disk_full

ROTATE_AT = 5_000_000
FIRST_PAUSE, LONGEST_PAUSE, CALM = 0.5, 30.0, 60.0
PATIENCE = 60.0
FREEING = 5.0
TICK = 0.1
ERROR = re.compile(r"[\w.]*(Error|Exception|Configured|Problem)\b.*: ")


class Stopped(Exception):
    """Somebody asked us to end."""


class Child:
    """A program that is kept running; the pause before a new start doubles while it keeps dying."""

    def __init__(self, name: str, command: list[str], log: Path, env: dict[str, str]) -> None:
        self.name, self.command, self.log, self.env = name, command, log, env
        self.process: subprocess.Popen[bytes] | None = None
        self.pause, self.due, self.began, self.deaths = FIRST_PAUSE, 0.0, 0.0, 0

    def start(self) -> None:
        """Start the program, its output in its log."""
        with self.log.open("ab") as log:
            self.process = processes.spawn(self.command, log, self.env, cwd=preflight.CLONE, umask=0o077)
        self.began, self.due = time.monotonic(), 0.0

    def watch(self) -> bool:
        """Start it again when it died and its pause is over. Out: whether it was started."""
        if self.process is None:
            return False
        if self.process.poll() is None:
            if time.monotonic() - self.began > CALM:
                self.pause = FIRST_PAUSE
            return False
        if not self.due:
            processes.signal_group(self.process.pid, signal.SIGKILL)
            self.deaths += 1
            self.due, self.pause = time.monotonic() + self.pause, min(self.pause * 2, LONGEST_PAUSE)
            say(f"{self.name} ended ({self.process.returncode}); starting it again. Its log: {self.log}")
        if time.monotonic() < self.due:
            return False
        self.start()
        return True


class Supervisor:
    """One run of the portal on one data folder."""

    def __init__(self) -> None:
        self.data = embedded.data_dir()
        self.host, self.port = preflight.address()
        self.server: embedded.Server | None = None
        self.children: list[Child] = []
        self.stopping = False
        self.log_folder = self.data / "logs"

    def run(self) -> None:
        """Start everything and stay until somebody asks to end. Raises: Problem."""
        preflight.check_folder(self.data)
        lock = processes.OwnerLock(self.data, "script/server")
        lock.acquire()
        self._listen_to_signals()
        try:
            self._clear_up()
            preflight.check_space(self.data)
            self._make_folders()
            self._start_database()
            self._prepare()
            self._start_web()
            self._start_jobs()
            self._stay()
        except Stopped:
            pass
        except OSError as error:
            raise from_os_error(error, self.data) from error
        finally:
            self._end()
            lock.release()

    def _listen_to_signals(self) -> None:
        def stop(*_: object) -> None:
            self.stopping = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, stop)

    def _pause(self) -> None:
        if self.stopping:
            raise Stopped
        time.sleep(TICK)

    def _clear_up(self) -> None:
        """End what a killed run left behind; its port may stay taken for a moment longer than its processes."""
        was_killed = processes.has_record(self.data)
        if left := processes.end_strays(self.data):
            say(f"Ended {left} processes that a killed run had left behind.")
        deadline = time.monotonic() + (FREEING if was_killed or left else 0)
        while True:
            try:
                return preflight.check_port(self.host, self.port)
            except Problem:
                if time.monotonic() >= deadline:
                    raise
            self._pause()

    def _make_folders(self) -> None:
        for name in ("logs", "mail", "beat", "tmp"):
            (self.data / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for log in self.log_folder.glob("*.log"):
            if log.stat().st_size > ROTATE_AT:
                log.replace(log.with_suffix(".log.1"))

    def _start_database(self) -> None:
        if not os.environ.get("DATABASE_URL"):
            self.server = embedded.for_data_dir(self.data)
            self.server.start()
            os.environ["DATABASE_URL"] = self.server.url

    def _environment(self) -> dict[str, str]:
        known = {"PORT": str(self.port), "HOST": self.host, "TMPDIR": str(self.data / "tmp")}
        return os.environ | known | {processes.MARK: str(self.data), "DATA_DIR": str(self.data)}

    def _prepare(self) -> None:
        """Bring messages, tables, static files and demo up to date, in one process, where they are not."""
        steps = startup.needed()
        if not steps:
            return
        say("Preparing the portal; the first time takes a little longer …")
        begin = _size(self.log_folder / "startup.log")
        child = self._add("startup", "alliance_portal.startup", *steps)
        while child.process is not None and child.process.poll() is None:
            self._pause()
        self.children.remove(child)
        if child.process is None or child.process.returncode:
            said = _last_line(child.log, begin)
            raise Problem(f"The portal could not be prepared: {said} (log: {child.log}).")

    def _add(self, name: str, *command: str) -> Child:
        child = Child(
            name, [sys.executable, "-m", *command], self.log_folder / f"{name}.log", self._environment()
        )
        child.start()
        self.children.append(child)
        self._record()
        return child

    def _record(self) -> None:
        processes.record(self.data, [child.process.pid for child in self.children if child.process])

    def _start_web(self) -> None:
        begin = _size(self.log_folder / "web.log")
        web = self._add("web", "gunicorn", "--config", "python:alliance_portal.gunicorn_settings",
                        "alliance_portal.wsgi:application")  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            self._watch()
            if web.deaths > 1 or time.monotonic() > deadline:
                said = _last_line(web.log, begin)
                raise Problem(f"The web server does not start: {said} (log: {web.log}).")
            self._pause()
        self._greet()

    def _answers(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        connection = http.client.HTTPConnection(host, self.port, timeout=5)
        try:
            connection.request("GET", "/livez", headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _start_jobs(self) -> None:
        celery = ("celery", "--app", "alliance_portal.celery", "--quiet")
        alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        self._add("worker", *celery, "worker", "--concurrency", os.environ.get("WORKERS") or "2", *alone)
        self._add("beat", *celery, "beat", "--pidfile=", "--schedule", str(self.data / "beat" / "schedule"))

    def _watch(self) -> None:
        if self.server and not self.server.alive():
            say("The database ended; starting it again.")
            self.server.start()
        started = [child for child in self.children if child.watch()]
        if started:
            self._record()

    def _stay(self) -> None:
        while True:
            self._pause()
            self._watch()

    def _end(self) -> None:
        """Leave nothing behind, whatever happened before and whatever else arrives now."""
        steps: list[Callable[[], object]] = [
            lambda: processes.end([child.process for child in self.children if child.process]),
            lambda: processes.end_strays(self.data),
        ]
        if self.server:
            steps.append(self.server.stop)
        for step in steps:
            with suppress(Exception):
                step()

    def _greet(self) -> None:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        base = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        say(f"\nThe portal is ready: {base}/")
        if startup.demo_wanted():
            _greet_demo(base, self.data)
        say(f"\nLogs are in {self.log_folder}. Ctrl-C ends everything.")


def _greet_demo(base: str, data: Path) -> None:
    kept = startup.stamps().get("sign_ins") or {"people": []}
    if people := kept["people"]:
        say(f"\nSign in at {base}/en/accounts/login/ as one of these (password for all: {kept['password']})")
        width = max(len(email) for email, _ in people)
        for email, does in people:
            say(f"  {email:<{width}}  {does}")
    say(f"\nMail that was sent: {base}/en/demo/mail/ (files in {data / 'mail'})")


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _last_line(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    if says_disk_full("\n".join(lines)):
        return "the disk is full: free some space, or set DATA_DIR to another disk"
    errors = [line for line in lines if ERROR.match(line)]
    return (errors or lines or ["it said nothing"])[-1][-300:]


def main() -> int:
    """Out: the exit code; 1 after a problem, which is said in one line."""
    preflight.read_env_file()
    try:
        Supervisor().run()
    except Problem as problem:
        complain(f"script/server: {problem}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
