"""script/server's own process: it starts everything, keeps it running, and leaves nothing behind."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.processes.conftest import belonging_to, python, wait_for

pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("supervisor"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]


def test_a_second_start_prepares_nothing_and_serves_within_five_seconds(portal):
    # Counted in processor time: other tests run on the same cores, and would be measured with a clock on the wall.
    run = portal().ready()
    spent = processor_seconds(run)
    assert "Preparing" not in run.said()
    assert spent <= 5, f"{spent:.1f} s"


def processor_seconds(run) -> float:
    """Out: what a run has used of the processor so far, with all its children."""
    ticks = 0
    for pid in belonging_to(run.data):
        with suppress(OSError):
            ticks += sum(
                int(n) for n in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
            )
    return ticks / os.sysconf("SC_CLK_TCK")


def test_it_tells_the_address_the_sign_ins_and_where_mail_is(portal, prepared):
    from alliance_portal.demo.people import PASSWORD, SIGN_INS

    run = portal().ready()
    assert f"http://127.0.0.1:{run.port}/" in run.said()
    assert PASSWORD in run.said()
    assert all(email in run.said() for email, _ in SIGN_INS)
    assert f"http://127.0.0.1:{run.port}/en/demo/mail/" in run.said()
    assert str(prepared / "mail") in run.said()
    assert run.status("/livez") == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process(portal, prepared, number):
    run = portal().ready()
    wait_for(lambda: run.pid_of("beat"), what="beat")
    assert run.end(number) == 0
    assert belonging_to(prepared) == {}


def test_a_signal_during_the_start_ends_every_process(portal, prepared):
    run = portal()
    wait_for(lambda: run.pid_of("postgres"), what="postgres")
    assert run.end() == 0
    assert belonging_to(prepared) == {}


def test_after_kill_9_of_everything_at_the_top_the_next_start_clears_up_and_serves(portal, prepared):
    run = portal().ready()
    wait_for(lambda: run.pid_of("beat"), what="beat")
    server = run.pid_of("postgres")
    os.kill(run.process.pid, signal.SIGKILL)
    os.kill(server, signal.SIGKILL)
    old = set(belonging_to(prepared)) - {run.process.pid}
    again = portal(PORT=str(run.port)).ready()
    assert not old & set(belonging_to(prepared))
    assert again.status("/readyz") == 200


def test_a_child_that_is_killed_comes_back(portal):
    run = portal().ready()
    wait_for(lambda: run.pid_of("beat"), what="beat")
    for part in ("gunicorn", "celery", "postgres"):
        before = run.pid_of(part)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda part=part, before=before: run.pid_of(part) not in {0, before}, what=part)
    wait_for(lambda: run.status("/readyz") == 200, what="ready again")


def test_a_second_portal_on_the_same_folder_says_who_has_it(portal):
    run = portal().ready()
    second = portal()
    assert second.process.wait(20) == 1
    assert second.said().count("\n") == 1
    assert f"in use by script/server (process {run.process.pid})" in second.said()


def test_a_taken_port_is_named_with_a_remedy(portal):
    run = portal().ready()
    other = python("-m", "alliance_portal.supervisor", data=run.data.parent / "other", PORT=str(run.port))
    assert other.returncode == 1
    assert other.stderr == (
        f"script/server: Port {run.port} is taken by another program: stop it, "
        "or choose another port with PORT=8001.\n"
    )


def test_a_command_uses_the_database_of_the_portal_that_runs(portal, prepared):
    run = portal().ready()
    before = run.pid_of("postgres")
    shown = python("manage.py", "showmigrations", "accounts", data=prepared)
    assert "[X] 0001_initial" in shown.stdout
    assert run.pid_of("postgres") == before


def test_a_command_alone_has_the_database_for_its_time(prepared):
    shown = python("manage.py", "showmigrations", "accounts", data=prepared)
    assert "[X] 0001_initial" in shown.stdout, shown.stderr
    assert belonging_to(prepared) == {}


def test_two_short_lived_owners_exclude_each_other(prepared, tmp_path):
    from alliance_portal import processes

    lock = processes.OwnerLock(prepared, "manage.py shell")
    lock.acquire()
    try:
        shown = python("manage.py", "showmigrations", data=prepared)
    finally:
        lock.release()
    assert shown.returncode == 1
    assert shown.stderr.startswith("manage.py: The data folder is in use by manage.py shell")


def test_a_web_server_that_cannot_start_is_told_in_one_line(portal):
    run = portal(LOG_LEVEL="NONSENSE")
    assert run.process.wait(90) == 1
    last = run.said().strip().splitlines()[-1]
    assert last.startswith("script/server: The web server does not start:")
    assert "root logger" in last
