"""A mail provider that speaks HTTP on this machine, answers as told and keeps what it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ProviderBox(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken, self.headers_seen, self.paths, self.connections = [], [], [], set()
        self.status, self.answer, self.play, self.extra = (
            200,
            {"ErrorCode": 0, "Message": "OK", "MessageID": "x"},
            "",
            {},
        )

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        box = self.server
        box.connections.add(self.client_address)
        box.paths.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        box.taken.append(json.loads(body) if body.startswith((b"{", b"[")) else body)
        box.headers_seen.append(dict(self.headers))
        if box.play == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if box.play == "hang":
            time.sleep(1.5)
        said = box.answer if isinstance(box.answer, bytes) else json.dumps(box.answer).encode()
        self.send_response(box.status)
        for name, value in box.extra.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args):
        pass


@contextmanager
def provider_box() -> Iterator[ProviderBox]:
    box = ProviderBox()
    thread = threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        box.shutdown()
        box.server_close()
