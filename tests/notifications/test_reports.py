"""What is told about a message once it has left: believed once, and only of what went there."""

import base64
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from ground import clock
from notifications import kinds, reports, troubles
from notifications.models import DeliveryReport, InboxItem, Message, Preference, TroubledAddress
from notifications.models.message import Correspondent
from notifications.reports import Told
from tests.notifications.conftest import PERIOD, say, state_of

pytestmark = pytest.mark.django_db
SECRET = "postmark:a-word-that-nobody-guesses"
GONE = "smtp;550 5.1.1 no such person"


def left(to, state="sent", **more):
    """A message that was handed over."""
    message = say(to, **more)
    now = clock.read()
    fields = {"state": state, "data_at": now, "sent_at": now if state == "sent" else None}
    Message.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


def told(message, address, outcome="gone", **more):
    return Told(message.uuid, address, outcome, "mail", **{"said": "550 5.1.1 no such person"} | more)


def chosen(person, kind=PERIOD):
    return Preference.objects.filter(user=person, kind=kind).values_list("delivery", flat=True).first()


def test_what_came_back_for_good_marks_the_address_and_tells_the_person_once(dainius):
    message = left(dainius)
    report = told(message, dainius.email.upper(), said=f"550 5.1.1 <{dainius.email.upper()}> unknown")
    assert reports.take(report)
    assert not reports.take(report)
    marked = TroubledAddress.objects.get()
    assert marked.reason == "bounced"
    kept = DeliveryReport.objects.get()
    assert "550 5.1.1" in kept.said
    assert dainius.email not in (kept.said + marked.said).lower()
    assert InboxItem.objects.filter(kind="notifications.refused", user=dainius).count() == 1


@pytest.mark.parametrize("outcome", ["returned", "delayed"])
def test_what_may_pass_is_noted_on_the_message_and_marks_nobody(dainius, outcome):
    message = left(dainius)
    assert reports.take(told(message, dainius.email, outcome, said="452 4.2.2 mailbox full"))
    assert message.reports.get().said == "452 4.2.2 mailbox full"
    assert not TroubledAddress.objects.exists()
    assert state_of(message) == "sent"


def test_a_complaint_ends_this_kind_and_what_is_optional(dainius, sender):
    message = left(dainius)
    assert reports.take(told(message, dainius.email, "complained"))
    assert chosen(dainius) == "off"
    assert TroubledAddress.objects.get().reason == "complained"
    later = say(dainius)
    sender.run()
    assert state_of(later) == "skipped"
    Preference.objects.update(delivery="daily")
    assert not reports.take(told(message, dainius.email, "complained"))
    assert chosen(dainius) == "daily", "a complaint that comes twice is one"


def test_a_complaint_about_what_cannot_be_switched_off_switches_nothing(dainius):
    kind = kinds.MessageKind(**kinds.find(PERIOD).__dict__ | {"transactional": True})
    with kinds.temporarily(kind):
        message = left(dainius)
        assert reports.take(told(message, dainius.email, "complained"))
    assert chosen(dainius) is None


@pytest.mark.parametrize("outcome", ["taken", "delivered", "delayed", "returned", "gone", "complained"])
def test_any_report_settles_an_uncertain_message_as_sent(dainius, outcome):
    message = left(dainius, "uncertain")
    assert reports.take(told(message, dainius.email, outcome))
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.error) == ("sent", message.data_at, "")


def test_nothing_is_kept_of_what_went_well(dainius):
    message = left(dainius)
    assert not reports.take(told(message, dainius.email, "delivered"))
    assert not DeliveryReport.objects.exists()


def test_a_text_that_is_wiped_once_sent_is_wiped_by_a_report_too(dainius):
    message = left(Correspondent("ana@x.example", "en"), "uncertain")
    Message.objects.filter(pk=message.pk).update(kind="account.mail", context={"text": "123456"})
    assert reports.take(told(message, "ana@x.example", "taken"))
    message.refresh_from_db()
    assert (message.context, message.address, message.state) == ({}, "", "sent")


