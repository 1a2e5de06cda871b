from contextlib import suppress

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, send_mail
from django.db import transaction

from notifications.models import InboxItem, Message
from notifications.models.message import recipient_at
from notifications.relays import Delayed, Refused
from notifications.sender import Sender
from tests.notifications.test_sender import Scripted

pytestmark = pytest.mark.django_db

BACKEND = "notifications.mail.OutboxBackend"


@pytest.fixture(autouse=True)
def through_the_outbox(settings):
    settings.EMAIL_BACKEND = BACKEND


def send(to="new@people.example", subject="Code: 123456", **more):
    return send_mail(subject, "Your code is 123456.", None, [to], **more)


def test_a_code_becomes_a_row_and_no_item_in_an_inbox():
    assert send() == 1
    message = Message.objects.get()
    assert message.kind == "account.mail"
    assert message.recipient == recipient_at("NEW@people.example")
    assert message.address == "new@people.example"
    assert not InboxItem.objects.exists()


def test_a_code_arrives_and_is_kept_no_longer(sender, arrived):
    send()
    sender.run()
    assert "Your code is 123456." in arrived()[0]
    assert "Subject: Code: 123456" in arrived()[0]
    message = Message.objects.get()
    assert message.state == Message.State.SENT
    assert message.context == {}
    assert message.address == ""


def test_a_code_that_was_refused_is_kept_no_longer_and_the_address_is_told(tmp_path):
    send()
    Sender(Scripted(tmp_path, before=Refused("550"))).run()
    message = Message.objects.get()
    assert message.context == {}
    assert message.address == "new@people.example"


def test_a_code_that_waits_is_kept(tmp_path):
    send()
    Sender(Scripted(tmp_path, before=Delayed("451"))).run()
    assert Message.objects.get().context["text"] == "Your code is 123456."


def test_html_goes_along(sender, arrived):
    mail = EmailMultiAlternatives("S", "text", None, ["new@people.example"])
    mail.attach_alternative("<p>html</p>", "text/html")
    mail.send()
    sender.run()
    assert "<p>html</p>" in arrived()[0]


def test_each_recipient_gets_a_message_of_their_own():
    EmailMessage(
        "S", "text", None, ["a@people.example"], cc=["B <b@people.example>"], bcc=["c@people.example"]
    ).send()
    assert sorted(Message.objects.values_list("address", flat=True)) == [
        "a@people.example", "b@people.example", "c@people.example",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "to", ["a@people.example\nBcc: b@people.example", "nobody", "@", "a" * 230 + "@b.example"]
)
def test_what_is_not_an_address_gets_nothing_and_no_page_breaks(to, caplog):
    assert EmailMessage("S", "text", None, ["good@people.example", to]).send() == 0
    assert not Message.objects.exists()
    assert "account mail not sent" in caplog.text
    assert "b.example" not in caplog.text
    assert "nobody" not in caplog.text


def test_an_address_that_grows_too_long_in_ascii_gets_nothing():
    assert send(to="a@" + "ū." * 60 + "example") == 0
    assert not Message.objects.exists()


def test_a_silent_sender_is_not_disturbed():
    mail = EmailMessage("S", "t", None, ["a@people.example"])
    mail.attach("a.txt", "x", "text/plain")
    assert (
        get_connection(fail_silently=True).send_messages([mail, EmailMessage("S", "t", None, ["nobody"])])
        == 0
    )


def test_a_subject_with_line_breaks_stays_one_line(sender, arrived):
    send(subject="Code\r\nBcc: b@people.example")
    sender.run()
    assert "Subject: Code Bcc: b@people.example" in arrived()[0]


def test_attachments_are_refused():
    mail = EmailMessage("S", "text", None, ["a@people.example"])
    mail.attach("a.txt", "x", "text/plain")
    with pytest.raises(ValueError, match="attachments"):
        mail.send()


def test_mail_of_a_transaction_that_is_undone_is_never_sent():
    class Undone(Exception):
        pass

    with suppress(Undone), transaction.atomic():
        send()
        raise Undone
    assert not Message.objects.exists()
