"""Real papers of a size: a scan in a PDF, and a picture. The same seed makes the same bytes."""

from __future__ import annotations

import io
import random
from functools import lru_cache

from PIL import Image

SIZE = 2_000_000
_ROOM = 2_000  # what a paper holds beside its picture


@lru_cache(maxsize=8)
def _scan(seed: int, most: int) -> bytes:
    """Grey noise as JPEG of nearly `most` bytes."""
    chance = random.Random(seed)  # noqa: S311 - the same seed, the same picture
    width, height = 1240, most // 1240
    noise = Image.frombytes("L", (width, height), chance.randbytes(width * height))
    for quality in range(95, 20, -5):
        out = io.BytesIO()
        noise.save(out, "JPEG", quality=quality, dpi=(150, 150))
        if out.tell() <= most:
            return out.getvalue()
    raise ValueError(most)


def picture(seed: int, owner: str, size: int = SIZE) -> bytes:
    """A JPEG of `size` bytes with the owner's name in a comment."""
    scan = _scan(seed, size - _ROOM)
    said = owner.encode()[:_ROOM]
    comment = b"\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said
    made = scan[:2] + comment + scan[2:]
    return made + b"\x00" * (size - len(made))


def paper(seed: int, owner: str, size: int = SIZE) -> bytes:
    """A PDF of `size` bytes: one scanned page, with the owner's name in it."""
    scan = _scan(seed, size - _ROOM)
    with Image.open(io.BytesIO(scan)) as opened:
        width, height = opened.size
    drawn = b"q 595 0 0 842 0 0 cm /Scan Do Q"
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</Scan 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/DCTDecode/Length %d>>stream\n%b\nendstream" % (width, height, len(scan), scan),
    ]
    return _joined(bodies, owner, size)


def _joined(bodies: list[bytes], owner: str, size: int) -> bytes:
    """The objects with their table; a remark fills the paper up to `size`."""
    made, places = f"%PDF-1.4\n% {owner}\n".encode(), []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    count = len(bodies) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % count
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    table += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n" % count
    begins = size - len(table) - len(str(size)) - len("\n%%EOF\n")
    made += b"%" + b" " * (begins - len(made) - 2) + b"\n"
    return made + table + b"%0*d\n%%%%EOF\n" % (len(str(size)), begins)
