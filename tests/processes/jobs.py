"""A trivial job on the portal's own Celery app, for measuring the way there."""

import os
import sys
import time

from alliance_portal.celery import app


@app.task(name="tests.note")
def note(number: int) -> None:
    """Write down that this job was done; one short line is appended as a whole."""
    file = os.open(os.environ["JOBS_DONE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, f"{number} {os.getpid()}\n".encode())
    os.close(file)


if __name__ == "__main__":
    began = time.monotonic()
    for number in range(int(sys.argv[1])):
        note.delay(number)
    done: list[str] = []
    while len(done) < int(sys.argv[1]) and time.monotonic() - began < 60:
        time.sleep(0.02)
        if os.path.exists(os.environ["JOBS_DONE"]):
            with open(os.environ["JOBS_DONE"]) as file:
                done = file.read().splitlines()
    sys.stdout.write(f"{time.monotonic() - began:.2f}\n")
