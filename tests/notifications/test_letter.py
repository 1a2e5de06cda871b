"""The bytes of an e-mail: what people typed never becomes a header, and mail programs read it as it was typed."""

import datetime as dt
import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from notifications import kinds
from notifications.letter import LONGEST, Letter, Mailbox, legible, written
from tests.notifications.conftest import PERIOD, say

NAME = "0123456789abcdef0123456789abcdef@alliance.example"
LETTER = Letter(
    NAME, dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC), "A subject", Mailbox("Portal", "portal@alliance.example"),
    Mailbox("Dainius Bandomasis", "dainius@people.example"), "en", "Text.\n", "<p>HTML</p>\n",
    "https://portal.example/en/stop/x/",
)  # fmt: skip
HEADERS = [
    "Message-ID", "Date", "Subject", "From", "To", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
    "Content-Language", "MIME-Version", "Content-Type",
]  # fmt: skip
ENCODED = "=?utf-8?q?x=0d=0aBcc:_a@b.example?="
HOSTILE = [
    ENCODED, "x\r\nBcc: a@b.example", "x\nBcc: a@b.example\n\nbody", "x\rBcc: a@b.example", "x\u2028Bcc: a@b.example",
    "x\x0bBcc: a@b.example", "x\x85Bcc: a@b.example", "=?utf-8?b?DQpCY2M6IGFAYi5leGFtcGxl?=", "\x00x", "\ud800x",
    'x" <a@b.example>, "y', "x <a@b.example>", "x, a@b.example", "x\\", 'x\\" <a@b.example>', "(x)", "Rūta (KTU)",
    "=?", "a =?utf-8?q?b?= c", "š" * 200, "x" * 2000, "word " * 300, "\u202eelpmaxe.b@a", "🎓" * 50,
    "=?x?q?" + "y" * 90,
]  # fmt: skip


def read(letter):
    return message_from_bytes(written(letter), policy=policy.default)


def heads(letter):
    """Name → what stands on the wire, without the line breaks that fold it."""
    top = written(letter).partition(b"\r\n\r\n")[0].decode()
    lines = re.sub(r"\r\n(?=[ \t])", "", top).split("\r\n")
    return dict(line.split(": ", 1) for line in lines)


def holds(letter):
    """Nothing is there that does not belong there, and every line is as lines of mails are."""
    data = written(letter)
    assert list(heads(letter)) == HEADERS
    assert [name for name, _ in read(letter).items()] == HEADERS
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", data)
    assert max(map(len, data.split(b"\r\n"))) <= LONGEST
    return heads(letter)


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_subject_is_text_whatever_was_typed(typed):
    subject = holds(replace(LETTER, subject=typed))["Subject"]
    assert str(make_header(decode_header(subject))) == legible(typed)
    assert str(read(replace(LETTER, subject=typed))["Subject"]) == legible(typed)


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_name_is_a_name_whatever_was_typed(typed):
    letter = replace(LETTER, sender=Mailbox(typed, "a@x.example"), recipient=Mailbox(typed, "b@x.example"))
    holds(letter)
    mail = read(letter)
    for name, address in (("From", "a@x.example"), ("To", "b@x.example")):
        assert [one.addr_spec for one in mail[name].addresses] == [address]
        shown = str(make_header(decode_header(heads(letter)[name]))).removesuffix(f" <{address}>")
        if shown.startswith('"'):
            shown = re.sub(r"\\(.)", r"\1", shown[1:-1])
        assert shown == legible(typed)


@trying(deadline=None)
@given(typed=st.text(st.characters(), max_size=200))
def test_nothing_anybody_types_becomes_a_header(typed):
    letter = replace(
        LETTER, subject=typed, recipient=Mailbox(typed, "b@x.example"), text=typed, html=f"<p>{typed}"
    )
    found = holds(letter)
    assert str(make_header(decode_header(found["Subject"]))) == legible(typed)
    assert found["To"].endswith("b@x.example" if not legible(typed) else " <b@x.example>")


def test_what_looks_like_an_encoded_word_is_not_one():
    found = holds(replace(LETTER, subject=ENCODED, recipient=Mailbox(ENCODED, "b@x.example")))
    assert "?q?" not in found["Subject"]
    assert "?q?" not in found["To"]
    assert "\n" not in str(make_header(decode_header(found["To"])))


