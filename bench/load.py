"""A small load generator for this machine only: so many at once, for so long, and no longer."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PATIENCE = 60
MOST = 20_000


class Broken(Exception):
    """A server answered with something else than the page."""


@dataclass
class Shot:
    """What came of asking for one page again and again: seconds for each, and in all."""

    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Pages in a second."""
        return len(self.seconds) / self.elapsed

    @property
    def p95(self) -> float:
        """The time within which 95 of 100 pages came."""
        if len(self.seconds) < 2:
            return self.seconds[0]
        return statistics.quantiles(self.seconds, n=20, method="inclusive")[-1]


class Visitor:
    """Asks one server; keeps its connection where the server does."""

    def __init__(self, port: int, path: str, *, gzip: bool = False) -> None:
        self.port = port
        packed = "Accept-Encoding: gzip\r\n" if gzip else ""
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{packed}Connection: keep-alive\r\n\r\n".encode()
        )
        self.socket: socket.socket | None = None

    def get(self) -> int:
        """Ask once. Out: the length of the answer's body. Raises Broken unless it is 200."""
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(self.request)
        head, body = self._head(self.socket)
        length = _length(head)
        received = len(body)
        while length is None or received < length:
            part = self.socket.recv(262_144)
            if not part:
                break
            received += len(part)
        if length is None or b"connection: close" in head.lower():
            self.close()
        return received

    def _head(self, connection: socket.socket) -> tuple[bytes, bytes]:
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = connection.recv(262_144)
            if not part:
                raise Broken("The server hung up.")
            answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        if head.split(b" ", 2)[1] != b"200":
            raise Broken(head.split(b"\r\n", 1)[0].decode(errors="replace"))
        return head, body

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def _length(head: bytes) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return None


def shoot(port: int, path: str, *, seconds: float, visitors: int = 2, gzip: bool = False) -> Shot:
    """`visitors` ask for a page at once, again as soon as they have it, for so many seconds and at least once.

    Raises Broken.
    """
    shot = Shot()
    problems: list[BaseException] = []
    begun = time.perf_counter()
    until = begun + seconds

    def visit() -> None:
        visitor = Visitor(port, path, gzip=gzip)
        try:
            while ((asked := time.perf_counter()) < until or not shot.seconds) and len(shot.seconds) < MOST:
                visitor.get()
                shot.seconds.append(time.perf_counter() - asked)
        except (Broken, OSError) as problem:
            problems.append(problem)
        finally:
            visitor.close()

    threads = [threading.Thread(target=visit) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shot.elapsed = time.perf_counter() - begun
    if problems or not shot.seconds:
        raise Broken(f"{path}: {problems[0] if problems else 'no answer'}")
    return shot


def asked(port: int, path: str) -> tuple[int, bytes, bytes]:
    """Ask once on a connection of its own. Out: status, head and body of the answer."""
    with socket.create_connection((HOST, port), PATIENCE) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(262_144):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head, body


def first_byte(port: int, path: str, cookie: str = "") -> tuple[float, float, int]:
    """Ask once for something long. Out: seconds to its first byte, to its end, and its length."""
    known = f"Cookie: {cookie}\r\n" if cookie else ""
    begun = time.perf_counter()
    with socket.create_connection((HOST, port), PATIENCE) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {HOST}\r\n{known}\r\n".encode())
        answer = connection.recv(262_144)
        first = time.perf_counter() - begun
        if answer.split(b" ", 2)[1] != b"200":
            raise Broken(f"{path}: {answer.split(bytes([13]), 1)[0].decode(errors='replace')}")
        length = len(answer)
        while part := connection.recv(262_144):
            length += len(part)
    return first, time.perf_counter() - begun, length
