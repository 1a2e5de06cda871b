"""Headers that every answer carries."""

import pytest

pytestmark = pytest.mark.django_db
ANSWERS = [
    "/",
    "/en/",
    "/lt/projects/",
    "/en/no-such-page/",
    "/admin/",
    "/robots.txt",
    "/livez",
    "/en/my-work/",
]


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_protects_itself(client, address):
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response


def test_a_foreign_host_is_refused_in_the_same_way(client):
    response = client.get("/en/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert response["X-Frame-Options"] == "DENY"


def test_personal_pages_are_kept_by_nobody(client, ana):
    client.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "no-store" in client.get("/en/my-work/")["Cache-Control"]
