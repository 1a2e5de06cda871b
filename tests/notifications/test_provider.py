"""A message handed to a mail provider: the same content, and certainty about what had left."""

import logging
from email import message_from_bytes, policy

import pytest
from django.core.checks import run_checks

from ground import clock
from notifications import provider, relays, reports
from notifications.composing import Envelope, compose
from notifications.models import Message, TroubledAddress
from notifications.provider import PROVIDERS, ProviderRelay
from notifications.relays import Delayed, Refused, Unclear
from notifications.sender import LeaseLost, Sender
from tests.notifications.conftest import say, state_of
from tests.notifications.provider_box import provider_box

pytestmark = pytest.mark.django_db
State = Message.State
KEY = "key-that-nobody-may-read"
KEYS = {
    "BREVO_API_KEY": KEY, "MAILGUN_API_KEY": KEY, "MAILJET_API_KEY": KEY, "MAILJET_SECRET_KEY": KEY,
    "MAILTRAP_API_TOKEN": KEY, "MANDRILL_API_KEY": KEY, "POSTMARK_SERVER_TOKEN": KEY, "SPARKPOST_API_KEY": KEY,
    "MANDRILL_WEBHOOK_KEY": KEY,
}  # fmt: skip


@pytest.fixture
def box():
    with provider_box() as one:
        yield one


@pytest.fixture
def postmark(settings, box):
    settings.ANYMAIL = KEYS | {"POSTMARK_API_URL": box.url, "REQUESTS_TIMEOUT": 0.5, "WEBHOOK_SECRET": []}
    settings.MAIL_RELAY, settings.MAIL_PROVIDER = "provider", "postmark"
    with relays.chosen() as relay:
        yield relay


@pytest.fixture
def envelope(dainius):
    return compose(say(dainius), dainius, clock.now())


@pytest.fixture
def handed():
    return []


def test_the_provider_gets_what_a_relay_would_get(postmark, box, envelope, dainius):
    postmark.deliver(envelope, lambda: None)
    [sent] = box.taken
    read = message_from_bytes(envelope.data, policy=policy.default)
    assert sent["Subject"] == read["Subject"]
    assert dainius.email in sent["To"]
    assert sent["TextBody"] == read.get_body(("plain",)).get_content()
    assert sent["HtmlBody"] == read.get_body(("html",)).get_content()
    headers = {one["Name"]: one["Value"] for one in sent["Headers"]}
    for name in (
        "Message-ID",
        "Auto-Submitted",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Content-Language",
    ):
        assert headers[name] == read[name], name
    assert headers["List-Unsubscribe"].startswith("<http")
    assert headers["X-PM-KeepID"] == "true"
    assert sent["Metadata"] == {"portal": envelope.message_id[:32]}
    assert (sent["TrackOpens"], sent["TrackLinks"]) == (False, "None")


def test_the_text_leaves_only_after_it_was_said(postmark, box, envelope, handed):
    postmark.deliver(envelope, lambda: handed.append(len(box.taken)))
    assert handed == [0]
    assert len(box.taken) == 1


def test_what_stops_the_delivery_stops_it_before_anything_leaves(postmark, box, envelope):
    def stop():
        raise LeaseLost

    with pytest.raises(LeaseLost):
        postmark.deliver(envelope, stop)
    assert box.taken == []


def test_a_connection_serves_many_messages(postmark, box, envelope):
    for _ in range(3):
        postmark.deliver(envelope, lambda: None)
    assert len(box.connections) == 1


