"""PDFs that do something by themselves, lead out of the document or carry other files.

Every object of the file is looked at, reached from a page or not, and also those that its directory doesn't list:
viewers repair a broken directory and find them. Source of what acts: ISO 32000-1, 12.6 (actions) and 7.3.8 (streams).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import IndirectObject, NullObject, StreamObject, read_object

MAX_OBJECTS = 50_000
MAX_VALUES = 600_000
MAX_NESTING = 60
MAX_SECONDS = 1.5  # of the processor, so that a busy machine refuses nothing more

_KEYS = {"/AA", "/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent"}
_KINDS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
    "/RichMedia", "/3D", "/EmbeddedFile", "/FileAttachment", "/Screen", "/RichMediaExecute", "/GoTo3DView",
}  # fmt: skip
_ACTIONS = _KINDS | {"/Thread", "/Named"}
_OUTSIDE = ("/F", "/FFilter", "/FDecodeParms")
_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_OBJECT = re.compile(rb"(?<![0-9])[0-9]{1,10}\s{1,9}[0-9]{1,5}\s{1,9}obj(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAMED_SO = re.compile(
    rb"/(?:AA|JS|JavaScript|XFA|EmbeddedFiles?|EF|Launch|SubmitForm|ImportData|GoTo[ER]|Rendition|ObjStm)(?![A-Za-z0-9])"
)


class Acts(Exception):
    """There is a program, a file or media in it, or an action that leads out of it."""


class LeadsElsewhere(Acts):
    """A link has an address that is neither of the web nor of e-mail."""


class TooComplicated(Exception):
    """There is more in it than is looked at."""


def look_through(reader: PdfReader, raw: bytes) -> None:
    """Look at everything in the file. Raises Acts, LeadsElsewhere or TooComplicated."""
    _Look(reader).at_all(raw)


class _Look:
    """One look through a file, which ends when it has cost too much."""

    def __init__(self, reader: PdfReader) -> None:
        self.reader = reader
        self.values = 0
        self.until = time.thread_time() + MAX_SECONDS

    def at_all(self, raw: bytes) -> None:
        keys = {(number, of) for of, numbers in self.reader.xref.items() for number in numbers}
        keys |= {(number, 0) for number in self.reader.xref_objStm}
        if len(keys) > MAX_OBJECTS:
            raise TooComplicated
        self.reader.strict = True  # what is read only by guessing is read as text
        self._at(self.reader.trailer)
        self._at_opening()
        for number, of in keys:
            self._at_listed(number, of)
        for chunk in self._unlisted(raw):
            self._at_unlisted(chunk)
        self.reader.strict = False

    def _at_listed(self, number: int, of: int) -> None:
        try:
            value = IndirectObject(number, of, self.reader).get_object()
        except Exception:
            # A parser given hostile bytes raises almost anything; the object's text is looked at later.
            self.reader.xref.get(of, {}).pop(number, None)
            if number in self.reader.xref_objStm:
                raise
        else:
            self._at(value)

    def _at_opening(self) -> None:
        """It may open at a page of its own (as text processors write it), and do nothing else at opening."""
        opening = self._plain(self.reader.root_object.get("/OpenAction"))
        if opening is None or isinstance(opening, list | NullObject):
            return
        if not isinstance(opening, dict) or self._plain(opening.get("/S")) != "/GoTo":
            raise Acts

    def _at(self, found: Any) -> None:
        waiting = [(found, MAX_NESTING)]
        while waiting:
            value, depth = waiting.pop()
            self.values += 1
            if depth == 0:
                raise Acts
            if self.values > MAX_VALUES or time.thread_time() > self.until:
                raise TooComplicated
            if isinstance(value, dict):
                self._at_dictionary(value)
            inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            waiting += [(one, depth - 1) for one in inner if isinstance(one, dict | list)]

    def _at_dictionary(self, value: dict[Any, Any]) -> None:
        if _KEYS & value.keys() or (
            isinstance(value, StreamObject) and any(key in value for key in _OUTSIDE)
        ):
            raise Acts
        action = str(self._plain(value.get("/S")))
        if action in _ACTIONS or any(
            str(self._plain(value.get(key))) in _KINDS for key in ("/Type", "/Subtype")
        ):
            raise Acts
        if action == "/URI" and not _WEB.match(_text(self._plain(value.get("/URI")))):
            raise LeadsElsewhere

    def _plain(self, value: Any) -> Any:
        return value.get_object() if isinstance(value, IndirectObject) else value

    def _unlisted(self, raw: bytes) -> Iterator[bytes]:
        """The text of what is written as an object where the directory lists none."""
        listed = {place for places in self.reader.xref.values() for place in places.values()}
        found = list(_OBJECT.finditer(raw))
        if len(found) > 2 * MAX_OBJECTS:
            raise TooComplicated
        for one, after in zip(found, [*found[1:], None], strict=True):
            if one.start() not in listed:
                yield raw[one.end() : after.start() if after else len(raw)]

    def _at_unlisted(self, chunk: bytes) -> None:
        try:
            value = read_object(BytesIO(chunk.lstrip(b"\0\t\n\f\r ") + b" "), self.reader)
        except Exception:
            # The names in the text have to do.
            if _NAMED_SO.search(_ESCAPED.sub(lambda sign: bytes([int(sign[1], 16)]), chunk)):
                raise Acts from None
            return
        if isinstance(value, dict) and self._plain(value.get("/Type")) == "/ObjStm":
            raise Acts
        self._at(value)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
