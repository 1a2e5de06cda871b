"""The bytes of an e-mail: headers that nothing can break out of, and its texts.

Written here and not by `email.message`, which takes several times as long and folds long addresses of the web in
encoded words that no mail program follows. Text that people typed is one line, in ASCII as it is or else as encoded
words; what only looks like an encoded word is encoded too, so that it is read as it was written.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote

from notifications import kinds

LINE = 76  # signs of a line that is folded (RFC 5322, 2.1.1, and 2047, 2)
LONGEST = 998  # bytes that a line may have
_WORD = 39  # bytes in one encoded word: 52 signs in base64, and twelve around them
_PLAIN = re.compile(r"[\x20-\x7e]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_URL = (
    "%:/?#[]@!$&'()*+,;=-._~"  # what an address of the web is made of besides letters and digits (RFC 3986)
)


@dataclass(frozen=True)
class Mailbox:
    """A name, which may be empty, and a checked address."""

    name: str
    address: str


@dataclass(frozen=True)
class Letter:
    """What an e-mail says. `message_id` is without angle brackets; `leave` where one click ends such letters, or ""."""

    message_id: str
    moment: dt.datetime
    subject: str
    sender: Mailbox
    recipient: Mailbox
    language: str
    text: str
    html: str = ""
    leave: str = ""


def written(letter: Letter) -> bytes:
    """The letter as it goes over the wire: lines end in CRLF and have at most 998 bytes.

    In ASCII, but for an address whose local part is not: then To is in UTF-8 (RFC 6532).
    """
    head = [
        f"Message-ID: <{letter.message_id}>",
        f"Date: {format_datetime(letter.moment)}",
        _header("Subject", letter.subject),
        _mailbox("From", letter.sender),
        _mailbox("To", letter.recipient),
        "Auto-Submitted: auto-generated",
        *_way_out(letter.leave),
        f"Content-Language: {letter.language}",
        "MIME-Version: 1.0",
    ]
    plain = _part("plain", letter.text)
    if not letter.html:
        return "\r\n".join(head).encode("utf-8", "replace") + b"\r\n" + plain
    # No line of quoted-printable holds "=_": this can't come up in the texts.
    boundary = f"=_{letter.message_id.partition('@')[0]}"
    head.append(f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"')
    border = f"\r\n--{boundary}".encode()
    top = "\r\n".join(head).encode("utf-8", "replace") + b"\r\n"
    return b"".join(
        (top, border, b"\r\n", plain, border, b"\r\n", _part("html", letter.html), border, b"--\r\n")
    )


def legible(text: str) -> str:
    """`text` as it can stand in one line of a header: no line breaks, control signs, or halves of signs."""
    return kinds.one_line(text).encode("utf-8", "replace").decode()


def _part(kind: str, text: str) -> bytes:
    """One text with its headers. Ends with a line break."""
    lines = re.sub(r"\r\n?", "\n", text if text.endswith("\n") else f"{text}\n").encode("utf-8", "replace")
    body = binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    )
    return head.encode() + body


def _way_out(url: str) -> list[str]:
    """RFC 2369 and 8058. The address stands in one piece; one too long for any line is left to the text."""
    line = f"List-Unsubscribe: <{quote(url, safe=_URL)}>"
    if not url or len(line) > LONGEST:
        return []
    return [line, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _header(name: str, typed: str) -> str:
    """A header of free text."""
    text = legible(typed)
    bare = _PLAIN.fullmatch(text) and "=?" not in text and max(map(len, text.split()), default=0) < LINE
    return _folded(f"{name}:", text.split(" ") if bare else _encoded(text))


def _mailbox(name: str, box: Mailbox) -> str:
    """A header with one name and address."""
    typed, address = legible(box.name), f"<{box.address}>"
    if not typed:
        return f"{name}: {box.address}"
    if "=?" in typed or not _PLAIN.fullmatch(typed) or len(typed) > LINE:
        return _folded(f"{name}:", [*_encoded(typed), address])
    if not _ATOMS.fullmatch(typed):
        typed = '"' + typed.replace("\\", r"\\").replace('"', r"\"") + '"'
    return _folded(f"{name}:", [*typed.split(" "), address])


def _folded(line: str, words: list[str]) -> str:
    """The words, a space before each, in lines of `LINE` signs; a word that is longer has a line of its own."""
    lines = [line]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > LINE and lines[-1] != line:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _encoded(text: str) -> list[str]:
    """Encoded words (RFC 2047), each of whole signs; read one after the other they are `text`."""
    return [f"=?utf-8?b?{base64.b64encode(piece.encode()).decode()}?=" for piece in _pieces(text)]


def _pieces(text: str) -> Iterator[str]:
    piece, size = "", 0
    for sign in text:
        length = len(sign.encode())
        if size + length > _WORD:
            yield piece
            piece, size = "", 0
        piece, size = piece + sign, size + length
    yield piece
