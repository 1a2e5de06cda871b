"""What can be known before anything is installed or started: settings, folder, disk, port.

Standard library only: `script/server` runs it with the system's Python before the virtual environment exists.
"""

import errno
import fcntl
import json
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from alliance_portal.problems import Problem, complain, disk_full, from_os_error

CLONE = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024
NEEDED_TO_INSTALL = 500 * MEGABYTE
NEEDED_FOR_A_NEW_DATABASE = 200 * MEGABYTE
NEEDED_TO_RUN = 40 * MEGABYTE


def read_env_file(path: Path = CLONE / ".env") -> None:
    """Take NAME=value lines of `.env` into the environment; what is already set there wins."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and name.strip() and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def data_dir() -> Path:
    """Out: the folder of everything that is kept: DATA_DIR, else `.data` beside the code."""
    return Path(os.environ.get("DATA_DIR") or CLONE / ".data").expanduser().resolve()


def address() -> tuple[str, int]:
    """Out: host and port the web server binds. Raises: Problem for a port that is none."""
    host, text = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"PORT is “{text}”: set it to a number from 1 to 65535, for example PORT=8001.")
    return host, int(text)


def check() -> None:
    """Raises: Problem for the first thing that would keep the portal from starting."""
    host, port = address()
    folder = data_dir()
    check_folder(folder)
    check_nobody_owns(folder)
    check_space(folder)
    check_port(host, port)


def check_folder(folder: Path) -> None:
    """Make the data folder if absent. Raises: Problem when it cannot be made or written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
    except OSError as error:
        raise from_os_error(error, folder) from error


def check_nobody_owns(folder: Path) -> None:
    """Raises: Problem when another portal or command already runs on this data folder."""
    try:
        with (folder / "owner.lock").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise taken(file.read()) from None
    except FileNotFoundError:
        pass
    except OSError as error:
        raise from_os_error(error, folder) from error


def taken(text: str) -> Problem:
    """In: what the owner of the data folder wrote into its lock. Out: the problem, naming it."""
    try:
        owner = json.loads(text)
    except ValueError:
        owner = {}
    who = f"{owner.get('what', 'another process')} (process {owner.get('pid', 'unknown')})"
    return Problem(f"The data folder is in use by {who}: stop that first, or set DATA_DIR to another folder.")


def check_space(folder: Path) -> None:
    """Raises: Problem when what comes next would fill the disk."""
    fresh = not any(folder.glob("postgres-*")) and not os.environ.get("DATABASE_URL")
    if shutil.disk_usage(folder).free < (NEEDED_FOR_A_NEW_DATABASE if fresh else NEEDED_TO_RUN):
        raise disk_full(folder)
    if not (CLONE / ".venv").exists() and shutil.disk_usage(CLONE).free < NEEDED_TO_INSTALL:
        raise Problem(f"The disk is full: free {NEEDED_TO_INSTALL // MEGABYTE} MB where {CLONE} lies.")


def check_port(host: str, port: int) -> None:
    """Raises: Problem when the web server could not listen there."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except socket.gaierror as error:
        raise Problem(f"HOST is “{host}”, no address of this machine: try HOST=127.0.0.1.") from error
    except OSError as error:
        raise port_problem(error, host, port) from error


def port_problem(error: OSError, host: str, port: int) -> Problem:
    """In: why binding failed. Out: the problem with its remedy."""
    other = 8001 if port != 8001 else 8002
    if error.errno == errno.EADDRINUSE:
        return Problem(
            f"Port {port} is taken by another program: stop it, or choose another port with PORT={other}."
        )
    if error.errno == errno.EACCES:
        return Problem(f"Port {port} is not for ordinary users: choose one above 1023, such as PORT={other}.")
    return Problem(f"The portal cannot listen on {host}, port {port} ({error.strerror}): set HOST or PORT.")


if __name__ == "__main__":
    read_env_file()
    try:
        check()
    except Problem as problem:
        complain(f"script/server: {problem}")
        sys.exit(1)
