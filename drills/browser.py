"""A browser as small as a drill needs it: cookies, forms with their tokens, files, and the bad days of a phone."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode

from bench.load import HOST

PATIENCE = 120
_PIECE = 64 * 1024
_BOUNDARY = "drill-7f3a9c51e2"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class CutOff(Exception):
    """The connection was lost in the middle, as the drill wanted it."""


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    text: str
    to: str
    wait: float

    def value(self, name: str) -> str:
        """The value of a hidden field; "" where there is none."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return unescape(found[1]) if found else ""


@dataclass(frozen=True)
class Upload:
    """A file that is sent; `seconds` is how long a slow line takes, `cut` whether it is lost halfway."""

    name: str
    content: bytes
    seconds: float = 0
    cut: bool = False


class Browser:
    """One person's browser, signed in by its cookies. Raises OSError or http.client.HTTPException when hung up on."""

    def __init__(self, port: int, cookies: Mapping[str, str]) -> None:
        self.port = port
        self.cookies = dict(cookies)
        self.token = ""

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, {}, [])

    def post(self, path: str, fields: Mapping[str, str], upload: Upload | None = None) -> Answer:
        """Send a form with the token of the last page, and a file where there is one. Raises CutOff."""
        sent = {"csrfmiddlewaretoken": self.token, **fields}
        if upload is None:
            body = urlencode(sent).encode()
            return self._ask("POST", path, _typed("application/x-www-form-urlencoded", body), [body])
        body = _parts(sent, upload)
        headers = _typed(f"multipart/form-data; boundary={_BOUNDARY}", body)
        return self._ask("POST", path, headers, _paced(body, upload))

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: object) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body or None, headers={"Cookie": cookies, **headers})  # type: ignore[arg-type]
            return self._read(connection.getresponse())
        finally:
            connection.close()

    def _read(self, answer: http.client.HTTPResponse) -> Answer:
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = answer.read().decode(errors="replace")
        if found := _TOKEN.search(text):
            self.token = found[1]
        wait = answer.headers.get("Retry-After") or "1"
        return Answer(answer.status, text, answer.headers.get("Location") or "", float(wait))


def _typed(kind: str, body: bytes) -> dict[str, str]:
    return {"Content-Type": kind, "Content-Length": str(len(body))}


def _parts(fields: Mapping[str, str], upload: Upload) -> bytes:
    head = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{upload.name}"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    return head.encode() + upload.content + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _paced(body: bytes, upload: Upload) -> Iterator[bytes]:
    pieces = [body[place : place + _PIECE] for place in range(0, len(body), _PIECE)]
    for number, piece in enumerate(pieces):
        if upload.cut and number > len(pieces) // 2:
            raise CutOff
        yield piece
        if upload.seconds:
            time.sleep(upload.seconds / len(pieces))
