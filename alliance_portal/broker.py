"""Celery's filesystem transport, with messages that appear whole.

The original creates a message's file and then fills it: a worker that looks in between takes an empty file
and stops with an error. Here the file is filled under another name, then renamed. A taken message is moved
within the broker's folder, not to the system's temporary folder, which may lie on another disk or belong to
others.
"""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils import json


class Channel(filesystem.Channel):
    """A folder of messages; the oldest of a queue goes first."""

    def _put(self, queue: str, message: Any, **more: Any) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.new"
        try:
            unfinished.write_text(json.dumps(message), encoding="utf-8")
            unfinished.rename(folder / name)
        except OSError as error:
            raise ChannelError(f"Cannot add {name!r} to {folder}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f"{name}.taken"
            try:
                (folder / name).rename(taken)
                text = taken.read_text(encoding="utf-8")
                taken.unlink()
            except OSError:
                continue  # another worker was quicker
            return json.loads(text)
        raise Empty


class Transport(filesystem.Transport):
    """Kombu's filesystem transport with the channel above."""

    Channel = Channel