@pytest.mark.parametrize("state", ["due", "failed", "cancelled", "skipped"])
def test_a_message_that_did_not_leave_has_no_report(dainius, state):
    message = left(dainius, state)
    assert not reports.take(told(message, dainius.email))
    Message.objects.filter(pk=message.pk).update(state="due", data_at=None)
    assert not reports.take(told(message, dainius.email))
    assert not DeliveryReport.objects.exists()
    assert not TroubledAddress.objects.exists()


def test_a_report_about_an_address_that_the_message_did_not_go_to_is_ignored(dainius, ana):
    message = left(dainius, "uncertain")
    for address in (
        ana.email,
        "nobody@x.example",
        "",
        "not an address",
        "a" * 3000,
        f"{dainius.email},x@y.example",
        "\x00",
    ):
        assert not reports.take(told(message, address))
    assert not reports.take(Told(uuid.uuid4(), dainius.email, "gone", "mail"))
    assert not TroubledAddress.objects.exists()
    assert not DeliveryReport.objects.exists()
    assert state_of(message) == "uncertain"


def test_an_address_with_letters_of_its_own_is_known_in_both_spellings():
    message = left(Correspondent("ana@žąsis.example", "en"))
    assert reports.take(told(message, "ana@" + "žąsis.example".encode("idna").decode()))
    assert TroubledAddress.objects.among({message.recipient}) == {message.recipient}


def test_what_arrives_later_ends_a_mark_and_what_left_before_it_does_not(dainius):
    before, _bounced = left(dainius, "uncertain"), left(dainius)
    assert reports.take(told(_bounced, dainius.email))
    assert reports.take(told(before, dainius.email, "delivered"))
    assert TroubledAddress.objects.exists(), "it had left before"
    assert reports.take(told(left(dainius, "uncertain"), dainius.email, "delivered"))
    assert not TroubledAddress.objects.exists()


def test_what_was_delivered_does_not_end_a_complaint(dainius):
    reports.take(told(left(dainius), dainius.email, "complained"))
    reports.take(told(left(dainius, "uncertain"), dainius.email, "delivered"))
    assert TroubledAddress.objects.exists()


def test_what_came_back_outlasts_a_relay_that_takes_everything(dainius, sender):
    troubles.mark(dainius.email, "refused", clock.read())
    reports.take(told(left(dainius), dainius.email))
    assert TroubledAddress.objects.get().reason == "bounced"
    troubles.taken(dainius.email)
    assert TroubledAddress.objects.exists()


# --- the provider's own way


@pytest.fixture
def postmark(settings):
    settings.MAIL_RELAY, settings.MAIL_PROVIDER = "provider", "postmark"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "x", "WEBHOOK_SECRET": [SECRET]}
    return Client(enforce_csrf_checks=True)


