"""What keeps the portal from starting, said in one line with its remedy."""

import errno
import sys


class Problem(Exception):
    """Something a person has to put right; the text is one line that says how."""


def say(text: str = "") -> None:
    """Write a line to the terminal; a terminal that is gone is no reason to stop."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError:
        pass


def complain(text: str) -> None:
    """Write a line about a problem to the terminal's error stream."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        pass


def says_disk_full(text: str) -> bool:
    """In: what a program said. Out: whether it met a full disk."""
    return any(sign in text for sign in ("No space left on device", "Check free disk space", "wrote only"))


def disk_full(where: object) -> Problem:
    """In: a folder. Out: the problem that its disk is full."""
    return Problem(f"The disk is full: free some space where {where} lies, or set DATA_DIR to another disk.")


def from_os_error(error: OSError, folder: object) -> Problem:
    """In: an error while writing below a folder. Out: the same, said with a remedy."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(folder)
    return Problem(
        f"The data folder {folder} cannot be written ({error.strerror}): "
        "give this user the right to, or choose another with DATA_DIR=/some/folder."
    )
