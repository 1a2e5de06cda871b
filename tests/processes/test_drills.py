"""The drills, small: they pass, and they notice when a safety is switched off."""

import io
import json
import os
import subprocess
import sys

import pytest
from pypdf import PdfReader

from alliance_portal.preflight import CLONE
from documents import checks
from drills import counting, papers
from drills.applying import Seen
from drills.outcome import Outcome, latencies
from tests.processes.test_reminder_kill import database_url

KEYS = ["name", "seed", "n", "faults", "lost", "duplicated", "leaked", "refused_in_time", "passed"]


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("jobs")  # groups go first: what takes this long must not be left to the end
def test_the_hour_of_the_deadline_is_survived_and_without_locks_it_is_not(tmp_path):
    environment = os.environ | {"DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path)}
    command = [
        sys.executable,
        "-m",
        "drills",
        "deadline",
        "--students",
        "8",
        "--minutes",
        "0.5",
        "--controls",
        "locks",
    ]
    result = subprocess.run(
        command, cwd=CLONE, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr[-3000:]
    drill, control = (json.loads(line) for line in result.stdout.splitlines())
    assert list(drill) == list(control) == KEYS
    assert (drill["name"], drill["n"], drill["passed"]) == ("deadline", 8, True)
    assert (drill["lost"], drill["duplicated"], drill["leaked"]) == (0, 0, 0)
    assert drill["faults"] > 0
    assert control["name"] == "deadline without locks"
    assert not control["passed"]
    assert control["duplicated"] > 0


@pytest.mark.parametrize("safety", ["seats", "locks", "files", "close"])
def test_each_control_switches_something_off(safety):
    """A safety that has another name by now would be left on, and its control would prove nothing."""
    command = [sys.executable, "-c", "import drills.careless"]
    result = subprocess.run(
        command, cwd=CLONE, env=os.environ | {"DRILL_WITHOUT": safety}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-2000:]


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("jobs")
def test_fifty_people_get_ten_seats_over_http_and_without_the_lock_they_do_not(tmp_path):
    environment = os.environ | {"DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "drills", "registrations"]
    result = subprocess.run(
        command, cwd=CLONE, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr[-3000:]
    drill, control = (json.loads(line) for line in result.stdout.splitlines())
    assert list(drill) == list(control) == KEYS
    assert (drill["name"], drill["n"], drill["passed"]) == ("registrations", 50, True)
    assert (control["name"], control["passed"]) == ("registrations without seats", False)
    assert control["lost"] > 0


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("jobs")
def test_reminders_survive_a_bad_night_and_without_asking_the_relay_they_do_not(tmp_path):
    environment = os.environ | {"DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path)}
    drill = "drills reminders --reminders 60 --minutes 0.6 --controls record --shared-database"
    result = subprocess.run(
        [sys.executable, "-m", *drill.split()], cwd=CLONE, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr[-3000:]
    drill, control = (json.loads(line) for line in result.stdout.splitlines())
    assert list(drill) == list(control) == KEYS
    assert (drill["name"], drill["n"], drill["passed"]) == ("reminders", 60, True)
    assert (drill["lost"], drill["duplicated"], drill["leaked"]) == (0, 0, 0)
    assert drill["faults"] > 10
    assert control["name"] == "reminders without record"
    assert control["duplicated"] > 0


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("jobs")
@pytest.mark.parametrize(
    ("drill", "control", "n", "harm"),
    [
        ("clocks --nights 1 --controls zones", "clocks without zones", 28, "lost"),
        ("outage --things 120 --controls newest", "outage without newest", 120, "leaked"),
    ],
)
def test_time_itself_breaks_nothing_and_without_its_safety_it_does(tmp_path, drill, control, n, harm):
    environment = os.environ | {"DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-m", "drills", *drill.split()], cwd=CLONE, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr[-3000:]
    passed, failed = (json.loads(line) for line in result.stdout.splitlines() if '"seed"' in line)
    assert list(passed) == list(failed) == KEYS
    assert (passed["name"], passed["n"], passed["passed"]) == (drill.split()[0], n, True)
    assert (failed["name"], failed["passed"]) == (control, False)
    assert failed[harm] > 0


def test_papers_are_real_of_a_size_and_the_same_each_time():
    size = 60_000
    scan = papers.paper(1, "student 1", size)
    assert len(scan) == len(papers.picture(1, "student 1", size)) == size
    assert scan == papers.paper(1, "student 1", size) != papers.paper(1, "student 2", size)
    assert checks.check(scan, "scan.pdf").pages == 1
    assert checks.check(papers.picture(1, "student 1", size), "photo.jpg").content_type == "image/jpeg"
    assert PdfReader(io.BytesIO(scan), strict=True).pages[0].images[0].image.size[0] == 1240


@pytest.mark.parametrize(
    ("pressed", "told", "in_time", "reasons"),
    [
        (900, 1005, 1, []),
        (939, 998, 1, ["student 1: refused before the end", "student 1: sent in time and refused"]),
        (950, 1015, 0, []),
        (1005, 1006, 0, []),
        (None, 1006, 0, []),
    ],
)
def test_refusals_are_told_apart_by_when_the_button_was_pressed(pressed, told, in_time, reasons):
    """The call closes at 940, and its minute ends at 1000."""
    seen, outcome = Seen(refused={1: told}, pressed={1: pressed} if pressed else {}), Outcome("x", 1, 1)
    counting._refusals(seen, outcome, 1000)
    assert (outcome.refused_in_time, outcome.reasons) == (in_time, reasons)


@pytest.mark.parametrize("wrong", [{"lost": 1}, {"duplicated": 1}, {"leaked": 1}, {"reasons": ["500"]}])
def test_an_outcome_passes_only_when_nothing_went_wrong(wrong):
    assert Outcome("x", 1, 10, faults=3).passed
    failed = Outcome("x", 1, 10, **wrong)
    assert not failed.passed
    assert json.loads(failed.line())["passed"] is False


def test_latencies_tell_the_middle_and_the_slow():
    heading, line = latencies({"submit": [n / 1000 for n in range(1, 102)], "once": [1.0]})
    assert heading.split() == ["request", "n", "p50", "p95", "most"]
    assert line.split() == ["submit", "101", "51", "ms", "96", "ms", "101", "ms"]
