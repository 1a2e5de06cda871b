"""A mail server as small as a measurement needs it: it takes what comes, and says what it took."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench.load import HOST

_NAME = re.compile(rb"(?im)^Message-ID:\s*<([^>]+)>")


class HungUp(Exception):
    """The server ends the connection without a word."""


class Mailbox(socketserver.ThreadingTCPServer):
    """Answers every client in a thread of its own; what is to go wrong is decided by those who inherit."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 50
    offers: tuple[str, ...] = ()  # extensions that it says it has

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Conversation)
        self.port = int(self.server_address[1])
        self.taken = 0
        self.lock = threading.Lock()

    def recipient(self, address: str) -> str:
        """The answer to RCPT. Raises HungUp."""
        return "250 OK"

    def text(self, name: str) -> str:
        """The answer to a whole text, called `name` by its sender. Raises HungUp."""
        self.keep(name)
        return "250 OK"

    def keep(self, name: str) -> None:
        """The text is taken."""
        with self.lock:
            self.taken += 1

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that are killed in the middle are what a drill is about."""


class _Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 ready")
        try:
            while line := self.rfile.readline(2048):
                word = line[:4].upper()
                if word == b"QUIT":
                    self._say("221 bye")
                    return
                self._say(self._answer(word, line))
        except (HungUp, OSError):
            return

    def _answer(self, word: bytes, line: bytes) -> str:
        if word == b"RCPT":
            return self.server.recipient(line.partition(b"<")[2].partition(b">")[0].decode(errors="replace"))
        if word == b"DATA":
            return self._data()
        if word == b"EHLO":
            return "\r\n".join(["250-here", *(f"250-{name}" for name in self.server.offers), "250 OK"])
        return "250 OK" if word in (b"EHLO", b"HELO", b"MAIL", b"RSET", b"NOOP") else "502 unknown"

    def _data(self) -> str:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline(65536)) != b".\r\n":
            if not line:
                raise HungUp  # the client died before its text was whole: nothing is taken
            lines.append(line)
        found = _NAME.search(b"".join(lines))
        return self.server.text(found[1].decode() if found else "")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode("utf-8", "surrogateescape"))


@contextmanager
def open_for(box: Mailbox) -> Iterator[Mailbox]:
    """Let `box` take mail for the time of the block."""
    thread = threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        box.shutdown()
        box.server_close()
