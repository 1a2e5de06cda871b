"""Every request is read as UTF-8, which is what the portal's own pages send."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

_CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)


class OneEncoding:
    """Takes the charset off what a request says of itself, before anything reads it.

    Django believes it, for the address of the request too, and while the request is made: with "unicode_escape" an
    address has letters that can't be stored, and with "idna" each page is an error.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        kind = environ.get("CONTENT_TYPE", "")
        if "charset" in kind.lower():
            environ["CONTENT_TYPE"] = _CHARSET.sub("", kind)
        return self._application(environ, start_response)
