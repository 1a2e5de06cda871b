"""Error pages: each says what happened and gives the number of the request; the worst need no database."""

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import OperationalError
from django.http import HttpResponseNotAllowed
from django.test import override_settings
from django.urls import path
from django.views.decorators.http import require_POST

from alliance_portal import urls as portal_urls
from alliance_portal.pages import errors


def _raise(error):
    def view(request):
        raise error

    view.login_required = False
    return view


@require_POST
def only_post(request):
    raise AssertionError


only_post.login_required = False

urlpatterns = [
    path("broken/", _raise(RuntimeError("x"))),
    path("down/", _raise(OperationalError("x"))),
    path("odd/", _raise(SuspiciousOperation("x"))),
    path("big/", _raise(RequestDataTooBig("x"))),
    path("many/", _raise(TooManyFieldsSent("x"))),
    path("only-post/", only_post),
    *portal_urls.urlpatterns,
]
handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler429 = errors.too_many_requests
handler500 = errors.server_error


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__):
        yield client


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/broken/", 500, "Something failed on our side"),
        ("/down/", 503, "not available for a moment"),
        ("/odd/", 400, "could not understand"),
        ("/big/", 413, "too large"),
        ("/many/", 413, "what you typed is still in the form"),
        ("/only-post/", 405, "opened this way"),
    ],
)
def test_what_breaks_early_has_its_page_without_any_query(visitor, address, status, words):
    ask = visitor.post if status == 413 else visitor.get
    response = ask(address)  # the test has no database: a query would raise
    assert response.status_code == status
    html = response.content.decode()
    assert words in html
    assert "number of the request" in html
    assert html.count("<h1") == 1


def test_an_address_with_too_many_fields_is_not_a_form(visitor):
    response = visitor.get("/many/")
    assert response.status_code == 400
    assert "still in the form" not in response.content.decode()


def test_unavailable_says_when_to_come_back(visitor):
    assert visitor.get("/down/")["Retry-After"] == "30"


def test_an_unknown_address_has_a_page_within_the_frame(visitor, db):
    response = visitor.get("/en/no-such-page/")
    assert response.status_code == 404
    assert "We can't find this page" in response.content.decode()
    assert "site-foot" in response.content.decode()


def test_a_form_without_proof_of_origin_is_refused_kindly(db, client):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/en/accounts/login/", {"login": "a"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "The form has expired" in page
    assert (
        "If the page still shows what you typed, copy it" in page
    )  # it may not: the form is not kept by browsers


def test_a_request_over_the_limit_is_refused_as_too_large(db, client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client.raise_request_exception = False
    response = client.post("/en/accounts/login/", {"login": "a" * 500})
    assert response.status_code == 413


def test_too_many_attempts_have_their_page(rf, db, client):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/en/accounts/login/")
    request.user = AnonymousUser()
    response = errors.too_many_requests(request)
    assert response.status_code == 429
    assert response["Retry-After"] == "300"
    assert "Wait five minutes" in response.content.decode()


def test_machines_get_an_empty_405(rf):
    middleware = errors.ErrorPagesMiddleware(lambda request: HttpResponseNotAllowed(["POST"]))
    assert middleware(rf.get("/x/", headers={"accept": "application/json"})).content == b""
    assert b"<h1" in middleware(rf.get("/x/", headers={"accept": "text/html"})).content


def test_an_answer_that_says_something_itself_stays(rf):
    from django.http import HttpResponse

    middleware = errors.ErrorPagesMiddleware(lambda request: HttpResponse("own words", status=404))
    assert middleware(rf.get("/x/")).content == b"own words"


def test_a_broken_error_page_still_answers(rf, monkeypatch):
    monkeypatch.setattr(errors.loader, "render_to_string", lambda *a, **k: 1 / 0)
    response = errors._plain(rf.get("/lt/x/"), 500)
    assert response.status_code == 500
    assert b"The portal can" in response.content


def test_the_language_of_an_error_page_is_that_of_the_address(rf):
    assert b'<html lang="lt">' in errors._plain(rf.get("/lt/x/"), 500).content
    assert b'<html lang="en">' in errors._plain(rf.get("/en/x/"), 500).content


@pytest.mark.parametrize("name", ["accessibility", "privacy", "cookies", "contacts", "offline", "components"])
@pytest.mark.parametrize("language", ["en", "lt"])
def test_pages_of_text_are_open_to_everybody(client, db, name, language):
    response = client.get(f"/{language}/{name}/")
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count("<h1") == 1
    assert f'<html lang="{language}">' in html
