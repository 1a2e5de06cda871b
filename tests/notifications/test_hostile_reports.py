"""What a stranger, or a provider gone mad, sends as a report: refused plainly, and nothing changes."""

import base64
import hashlib
import hmac
import itertools
import json
import time

import pytest
from django.test import Client
from django.urls import reverse

from notifications import provider
from notifications.models import DeliveryReport, TroubledAddress

pytestmark = pytest.mark.django_db
SECRET = "word:that-nobody-guesses"
RIGHT = "Basic " + base64.b64encode(SECRET.encode()).decode()
ODD = [
    None, 0, -1, 1e30, -1e30, 10**400, True, "", "x", "\x00", "\ud800", "9" * 5000, [], [[]], {}, [None], {"": None},
    "2026-02-31T25:61:61Z", "Infinity",
]  # fmt: skip
NAMES = {
    "brevo": ("event", "email", "ts_epoch", "message-id", "date", "tags", "id", "X-Mailin-custom", "reason"),
    "mailgun": ("signature", "event-data"),
    "mailjet": ("event", "time", "email", "MessageID", "Payload", "CustomID", "error_related_to", "error"),
    "mailtrap": ("events",),
    "mandrill": ("mandrill_events",),
    "postmark": ("RecordType", "MessageID", "BouncedAt", "ID", "Type", "Metadata", "Email", "Tag", "Details"),
    "sparkpost": ("msys",),
}
GOOD = {
    "brevo": {"event": "hard_bounce", "email": "a@b.example", "ts_epoch": 1, "message-id": "x"},
    "mailjet": {"event": "bounce", "email": "a@b.example", "time": 1, "MessageID": 1},
    "postmark": {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "Email": "a@b.example",
        "MessageID": "x",
    },
}


def mailgun(data):
    stamp, token = str(int(time.time())), "a" * 50
    sign = hmac.new(b"sign", f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"signature": {"timestamp": stamp, "token": token, "signature": sign}, "event-data": data}


def bodies(name):
    """Broken in every field, one after the other."""
    yield from (b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 20_000, b"1", b'"x"')
    inner = GOOD.get(name, {})
    for key, value in itertools.product(NAMES[name], ODD):
        yield {**inner, key: value}
        yield [{**inner, key: value}]
    for value in ODD:
        if name == "mailgun":
            good = {"event": "failed", "timestamp": 1, "recipient": "a@b.example", "message": {"headers": {}}}
            yield mailgun(value)
            yield from (
                mailgun({**good, key: value}) for key in (*good, "user-variables", "delivery-status", "tags")
            )
        if name == "mailtrap":
            good = {"event": "bounce", "timestamp": 1, "email": "a@b.example", "message_id": "x"}
            yield from (
                {"events": [{**good, key: value}]}
                for key in (*good, "custom_variables", "response", "category")
            )
        if name == "sparkpost":
            good = {"type": "bounce", "timestamp": "1", "rcpt_to": "a@b.example", "bounce_class": "10"}
            keys = (*good, "rcpt_meta", "raw_reason", "rcpt_tags", "transmission_id")
            yield from ([{"msys": {"message_event": {**good, key: value}}}] for key in keys)


@pytest.mark.parametrize("name", sorted(provider.PROVIDERS))
def test_whatever_comes_with_the_right_secret_breaks_nothing(settings, name):
    settings.MAIL_RELAY, settings.MAIL_PROVIDER = "provider", name
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": [SECRET], "MAILGUN_API_KEY": "x", "MAILGUN_WEBHOOK_SIGNING_KEY": "sign",
        "MANDRILL_API_KEY": "x", "MANDRILL_WEBHOOK_KEY": "x",
    }  # fmt: skip
    client = Client(raise_request_exception=False)
    wrong = {}
    for body in bodies(name):
        data = body if isinstance(body, bytes) else json.dumps(body)
        answer = client.post(
            reverse("mail_reports"), data, "application/json", headers={"authorization": RIGHT}
        )
        if answer.status_code not in (200, 400, 403):
            wrong[str(data)[:150]] = answer.status_code
    assert wrong == {}
    assert not DeliveryReport.objects.exists()
    assert not TroubledAddress.objects.exists()


@pytest.mark.parametrize("name", ["mandrill"])
def test_a_mandrill_report_that_is_signed_and_mad_breaks_nothing(settings, name):
    settings.MAIL_RELAY, settings.MAIL_PROVIDER = "provider", name
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MANDRILL_API_KEY": "x", "MANDRILL_WEBHOOK_KEY": "k",
                        "MANDRILL_WEBHOOK_URL": "https://x.example/"}  # fmt: skip
    client = Client(raise_request_exception=False)
    wrong = {}
    good = {"event": "hard_bounce", "ts": 1, "_id": "x", "msg": {"email": "a@b.example", "metadata": {}}}
    mad = [*ODD, *([{**good, key: value}] for key in (*good, "reject") for value in ODD)]
    mad += [[{**good, "msg": {"email": "a@b.example", key: value}}] for key in ("metadata", "tags", "diag", "email")
            for value in ODD]  # fmt: skip
    for events in mad:
        said = json.dumps(events)
        signed = hmac.new(b"k", f"https://x.example/mandrill_events{said}".encode(), hashlib.sha1).digest()
        answer = client.post(
            reverse("mail_reports"), {"mandrill_events": said},
            headers={"authorization": RIGHT, "x-mandrill-signature": base64.b64encode(signed).decode()},
        )  # fmt: skip
        if answer.status_code not in (200, 400, 403):
            wrong[said[:150]] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("name", sorted(provider.PROVIDERS))
@pytest.mark.parametrize(
    "said",
    ["", "Basic", "Basic %%%", "Basic ////", "Basic ÿÿÿ", "Bearer x", "Basic " + "A" * 100_000, "basic " + RIGHT[6:-2],
     "Basic " + base64.b64encode("ž:ž".encode()).decode(), "Basic " + base64.b64encode(b"\xff:\xfe").decode()],
)  # fmt: skip
def test_whoever_proves_nothing_is_refused(settings, name, said):
    settings.MAIL_RELAY, settings.MAIL_PROVIDER = "provider", name
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": [SECRET], "MAILGUN_API_KEY": "x", "MAILGUN_WEBHOOK_SIGNING_KEY": "sign",
        "MANDRILL_API_KEY": "x", "MANDRILL_WEBHOOK_KEY": "x",
    }  # fmt: skip
    client = Client(raise_request_exception=False)
    for kind in (
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/x-www-form-urlencoded",
    ):
        answer = client.post(reverse("mail_reports"), b'{"a": 1}', kind, headers={"authorization": said})
        assert answer.status_code in (400, 403), kind
    assert client.get(reverse("mail_reports")).status_code == 405