@pytest.mark.parametrize(
    ("status", "answer", "error", "whole"),
    [
        (401, {"ErrorCode": 10, "Message": "bad token"}, Delayed, True),
        (403, {}, Delayed, True),
        (404, {}, Delayed, True),
        (429, {"Message": "slower"}, Delayed, True),
        (500, {"Message": "sorry"}, Delayed, True),
        (503, {"Message": "later"}, Delayed, True),
        (307, {}, Delayed, True),
        (413, {"Message": "too large"}, Refused, None),
        (422, {"ErrorCode": 402, "Message": "no such sender"}, Refused, None),
        (502, b"<html>", Unclear, None),
        (504, b"<html>", Unclear, None),
        (200, b"<html>", Unclear, None),
        (200, {}, Unclear, None),
    ],
)
def test_each_answer_means_one_thing(postmark, box, envelope, status, answer, error, whole):
    box.status, box.answer = status, answer
    box.extra = {"Location": f"{box.url}elsewhere"} if status == 307 else {}
    with pytest.raises(error) as told:
        postmark.deliver(envelope, lambda: None)
    assert box.paths == ["/email"], "asked once, and led nowhere else"
    assert KEY not in str(told.value)
    if whole:
        assert told.value.whole
    if error is Refused:
        assert not told.value.address


REFUSALS = {
    300: "Error parsing 'To': Illegal email domain 'x' in address '%s'.",
    406: "Found inactive addresses: %s. Inactive recipients are ones that have generated a hard bounce.",
}


@pytest.mark.parametrize("code", [300, 406])
def test_an_address_that_the_provider_refuses_is_no_address(postmark, box, envelope, code, dainius):
    box.status = 422
    box.answer = {"ErrorCode": code, "Message": REFUSALS[code] % dainius.email}
    with pytest.raises(Refused) as told:
        postmark.deliver(envelope, lambda: None)
    assert told.value.address


def test_a_refusal_in_other_words_is_no_yes(postmark, box, envelope):
    box.status, box.answer = 422, {"ErrorCode": 406, "Message": "They changed the words."}
    with pytest.raises(Refused, match="changed the words"):
        postmark.deliver(envelope, lambda: None)


@pytest.mark.parametrize("play", ["drop", "hang"])
def test_no_answer_after_the_text_is_unclear(postmark, box, envelope, handed, play):
    box.play = play
    with pytest.raises(Unclear):
        postmark.deliver(envelope, lambda: handed.append(1))
    assert handed == [1]
    assert len(box.taken) == 1


def test_nobody_listening_is_certain(settings, postmark, box, envelope, handed):
    settings.ANYMAIL |= {"POSTMARK_API_URL": "http://127.0.0.1:1/"}
    with pytest.raises(Delayed) as told:
        ProviderRelay("postmark").deliver(envelope, lambda: handed.append(1))
    assert told.value.whole
    assert handed == []


def test_a_proxy_changes_nothing_about_what_is_said_before(
    settings, monkeypatch, postmark, box, envelope, handed
):
    monkeypatch.setenv("http_proxy", box.url)
    monkeypatch.setenv("no_proxy", "")
    settings.ANYMAIL |= {"POSTMARK_API_URL": "http://provider.invalid/"}
    ProviderRelay("postmark").deliver(envelope, lambda: handed.append(len(box.taken)))
    assert handed == [0]
    assert box.paths == ["http://provider.invalid/email"]


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_every_provider_can_be_given_a_message_and_proves_its_reports(settings, envelope, name, box):
    settings.ANYMAIL = KEYS | {f"{name.upper()}_API_URL": box.url, "WEBHOOK_SECRET": ["a:b"]}
    relay, handed = ProviderRelay(name), []
    box.status = 503
    with pytest.raises(Delayed, match="503"):
        relay.deliver(envelope, lambda: handed.append(len(box.taken)))
    assert handed == [0]
    assert len(box.taken) == 1
    assert relay._mail(envelope).extra_headers.get("Message-ID", "") or name == "mailjet"
    from django.utils.module_loading import import_string

    assert import_string(f"anymail.webhooks.{name}.{PROVIDERS[name].reports}")().basic_auth == ["a:b"]


def outcome(dainius, box, **how):
    for name, value in how.items():
        setattr(box, name, value)
    message = say(dainius)
    Sender().run()
    return message, state_of(message)


def test_a_message_is_sent_once_and_an_unclear_one_never_again(postmark, box, dainius):
    _message, state = outcome(dainius, box)
    assert state == State.SENT
    _message, state = outcome(dainius, box, play="drop")
    assert state == State.UNCERTAIN
    box.play = ""
    Sender().run()
    assert len(box.taken) == 2


