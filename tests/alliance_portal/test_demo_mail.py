import pytest
from django.urls import reverse

from notifications.sender import Sender
from tests.notifications.conftest import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(dainius):
    message = say(dainius, subject=("x", dainius.uuid, "Tea & <i>cake</i>"))
    Sender().run()
    return message


def test_sent_mail_can_be_read_by_everybody_in_the_demo(client, sent):
    page = client.get(reverse("pages:demo_mail")).content.decode()
    assert "Tea &amp; &lt;i&gt;cake&lt;/i&gt; ends on" in page
    assert "dainius@people.example" in page
    response = client.get(reverse("pages:demo_mail_message", args=[sent.message_id]))
    text = response.content.decode()
    assert "Check what is still to be done" in text
    assert '/en/projects/s-net-24-50/"' in text
    assert "<i>" not in text


def test_the_newest_comes_first(client, dainius):
    for name in ("FIRST", "SECOND"):
        say(dainius, subject=("x", dainius.uuid, name))
        Sender().run()
    mails = client.get(reverse("pages:demo_mail")).context["mails"]
    assert [mail.subject.split()[0] for mail in mails] == ["SECOND", "FIRST"]


def test_before_anything_was_sent_the_page_says_so(client):
    assert "Nothing was sent yet" in client.get(reverse("pages:demo_mail")).content.decode()


@pytest.mark.parametrize("setting", [{"DEMO": False}, {"MAIL_RELAY": "smtp"}])
def test_outside_of_the_demo_there_is_no_such_page(client, sent, settings, setting):
    for name, value in setting.items():
        setattr(settings, name, value)
    assert client.get(reverse("pages:demo_mail")).status_code == 404
    assert client.get(reverse("pages:demo_mail_message", args=[sent.message_id])).status_code == 404


@pytest.mark.parametrize(
    "name", ["..", "x", "%2e%2e%2fsecret_key", "0" * 32 + "@alliance.example", "a" * 5000, "%00"]
)
def test_other_names_lead_nowhere(client, sent, name):
    assert client.get(f"/en/demo/mail/{name}/").status_code == 404


def test_a_file_that_is_no_mail_does_not_break_the_list(client, sent, tmp_path):
    (tmp_path / "mail" / "broken.eml").write_bytes(b"\xff\xfe\x00 nothing")
    (tmp_path / "mail" / "unfinished.123.new").write_bytes(b"x")
    assert client.get(reverse("pages:demo_mail")).status_code == 200