def post(client, event, secret=SECRET):
    body = event if isinstance(event, bytes) else json.dumps(event)
    known = {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
    return client.post(reverse("mail_reports"), body, content_type="application/json", headers=known)


def bounce(message, address, **more):
    return {
        "RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "Email": address, "Details": GONE,
        "BouncedAt": "2026-03-01T10:00:00Z", "MessageID": str(uuid.uuid4()),
        "Metadata": {"portal": message.uuid.hex},
    } | more  # fmt: skip


def test_there_is_no_such_address_until_a_provider_is_in_use_and_has_a_secret(
    settings, client, postmark, dainius
):
    settings.ANYMAIL |= {"WEBHOOK_SECRET": []}
    assert post(client, {}).status_code == 404
    settings.ANYMAIL |= {"WEBHOOK_SECRET": [SECRET]}
    settings.MAIL_RELAY = "smtp"
    assert post(client, {}).status_code == 404


@pytest.mark.parametrize("secret", ["", "postmark:wrong", ":", SECRET + "x"])
def test_a_stranger_changes_nothing(postmark, dainius, secret):
    message = left(dainius)
    assert post(postmark, bounce(message, dainius.email), secret).status_code == 403
    assert not DeliveryReport.objects.exists()


def test_a_bounce_that_comes_three_times_is_one(postmark, dainius):
    message = left(dainius)
    for _ in range(3):
        assert post(postmark, bounce(message, dainius.email)).status_code == 200
    assert DeliveryReport.objects.get().outcome == "gone"
    assert TroubledAddress.objects.count() == 1
    assert postmark.head(reverse("mail_reports")).status_code == 200
    assert postmark.get(reverse("mail_reports")).status_code == 405


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"Details": "smtp;452 4.2.2 full"}, "returned"),
        ({"Type": "SoftBounce", "Details": ""}, "returned"),
        ({"Details": ""}, "gone"),
        ({"Type": "BadEmailAddress", "Details": ""}, "gone"),
        ({"Type": "Blocked", "Details": "550 5.7.1 not from you"}, "returned"),
        ({"Type": "Transient", "Details": "421 busy"}, "delayed"),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complained"),
        ({"RecordType": "Open"}, ""),
        ({"RecordType": "Click"}, ""),
        ({"RecordType": "Delivery", "Recipient": "x"}, ""),
        ({"Metadata": {}}, ""),
        ({"Metadata": {"portal": "x" * 32}}, ""),
        ({"Metadata": {"portal": ["x"]}}, ""),
        ({"Metadata": {}, "Email": None}, ""),
    ],
)
def test_each_event_means_one_thing(postmark, dainius, more, outcome):
    message = left(dainius)
    assert post(postmark, bounce(message, dainius.email) | more).status_code == 200
    assert list(DeliveryReport.objects.values_list("outcome", flat=True)) == ([outcome] if outcome else [])


def test_a_delivery_settles_what_was_uncertain(postmark, dainius):
    message = left(dainius, "uncertain")
    event = {
        "RecordType": "Delivery", "Recipient": dainius.email, "DeliveredAt": "2026-03-01T10:00:00Z",
        "Metadata": {"portal": message.uuid.hex},
    }  # fmt: skip
    assert post(postmark, event).status_code == 200
    assert state_of(message) == "sent"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff", b"[" * 100_000, b'{"RecordType": []}',
             b'{"RecordType": "Bounce", "Metadata": 7, "BouncedAt": 5}']
)  # fmt: skip
def test_what_is_no_report_is_refused_plainly(postmark, body):
    assert post(postmark, body).status_code in (200, 400)
    assert not DeliveryReport.objects.exists()


def test_no_report_and_no_secret_gets_into_the_logs(postmark, dainius, caplog):
    message = left(dainius)
    with caplog.at_level("DEBUG"):
        post(postmark, bounce(message, dainius.email))
        post(postmark, bounce(message, dainius.email), "wrong:secret")
        post(postmark, b"{")
    for private in (dainius.email, SECRET, SECRET.partition(":")[2], "wrong"):
        assert private not in caplog.text


# --- the person


def test_a_person_says_that_the_address_works_again_and_the_next_bounce_marks_it_anew(client, dainius, ana):
    bounced = told(left(dainius), dainius.email)
    reports.take(bounced)
    troubles.mark(ana.email, "bounced", clock.read())
    client.force_login(dainius)
    page = client.get("/en/inbox/preferences/").content.decode()
    assert "My address works again" in page
    assert client.get(reverse("notifications:works_again")).status_code == 405
    assert client.post(reverse("notifications:works_again"), {"email": ana.email}).status_code == 302
    assert troubles.of(dainius) is None
    assert troubles.of(ana) is not None, "only the own address"
    assert "My address works again" not in client.get("/en/inbox/preferences/").content.decode()
    assert not reports.take(bounced), "the same one again changes nothing"
    assert troubles.of(dainius) is None
    reports.take(told(left(dainius), dainius.email))
    assert troubles.of(dainius) is not None


def test_who_complained_can_take_it_back(client, dainius):
    reports.take(told(left(dainius), dainius.email, "complained"))
    client.force_login(dainius)
    assert "Send me e-mails again" in client.get("/en/inbox/preferences/").content.decode()
    client.post(reverse("notifications:works_again"))
    assert troubles.of(dainius) is None
    said = client.post(reverse("notifications:works_again"), follow=True).content.decode()
    assert "Nothing was held back" in said
