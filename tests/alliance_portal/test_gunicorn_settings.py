"""What the web server makes of a request, with the portal's settings."""

import socket

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create

from alliance_portal import gunicorn_settings
from ground.finished_front import ASKED

HERE = ("127.0.0.1", 50000)


def environ_of(raw):
    """What the application is told of the request `raw` from this machine, as from a proxy beside the server."""
    config = Config()
    for name in config.settings.keys() & vars(gunicorn_settings).keys():
        config.set(name, getattr(gunicorn_settings, name))
    request = next(RequestParser(config, iter([raw]), HERE))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        return create(request, ours, HERE, ("127.0.0.1", 8000), config)[1]


@pytest.mark.parametrize("header", ["SCRIPT_NAME", "Script_Name", "PATH_INFO", "REMOTE_USER", "Script-Name"])
def test_nobody_can_say_where_the_portal_lies(header):
    environ = environ_of(f"GET /en/ HTTP/1.1\r\nHost: x\r\n{header}: /zz\r\n\r\n".encode())
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/en/")
    assert "REMOTE_USER" not in environ


def test_nobody_can_say_what_the_shelf_of_finished_pages_knew():
    environ = environ_of(f"GET /en/ HTTP/1.1\r\nHost: x\r\n{ASKED}: x\r\n\r\n".encode())
    assert ASKED not in environ


def test_a_proxy_on_the_same_machine_can_say_that_it_was_asked_over_https():
    environ = environ_of(b"GET /en/ HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n\r\n")
    assert environ["wsgi.url_scheme"] == "https"