def test_plain_words_stand_as_they_are():
    found = holds(LETTER)
    assert (found["Subject"], found["To"]) == ("A subject", "Dainius Bandomasis <dainius@people.example>")
    assert found["Date"] == "Sun, 01 Mar 2026 08:30:00 +0000"
    assert found["Message-ID"] == f"<{NAME}>"


@pytest.mark.parametrize("length", [20, 70, 150, 500, 900])
def test_the_way_out_stands_bare_and_in_one_piece_however_long(length):
    url = "https://portal.example/lt/" + "a1-_=&" * (length // 6) + "/"
    data = written(replace(LETTER, leave=url))
    assert (
        f"\r\nList-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode()
        in data
    )


def test_a_way_out_with_signs_that_no_address_has_can_add_nothing():
    found = holds(replace(LETTER, leave="https://portal.example/ž/>\r\nBcc: <a@b.example>"))
    assert found["List-Unsubscribe"] == "<https://portal.example/%C5%BE/%3E%0D%0ABcc:%20%3Ca@b.example%3E>"


@pytest.mark.parametrize("leave", ["", "https://portal.example/" + "a" * 1000])
def test_no_way_out_or_one_that_fits_no_line_is_no_header(leave):
    assert b"List-Unsubscribe" not in written(replace(LETTER, leave=leave))


@pytest.mark.parametrize(
    "text",
    ["Sveiki, Rūta!\n\n  Viskas gerai.\n", "x" * 3000, "a\r\nb\rc\n", ".\n..\n.dot\n", "trailing  \n\t\n", "=_x=20\n",
     "--=_0123456789abcdef0123456789abcdef\n", "🎓 = § \x00 \ud800\n"],
)  # fmt: skip
def test_texts_come_back_as_they_were(text):
    wanted = re.sub(r"\r\n?", "\n", text).encode("utf-8", "replace").decode()
    wanted = wanted if wanted.endswith("\n") else f"{wanted}\n"
    mail = read(replace(LETTER, text=text, html=text))
    for form in ("plain", "html"):
        assert mail.get_body((form,)).get_content().replace("\r\n", "\n") == wanted
    assert len(list(mail.iter_parts())) == 2


def test_a_text_without_html_is_one_part():
    mail = read(replace(LETTER, html=""))
    assert (mail.get_content_type(), mail.get_content().strip()) == ("text/plain", "Text.")


def test_an_address_with_letters_of_its_own_is_written_in_utf_8():
    data = written(replace(LETTER, recipient=Mailbox("Rūta", "rūta@people.example")))
    assert "To: =?utf-8?b?UsWrdGE=?= <rūta@people.example>\r\n".encode() in data


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [ENCODED, "x\r\nBcc: a@b.example", 'x" <a@b.example>, "'])
def test_a_sent_mail_holds_what_was_typed_as_text_alone(dainius, sender, relay, typed, settings):
    type(dainius).objects.filter(pk=dainius.pk).update(name=typed)
    settings.DEFAULT_FROM_EMAIL = '"Portal =?utf-8?q?=0d=0aBcc:_c@b.example?=" <portal@alliance.example>'
    say(dainius, subject=("x", dainius.uuid, typed))
    sender.run()
    [path] = relay.folder.glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert [name for name, _ in mail.items()] == HEADERS
    assert legible(typed) in mail["Subject"]
    assert [one.addr_spec for one in mail["To"].addresses] == [dainius.email]
    assert [one.addr_spec for one in mail["From"].addresses] == ["portal@alliance.example"]


@pytest.mark.django_db
def test_a_sent_mail_names_its_way_out_in_bytes(dainius, sender, relay):
    way = "/stop/" + "x" * 300 + "/"
    with kinds.temporarily(replace(kinds.find(PERIOD), leave=lambda context: way)):
        say(dainius)
        sender.run()
    [path] = relay.folder.glob("*.eml")
    assert f"\r\nList-Unsubscribe: <{settings.BASE_URL}{way}>\r\n".encode() in path.read_bytes()
