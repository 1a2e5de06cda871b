"""Celery without Redis: the folder in the data folder is a quick and honest broker."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from alliance_portal import processes
from tests.processes.conftest import CLONE, environment, python, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("jobs")]

GENEROUS = 8.0  # on an idle machine it is under 2 s


@pytest.fixture
def worker(tmp_path):
    """A worker with two processes on a broker of its own."""
    env = environment(
        tmp_path, JOBS_DONE=str(tmp_path / "done.txt"), DATABASE_URL="postgres://nowhere.invalid/x"
    )
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        worker = processes.spawn(
            [sys.executable, "-m", "celery", "--app", "tests.processes.jobs", "worker", "--concurrency", "2",
             "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"],
            output, env, cwd=CLONE,
        )  # fmt: skip
    wait_for(lambda: "ready." in log.read_text() or worker.poll() is not None, what="worker")
    assert worker.poll() is None, log.read_text()
    yield env
    processes.end([worker])


def test_two_hundred_jobs_go_through_two_workers_in_seconds(worker, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.processes.jobs", "200"], cwd=CLONE, env=worker, capture_output=True, text=True,
        check=True, timeout=90,
    )  # fmt: skip
    lines = (tmp_path / "done.txt").read_text().splitlines()
    assert Counter(int(line.split()[0]) for line in lines) == Counter(range(200))
    assert len({line.split()[1] for line in lines}) == 2
    assert float(done.stdout) < GENEROUS
    assert list(Path(tmp_path, "broker").glob("*")) == []


def test_a_job_rung_with_nobody_there_waits(tmp_path):
    code = "from tests.processes.jobs import note; note.delay(1)"
    rung = python("-c", code, data=tmp_path, JOBS_DONE="unused", DATABASE_URL="postgres://nowhere.invalid/x")
    assert rung.returncode == 0, rung.stderr
    waiting = list(Path(tmp_path, "broker").iterdir())
    assert [path.suffix for path in waiting] == [".msg"]
    assert (tmp_path / "broker").stat().st_mode & 0o777 == 0o700