def test_a_wrong_key_loses_no_message_and_tells_nobodys_address(postmark, box, dainius, caplog):
    with caplog.at_level(logging.INFO):
        message, state = outcome(dainius, box, status=401, answer={"ErrorCode": 10, "Message": dainius.email})
    assert state == State.DUE
    assert "401" in caplog.text
    for private in (KEY, dainius.email):
        assert private not in caplog.text
        assert private not in Message.objects.get(pk=message.pk).error
    box.status, box.answer = 200, {"ErrorCode": 0, "Message": "OK", "MessageID": "x"}
    Message.objects.update(next_attempt_at=clock.read())
    Sender().run()
    assert state_of(message) == State.SENT


def test_a_refused_address_is_marked(postmark, box, dainius):
    _message, state = outcome(
        dainius, box, status=422,
        answer={"ErrorCode": 406, "Message": REFUSALS[406] % dainius.email},
    )  # fmt: skip
    assert state == State.FAILED
    marked = TroubledAddress.objects.get()
    assert marked.reason == "refused"
    assert dainius.email not in marked.said


def test_a_report_that_was_faster_than_the_answer_settles_the_message(postmark, box, dainius, monkeypatch):
    box.play = "drop"
    message = say(dainius)
    report = reports.Told(message.uuid, dainius.email, "taken", "postmark")
    settled = Sender._finish

    def told_meanwhile(self, row, state, error):
        assert reports.take(report)
        settled(self, row, state, error)

    monkeypatch.setattr(Sender, "_finish", told_meanwhile)
    Sender().run()
    assert state_of(message) == State.SENT


def test_a_sender_that_takes_over_believes_the_report(postmark, box, dainius):
    message = say(dainius)
    long_ago = clock.read() - 2 * Sender.lease
    Message.objects.filter(pk=message.pk).update(
        state="sending", lease_owner="dead", lease_until=long_ago, data_at=long_ago, attempts=1
    )
    assert reports.take(reports.Told(message.uuid, dainius.email, "delivered", "postmark", event="1"))
    Sender().run()
    assert state_of(message) == State.SENT
    assert box.taken == []


def test_addresses_with_letters_of_their_own_and_no_html_can_be_said(postmark, box):
    data = "Message-ID: <x@y.example>\r\nSubject: Labas, žąsie\r\nFrom: P <p@y.example>\r\n"
    data += "To: žąsis@people.example\r\n\r\nlabas\r\n"
    postmark.deliver(
        Envelope("x@y.example", "p@y.example", "žąsis@people.example", data.encode()), lambda: None
    )
    assert box.taken[0]["Subject"] == "Labas, žąsie"
    assert "HtmlBody" not in box.taken[0]


@pytest.mark.parametrize(
    ("name", "more", "secret", "found"),
    [
        ("postmark", {}, [], set()),
        ("postmark", {}, ["postmark:" + "x" * 30], set()),
        ("postmark", {}, ["a:b"], {"notifications.E004"}),
        ("postmark", {}, ["x" * 60], {"notifications.E004"}),
        ("pigeon", {}, [], {"notifications.E003"}),
        ("brevo", {"BREVO_API_KEY"}, [], {"notifications.E003"}),
    ],
)
def test_settings_that_cannot_work_are_said_at_the_start(settings, name, more, secret, found):
    settings.MAIL_RELAY, settings.MAIL_PROVIDER = "provider", name
    settings.ANYMAIL = {key: KEY for key in KEYS if key not in more} | {"WEBHOOK_SECRET": secret}
    told = [one for one in run_checks() if one.id in ("notifications.E003", "notifications.E004")]
    assert {one.id for one in told} == found
    assert KEY not in " ".join(map(str, told))


def test_an_unknown_provider_is_named_as_such():
    with pytest.raises(provider.UnknownProvider, match="postmark"):
        provider.find("pigeon")
