"""What may be stored: the type is found from the content, never believed from the name.

Source of the rules: OWASP's file upload guidance, and the alliance's list of accepted types (PDF, JPEG, PNG).
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps
from pypdf import PdfReader

from documents import acting
from documents.models import Document

MAX_PAGES = 500
MAX_PIXELS = 40_000_000
MAX_NAME = 150

_TOO_MANY_PIXELS = _("This picture is too large. It may have 40 million pixels at most.")
_ENDINGS = {Document.Type.PDF: ".pdf", Document.Type.JPEG: ".jpg", Document.Type.PNG: ".png"}
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)


class Refused(Exception):
    """The file can't be taken. The message is for the person who sent it."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: its bytes (pictures anew, without metadata), type, pages or pixels, a safe name."""

    content: bytes
    content_type: str
    name: str
    pages: int | None = None
    width: int | None = None
    height: int | None = None


def check(raw: bytes, name: str, *, image_only: bool = False) -> Checked:
    """Look into `raw`, which a person called `name`. Raises Refused with the reason in words."""
    if not raw:
        raise Refused(_("The file is empty. Choose another file."))
    kind = find_type(raw)
    if kind is None or (image_only and kind == Document.Type.PDF):
        accepted = _("Choose a JPEG or PNG picture.") if image_only else _("Choose a PDF, JPEG or PNG file.")
        raise Refused(accepted)
    if zipfile.is_zipfile(io.BytesIO(raw)):
        raise Refused(
            _("There is another file hidden in this one. Save or scan it anew and choose that file.")
        )
    safe = safe_name(name, kind)
    if kind == Document.Type.PDF:
        return Checked(raw, kind, safe, pages=_check_pdf(raw))
    content, (width, height) = _drawn_anew(raw, kind)
    return Checked(content, kind, safe, width=width, height=height)


def find_type(raw: bytes) -> str | None:
    """The type that the first bytes tell, or None for any that is not accepted."""
    if raw.startswith(b"%PDF-"):
        return Document.Type.PDF
    if raw.startswith(b"\xff\xd8\xff"):
        return Document.Type.JPEG
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return Document.Type.PNG
    return None


def safe_name(name: str, content_type: str) -> str:
    """`name` without folders, control and direction marks, with the ending of its type."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in plain)
    plain = re.sub(r'[<>:"|?*;%]', "_", plain)
    plain = re.sub(r"\.[A-Za-z][A-Za-z0-9]{0,4}$", "", plain.strip(" ."))
    plain = re.sub(r"(\.(pdf|jpe?g|png))+$", "", plain, flags=re.IGNORECASE)
    plain = " ".join(plain.split()).strip(" .") or "file"
    ending = _ENDINGS[Document.Type(content_type)]
    return plain[: MAX_NAME - len(ending)].rstrip(" .") + ending


def _drawn_anew(raw: bytes, kind: str) -> tuple[bytes, tuple[int, int]]:
    """The picture decoded and written again: only its pixels stay, turned as the camera was held; with its size."""
    broken = Refused(_("This picture can't be read. Save it again as JPEG or PNG, or choose another."))
    try:
        with Image.open(io.BytesIO(raw), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused(_TOO_MANY_PIXELS)
            turned = ImageOps.exif_transpose(picture)
            return _written(turned, kind), turned.size
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(_TOO_MANY_PIXELS) from error
    except Exception as error:
        # Decoders raise almost anything on hostile bytes; whatever it is, the file is not a picture we can take.
        raise broken from error


def _written(picture: Image.Image, kind: str) -> bytes:
    if kind == Document.Type.JPEG:
        picture = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
        options: dict[str, Any] = {"format": "JPEG", "quality": 88, "optimize": True}
    else:
        see_through = "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA")
        picture = picture.convert("RGBA" if see_through else "RGB")
        options = {"format": "PNG"}
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, **options)
    return out.getvalue()


def _check_pdf(raw: bytes) -> int:
    """The number of pages of a PDF that is whole, open and does nothing by itself."""
    if _MARKUP.search(raw[:1024]) or raw[raw.rfind(b"%%EOF") + 5 :].strip(b"\x00\t\n\f\r \x1a"):
        raise Refused(
            _("There is something else in this PDF file. Save it anew as PDF and choose that file.")
        )
    try:
        reader = PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted:
            raise Refused(_("This PDF is protected by a password. Save it without one and choose that file."))
        _refuse_acting(reader, raw)
        pages = len(reader.pages)
    except Refused:
        raise
    except Exception as error:
        # As with pictures: a parser given hostile bytes raises almost anything.
        raise Refused(_("This PDF can't be read. Save it anew as PDF, or choose another file.")) from error
    if pages == 0:
        raise Refused(_("This PDF has no pages. Choose another file."))
    if pages > MAX_PAGES:
        raise Refused(_("This PDF has too many pages. It may have 500 at most."))
    return pages


def _refuse_acting(reader: PdfReader, raw: bytes) -> None:
    try:
        acting.look_through(reader, raw)
    except acting.TooComplicated as error:
        raise Refused(
            _("This PDF is too complicated. Print it to a new PDF and choose that file.")
        ) from error
    except acting.LeadsElsewhere as error:
        raise Refused(
            _(
                "A link in this PDF leads neither to a web page nor to an e-mail address. "
                "Print it to a new PDF and choose that file."
            )
        ) from error
    except acting.Acts as error:
        raise Refused(
            _(
                "This PDF has programs, attached files or media in it. Print it to a new PDF and choose that file."
            )
        ) from error
