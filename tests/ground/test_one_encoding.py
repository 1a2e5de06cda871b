"""Whatever charset a request names, it is read as UTF-8."""

import io

import pytest
from django.core.handlers.wsgi import WSGIHandler

from alliance_portal.wsgi import application as portal
from ground.finished_front import FinishedPages
from ground.one_encoding import OneEncoding
from tests.ground.test_finished_front import served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def application():
    """The whole application under the settings of the test."""
    return OneEncoding(FinishedPages(WSGIHandler()))


@pytest.mark.parametrize("charset", ["idna", "unicode_escape", "cp037", '"idna"; x=y', "IDNA"])
def test_an_address_means_the_same_in_every_charset(application, charset):
    asked = {"query": "university=%5Cud800", "CONTENT_TYPE": f"text/plain; Charset={charset}"}
    status, _headers, body = served(application, "/en/events/", **asked)
    assert status == "200 OK"
    assert body == served(application, "/en/events/", query="university=%5Cud800")[2]


def test_a_form_of_several_parts_keeps_what_separates_them():
    seen = []
    inner = OneEncoding(lambda environ, _start: seen.append(environ["CONTENT_TYPE"]) or [b""])
    for kind in (
        "multipart/form-data; boundary=x; charset=cp037",
        "multipart/form-data; charset=cp037; boundary=x",
    ):
        inner({"CONTENT_TYPE": kind, "wsgi.input": io.BytesIO()}, None)
    assert seen == ["multipart/form-data; boundary=x"] * 2


def test_the_portal_is_served_so():
    assert isinstance(portal, OneEncoding)
